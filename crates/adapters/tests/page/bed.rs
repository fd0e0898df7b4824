//! Sites on 127.0.0.1, and a check that looks at them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use plimsoll_adapters::check::page::run;
use plimsoll_adapters::ground::{FleetSettings, Ground};
use plimsoll_core::catalog::{
    Argv, Check, CheckKind, ColourScheme, CommandDeploy, CompareWith, DeployKind, Observe,
    ObserveKind, PageCheck, PictureRule, Platform, Scope, ScriptErrors, SecretRef, Target,
    VersionFrom, Viewport,
};
use plimsoll_core::digest::Digest;
use plimsoll_core::record::{BlobRef, Outcome};
use plimsoll_core::units::Period;
use plimsoll_engine::ports::{Attempted, Beside, BlobError, Blobs, CheckJob, TargetContext};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a site does with a request.
#[derive(Clone)]
pub enum Reply {
    /// Answers.
    Whole(Vec<u8>),
    /// Keeps the connection open and says nothing.
    Hang,
    /// Answers this, and then zeros without end.
    Endless(String),
}

/// An answer of a type.
pub fn typed(mime: &str, body: &str) -> Reply {
    with(200, &[("content-type", mime)], body)
}

/// A page.
pub fn html(body: &str) -> Reply {
    typed("text/html; charset=utf-8", body)
}

/// An answer with a status and headers.
pub fn with(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    Reply::Whole(text.into_bytes())
}

/// A file that is no text.
pub fn file(mime: &str, body: &[u8]) -> Reply {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-type: {mime}\r\ncontent-length: {length}\r\n\r\n"
    );
    Reply::Whole([head.as_bytes(), body].concat())
}

/// Nothing of that name.
pub fn not_found() -> Reply {
    with(404, &[("content-type", "text/html")], "<h1>Not found</h1>")
}

/// A site that runs.
#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    pub heads: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Answers every path with what `answer` makes of it and of the request's head.
    pub async fn start(answer: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let (answer, kept) = (Arc::new(answer), Arc::clone(&heads));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, kept) = (Arc::clone(&answer), Arc::clone(&kept));
                tokio::spawn(async move { serve(stream, &*answer, &kept).await });
            }
        });
        Self { address, heads }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(&str, &str) -> Reply + Send + Sync),
    kept: &Mutex<Vec<String>>,
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let Some(path) = head.split(' ').nth(1).map(str::to_owned) else { return };
    kept.lock().expect("whole").push(head.clone());
    match answer(&path, &head) {
        Reply::Whole(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            while stream.read(&mut [0; 4_096]).await.is_ok_and(|read| read > 0) {}
        }
        Reply::Hang => while stream.read(&mut [0; 64]).await.is_ok_and(|read| read > 0) {},
        Reply::Endless(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            while stream.write_all(&[b'0'; 65_536]).await.is_ok() {}
        }
    }
}

/// A page check with nothing but a path.
pub fn page(path: &str) -> PageCheck {
    PageCheck {
        path: path.parse().expect("a template"),
        viewports: vec![Viewport {
            name: "desktop".into(),
            width: 800,
            height: 600,
            mobile: false,
        }],
        colours: ColourScheme::Light,
        locale: None,
        headers: BTreeMap::new(),
        basic_auth: None,
        cookies: BTreeMap::new(),
        steps: Vec::new(),
        expect_text: Vec::new(),
        expect_elements: Vec::new(),
        expect_title: None,
        expect_language: None,
        script_errors: ScriptErrors::New,
        own_hosts: Vec::new(),
        ignore: Vec::new(),
        allow_hosts: Vec::new(),
        picture: PictureRule::Broken,
        compare_with: CompareWith::Nothing,
        clock: None,
        any_certificate: false,
        max_bytes: 50_000_000,
    }
}

/// Holds what a test puts there.
#[derive(Default)]
pub struct Kept(Mutex<BTreeMap<Digest, Vec<u8>>>);

impl Kept {
    pub fn keep(&self, bytes: &[u8]) -> BlobRef {
        let digest = Digest::of(bytes);
        self.0.lock().expect("whole").insert(digest, bytes.to_vec());
        BlobRef { digest, bytes: bytes.len() as u64 }
    }
}

#[async_trait]
impl Blobs for Kept {
    async fn put(&self, _: &[u8]) -> Result<BlobRef, BlobError> {
        panic!("a check keeps nothing itself")
    }
    async fn put_file(&self, _: &Path) -> Result<BlobRef, BlobError> {
        panic!("a check keeps nothing itself")
    }
    async fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        let kept = self.0.lock().expect("whole");
        kept.get(digest).cloned().ok_or(BlobError::Missing { digest: *digest })
    }
    async fn copy_to(&self, digest: &Digest, _: &Path) -> Result<(), BlobError> {
        Err(BlobError::Missing { digest: *digest })
    }
    async fn prove(&self, digest: &Digest) -> Result<BlobRef, BlobError> {
        Err(BlobError::Missing { digest: *digest })
    }
}

/// One warm browser, and a secret `token`.
pub struct Bed {
    pub ground: Ground,
    pub kept: Arc<Kept>,
    _root: tempfile::TempDir,
}

pub const SECRET: &str = "hunter2/ünter+three";

impl Bed {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory");
        std::fs::write(root.path().join("token"), SECRET).expect("written");
        let token = SecretRef::File("token".into());
        let kept = Arc::<Kept>::default();
        let blobs: Arc<dyn Blobs> = kept.clone();
        let ground = Ground::new(FleetSettings {
            root: root.path().to_owned(),
            state_dir: root.path().join(".plimsoll"),
            secrets: [("token".parse().expect("valid"), token)].into(),
            blobs,
        });
        Self { ground, kept, _root: root }
    }

    /// One attempt within so many seconds.
    pub async fn look_within(&self, url: &str, check: &PageCheck, secs: u64) -> Attempted {
        self.look_beside(url, check, secs, Beside::default()).await
    }

    /// One attempt, compared with what is good.
    pub async fn look_beside(
        &self,
        url: &str,
        check: &PageCheck,
        secs: u64,
        beside: Beside,
    ) -> Attempted {
        let job = CheckJob {
            context: context(url),
            name: "home".parse().expect("a name"),
            check: Check {
                kind: CheckKind::Page(Box::new(check.clone())),
                only: Scope::default(),
                within: Period::from_secs(secs),
                retries: 0,
                at_once: None,
                safe_on_production: false,
                control_runs: Check::CONTROL_RUNS,
            },
            version: "1.23".parse().expect("a version"),
            begun: plimsoll_engine::ports::Begun::default(),
            beside,
        };
        run(&job, check, &self.ground).await
    }

    /// One attempt with time for a loaded machine.
    pub async fn look(&self, url: &str, check: &PageCheck) -> Attempted {
        self.look_within(url, check, 60).await
    }
}

pub fn context(url: &str) -> TargetContext {
    let argv =
        Argv { argv: vec!["true".parse().expect("a template")], env: BTreeMap::new(), dir: None };
    let deploy = CommandDeploy { deploy: argv, roll_back: None, prove: None, aim: None };
    TargetContext {
        id: "planet4/staging/nl-vm".parse().expect("a target"),
        target: Target {
            site: "nl".parse().expect("a site"),
            platform: "vm".parse().expect("a platform"),
            url: Some(url.into()),
            vars: BTreeMap::new(),
        },
        platform: Platform {
            deploy: DeployKind::Command(deploy),
            observe: Observe {
                kind: ObserveKind::Link,
                version: VersionFrom::Text,
                within: Period::from_secs(5),
            },
            within: Period::from_secs(60),
        },
    }
}

pub fn output(attempted: &Attempted) -> String {
    String::from_utf8_lossy(&attempted.output).into_owned()
}

/// The attempt passed; everything is shown when it did not.
pub fn passed(what: &str, attempted: &Attempted) {
    let attempt = &attempted.attempt;
    assert_eq!(
        attempt.outcome,
        Outcome::Passed,
        "{what}: {}\n{}",
        attempt.finding,
        output(attempted)
    );
}

/// The attempt came to this, and says so.
pub fn came_to(what: &str, attempted: &Attempted, outcome: Outcome, said: &str) {
    let attempt = &attempted.attempt;
    assert!(
        attempt.outcome == outcome && attempt.finding.contains(said),
        "{what}: {:?} {} (wanted {outcome:?} {said})\n{}",
        attempt.outcome,
        attempt.finding,
        output(attempted)
    );
}
