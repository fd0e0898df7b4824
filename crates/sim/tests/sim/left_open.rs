//! What a broken glass leaves open, when the release that went ahead does not stay.

use plimsoll_core::catalog::OnRegression;
use plimsoll_core::event::EventKind;
use plimsoll_core::ledger::ServiceState;
use plimsoll_sim::{Shape, Sim};

use crate::after::{Pursuit, until_ended};
use crate::story::{
    Cast, adopted, all_is_well, ask, deploy, roll_back, running, sort, stage, tell, unmet,
};

const GLASS: Pursuit = Pursuit { version: "1.23", glass: Some("the site is down") };

/// 1.23 went in unchecked, was red on one target of the second wave, and went back.
async fn forced_and_gone_back(on_regression: OnRegression) -> Sim {
    let mut sim = adopted(31, &Shape { on_regression, ..Shape::default() }).await;
    let (release, cast) = (sim.release("1.23"), Cast::of(&sim));
    sim.is_bad("1.23", "home", "production/in-k8s");
    sim.process(async |desk| {
        desk.add_release(release).await.expect("it is new");
        deploy(desk, &cast, "1.23").await.expect("staging has no gate");
    })
    .await
    .expect("alive");
    let (end, _) = until_ended(&mut sim, GLASS).await;
    assert_eq!(sort(&end), "rolled back");
    sim
}

async fn state(sim: &mut Sim) -> ServiceState {
    let service = Cast::of(sim).production.service;
    let state = sim.process(async |desk| desk.load(&service).await.expect("a state")).await;
    (*state.expect("alive")).clone()
}

/// What the gate asks of the mended release because of the broken one.
async fn asked_of_the_mended(sim: &mut Sim) -> Vec<String> {
    let cast = Cast::of(sim);
    let asked = sim.process(async |desk| ask(desk, &cast, "1.23.1").await.expect("an answer"));
    let words = unmet(&asked.await.expect("alive"));
    words.into_iter().filter(|word| word.starts_with("follow-up")).collect()
}

#[test]
fn what_went_back_everywhere_asks_nothing_of_the_release_that_mends_it_and_stays_to_be_seen() {
    tell(async {
        let mut sim = forced_and_gone_back(OnRegression::RollBack).await;
        let after = state(&mut sim).await;
        assert!(after.follow_ups.is_empty(), "{:?}", after.follow_ups);
        assert_eq!(after.moot.len(), 12, "two checks on six targets were missing");
        let reason = &after.moot[0].reason;
        let words = "planet4@1.23 was rolled back from every target of production (p-";
        assert!(reason.starts_with(words), "{reason}");
        // The way back itself says so; nobody had to ask the gate first.
        let events = sim.events();
        let end = events
            .iter()
            .rposition(|event| matches!(event.kind, EventKind::PromotionFinished { .. }));
        let after_it = &events[end.expect("it ended") + 1];
        assert!(matches!(after_it.kind, EventKind::FollowUpBecameMoot { .. }), "{after_it:?}");
        stage(&mut sim, "1.23.1").await;
        assert_eq!(asked_of_the_mended(&mut sim).await, [""; 0]);
        all_is_well(&sim);
    });
}

#[test]
fn what_still_runs_on_one_target_is_asked_for_until_that_one_goes_back_too() {
    tell(async {
        let mut sim = forced_and_gone_back(OnRegression::RollBackWave).await;
        let cast = Cast::of(&sim);
        assert_eq!(running(&sim, &cast.production).matches("1.23").count(), 1);
        stage(&mut sim, "1.23.1").await;
        assert_eq!(asked_of_the_mended(&mut sim).await.len(), 12);
        let back = sim.process(async |desk| roll_back(desk, &cast, "away with it").await).await;
        assert_eq!(sort(&back.expect("alive").expect("there is a way back").end), "verified good");
        // Those that were back already have stayed there.
        assert_eq!(running(&sim, &cast.production).matches("1.22").count(), 6);
        assert_eq!(asked_of_the_mended(&mut sim).await, [""; 0]);
        assert_eq!(state(&mut sim).await.moot.len(), 12);
        all_is_well(&sim);
    });
}
