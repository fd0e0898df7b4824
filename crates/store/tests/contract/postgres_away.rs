//! PostgreSQL goes away in the middle and comes back.

use std::time::{Duration, Instant};

use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::LedgerError;
use plimsoll_store::testing::PostgresServer;
use plimsoll_store::{Location, open};

use crate::ground::{fill, people, run_on_postgres, saying, unavailable, unusable, verified};

/// Longer than a server is given to answer, by what a busy machine needs.
const SOON: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_is_unavailable_and_works_when_it_is_back() {
    let Some(server) = PostgresServer::start() else { return };
    let location = Location::Postgres(server.url());
    let store = open(&location).await.expect("opens");
    fill(&*store, 3).await;
    for _ in 0..2 {
        let before = verified(&*store).await;
        server.stop();
        let began = Instant::now();
        let event = || vec![saying(people("shop"), "away")];
        let error = store.append(event(), Vec::new()).await.expect_err("away");
        assert!(unavailable(&error).contains("PostgreSQL at"), "{error}");
        unavailable(&store.head().await.expect_err("away"));
        unavailable(
            &store.wait_for_change(Seq(0), Duration::from_secs(1)).await.expect_err("away"),
        );
        unavailable(&open(&location).await.err().expect("away"));
        assert!(began.elapsed() < SOON);
        server.resume_service();
        store.append(event(), Vec::new()).await.expect("it is back");
        assert_eq!(verified(&*store).await, before + 1);
    }
    server.restart();
    assert_eq!(store.head().await.expect("nobody noticed").0, Seq(5));
    server.restart();
    fill(&*store, 1).await;
    assert_eq!(verified(&*store).await, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_unavailable_within_seconds() {
    let Some(server) = PostgresServer::start() else { return };
    let location = Location::Postgres(server.url());
    let store = open(&location).await.expect("opens");
    fill(&*store, 3).await;
    server.pause_connections();
    let began = Instant::now();
    let appending = store.append(vec![saying(people("shop"), "frozen")], Vec::new());
    let (append, read, fresh) = tokio::join!(appending, store.head(), open(&location));
    unavailable(&append.expect_err("frozen"));
    unavailable(&read.expect_err("frozen"));
    unavailable(&fresh.err().expect("frozen"));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    server.resume_connections();
    fill(&*store, 1).await;
    assert_eq!(verified(&*store).await, 4, "what was said not to be written was not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_crash_of_the_server() {
    let Some(server) = PostgresServer::start_with("") else { return };
    let store = open(&Location::Postgres(server.url())).await.expect("opens");
    let appending = {
        let store = store.clone();
        tokio::spawn(async move {
            let mut acknowledged = Seq(0);
            loop {
                match store.append(vec![saying(people("shop"), "more")], Vec::new()).await {
                    Ok(appended) => acknowledged = appended[0].seq,
                    Err(LedgerError::Unavailable { .. } | LedgerError::InDoubt { .. }) => {
                        return acknowledged;
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.stop();
    let acknowledged = appending.await.expect("no panic");
    server.resume_service();
    let events = verified(&*store).await;
    assert!(
        acknowledged.0 > 0 && (acknowledged.0..=acknowledged.0 + 1).contains(&events),
        "{acknowledged} {events}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_hears_again_after_the_server_was_away() {
    let Some(server) = PostgresServer::start() else { return };
    let location = Location::Postgres(server.url());
    let (waiting, writing) =
        (open(&location).await.expect("opens"), open(&location).await.expect("opens"));
    fill(&*writing, 1).await;
    waiting.wait_for_change(Seq(1), Duration::from_millis(100)).await.expect("waits");
    server.restart();
    let waiter =
        tokio::spawn(async move { waiting.wait_for_change(Seq(1), Duration::from_secs(20)).await });
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    fill(&*writing, 1).await;
    let woken = tokio::time::timeout(Duration::from_secs(1), waiter)
        .await
        .expect("soon")
        .expect("no panic");
    assert_eq!(woken.expect("waits"), Seq(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_the_database_is_said_without_its_password() {
    let Some(server) = PostgresServer::start() else { return };
    let url = server.url().replace("plimsoll@", "plimsoll:hunter2@");
    for (url, word) in [
        (format!("{}nowhere", url.trim_end_matches("postgres")), "createdb"),
        (url.replace("plimsoll:", "stranger:"), "refuses the login"),
        (format!("{url}?sslmode=require"), "TLS"),
    ] {
        let error = open(&Location::Postgres(url)).await.err().expect("refused");
        let said = format!("{error} {error:?}");
        assert!(unusable(&error).contains(word) && !said.contains("hunter2"), "{said}");
    }
    run_on_postgres(&server.url(), "CREATE SCHEMA plimsoll; CREATE TABLE plimsoll.events (a int)")
        .await;
    let error = open(&Location::Postgres(server.url())).await.err().expect("refused");
    assert!(unusable(&error).contains("not as plimsoll made it"), "{error}");
}
