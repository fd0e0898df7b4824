//! A forge that is told how commits stand: it is away, its webhooks come as they like, processes die.

use std::collections::BTreeMap;
use std::time::Duration;

use plimsoll_core::catalog::{Forge, ForgeKind, ForgeSecret};
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::ForgeName;
use plimsoll_core::record::{
    Artifact, ArtifactKind, Delivery, ForgeFaultKind, RuleRequest, RuleVerdict, StatusState,
};
use plimsoll_engine::desk::{Desk, Taken};
use plimsoll_engine::tasks::{ForgeTeller, Round};
use plimsoll_sim::{Chaos, Shape, Sim};

use crate::story::{Cast, adopted, deploy, tell, verify};

const CONTEXT: &str = "plimsoll/production";

fn hub() -> ForgeName {
    "hub".parse().expect("a name")
}

/// A commit by one letter.
fn commit(letter: &str) -> String {
    letter.repeat(40)
}

/// 1.22 runs everywhere, and a forge has the repository of it.
async fn world(seed: u64) -> Sim {
    let mut sim = adopted(seed, &Shape::default()).await;
    sim.reconfigure(|catalog| {
        let repository = "acme/planet4".parse().expect("a repository");
        let forge = Forge {
            kind: ForgeKind::Github,
            url: "https://api.github.com".to_owned(),
            secret: ForgeSecret::Token("token".parse().expect("a name")),
            webhook_secret: Some("hook".parse().expect("a name")),
            repositories: BTreeMap::from([(
                repository,
                ["planet4".parse().expect("a service")].into(),
            )]),
        };
        catalog.forges.insert(hub(), forge);
    });
    sim
}

fn delivery(id: &str, commit: &str, run: Option<u64>) -> Delivery {
    let asks = run.map(|run| RuleRequest { environment: "production".parse().expect("one"), run });
    Delivery {
        id: id.to_owned(),
        body: Digest::of(format!("{id} {commit}").as_bytes()),
        event: "push".to_owned(),
        repository: "acme/planet4".parse().expect("a repository"),
        commit: commit.to_owned(),
        asks,
    }
}

/// Names a release of the commit.
async fn named(sim_release: plimsoll_core::record::Release, desk: &Desk, commit: &str) {
    let artifact = Artifact {
        name: "code".parse().expect("a name"),
        kind: ArtifactKind::Git { commit: commit.to_owned() },
        digest: Digest::of(commit.as_bytes()),
        source: "git".to_owned(),
        kept: false,
    };
    let artifacts = [sim_release.artifacts.clone(), vec![artifact]].concat();
    let release = plimsoll_core::record::Release { artifacts, ..sim_release };
    desk.add_release(release).await.expect("it is new");
}

/// The state that the forge has of a commit.
fn stands(sim: &Sim, commit: &str) -> Option<StatusState> {
    let statuses = sim.forge().statuses();
    let of =
        |one: &&plimsoll_core::record::CommitStatus| one.commit == commit && one.context == CONTEXT;
    statuses.iter().rev().find(of).map(|one| one.state)
}

/// Rounds of one teller, two seconds apart.
async fn rounds(teller: &ForgeTeller, desk: &Desk, count: u32) -> Round {
    let mut last = Round::default();
    for _ in 0..count {
        last = teller.round(desk).await.expect("the ledger is there");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    last
}

#[test]
fn a_push_is_pending_and_a_success_once_its_release_has_passed_on_staging() {
    tell(async {
        let mut sim = world(31).await;
        let (cast, release) = (Cast::of(&sim), sim.release("1.23"));
        let forge = sim.forge().clone();
        let teller = ForgeTeller::new(Some("https://plimsoll.example".to_owned()));
        let outcome = sim
            .process(async |desk| {
                let a = commit("a");
                desk.hear(&hub(), &delivery("1", &a, None)).await.expect("written");
                rounds(&teller, desk, 3).await;
                let first = forge.statuses();
                assert_eq!(first.len(), 1, "the same is said once: {first:?}");
                assert_eq!(first[0].state, StatusState::Pending);
                assert!(first[0].description.contains("no release of planet4 is made"));
                named(release, desk, &a).await;
                deploy(desk, &cast, "1.23").await.expect("deployed");
                rounds(&teller, desk, 3).await;
                assert_ne!(forge.statuses().last().expect("told").state, StatusState::Success);
                verify(desk, &cast.staging, "1.23").await.expect("verified");
                rounds(&teller, desk, 3).await;
                let last = forge.statuses().pop().expect("told");
                assert_eq!(last.state, StatusState::Success, "{}", last.description);
                let page = "https://plimsoll.example/gate/planet4@1.23/production";
                assert_eq!(last.url.as_deref(), Some(page));
                // Nothing is said while nothing changes.
                let told = forge.asked();
                rounds(&teller, desk, 300).await;
                assert_eq!(forge.asked(), told);
            })
            .await;
        outcome.expect("nobody dies");
    });
}

#[test]
fn a_hold_takes_a_success_back_and_its_end_brings_it_again() {
    tell(async {
        let mut sim = world(32).await;
        let (cast, release) = (Cast::of(&sim), sim.release("1.23"));
        let forge = sim.forge().clone();
        let teller = ForgeTeller::new(None);
        let outcome = sim
            .process(async |desk| {
                named(release, desk, &commit("a")).await;
                deploy(desk, &cast, "1.23").await.expect("deployed");
                verify(desk, &cast.staging, "1.23").await.expect("verified");
                rounds(&teller, desk, 2).await;
                assert_eq!(forge.statuses().pop().expect("told").state, StatusState::Success);
                let (by, at) = (cast.person.clone(), desk.now());
                let hold = plimsoll_core::record::Hold {
                    environment: None,
                    reason: "the labs".to_owned(),
                    by,
                    at,
                };
                let placed = plimsoll_core::event::EventKind::HoldPlaced { hold };
                let service = &cast.production.service;
                let event =
                    desk.say(service, &cast.person, |_| Ok(placed.clone())).await.expect("said");
                rounds(&teller, desk, 3).await;
                let held = forge.statuses().pop().expect("told");
                assert_eq!(held.state, StatusState::Pending, "{}", held.description);
                let released = plimsoll_core::event::EventKind::HoldReleased {
                    hold: event.seq,
                    reason: "over".to_owned(),
                };
                desk.say(service, &cast.person, |_| Ok(released.clone())).await.expect("said");
                rounds(&teller, desk, 3).await;
                assert_eq!(forge.statuses().pop().expect("told").state, StatusState::Success);
            })
            .await;
        outcome.expect("nobody dies");
    });
}

#[test]
fn a_forge_that_is_away_is_told_later_and_is_not_hammered() {
    for (kind, most_an_hour) in
        [(ForgeFaultKind::Away, 14), (ForgeFaultKind::Limited, 7), (ForgeFaultKind::NotAllowed, 7)]
    {
        tell(async {
            let mut sim = world(33).await;
            let forge = sim.forge().clone();
            let teller = ForgeTeller::new(None);
            forge.answers_with(Some(kind));
            let outcome = sim
                .process(async |desk| {
                    for (id, letter) in [("1", "a"), ("2", "b"), ("3", "c")] {
                        let delivery = delivery(id, &commit(letter), None);
                        desk.hear(&hub(), &delivery).await.expect("written");
                    }
                    rounds(&teller, desk, 1_800).await;
                    let asked = forge.asked();
                    assert!((2..=most_an_hour).contains(&asked), "{kind:?}: {asked} in an hour");
                    forge.answers_with(None);
                    rounds(&teller, desk, 1_800).await;
                })
                .await;
            outcome.expect("nobody dies");
            for letter in ["a", "b", "c"] {
                assert_eq!(stands(&sim, &commit(letter)), Some(StatusState::Pending), "{letter}");
            }
        });
    }
}

#[test]
fn one_commit_that_the_forge_does_not_know_holds_up_no_other() {
    tell(async {
        let mut sim = world(34).await;
        let forge = sim.forge().clone();
        let teller = ForgeTeller::new(None);
        let outcome = sim
            .process(async |desk| {
                desk.hear(&hub(), &delivery("1", &commit("a"), None)).await.expect("written");
                forge.answers_with(Some(ForgeFaultKind::Refused));
                rounds(&teller, desk, 1).await;
                forge.answers_with(None);
                desk.hear(&hub(), &delivery("2", &commit("b"), None)).await.expect("written");
                rounds(&teller, desk, 1).await;
                let told: Vec<_> = forge.statuses().into_iter().map(|one| one.commit).collect();
                assert_eq!(told, [commit("b")]);
                rounds(&teller, desk, 60).await;
            })
            .await;
        outcome.expect("nobody dies");
        assert_eq!(stands(&sim, &commit("a")), Some(StatusState::Pending));
    });
}

#[test]
fn webhooks_come_twice_late_and_in_another_order_and_it_is_the_same_in_the_end() {
    let told = |order: &[(&str, &str)]| {
        let order: Vec<(String, String)> =
            order.iter().map(|(id, letter)| ((*id).to_owned(), commit(letter))).collect();
        tell(async {
            let mut sim = world(35).await;
            let (cast, release) = (Cast::of(&sim), sim.release("1.23"));
            let forge = sim.forge().clone();
            let teller = ForgeTeller::new(None);
            let outcome = sim
                .process(async |desk| {
                    named(release, desk, &commit("b")).await;
                    deploy(desk, &cast, "1.23").await.expect("deployed");
                    verify(desk, &cast.staging, "1.23").await.expect("verified");
                    for (id, commit) in &order {
                        let delivery = delivery(id, commit, None);
                        desk.hear(&hub(), &delivery).await.expect("written");
                        let again = desk.hear(&hub(), &delivery).await.expect("looked at");
                        assert_eq!(again, Taken::Before);
                        rounds(&teller, desk, 2).await;
                    }
                })
                .await;
            outcome.expect("nobody dies");
            drop(forge);
            ["a", "b"].map(|letter| stands(&sim, &commit(letter)))
        })
    };
    let in_order = told(&[("1", "a"), ("2", "b")]);
    assert_eq!(in_order, [Some(StatusState::Pending), Some(StatusState::Success)]);
    assert_eq!(told(&[("2", "b"), ("1", "a")]), in_order);
    // The one of b was lost: a release is made of it, so it is told of all the same.
    assert_eq!(told(&[("1", "a")]), in_order);
}

#[test]
fn of_two_processes_one_tells_and_the_other_goes_on_when_it_dies() {
    tell(async {
        let mut sim = world(36).await;
        let forge = sim.forge().clone();
        let (one, two) = (sim.start_process(), sim.start_process());
        let (first, second) = (ForgeTeller::new(None), ForgeTeller::new(None));
        one.hear(&hub(), &delivery("1", &commit("a"), None)).await.expect("written");
        for _ in 0..20 {
            let (a, b) = tokio::join!(first.round(&one), second.round(&two));
            let (a, b) = (a.expect("a round"), b.expect("a round"));
            assert_eq!(a.elsewhere + b.elsewhere, 1, "{a:?} {b:?}");
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        assert_eq!(forge.statuses().len(), 1);
        let state = one.forge_state(&hub()).await.expect("it is there");
        let (dead, alive, teller) = match state.driver.as_deref() == Some(one.driver()) {
            true => (&one, &two, &second),
            false => (&two, &one, &first),
        };
        sim.end_process(dead);
        alive.hear(&hub(), &delivery("2", &commit("b"), None)).await.expect("written");
        rounds(teller, alive, 2).await;
        assert_eq!(forge.statuses().len(), 2);
    });
}

/// Everything that a commit goes through, and a deployment that waits for it.
async fn life(desk: &Desk, sim_release: plimsoll_core::record::Release, cast: &Cast) {
    let teller = ForgeTeller::new(None);
    let a = commit("a");
    desk.hear(&hub(), &delivery("1", &a, Some(7))).await.expect("written");
    rounds(&teller, desk, 2).await;
    named(sim_release, desk, &a).await;
    let lane = desk.load(&cast.staging.service).await.expect("loaded");
    if lane.active(&cast.staging.environment).is_none() {
        deploy(desk, cast, "1.23").await.expect("deployed");
    } else {
        desk.drive(&cast.staging).await.expect("driven");
    }
    verify(desk, &cast.staging, "1.23").await.expect("verified");
    rounds(&teller, desk, 4).await;
}

#[test]
fn who_dies_between_any_two_effects_loses_nothing_and_says_no_wrong_thing() {
    let mut deaths = 0;
    for dies_at in (1..400).step_by(3) {
        let over = tell(async {
            let mut sim = world(37).await;
            let (cast, release) = (Cast::of(&sim), sim.release("1.23"));
            sim.chaos(Chaos { dies_at, ..Chaos::default() });
            let first = sim.process(async |desk| life(desk, release.clone(), &cast).await).await;
            sim.chaos(Chaos::default());
            tokio::time::sleep(Duration::from_secs(60)).await;
            let second = sim.process(async |desk| life(desk, release, &cast).await).await;
            second.expect("nobody dies any more");
            assert_eq!(stands(&sim, &commit("a")), Some(StatusState::Success), "{dies_at}");
            let answers = sim.forge().answers();
            let (_, last) = answers.last().expect("it was answered");
            assert_eq!(last.verdict, RuleVerdict::Approved, "{dies_at}");
            let done: Vec<_> =
                answers.iter().filter(|(_, a)| a.verdict != RuleVerdict::Waiting).collect();
            assert!(done.len() <= 2 && done.iter().all(|(_, a)| a.verdict == last.verdict));
            first.is_ok()
        });
        if over {
            break;
        }
        deaths += 1;
    }
    assert!(deaths > 20, "only {deaths} deaths");
}

#[test]
fn a_deployment_that_waits_is_told_so_a_few_times_and_never_let_in_without_a_yes() {
    tell(async {
        let mut sim = world(38).await;
        let (cast, release) = (Cast::of(&sim), sim.release("1.23"));
        sim.is_bad("1.23", "home", "nl");
        let forge = sim.forge().clone();
        let teller = ForgeTeller::new(None);
        let outcome = sim
            .process(async |desk| {
                let a = commit("a");
                desk.hear(&hub(), &delivery("1", &a, Some(7))).await.expect("written");
                rounds(&teller, desk, 1_000).await;
                let answers = forge.answers();
                assert_eq!(answers.len(), 1, "it is told once what does not change");
                assert_eq!(answers[0].1.verdict, RuleVerdict::Waiting);
                named(release, desk, &a).await;
                deploy(desk, &cast, "1.23").await.expect("deployed");
                rounds(&teller, desk, 3).await;
                verify(desk, &cast.staging, "1.23").await.expect("verified");
                rounds(&teller, desk, 3).await;
                let (request, last) = forge.answers().pop().expect("answered");
                assert_eq!((request.run, last.verdict), (7, RuleVerdict::Rejected));
                assert!(last.comment.contains("home"), "{}", last.comment);
                assert!(last.comment.len() <= 1_024 && !last.decisions.is_empty());
                let asked = forge.answers().len();
                rounds(&teller, desk, 100).await;
                assert_eq!(forge.answers().len(), asked, "a no is said once");
            })
            .await;
        outcome.expect("nobody dies");
    });
}
