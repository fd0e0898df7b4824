//! Streams: an event belongs to one, and takes the next version of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{ForgeName, LaneId, ReleaseId, ServiceName};
use crate::record::{Permission, Scope};

/// What an event is about. Appending with an expected version of the stream makes sure that nobody
/// else changed it in between.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Stream {
    /// A release: `release/planet4@1.23`.
    Release(ReleaseId),
    /// Everything that moves targets of a service in an environment: `lane/planet4/production`.
    Lane(LaneId),
    /// Results of checks and observations: `evidence/planet4/staging`.
    Evidence(LaneId),
    /// Decisions about a service: `gate/planet4`.
    Gate(ServiceName),
    /// What people say about a service: waivers, sign-offs, holds: `people/planet4`.
    People(ServiceName),
    /// Who may ask a server for what, over all services: `tokens`.
    Tokens,
    /// What is said to a forge and heard from it, over all services: `forge/github`.
    Forge(ForgeName),
}

/// A text that names no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a stream")]
pub struct StreamError(String);

impl Stream {
    /// The service whose state the events of this stream change, if they change one's.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceName> {
        match self {
            Self::Release(release) => Some(&release.service),
            Self::Lane(lane) | Self::Evidence(lane) => Some(&lane.service),
            Self::Gate(service) | Self::People(service) => Some(service),
            Self::Tokens | Self::Forge(_) => None,
        }
    }

    /// Whether somebody with this scope may know what is in it. Who has which token is for
    /// administrators.
    #[must_use]
    pub fn is_seen_by(&self, scope: &Scope) -> bool {
        match (self, self.service()) {
            (Self::Tokens, _) => scope.allows(Permission::Administer, None).is_ok(),
            (_, Some(service)) => scope.sees(service),
            (_, None) => scope.services.is_none(),
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(release) => write!(f, "release/{release}"),
            Self::Lane(lane) => write!(f, "lane/{lane}"),
            Self::Evidence(lane) => write!(f, "evidence/{lane}"),
            Self::Gate(service) => write!(f, "gate/{service}"),
            Self::People(service) => write!(f, "people/{service}"),
            Self::Tokens => f.write_str("tokens"),
            Self::Forge(forge) => write!(f, "forge/{forge}"),
        }
    }
}

impl FromStr for Stream {
    type Err = StreamError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || StreamError(text.chars().take(80).collect());
        if text == "tokens" {
            return Ok(Self::Tokens);
        }
        let (kind, rest) = text.split_once('/').ok_or_else(fail)?;
        Ok(match kind {
            "release" => Self::Release(rest.parse().map_err(|_| fail())?),
            "lane" => Self::Lane(rest.parse().map_err(|_| fail())?),
            "evidence" => Self::Evidence(rest.parse().map_err(|_| fail())?),
            "gate" => Self::Gate(rest.parse().map_err(|_| fail())?),
            "people" => Self::People(rest.parse().map_err(|_| fail())?),
            "forge" => Self::Forge(rest.parse().map_err(|_| fail())?),
            _ => return Err(fail()),
        })
    }
}

impl TryFrom<String> for Stream {
    type Error = StreamError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Stream> for String {
    fn from(stream: Stream) -> Self {
        stream.to_string()
    }
}
