//! What is looked at, and when: drifts that have ended, probes that are slow, ways back that were not
//! reached.

use std::collections::BTreeSet;
use std::time::Duration;

use plimsoll_core::units::Period;
use plimsoll_engine::desk::Request;
use plimsoll_sim::{Chaos, Shape, Sim};

use crate::story::{
    Cast, all_is_well, ask, promote, roll_back, running, sort, staged, tell, unmet,
};

async fn refused_for(sim: &mut Sim) -> Vec<String> {
    let cast = Cast::of(sim);
    let asked = sim.process(async |desk| ask(desk, &cast, "1.23").await.expect("an answer"));
    unmet(&asked.await.expect("alive"))
}

#[test]
fn the_first_question_after_a_drift_has_ended_is_answered_by_what_runs_now() {
    tell(async {
        let mut sim = staged(41, &Shape::default(), "1.23").await;
        for place in ["staging/nl-vm", "production/in-k8s"] {
            let target = sim.target(place);
            let right = sim.running(&target).expect("something runs there");
            sim.runs(&target, "1.20");
            let words = refused_for(&mut sim).await;
            assert!(words.iter().all(|word| word.contains("WrongVersion")), "{words:?}");
            assert!(!words.is_empty(), "{place} runs something else");
            sim.runs(&target, right.as_str());
            assert_eq!(refused_for(&mut sim).await, [""; 0], "{place} is right again");
        }
        all_is_well(&sim);
    });
}

/// How often a probe of HTTP and a slow one looked at a bystander while 1.23 was promoted.
async fn looks(probes: Vec<&'static str>) -> (u32, u32) {
    let mut sim = staged(42, &Shape { probes, ..Shape::default() }, "1.23").await;
    sim.takes("suite", Period::from_secs(9));
    let (cast, bystander) = (Cast::of(&sim), sim.target("production/ca-vm"));
    let before = (sim.looks(&bystander, "home"), sim.looks(&bystander, "suite"));
    let ended = sim.process(async |desk| promote(desk, &cast, "1.23").await).await;
    assert_eq!(sort(&ended.expect("alive").expect("allowed").end), "verified good");
    let after = (sim.looks(&bystander, "home"), sim.looks(&bystander, "suite"));
    (after.0 - before.0, after.1 - before.1)
}

#[test]
fn a_slow_probe_looks_in_rounds_of_its_own_and_never_delays_the_quick_ones() {
    tell(async {
        // Two soaks of five minutes, each with its checks.
        let (quick, slow) = looks(Vec::new()).await;
        assert!(quick > 600, "{quick} looks");
        assert_eq!(slow, 2, "it is no probe by itself: after the deployment and after the soak");
        let (beside, slow) = looks(vec!["home", "suite"]).await;
        assert!(beside > 600, "{beside} looks beside slow ones");
        assert!((8..30).contains(&slow), "{slow} looks at nine seconds each");
    });
}

#[test]
fn a_rollback_after_one_that_did_not_arrive_goes_to_its_end_and_not_past_it() {
    tell(async {
        let mut sim = staged(43, &Shape::default(), "1.22.1").await;
        let cast = Cast::of(&sim);
        let ended = sim.process(async |desk| promote(desk, &cast, "1.22.1").await).await;
        assert_eq!(sort(&ended.expect("alive").expect("allowed").end), "verified good");
        crate::story::stage(&mut sim, "1.23").await;
        sim.is_bad("1.23", "home", "production/nl-vm");
        let levers = sim.levers();
        let ended = sim
            .process(async |desk| {
                let no_way_back = async {
                    loop {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        let state = desk.load(&cast.production.service).await.expect("a state");
                        let active = state.active(&cast.production.environment);
                        if active.is_some_and(|active| !active.regressions.is_empty()) {
                            break;
                        }
                    }
                    levers.chaos(Chaos { deploy_fails_one_in: 1, ..Chaos::default() });
                };
                tokio::join!(promote(desk, &cast, "1.23"), no_way_back).0
            })
            .await;
        assert_eq!(sort(&ended.expect("alive").expect("allowed").end), "needs a person");
        assert!(running(&sim, &cast.production).contains("nl-vm=1.23"));
        sim.levers().chaos(Chaos::default());
        let plan = sim
            .process(async |desk| {
                let only = BTreeSet::new();
                let request = Request { lane: &cast.production, only: &only, by: &cast.person };
                desk.plan_rollback(&request, None, "again").await.expect("there is a way back")
            })
            .await
            .expect("alive");
        let [change] = plan.changes.as_slice() else { panic!("{:?}", plan.changes) };
        assert_eq!((change.target.as_str(), change.to.as_str()), ("nl-vm", "1.22.1"));
        let back = sim.process(async |desk| roll_back(desk, &cast, "again").await).await;
        assert_eq!(sort(&back.expect("alive").expect("there is a way back").end), "verified good");
        assert_eq!(running(&sim, &cast.production).matches("1.22.1").count(), 6);
        all_is_well(&sim);
    });
}
