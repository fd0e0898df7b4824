//! The TLS handshake.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use plimsoll_core::catalog::TlsExpectation;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::connect::overload;
use super::{Ours, ProbeError};

/// The algorithms, made once.
pub(super) fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(ring::default_provider()))
}

/// Finishes a handshake with whatever certificate the server shows. **The caller judges it, and
/// sends nothing before.**
///
/// # Errors
/// The handshake fails: no TLS, no common version, the server does not hold the key.
pub(super) async fn shake_hands(
    tcp: TcpStream,
    host: &str,
    name: ServerName<'static>,
) -> Result<TlsStream<TcpStream>, ProbeError> {
    let connector = TlsConnector::from(Arc::clone(config()));
    connector.connect(name, tcp).await.map_err(|error| failed(host, &error))
}

fn failed(host: &str, error: &io::Error) -> ProbeError {
    if let Some(ours) = overload(error) {
        return ours.into();
    }
    let why = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidMessage(_)) => "what answers does not speak TLS".to_owned(),
        Some(rustls::Error::AlertReceived(alert)) => format!("the server says {alert:?}"),
        Some(other) => other.to_string(),
        None => match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                "the connection is closed in the middle of it".to_owned()
            }
            io::ErrorKind::ConnectionReset => {
                "the connection is reset in the middle of it".to_owned()
            }
            _ => error.to_string(),
        },
    };
    ProbeError::Tls { host: host.to_owned(), why }
}

/// One configuration for all: what is trusted is decided after the handshake. Nothing is resumed,
/// so that every handshake shows the certificate.
fn config() -> &'static Arc<ClientConfig> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    CONFIG.get_or_init(|| {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .expect("ring offers both versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(JudgedLater))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Arc::new(config)
    })
}

/// Lets any certificate through the handshake, because [`super::certificate::judge`] looks at it
/// right after. That the server holds the certificate's key is verified here and now.
#[derive(Debug)]
struct JudgedLater;

impl ServerCertVerifier for JudgedLater {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &provider().signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &provider().signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// The roots that are trusted for this expectation: read once, and again when the file changed.
///
/// # Errors
/// [`Ours::Roots`].
pub(super) fn roots(expectation: &TlsExpectation, root: &Path) -> Result<Arc<RootCertStore>, Ours> {
    match &expectation.ca_file {
        Some(path) => file_roots(&root.join(path)),
        None => system_roots(),
    }
}

fn system_roots() -> Result<Arc<RootCertStore>, Ours> {
    static SYSTEM: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(known) = SYSTEM.get() {
        return Ok(Arc::clone(known));
    }
    let loaded = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(loaded.certs);
    if store.is_empty() {
        let why = loaded.errors.first().map_or_else(
            || "this machine has none; install ca-certificates or name a ca-file".to_owned(),
            ToString::to_string,
        );
        return Err(Ours::Roots { why });
    }
    Ok(Arc::clone(SYSTEM.get_or_init(|| Arc::new(store))))
}

/// When a file was changed, and its length.
type Stamp = (Option<SystemTime>, u64);

type Known = HashMap<PathBuf, (Stamp, Arc<RootCertStore>)>;

fn file_roots(path: &Path) -> Result<Arc<RootCertStore>, Ours> {
    static KNOWN: OnceLock<Mutex<Known>> = OnceLock::new();
    let refuse = |why: String| Ours::Roots { why: format!("{}: {why}", path.display()) };
    let about = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    let stamp = (about.modified().ok(), about.len());
    let mut known =
        KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((seen, store)) = known.get(path)
        && *seen == stamp
    {
        return Ok(Arc::clone(store));
    }
    let mut store = RootCertStore::empty();
    for certificate in
        CertificateDer::pem_file_iter(path).map_err(|error| refuse(error.to_string()))?
    {
        let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
        store.add(certificate).map_err(|error| refuse(error.to_string()))?;
    }
    if store.is_empty() {
        return Err(refuse("there is no certificate in it".into()));
    }
    let store = Arc::new(store);
    known.insert(path.to_owned(), (stamp, Arc::clone(&store)));
    Ok(store)
}
