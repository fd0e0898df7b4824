//! Answers to pushes for tests.

use crate::gate::testing::{World, n};
use crate::ids::{DecisionId, Seq};
use crate::push::{AskedService, Changed, Named, PushAnswer, PushQuestion, Riding, Stands, Step};

/// An answer about services of which each stands so.
pub fn answer(asked: Vec<(&str, Stands)>) -> PushAnswer {
    let question = PushQuestion {
        branch: "production".parse().expect("a branch"),
        environment: n("production"),
        step: Step::Forward,
        commit: Some("a".repeat(40)),
        same_content: std::iter::once("a".repeat(40)).collect(),
        changed: Changed::default(),
        named: Named::default(),
    };
    let gated = asked.iter().map(|(name, _)| n(name)).collect();
    let asked = asked.into_iter().map(|(name, stands)| AskedService { service: n(name), stands });
    PushAnswer { question, riding: Riding { gated, ..Riding::default() }, asked: asked.collect() }
}

/// What the gate of a world says.
pub fn decided(world: &World) -> Stands {
    let decision = Box::new(world.decision());
    Stands::Decided { decision, id: DecisionId(Seq(7)), others: Vec::new() }
}
