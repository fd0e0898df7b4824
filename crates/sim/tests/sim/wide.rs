//! A wave of a thousand targets: what is done for each must not grow with all of them.

use std::time::Instant;

use plimsoll_core::units::Period;
use plimsoll_sim::{Shape, Sim};

use crate::story::{Cast, deploy, sort, tell};

fn seconds_to_deploy(sites: usize) -> f64 {
    let names: Vec<&'static str> = (0..sites).map(|n| &*format!("s{n}").leak()).collect();
    tell(async {
        let shape = Shape {
            sites: names,
            platforms: vec!["vm"],
            waves: Vec::new(),
            soak: Period::ZERO,
            ..Shape::default()
        };
        let mut sim = Sim::new(1, &shape);
        let release = sim.release("2");
        let cast = Cast::of(&sim);
        let began = Instant::now();
        let ended = sim
            .process(async |desk| {
                desk.add_release(release).await.expect("it is new");
                deploy(desk, &cast, "2").await.expect("staging has no gate")
            })
            .await
            .expect("alive");
        assert_eq!(sort(&ended.end), "deployed");
        began.elapsed().as_secs_f64()
    })
}

#[test]
fn a_wave_of_a_thousand_targets_costs_about_four_times_one_of_two_hundred_and_fifty() {
    seconds_to_deploy(10);
    let small = seconds_to_deploy(250);
    let large = seconds_to_deploy(1_000);
    eprintln!("250 targets: {small:.3} s, 1000 targets: {large:.3} s");
    // Sixteen times would be quadratic; a busy machine may double what it likes.
    assert!(large < small * 12.0 + 0.5, "250 targets took {small} s, 1000 took {large} s");
}
