//! A forge beside a server: told how commits stand, and asking for deployments. The forge is a strict
//! stand-in of its API, the repository, the webhooks' signatures and the processes are real.

mod bed;
mod deployments;
mod statuses;

/// The same stand-in that the adapters keep their contract against.
#[path = "../../../../adapters/tests/forge/stand_in.rs"]
#[expect(dead_code, reason = "the contract needs more of it")]
mod stand_in;
