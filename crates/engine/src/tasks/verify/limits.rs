//! How many checks run at once: all together, against one host, and of one check.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_core::catalog::Limits;
use plimsoll_core::ids::CheckName;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ports::TargetContext;

use super::Pair;

/// The three limits of one verification.
pub(super) struct Gates {
    all: Arc<Semaphore>,
    hosts: BTreeMap<String, Arc<Semaphore>>,
    checks: BTreeMap<CheckName, Arc<Semaphore>>,
}

/// Held while an attempt runs.
pub(super) struct Turn {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Gates {
    pub(super) fn new(limits: &Limits, pairs: &[Pair<'_>]) -> Self {
        let semaphore = |most: u32| Arc::new(Semaphore::new(most.max(1) as usize));
        let hosts =
            pairs.iter().map(|pair| (host_of(&pair.context), semaphore(limits.per_host))).collect();
        let checks = pairs
            .iter()
            .filter_map(|pair| Some((pair.name.clone(), semaphore(pair.check.at_once?))))
            .collect();
        Self { all: semaphore(limits.checks_at_once), hosts, checks }
    }

    /// Waits for a turn. Narrow gates first, so that nobody holds a place of the wide one while
    /// waiting at a narrow one.
    pub(super) async fn turn(&self, context: &TargetContext, check: &CheckName) -> Turn {
        let host = self.hosts.get(&host_of(context));
        let narrow = self.checks.get(check).into_iter().chain(host);
        let mut permits = Vec::new();
        for gate in narrow.chain([&self.all]) {
            // The semaphores are never closed.
            if let Ok(permit) = Arc::clone(gate).acquire_owned().await {
                permits.push(permit);
            }
        }
        Turn { _permits: permits }
    }
}

/// The host of the target's URL with its port left out, or the target itself.
fn host_of(context: &TargetContext) -> String {
    let host = context.target.url.as_deref().and_then(|url| {
        let rest = url.split_once("://")?.1;
        let authority = rest.split(['/', '?', '#']).next()?;
        let end = match authority.rfind(']') {
            Some(bracket) => bracket + 1,
            None => authority.find(':').unwrap_or(authority.len()),
        };
        Some(authority[..end].to_ascii_lowercase())
    });
    match host.as_deref() {
        // Many sites of a test bed share the loopback address and are told apart by port.
        Some("127.0.0.1" | "localhost" | "[::1]") | None => context.id.to_string(),
        Some(host) => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::catalog::{
        DeployKind, FilesDeploy, Observe, ObserveKind, Platform, Target, VersionFrom,
    };
    use plimsoll_core::units::Period;

    use super::*;

    fn context(url: Option<&str>) -> TargetContext {
        let name = |text: &str| text.parse().expect("a name");
        TargetContext {
            id: "shop/staging/one".parse().expect("a target"),
            target: Target {
                site: "nl".parse().expect("a site"),
                platform: name("vm"),
                url: url.map(str::to_owned),
                vars: BTreeMap::new(),
            },
            platform: Platform {
                deploy: DeployKind::Files(FilesDeploy {
                    root: "root".parse().expect("a template"),
                    link: "current".into(),
                    artifact: None,
                    keep: 3,
                    after: None,
                }),
                observe: Observe {
                    kind: ObserveKind::Link,
                    version: VersionFrom::Text,
                    within: Period::from_secs(1),
                },
                within: Period::from_secs(1),
            },
        }
    }

    #[test]
    fn the_host_is_what_is_limited_not_the_path_or_port() {
        for (url, host) in [
            ("https://NL.example:8443/x", "nl.example"),
            ("http://nl.example", "nl.example"),
            ("http://[fe80::1]:80/", "[fe80::1]"),
            ("http://127.0.0.1:8080", "shop/staging/one"),
        ] {
            assert_eq!(host_of(&context(Some(url))), host);
        }
        assert_eq!(host_of(&context(None)), "shop/staging/one");
    }
}
