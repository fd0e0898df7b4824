//! A release that did not stay in production asks to enter it again.

use std::collections::BTreeSet;
use std::time::Duration;

use plimsoll_core::catalog::{OnRegression, RuleName};
use plimsoll_core::event::{EventKind, PromotionEnd};
use plimsoll_core::record::{Requirement, State, Waiver};
use plimsoll_core::say::{self, Reader};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::Request;
use plimsoll_sim::{Chaos, Shape, Sim};

use crate::after::{Pursuit, until_ended};
use crate::story::{
    Cast, Not, all_is_well, ask, promote, roll_back, running, sort, staged, tell, unmet,
};

const TO_1_23: Pursuit = Pursuit { version: "1.23", glass: None };

/// 1.23 has gone to production, failed there and was taken back by itself.
async fn failed_there() -> Sim {
    let mut sim = staged(12, &Shape::default(), "1.23").await;
    sim.is_bad("1.23", "home", "production/in-k8s");
    let (end, _) = until_ended(&mut sim, TO_1_23).await;
    assert_eq!(sort(&end), "rolled back");
    sim
}

/// What is asked about what went back, in words; and whether the gate allows.
async fn asked(sim: &mut Sim) -> (Requirement, String, bool) {
    let cast = Cast::of(sim);
    let asked = sim.process(async |desk| ask(desk, &cast, "1.23").await).await;
    let asked = asked.expect("alive").expect("an answer");
    let decision = asked.ruling.decision();
    let found = decision.requirements.iter().find(|r| r.rule == RuleName::RolledBack);
    let found = found.expect("it is always asked").clone();
    let words = say::why(&found, &Reader::utc(decision.at));
    (found, words, asked.ruling.is_allowed())
}

async fn waive(sim: &mut Sim) {
    let cast = Cast::of(sim);
    let release = sim.release_id("1.23");
    sim.process(async |desk| {
        let waiver = Waiver {
            release: release.clone(),
            to: cast.production.environment.clone(),
            rule: RuleName::RolledBack,
            targets: Vec::new(),
            checks: Vec::new(),
            reason: "the host was full, and is not any more".to_owned(),
            by: cast.person.clone(),
            at: desk.now(),
            until: Period::from_hours(9).after(desk.now()),
        };
        let say = |_: &_| Ok(EventKind::WaiverGiven { waiver: waiver.clone() });
        desk.say(&cast.production.service, &cast.person, say).await.expect("it can be given");
    })
    .await
    .expect("alive");
}

#[test]
fn what_failed_there_is_refused_until_a_person_says_why_it_will_not_fail_again() {
    tell(async {
        let mut sim = failed_there().await;
        let cast = Cast::of(&sim);
        let again = sim.process(async |desk| promote(desk, &cast, "1.23").await).await;
        let Err(Not::Refused(words)) = again.expect("alive") else { panic!("it was let in again") };
        assert_eq!(words, ["rolled-back Failed"]);
        let (_, words, _) = asked(&mut sim).await;
        assert!(words.starts_with("it failed there at "), "{words}");
        assert!(words.contains("in-k8s"), "{words}");

        waive(&mut sim).await;
        let (found, _, allowed) = asked(&mut sim).await;
        assert_eq!((found.state, allowed), (State::Waived, true));
        // It was the release all the same: the waiver was for the time before.
        let again = sim.process(async |desk| promote(desk, &cast, "1.23").await).await;
        assert_eq!(sort(&again.expect("alive").expect("waived").end), "rolled back");
        assert_eq!(asked(&mut sim).await.0.state, State::Failed);
        all_is_well(&sim);
    });
}

#[test]
fn what_came_through_after_all_has_nothing_left_against_it() {
    tell(async {
        let mut sim = staged(13, &Shape::default(), "1.23").await;
        let cast = Cast::of(&sim);
        sim.breaks_in(Period::from_mins(1), sim.target("production/ca-vm"));
        let ended = sim.process(async |desk| promote(desk, &cast, "1.23").await).await;
        let ended = ended.expect("alive").expect("allowed");
        sim.mend(&sim.target("production/ca-vm"));
        assert_ne!(sort(&ended.end), "verified good");
        assert_eq!(asked(&mut sim).await.0.state, State::Failed);
        waive(&mut sim).await;
        let ended = sim.process(async |desk| promote(desk, &cast, "1.23").await).await;
        assert_eq!(sort(&ended.expect("alive").expect("waived").end), "verified good");
        let (found, words, _) = asked(&mut sim).await;
        assert_eq!(words, "it never went back from there");
        assert_eq!(found.state, State::Satisfied);
    });
}

#[test]
fn what_stayed_in_production_because_the_policy_freezes_has_failed_there_too() {
    tell(async {
        let shape = Shape { on_regression: OnRegression::Freeze, ..Shape::default() };
        let mut sim = staged(14, &shape, "1.23").await;
        sim.is_bad("1.23", "home", "production/");
        let (end, _) = until_ended(&mut sim, TO_1_23).await;
        assert_eq!(sort(&end), "needs a person");
        let cast = Cast::of(&sim);
        // Taking back what is left of it does not make it better.
        sim.process(async |desk| {
            let only = BTreeSet::from(["nl-vm".parse().expect("a name")]);
            let request = Request { lane: &cast.production, only: &only, by: &cast.person };
            let plan = desk.plan_rollback(&request, None, "away with it").await?;
            desk.start(&plan, Vec::new()).await?;
            desk.drive(&cast.production).await
        })
        .await
        .expect("alive")
        .expect("there is a way back");
        assert_eq!(running(&sim, &cast.production).matches("1.22").count(), 6);
        assert_eq!(asked(&mut sim).await.0.state, State::Failed);
    });
}

#[test]
fn what_is_red_on_the_release_before_as_well_is_not_the_releases_fault() {
    tell(async {
        let mut sim = staged(15, &Shape::default(), "1.23").await;
        for version in ["1.22", "1.23"] {
            sim.is_bad(version, "suite", "production/nl-vm");
        }
        let (end, _) = until_ended(&mut sim, TO_1_23).await;
        let PromotionEnd::NeedsPerson { reason } = end else { panic!("{end:?}") };
        assert!(reason.contains("every target went back"), "{reason}");
        let (found, words, _) = asked(&mut sim).await;
        assert_eq!(found.state, State::Satisfied, "{words}");
        assert!(words.contains("for a fault of ours"), "{words}");
    });
}

#[test]
fn what_a_person_took_back_or_ended_is_said_and_may_go_again() {
    tell(async {
        let mut sim = staged(16, &Shape::default(), "1.23").await;
        let cast = Cast::of(&sim);
        until_ended(&mut sim, TO_1_23).await;
        assert_eq!(running(&sim, &cast.production).matches("1.23").count(), 6);
        sim.process(async |desk| roll_back(desk, &cast, "search is slow").await)
            .await
            .expect("alive")
            .expect("there is a way back");
        let (_, words, allowed) = asked(&mut sim).await;
        assert!(words.starts_with("a person took it back at "), "{words}");
        assert!(words.contains("search is slow") && allowed, "{words}");
        all_is_well(&sim);
    });
}

#[test]
fn what_went_wrong_on_our_side_alone_says_nothing_about_the_release() {
    tell(async {
        let mut sim = staged(17, &Shape::default(), "1.23").await;
        let cast = Cast::of(&sim);
        let levers = sim.levers();
        let ended = sim
            .process(async |desk| {
                let later = async {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    levers.chaos(Chaos { observe_fails_one_in: 1, ..Chaos::default() });
                    tokio::time::sleep(Duration::from_secs(420)).await;
                    levers.chaos(Chaos::default());
                };
                tokio::join!(promote(desk, &cast, "1.23"), later).0
            })
            .await;
        let ended = ended.expect("alive").expect("allowed");
        assert_ne!(sort(&ended.end), "verified good");
        let (found, words, _) = asked(&mut sim).await;
        assert_eq!(found.state, State::Satisfied, "{words}");
        assert_eq!(unmet_words(&mut sim, &cast).await, [""; 0]);
    });
}

async fn unmet_words(sim: &mut Sim, cast: &Cast) -> Vec<String> {
    let asked = sim.process(async |desk| ask(desk, cast, "1.23").await).await;
    unmet(&asked.expect("alive").expect("an answer"))
}
