//! Several processes on one ledger, and processes that die.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::LedgerError;
use plimsoll_store::{Location, open};

use crate::ground::{Ground, expecting, on_both, people, saying, verified};

on_both!(
    eight_processes_at_once_lose_nothing,
    of_two_processes_that_race_exactly_one_wins_each_round
);

/// Runs [`child`] in a process of its own.
fn spawn(location: &Location, job: &str) -> Child {
    let place = match location {
        Location::Directory(dir) => dir.to_string_lossy().into_owned(),
        Location::Postgres(url) => url.clone(),
    };
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "processes::child", "--ignored", "--nocapture"])
        .env("CONTRACT_LEDGER", place)
        .env("CONTRACT_JOB", job)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program runs")
}

#[tokio::test]
#[ignore = "is what the other tests run as a process"]
async fn child() {
    let location: Location =
        std::env::var("CONTRACT_LEDGER").expect("a ledger").parse().expect("a location");
    let job = std::env::var("CONTRACT_JOB").expect("a job");
    let store = open(&location).await.expect("the ledger opens");
    match job.as_str() {
        "append" => {
            for number in 0..25 {
                let event = saying(people("shop"), &format!("{number}"));
                store.append(vec![event], Vec::new()).await.expect("appends");
            }
        }
        "race" => {
            for round in 0..20 {
                let event = saying(people("shop"), &format!("{round}"));
                match store.append(vec![event], expecting(people("shop"), round)).await {
                    Ok(_) => println!("\nwon {round}"),
                    Err(LedgerError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        }
        "for-ever" => loop {
            let events = (0..3).map(|_| saying(people("shop"), &"x".repeat(3_000))).collect();
            let appended = store.append(events, Vec::new()).await.expect("appends");
            println!("\nacknowledged {}", appended[2].seq);
        },
        other => panic!("no such job: {other}"),
    }
}

fn lines_of(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let out = child.stdout.take().expect("piped");
    BufReader::new(out).lines().map_while(Result::ok)
}

async fn eight_processes_at_once_lose_nothing(ground: &Ground) {
    // All of them find nothing there and want to make it.
    let children: Vec<_> = (0..8).map(|_| spawn(&ground.location, "append")).collect();
    for child in children {
        let output = child.wait_with_output().expect("ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(verified(&*ground.open().await).await, 200);
}

async fn of_two_processes_that_race_exactly_one_wins_each_round(ground: &Ground) {
    let store = ground.open().await;
    let mut children = [spawn(&ground.location, "race"), spawn(&ground.location, "race")];
    let mut won: Vec<String> =
        children.iter_mut().flat_map(lines_of).filter(|line| line.starts_with("won ")).collect();
    for child in &mut children {
        assert!(child.wait().expect("ends").success());
    }
    let all = won.len();
    won.sort();
    won.dedup();
    assert_eq!((won.len(), all), (20, 20), "every round was won once");
    assert_eq!(verified(&*store).await, 20);
}

#[tokio::test]
async fn a_process_killed_while_it_writes_leaves_all_that_was_acknowledged() {
    let ground = Ground::sqlite();
    for round in 1..=5 {
        let mut child = spawn(&ground.location, "for-ever");
        let acknowledged = lines_of(&mut child).filter(|line| line.starts_with("acknowledged "));
        let last = acknowledged.take(round * 7).last().expect("it appends");
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        let last: u64 = last.rsplit(' ').next().expect("a number").parse().expect("a number");
        let store = ground.open().await;
        assert!(verified(&*store).await >= last);
        assert_eq!(store.head().await.expect("reads").0.0 % 3, 0, "batches are whole");
        assert!(store.event(Seq(last)).await.expect("reads").is_some());
    }
}

#[tokio::test]
async fn a_process_killed_while_it_makes_the_ledger_leaves_one_that_opens() {
    for wait_ms in (0..60).step_by(4) {
        let ground = Ground::sqlite();
        let mut child = spawn(&ground.location, "for-ever");
        tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        let store = ground.open().await;
        assert_eq!(verified(&*store).await % 3, 0, "batches are whole");
        store.append(vec![saying(people("shop"), "next")], Vec::new()).await.expect("appends");
    }
}
