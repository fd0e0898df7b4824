//! What counts as one host for the limit of checks against a host.

use crate::ports::TargetContext;

/// The host of the target's URL with its port left out, or the target itself.
pub(super) fn of(context: &TargetContext) -> String {
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
    use std::collections::BTreeMap;

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
                    mutable: Vec::new(),
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
            assert_eq!(of(&context(Some(url))), host);
        }
        assert_eq!(of(&context(None)), "shop/staging/one");
    }
}
