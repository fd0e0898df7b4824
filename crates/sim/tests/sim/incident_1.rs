//! Incident 1: a site was broken on one platform only, and nobody had looked there.

use plimsoll_core::event::{EventKind, RegressionCause};
use plimsoll_core::units::Period;
use plimsoll_sim::{Shape, Sim};

use crate::after::{Pursuit, a_death_at_any_point_changes_nothing, lost_answers_change_nothing};
use crate::story::{
    Cast, Not, adopted, all_is_well, ask, promote, running, sort, stage, staged, tell, unmet,
};

#[test]
fn the_gate_refuses_and_names_exactly_the_one_site_on_the_one_platform() {
    tell(async {
        let mut sim = adopted(1, &Shape::default()).await;
        sim.is_bad("1.23", "home", "staging/in-k8s");
        stage(&mut sim, "1.23").await;
        let cast = Cast::of(&sim);
        let words = sim
            .process(async |desk| unmet(&ask(desk, &cast, "1.23").await.expect("an answer")))
            .await;
        assert_eq!(words.expect("alive"), ["evidence Failed planet4/staging/in-k8s home"]);
        let refused =
            sim.process(async |desk| promote(desk, &cast, "1.23").await).await.expect("alive");
        assert!(matches!(refused, Err(Not::Refused(_))), "{refused:?}");
        assert!(!running(&sim, &cast.production).contains("1.23"), "nothing was moved");
        all_is_well(&sim);
    });
}

#[test]
fn what_is_mended_is_promoted_in_waves_and_verified_good_everywhere() {
    tell(async {
        let mut sim = staged(1, &Shape::default(), "1.23.1").await;
        let cast = Cast::of(&sim);
        let ended = sim.process(async |desk| promote(desk, &cast, "1.23.1").await).await;
        let ended = ended.expect("alive").expect("allowed");
        assert_eq!(sort(&ended.end), "verified good");
        assert!(ended.took >= Period::from_mins(10), "two waves are watched for five minutes each");
        assert_eq!(running(&sim, &cast.production).matches("1.23.1").count(), 6);
        all_is_well(&sim);
    });
}

/// Staging is green, the first wave is, and one site of the second is broken in production only.
async fn bad_in_the_second_wave() -> Sim {
    let sim = staged(1, &Shape::default(), "1.23").await;
    sim.is_bad("1.23", "home", "production/in-k8s");
    sim
}

const TO_1_23: Pursuit = Pursuit { version: "1.23", glass: None };

#[test]
fn a_regression_in_the_second_wave_takes_every_target_back_verified_good() {
    tell(async {
        let mut sim = bad_in_the_second_wave().await;
        let cast = Cast::of(&sim);
        let ended = sim.process(async |desk| promote(desk, &cast, "1.23").await).await;
        let ended = ended.expect("alive").expect("allowed");
        assert_eq!(sort(&ended.end), "rolled back");
        assert_eq!(running(&sim, &cast.production).matches("1.22").count(), 6);
        let events = sim.events();
        let found = events.iter().find_map(|event| match &event.kind {
            EventKind::RegressionFound { wave, regressions, .. } => {
                Some((*wave, regressions.clone()))
            }
            _ => None,
        });
        let (wave, regressions) = found.expect("a regression was written down");
        assert_eq!(wave, 1);
        assert!(regressions.iter().all(|r| r.target.as_str() == "in-k8s"), "{regressions:?}");
        let checked = |r: &plimsoll_core::event::Regression| match &r.cause {
            RegressionCause::Check { check, .. } | RegressionCause::Gap { check, .. } => {
                check.as_str() == "home"
            }
            RegressionCause::NotDeployed { .. } | RegressionCause::WrongVersion { .. } => false,
        };
        assert!(regressions.iter().all(checked), "{regressions:?}");
        let back: Vec<String> = events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::RollbackStarted { targets, .. } => Some(targets[0].to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(back, ["in-k8s"], "the failed one goes back first");
        all_is_well(&sim);
    });
}

#[test]
fn a_death_between_any_two_effects_of_the_way_back_changes_nothing() {
    a_death_at_any_point_changes_nothing(bad_in_the_second_wave, TO_1_23);
}

#[test]
fn a_death_between_any_two_effects_of_the_way_there_changes_nothing() {
    a_death_at_any_point_changes_nothing(
        async || staged(1, &Shape::default(), "1.23").await,
        TO_1_23,
    );
}

#[test]
fn lost_answers_of_the_ledger_change_nothing() {
    lost_answers_change_nothing(bad_in_the_second_wave, TO_1_23);
    lost_answers_change_nothing(async || staged(1, &Shape::default(), "1.23").await, TO_1_23);
}
