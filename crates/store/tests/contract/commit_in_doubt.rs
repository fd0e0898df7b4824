//! The connection breaks when the commit was sent and nobody has answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::LedgerError;
use plimsoll_store::testing::PostgresServer;
use plimsoll_store::{Location, open};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::ground::{expecting, fill, people, saying, verified};

/// Whether the commit still reaches the server before the connection breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Commit {
    Arrives,
    IsLost,
}

/// Stands between, and breaks the connection at the next commit once it is armed.
struct Proxy {
    url: String,
    armed: Arc<AtomicBool>,
}

impl Proxy {
    async fn start(server: &PostgresServer, commit: Commit) -> Self {
        let url = server.url();
        let address = url
            .split('@')
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .expect("host:port")
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address").to_string();
        let armed = Arc::new(AtomicBool::new(false));
        let proxy = Self { url: url.replace(&address, &own), armed: armed.clone() };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&address).await.expect("the server is there");
                tokio::spawn(pass_on(client, server, armed.clone(), commit));
            }
        });
        proxy
    }
}

async fn pass_on(
    mut client: TcpStream,
    mut server: TcpStream,
    armed: Arc<AtomicBool>,
    commit: Commit,
) {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let mut sent = vec![0; 1 << 16];
    let mut answered = vec![0; 1 << 16];
    loop {
        tokio::select! {
            read = from_client.read(&mut sent) => {
                let Ok(length @ 1..) = read else { return };
                let bytes = &sent[..length];
                let is_commit = bytes.windows(6).any(|word| word == b"COMMIT");
                if is_commit && armed.swap(false, Ordering::SeqCst) {
                    if commit == Commit::Arrives {
                        let _ = to_server.write_all(bytes).await;
                        tokio::time::sleep(Duration::from_millis(300)).await;
                    }
                    return;
                }
                if to_server.write_all(bytes).await.is_err() { return }
            }
            read = from_server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if to_client.write_all(&answered[..length]).await.is_err() { return }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_without_an_answer_is_in_doubt_and_loading_again_settles_it() {
    let Some(server) = PostgresServer::start() else { return };
    let mut written = 0;
    for (commit, more) in [(Commit::Arrives, 1), (Commit::IsLost, 0)] {
        let proxy = Proxy::start(&server, commit).await;
        let store = open(&Location::Postgres(proxy.url.clone())).await.expect("opens");
        fill(&*store, 2).await;
        written += 2;
        proxy.armed.store(true, Ordering::SeqCst);
        let event = || vec![saying(people("shop"), "in doubt")];
        let error =
            store.append(event(), expecting(people("shop"), written)).await.expect_err("broken");
        assert!(matches!(error, LedgerError::InDoubt { .. }), "{error:?}");
        assert_eq!(store.head().await.expect("reads").0, Seq(written + more));
        // Who appends again with what was expected cannot write it twice.
        let again = store.append(event(), expecting(people("shop"), written)).await;
        match commit {
            Commit::Arrives => {
                assert!(matches!(again, Err(LedgerError::Conflict { .. })), "{again:?}")
            }
            Commit::IsLost => assert!(again.is_ok(), "{again:?}"),
        }
        written += 1;
        assert_eq!(verified(&*store).await, written);
    }
}
