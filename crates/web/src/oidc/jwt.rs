//! JSON Web Tokens: read first, and believed only after their signature was checked with a key that
//! goes with the algorithm. Which algorithm that is says the key, not the token alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use super::NotTrusted;
use super::claims::Claims;

/// The longest token that is read.
///
/// # Units
/// Bytes.
const LONGEST: usize = 16 << 10;

/// A token of which nothing is believed yet.
pub(super) struct Unverified<'a> {
    /// What it says; who issued it may be asked before anything is believed.
    pub(super) claims: Claims,
    /// The id of the key that it says it is signed with.
    pub(super) key: String,
    algorithm: Algorithm,
    signed: &'a str,
    signature: Vec<u8>,
}

/// Ways of signing that are accepted. There is none with a shared secret, and none without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256.
    Rs256,
    /// ECDSA on P-256, SHA-256.
    Es256,
}

/// A key of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// RSA: modulus and exponent.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
    /// A point on P-256, uncompressed.
    P256(Vec<u8>),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Unverified<'a> {
    /// Reads a token; nothing when it does not look like one at all.
    pub(super) fn read(text: &'a str) -> Option<Result<Self, NotTrusted>> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (head, body) = signed.split_once('.')?;
        if !head.starts_with("eyJ") || body.contains('.') {
            return None;
        }
        Some(Self::parsed((head, body), signed, signature))
    }

    fn parsed(
        (head, body): (&str, &str),
        signed: &'a str,
        signature: &str,
    ) -> Result<Self, NotTrusted> {
        if signed.len() > LONGEST {
            return Err(NotTrusted::Malformed("it is too long"));
        }
        let head: Header = serde_json::from_slice(&decoded(head)?)
            .map_err(|_| NotTrusted::Malformed("its head is not understood"))?;
        if head.crit.is_some() {
            return Err(NotTrusted::Malformed("it asks for what is not understood (crit)"));
        }
        let algorithm = match head.alg.as_str() {
            "RS256" => Algorithm::Rs256,
            "ES256" => Algorithm::Es256,
            other => return Err(NotTrusted::Algorithm(other.chars().take(20).collect())),
        };
        let claims = serde_json::from_slice(&decoded(body)?)
            .map_err(|_| NotTrusted::Malformed("its claims are not understood"))?;
        let key = head.kid.ok_or(NotTrusted::Malformed("it names no key (kid)"))?;
        let signature = decoded(signature)?;
        Ok(Self { claims: Claims(claims), key, algorithm, signed, signature })
    }

    /// What it says, once its signature is known to be of this key.
    pub(super) fn verified(&self, key: &PublicKey) -> Result<&Claims, NotTrusted> {
        let signed = self.signed.as_bytes();
        let checked =
            match (self.algorithm, key) {
                (Algorithm::Rs256, PublicKey::Rsa { n, e }) => RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, signed, &self.signature),
                (Algorithm::Es256, PublicKey::P256(point)) => {
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                        .verify(signed, &self.signature)
                }
                (Algorithm::Rs256, PublicKey::P256(_))
                | (Algorithm::Es256, PublicKey::Rsa { .. }) => {
                    return Err(NotTrusted::Signature);
                }
            };
        checked.map(|()| &self.claims).map_err(|_| NotTrusted::Signature)
    }
}

/// Bytes as they stand in a token or a key.
pub(super) fn decoded(text: &str) -> Result<Vec<u8>, NotTrusted> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotTrusted::Malformed("it is not base64url"))
}
