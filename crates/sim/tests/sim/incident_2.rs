//! Incident 2: a release went into production in the freeze, without evidence, broke it, and the
//! way back was not at hand.

use plimsoll_core::catalog::{ClockTime, Days, FreezeWindow, RuleKind, RuleName, WindowTime};
use plimsoll_core::units::Period;
use plimsoll_sim::{Shape, Sim};

use crate::after::{
    Pursuit, a_death_at_any_point_changes_nothing, lost_answers_change_nothing, until_ended,
};
use crate::story::{
    Cast, Not, adopted, all_is_well, ask, promote, roll_back, running, sort, stage, tell, unmet,
    verify,
};

/// A window that is on when stories begin, and for the rest of the day.
fn frozen() -> RuleKind {
    RuleKind::Freeze(FreezeWindow {
        name: "labs".parse().expect("a name"),
        time: WindowTime::Weekly {
            days: Days([true; 7]),
            from: ClockTime(0),
            to: ClockTime(1_439),
        },
        zone: "UTC".to_owned(),
        override_by: <_>::default(),
    })
}

fn shape() -> Shape {
    Shape {
        sites: vec!["nl", "in"],
        rules: vec![frozen()],
        soak: Period::from_mins(1),
        ..Shape::default()
    }
}

/// 1.23 is named and on staging, and nobody checked it there; a freeze is on.
async fn unchecked_in_the_freeze() -> Sim {
    let mut sim = adopted(2, &shape()).await;
    let release = sim.release("1.23");
    let cast = Cast::of(&sim);
    sim.process(async |desk| {
        desk.add_release(release).await.expect("it is new");
        crate::story::deploy(desk, &cast, "1.23").await.expect("staging has no gate");
    })
    .await
    .expect("alive");
    sim
}

const GLASS: Pursuit = Pursuit { version: "1.23", glass: Some("the labs asked for it by phone") };

#[test]
fn a_release_without_evidence_in_a_freeze_is_refused_for_both() {
    tell(async {
        let mut sim = unchecked_in_the_freeze().await;
        let cast = Cast::of(&sim);
        let words = sim
            .process(async |desk| unmet(&ask(desk, &cast, "1.23").await.expect("an answer")))
            .await;
        let words = words.expect("alive");
        assert!(words.iter().any(|word| word.starts_with("freeze")), "{words:?}");
        assert_eq!(
            words.iter().filter(|word| word.starts_with("evidence")).count(),
            8,
            "{words:?}"
        );
        let refused =
            sim.process(async |desk| promote(desk, &cast, "1.23").await).await.expect("alive");
        assert!(matches!(refused, Err(Not::Refused(_))));
        all_is_well(&sim);
    });
}

#[test]
fn a_break_glass_goes_ahead_is_marked_and_leaves_what_the_next_gate_asks_for() {
    tell(async {
        let mut sim = unchecked_in_the_freeze().await;
        let (end, _) = until_ended(&mut sim, GLASS).await;
        assert_eq!(sort(&end), "verified good");
        stage(&mut sim, "1.24").await;
        let cast = Cast::of(&sim);
        let asked =
            sim.process(async |desk| ask(desk, &cast, "1.24").await.expect("an answer")).await;
        let asked = asked.expect("alive");
        let follow_ups =
            asked.ruling.decision().requirements.iter().filter(|r| r.rule == RuleName::FollowUp);
        let met = follow_ups.clone().filter(|r| r.state.lets_pass()).count();
        assert_eq!(
            (follow_ups.count(), met),
            (9, 0),
            "what the forced promotion found in production was not what was missing"
        );
        // A person looks at what went ahead, where it runs now.
        sim.process(async |desk| verify(desk, &cast.production, "1.23").await)
            .await
            .expect("alive")
            .expect("the checks can run");
        let asked =
            sim.process(async |desk| ask(desk, &cast, "1.24").await.expect("an answer")).await;
        assert_eq!(unmet(&asked.expect("alive")), ["follow-up Unmet", "freeze Unmet"]);
        all_is_well(&sim);
    });
}

/// The glass was broken, all was green, and an hour later production breaks.
async fn broken_after_the_glass() -> Sim {
    let mut sim = unchecked_in_the_freeze().await;
    until_ended(&mut sim, GLASS).await;
    tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
    sim.is_bad("1.23", "suite", "production/");
    sim
}

#[test]
fn production_goes_back_to_the_last_verified_good_while_the_freeze_is_on() {
    tell(async {
        let mut sim = broken_after_the_glass().await;
        let cast = Cast::of(&sim);
        let ended =
            sim.process(async |desk| roll_back(desk, &cast, "searches time out").await).await;
        assert_eq!(
            sort(&ended.expect("alive").expect("a freeze never stops a way back").end),
            "verified good"
        );
        assert_eq!(running(&sim, &cast.production).matches("1.22").count(), 4);
        all_is_well(&sim);
    });
}

#[test]
fn what_was_gone_back_from_is_no_way_back_any_more() {
    tell(async {
        let mut sim = broken_after_the_glass().await;
        let cast = Cast::of(&sim);
        let back =
            sim.process(async |desk| roll_back(desk, &cast, "searches time out").await).await;
        back.expect("alive").expect("it goes back");
        let service = cast.production.service.clone();
        let good = sim.process(async |desk| {
            let state = desk.load(&service).await.expect("a state");
            let lane = state.lane(&"production".parse().expect("a name"));
            lane.targets
                .values()
                .map(|t| t.last_verified_good().map(|g| g.version.to_string()))
                .collect::<Vec<_>>()
        });
        assert!(good.await.expect("alive").iter().all(|good| good.as_deref() == Some("1.22")));
    });
}

/// OQ.12: two incidents at once.
#[test]
fn the_glass_broken_for_one_release_does_not_carry_anothers_changes() {
    tell(async {
        let mut sim = unchecked_in_the_freeze().await;
        let release = sim.release("1.22.1");
        let cast = Cast::of(&sim);
        // The hotfix is broken through; 1.23 stays on staging and gets nothing from it.
        sim.process(async |desk| {
            desk.add_release(release).await.expect("it is new");
        })
        .await
        .expect("alive");
        let hotfix = Pursuit { version: "1.22.1", glass: Some("searches time out") };
        let (end, _) = until_ended(&mut sim, hotfix).await;
        assert_eq!(sort(&end), "verified good");
        assert_eq!(running(&sim, &cast.production).matches("1.22.1").count(), 4);
        let refused =
            sim.process(async |desk| promote(desk, &cast, "1.23").await).await.expect("alive");
        let Err(Not::Refused(words)) = refused else { panic!("{refused:?}") };
        assert!(words.iter().any(|word| word.starts_with("evidence NotRun")), "{words:?}");
        all_is_well(&sim);
    });
}

#[test]
fn a_second_promotion_at_once_is_refused_and_names_the_first() {
    tell(async {
        let mut sim = unchecked_in_the_freeze().await;
        let cast = Cast::of(&sim);
        let release = sim.release("1.22.1");
        let second = sim
            .process(async |desk| {
                desk.add_release(release).await.expect("it is new");
                crate::story::start(desk, &cast, "1.23", Some("first")).await.expect("it starts");
                crate::story::start(desk, &cast, "1.22.1", Some("second")).await
            })
            .await
            .expect("alive");
        let Err(Not::Desk(error)) = second else { panic!("{second:?}") };
        assert!(error.to_string().contains("is under way there"), "{error}");
        let (end, _) = until_ended(&mut sim, GLASS).await;
        assert_eq!(sort(&end), "verified good");
        all_is_well(&sim);
    });
}

#[test]
fn a_death_between_any_two_effects_of_a_break_glass_changes_nothing() {
    a_death_at_any_point_changes_nothing(unchecked_in_the_freeze, GLASS);
}

#[test]
fn lost_answers_of_the_ledger_do_not_break_a_break_glass() {
    lost_answers_change_nothing(unchecked_in_the_freeze, GLASS);
}
