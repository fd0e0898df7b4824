//! Incident 3: hosts were updated in waves, some were bad, some said that they were done and had
//! done nothing, and nobody knew which version ran where.

use plimsoll_core::catalog::OnRegression;
use plimsoll_core::event::{EventKind, PromotionEnd, RegressionCause};
use plimsoll_core::record::{Hold, KnownFailure};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::DeskError;
use plimsoll_sim::{Chaos, Shape, Sim};

use crate::after::{
    Pursuit, a_death_at_any_point_changes_nothing, lost_answers_change_nothing, until_ended,
};
use crate::story::{Cast, all_is_well, in_short, promote, running, sort, staged, start, tell};

/// Six hosts of one platform in three waves.
fn shape() -> Shape {
    Shape {
        sites: vec!["a", "b", "c", "d", "e", "f"],
        platforms: vec!["host"],
        waves: vec![vec!["a-host".to_owned()], vec!["b-host".to_owned(), "c-host".to_owned()]],
        soak: Period::from_mins(2),
        on_regression: OnRegression::RollBack,
        ..Shape::default()
    }
}

const TO_2: Pursuit = Pursuit { version: "2", glass: None };

async fn bad_on_a_host_of_the_second_wave() -> Sim {
    let sim = staged(3, &shape(), "2").await;
    sim.is_bad("2", "suite", "production/c-host");
    sim
}

#[test]
fn a_bad_host_of_the_second_wave_takes_both_waves_back_and_the_third_is_never_touched() {
    tell(async {
        let mut sim = bad_on_a_host_of_the_second_wave().await;
        let (end, _) = until_ended(&mut sim, TO_2).await;
        assert_eq!(sort(&end), "rolled back");
        let (touches, _) = sim.deeds();
        let third = touches.iter().filter(|t| t.target.environment.as_str() == "production");
        assert!(
            third
                .clone()
                .all(|t| ["a-host", "b-host", "c-host"].contains(&t.target.target.as_str()))
        );
        assert_eq!(third.count(), 6);
        all_is_well(&sim);
    });
}

#[test]
fn when_only_the_wave_goes_back_the_first_one_keeps_the_release_verified_good() {
    tell(async {
        let shape = Shape { on_regression: OnRegression::RollBackWave, ..shape() };
        let mut sim = staged(3, &shape, "2").await;
        sim.is_bad("2", "suite", "production/c-host");
        let (end, _) = until_ended(&mut sim, TO_2).await;
        assert_eq!(sort(&end), "rolled back");
        let cast = Cast::of(&sim);
        assert!(running(&sim, &cast.production).starts_with("a-host=2 b-host=1.22 c-host=1.22"));
        all_is_well(&sim);
    });
}

#[test]
fn a_host_of_the_first_wave_that_breaks_while_it_is_watched_goes_back() {
    tell(async {
        let mut sim = staged(3, &shape(), "2").await;
        let cast = Cast::of(&sim);
        sim.breaks_in(Period::from_secs(90), sim.target("production/a-host"));
        let target = sim.target("production/a-host");
        let ended = sim.process(async |desk| promote(desk, &cast, "2").await).await;
        // It stays broken, so that nobody can see it go back: a person is called, and told.
        let PromotionEnd::NeedsPerson { reason } = ended.expect("alive").expect("allowed").end
        else {
            panic!("{}", in_short(&sim))
        };
        assert!(reason.contains("a-host did not answer home for"), "{reason}");
        assert!(reason.contains("could not take back a-host"), "{reason}");
        assert_eq!(running(&sim, &cast.production).matches("=2").count(), 0);
        sim.mend(&target);
        all_is_well(&sim);
    });
}

#[test]
fn a_host_that_breaks_while_a_later_wave_waits_for_the_gate_is_noticed() {
    tell(async {
        let mut sim = staged(3, &shape(), "2").await;
        let cast = Cast::of(&sim);
        sim.breaks_in(Period::from_mins(20), sim.target("production/a-host"));
        let ended = sim
            .two_processes(async |one, other| {
                start(one, &cast, "2", None).await.expect("allowed");
                let hold = async {
                    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                    place_hold(other, &cast).await;
                };
                let (ended, ()) = tokio::join!(one.drive(&cast.production), hold);
                ended
            })
            .await;
        let ended = ended.expect("alive").expect("it ends");
        let PromotionEnd::NeedsPerson { reason } = ended.end else { panic!("{}", in_short(&sim)) };
        assert!(reason.contains("a-host did not answer home"), "{reason}");
        assert!(ended.took < Period::from_mins(30), "it did not wait for the gate");
        assert!(invariant_waves(&sim) == 1, "the second wave never began");
    });
}

fn invariant_waves(sim: &Sim) -> usize {
    let production = sim.lane("production");
    let on = plimsoll_core::event::Stream::Lane(production);
    sim.events()
        .iter()
        .filter(|e| e.stream == on && matches!(e.kind, EventKind::WaveStarted { .. }))
        .count()
}

async fn place_hold(desk: &plimsoll_engine::desk::Desk, cast: &Cast) {
    let at = desk.now();
    desk.say(&cast.production.service, &cast.person, |_| {
        let hold = Hold {
            environment: None,
            reason: "look at a-host".to_owned(),
            by: cast.person.clone(),
            at,
        };
        Ok(EventKind::HoldPlaced { hold })
    })
    .await
    .expect("a hold can be placed");
}

#[test]
fn a_hold_between_waves_stops_the_next_and_an_abort_does_not_have_to_wait() {
    tell(async {
        let mut sim = staged(3, &shape(), "2").await;
        let cast = Cast::of(&sim);
        let ended = sim
            .two_processes(async |one, other| {
                start(one, &cast, "2", None).await.expect("allowed");
                let people = async {
                    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                    place_hold(other, &cast).await;
                    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
                    other
                        .abort(&cast.production, &cast.person, "not today")
                        .await
                        .expect("it is under way");
                };
                let (ended, ()) = tokio::join!(one.drive(&cast.production), people);
                ended
            })
            .await;
        let ended = ended.expect("alive").expect("it ends");
        assert_eq!(sort(&ended.end), "rolled back");
        assert!(ended.took < Period::from_mins(14), "{}", ended.took);
        assert_eq!(invariant_waves(&sim), 1);
        all_is_well(&sim);
    });
}

#[test]
fn a_hold_that_nobody_lets_go_ends_the_promotion_after_the_wait_that_was_allowed() {
    tell(async {
        let mut sim = staged(3, &shape(), "2").await;
        let cast = Cast::of(&sim);
        let ended = sim
            .two_processes(async |one, other| {
                start(one, &cast, "2", None).await.expect("allowed");
                place_hold(other, &cast).await;
                one.drive(&cast.production).await
            })
            .await;
        let PromotionEnd::Withdrawn { reason } = ended.expect("alive").expect("it ends").end else {
            panic!("{}", in_short(&sim))
        };
        assert_eq!(reason, "the gate did not allow wave 1 within 1 h");
        all_is_well(&sim);
    });
}

#[test]
fn a_deployer_that_lies_is_found_out_by_looking() {
    tell(async {
        let mut sim = staged(3, &shape(), "2").await;
        sim.chaos(Chaos { deploy_lies_one_in: 1, ..Chaos::default() });
        let (end, _) = until_ended(&mut sim, TO_2).await;
        assert_eq!(sort(&end), "rolled back", "1.22 never went away: {end:?}");
        let causes: Vec<_> = sim
            .events()
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::RegressionFound { regressions, .. } => Some(regressions.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(causes.len(), 1);
        assert!(
            matches!(&causes[0].cause, RegressionCause::WrongVersion { observed } if observed.is(&"1.22".parse().expect("a version")))
        );
        all_is_well(&sim);
    });
}

#[test]
fn a_way_back_that_lies_is_tried_three_times_and_then_a_person_is_called() {
    tell(async {
        let mut sim = bad_on_a_host_of_the_second_wave().await;
        let cast = Cast::of(&sim);
        let levers = sim.levers();
        let ended = sim
            .two_processes(async |one, other| {
                start(one, &cast, "2", None).await.expect("allowed");
                let lies = async {
                    loop {
                        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                        let state = other.load(&cast.production.service).await.expect("a state");
                        let active = state.active(&cast.production.environment);
                        if active.is_none_or(|active| active.rollback.is_some()) {
                            // From here on, nothing that is said to be done is done.
                            return levers
                                .chaos(Chaos { deploy_lies_one_in: 1, ..Chaos::default() });
                        }
                    }
                };
                tokio::join!(one.drive(&cast.production), lies).0
            })
            .await;
        let end = ended.expect("alive").expect("it ends").end;
        let PromotionEnd::NeedsPerson { reason } = end else { panic!("{}", in_short(&sim)) };
        assert!(reason.contains("could not take back"), "{reason}");
        let (touches, _) = sim.deeds();
        let back = touches.iter().filter(|t| {
            t.target == sim.target("production/c-host") && t.version.as_str() == "1.22"
        });
        assert_eq!(back.count(), 3);
    });
}

#[test]
fn a_known_failure_in_force_does_not_take_a_promotion_back() {
    tell(async {
        let mut sim = bad_on_a_host_of_the_second_wave().await;
        let cast = Cast::of(&sim);
        sim.process(async |desk| {
            let at = desk.now();
            desk.say(&cast.production.service, &cast.person, |_| {
                Ok::<_, DeskError>(EventKind::KnownFailureRecorded {
                    known_failure: KnownFailure {
                        look: None,
                        check: "suite".parse().expect("a check"),
                        test: None,
                        signature: "/static/style.css answers 404".to_owned(),
                        targets: vec!["c-host".parse().expect("a target")],
                        ticket: "P-1".to_owned(),
                        by: cast.person.clone(),
                        at,
                        until: Period::from_hours(9).after(at),
                    },
                })
            })
            .await
            .expect("it can be recorded");
        })
        .await
        .expect("alive");
        let (end, _) = until_ended(&mut sim, TO_2).await;
        assert_eq!(sort(&end), "verified good", "{end:?}");
        all_is_well(&sim);
    });
}

#[test]
fn a_clock_that_is_set_back_or_forth_does_not_lengthen_or_shorten_a_watch() {
    for step in [-7_200_000, 7_200_000] {
        tell(async {
            // One wave: after such a step the gate no longer knows how old its evidence is.
            let mut sim = staged(3, &Shape { waves: Vec::new(), ..shape() }, "2").await;
            let cast = Cast::of(&sim);
            let began = tokio::time::Instant::now();
            let levers = sim.levers();
            let ended = sim
                .process(async |desk| {
                    start(desk, &cast, "2", None).await.expect("allowed");
                    let steps = async {
                        tokio::time::sleep(std::time::Duration::from_secs(90)).await;
                        levers.clock_steps(step);
                    };
                    tokio::join!(desk.drive(&cast.production), steps).0
                })
                .await;
            let end = ended.expect("alive").expect("it ends").end;
            assert_eq!(sort(&end), "verified good", "{step}: {end:?}\n{}", in_short(&sim));
            let took = began.elapsed().as_secs();
            assert!((120..240).contains(&took), "a watch of two minutes took {took} s");
            all_is_well(&sim);
        });
    }
}

#[test]
fn two_processes_race_for_one_promotion_and_one_wins() {
    tell(async {
        let mut sim = staged(3, &shape(), "2").await;
        let cast = Cast::of(&sim);
        let (one, other) = sim
            .two_processes(async |one, other| {
                tokio::join!(promote(one, &cast, "2"), promote(other, &cast, "2"))
            })
            .await
            .expect("alive");
        assert_eq!(u32::from(one.is_ok()) + u32::from(other.is_ok()), 1, "{one:?} {other:?}");
        assert!(running(&sim, &cast.production).starts_with("a-host=2"));
        all_is_well(&sim);
    });
}

#[test]
fn a_death_between_any_two_effects_changes_nothing() {
    a_death_at_any_point_changes_nothing(bad_on_a_host_of_the_second_wave, TO_2);
}

#[test]
fn lost_answers_of_the_ledger_change_nothing() {
    lost_answers_change_nothing(bad_on_a_host_of_the_second_wave, TO_2);
}
