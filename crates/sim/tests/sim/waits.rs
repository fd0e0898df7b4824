//! A promotion that waits for its gate between two waves.

use std::time::Duration;

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::RuleKind;
use plimsoll_core::event::EventKind;
use plimsoll_core::record::Hold;
use plimsoll_core::units::Period;
use plimsoll_sim::{Shape, Sim};

use crate::story::{Cast, all_is_well, promote, sort, staged, tell};

/// Promotes 1.23, and holds the service while its first wave is watched.
async fn held(shape: &Shape) -> Sim {
    let mut sim = staged(21, shape, "1.23").await;
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    let cast = Cast::of(&sim);
    let ended = sim
        .two_processes(async |desk, other| {
            let hold = async {
                tokio::time::sleep(Duration::from_secs(60)).await;
                let (by, at) = (cast.person.clone(), other.now());
                let hold = Hold { environment: None, reason: "the labs".to_owned(), by, at };
                let say = |_: &_| Ok(EventKind::HoldPlaced { hold: hold.clone() });
                other.say(&cast.production.service, &cast.person, say).await.expect("said");
            };
            tokio::join!(promote(desk, &cast, "1.23"), hold).0
        })
        .await;
    let ended = ended.expect("alive").expect("allowed at first");
    assert_eq!(sort(&ended.end), "rolled back");
    all_is_well(&sim);
    sim
}

fn first(sim: &Sim, is: impl Fn(&EventKind) -> bool) -> Timestamp {
    let events = sim.events();
    events.iter().find(|event| is(&event.kind)).expect("it happened").at
}

#[test]
fn it_waits_no_longer_than_it_may_however_rarely_the_gate_is_asked() {
    for seconds in [4, 20, 100] {
        tell(async {
            let wait_at_most = Period::from_secs(seconds);
            let sim = held(&Shape { wait_at_most, ..Shape::default() }).await;
            let held = first(&sim, |kind| matches!(kind, EventKind::WaveHeld { .. }));
            let left = first(&sim, |kind| matches!(kind, EventKind::RollbackStarted { .. }));
            let waited = Period::between(held, left);
            assert!(waited >= wait_at_most, "{waited} of {wait_at_most}");
            let over = Period::from_millis(waited.as_millis() - wait_at_most.as_millis());
            assert!(over <= Period::from_secs(1), "{waited} of {wait_at_most}");
        });
    }
}

#[test]
fn hours_of_waiting_are_one_decision_and_one_line_in_the_ledger() {
    tell(async {
        let rules = vec![
            RuleKind::Soak { period: Period::from_mins(1) },
            RuleKind::Soak { period: Period::from_mins(10) },
        ];
        let wait_at_most = Period::from_hours(3);
        let sim = held(&Shape { rules, wait_at_most, ..Shape::default() }).await;
        let count = |is: fn(&EventKind) -> bool| {
            sim.events().iter().filter(|event| is(&event.kind)).count()
        };
        assert_eq!(count(|kind| matches!(kind, EventKind::WaveHeld { .. })), 1);
        // The first two waves were allowed by one answer, and refused by another.
        assert_eq!(count(|kind| matches!(kind, EventKind::DecisionMade { .. })), 2);
    });
}
