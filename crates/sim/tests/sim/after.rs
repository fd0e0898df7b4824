//! "It crashed between any two effects", and "the answer of an append was lost", for any story.

use plimsoll_core::event::PromotionEnd;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_sim::{Chaos, Sim};

use crate::story::{Cast, Not, all_is_well, in_short, running, sort, start, tell};

/// What is pursued: a promotion of this version to production, whoever dies meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Pursuit {
    pub version: &'static str,
    pub glass: Option<&'static str>,
}

/// Does what a person does who types the command again: picks up what is under way, takes what has
/// ended, else begins.
pub async fn pursue(desk: &Desk, cast: &Cast, pursuit: Pursuit) -> Result<PromotionEnd, Not> {
    let state = desk.load(&cast.production.service).await?;
    if state.active(&cast.production.environment).is_none() {
        let lane = state.lanes.get(&cast.production.environment);
        let last = lane.and_then(|lane| lane.finished.last());
        if let Some(last) = last.filter(|last| last.release.version.as_str() == pursuit.version) {
            return Ok(last.end.clone());
        }
        start(desk, cast, pursuit.version, pursuit.glass).await?;
    }
    Ok(desk.drive(&cast.production).await?.end)
}

/// Pursues until it has ended, with a new process after each death.
pub async fn until_ended(sim: &mut Sim, pursuit: Pursuit) -> (PromotionEnd, u32) {
    let cast = Cast::of(sim);
    for deaths in 0..50 {
        match sim.process(async |desk| pursue(desk, &cast, pursuit).await).await {
            Ok(Ok(end)) => return (end, deaths),
            Ok(Err(Not::Desk(DeskError::Ledger(error)))) => eprintln!("once more: {error}"),
            Ok(Err(other)) => panic!("{other:?}\n{}", in_short(sim)),
            Err(_) => {}
        }
    }
    panic!("it never ended\n{}", in_short(sim));
}

/// Tells a story undisturbed, then again with a death at the first port call, at the second, and
/// so on until one is told without a death; it must always end the same way.
pub fn a_death_at_any_point_changes_nothing(setting: impl AsyncFn() -> Sim, pursuit: Pursuit) {
    let (wanted, ran) = tell(async {
        let mut sim = setting().await;
        let (end, deaths) = until_ended(&mut sim, pursuit).await;
        assert_eq!(deaths, 0);
        all_is_well(&sim);
        (sort(&end), running(&sim, &sim.lane("production")))
    });
    let mut stories = 0;
    for dies_at in 1.. {
        let died = tell(async {
            let mut sim = setting().await;
            sim.chaos(Chaos { dies_at, ..Chaos::default() });
            let (end, deaths) = until_ended(&mut sim, pursuit).await;
            assert_eq!(sort(&end), wanted, "death at {dies_at}: {end:?}\n{}", in_short(&sim));
            assert_eq!(running(&sim, &sim.lane("production")), ran, "death at {dies_at}");
            all_is_well(&sim);
            deaths > 0
        });
        if !died {
            break;
        }
        stories += 1;
    }
    assert!(stories > 20, "only {stories} places to die at");
}

/// The same with answers of appends lost, and with the ledger away at times.
pub fn lost_answers_change_nothing(setting: impl AsyncFn() -> Sim, pursuit: Pursuit) {
    let wanted = tell(async {
        let mut sim = setting().await;
        sort(&until_ended(&mut sim, pursuit).await.0)
    });
    for (lost_answer_one_in, away_one_in) in [(1, 0), (2, 0), (3, 5), (0, 3), (7, 7)] {
        tell(async {
            let mut sim = setting().await;
            sim.chaos(Chaos { lost_answer_one_in, away_one_in, ..Chaos::default() });
            let (end, _) = until_ended(&mut sim, pursuit).await;
            sim.chaos(Chaos::default());
            assert_eq!(sort(&end), wanted, "{end:?}\n{}", in_short(&sim));
            all_is_well(&sim);
        });
    }
}
