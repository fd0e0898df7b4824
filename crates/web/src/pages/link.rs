//! Where things stand on the site, and the page that does what a command does.

use plimsoll_core::ids::{EnvironmentName, LaneId, ReleaseId, Seq, ServiceName, TargetId};
use plimsoll_core::record::EvidenceRef;

/// A release.
pub(super) fn release(id: &ReleaseId) -> String {
    format!("/releases/{id}")
}

/// A release as it was found in an environment.
pub(super) fn release_on(id: &ReleaseId, on: &EnvironmentName) -> String {
    format!("/releases/{id}?on={on}")
}

/// The gate.
pub(super) fn gate(id: &ReleaseId, to: &EnvironmentName) -> String {
    format!("/gate/{id}/{to}")
}

/// A service.
pub(super) fn service(name: &ServiceName) -> String {
    format!("/services/{name}")
}

/// A target.
pub(super) fn target(id: &TargetId) -> String {
    format!("/targets/{id}")
}

/// What was looked at.
pub(super) fn evidence(what: &EvidenceRef) -> String {
    match what {
        EvidenceRef::Run(id) => format!("/runs/{id}"),
        EvidenceRef::Event(seq) => format!("/events/{seq}"),
        EvidenceRef::Deployment(id) => format!("/events/{}", id.0),
    }
}

/// Where a page listens to what happens, to one service or to all, after this event.
pub(super) fn live(service: Option<&ServiceName>, after: Seq) -> String {
    let of = service.map(|service| format!("&service={service}")).unwrap_or_default();
    format!("/live?after={after}{of}")
}

/// A text in a query.
pub(super) fn query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The page that says or does what this command does; nothing where only the command does it.
pub(super) fn of_command(command: &str) -> Option<String> {
    let command = command.split("     ").next().unwrap_or(command);
    let mut words = command.split_whitespace();
    if words.next() != Some("plimsoll") {
        return None;
    }
    let (verb, what) = (words.next()?, words.next()?);
    let rest: Vec<&str> = words.collect();
    let option = |name: &str| {
        rest.iter().position(|word| *word == name).and_then(|at| rest.get(at + 1)).copied()
    };
    let to = || option("--to")?.parse::<EnvironmentName>().ok();
    let of_release = || what.parse::<ReleaseId>().ok();
    match verb {
        "gate" => Some(gate(&of_release()?, &to()?)),
        "promote" if option("--break-glass").is_none() => {
            Some(format!("/promote/{}/{}", of_release()?, to()?))
        }
        "verify" => {
            let on: EnvironmentName = option("--on")?.parse().ok()?;
            Some(release_on(&of_release()?, &on))
        }
        "sign-off" => {
            let release = of_release()?;
            to().map(|to| format!("/sign-off/{release}/{to}"))
        }
        "status" | "hold" | "freeze" | "follow-up" => {
            let service = what.split('/').next()?.parse::<ServiceName>().ok()?;
            Some(self::service(&service))
        }
        "resume" => Some(service(&what.parse::<LaneId>().ok()?.service)),
        "history" => Some(format!("/history?service={}", what.parse::<ServiceName>().ok()?)),
        "show" => shown(what),
        _ => None,
    }
}

fn shown(what: &str) -> Option<String> {
    let number = |prefix: &str| {
        let digits = what.strip_prefix(prefix)?.strip_prefix('-')?;
        digits.bytes().all(|b| b.is_ascii_digit()).then_some(())
    };
    if number("g").is_some() {
        return Some(format!("/decisions/{what}"));
    }
    if number("p").is_some() {
        return Some(format!("/promotions/{what}"));
    }
    if number("r").is_some() {
        return Some(format!("/runs/{what}"));
    }
    if what.bytes().all(|b| b.is_ascii_digit()) {
        return Some(format!("/events/{what}"));
    }
    if let Ok(id) = what.parse::<ReleaseId>() {
        return Some(release(&id));
    }
    let mut parts = what.split('/');
    let (service, environment, name) = (parts.next()?, parts.next(), parts.next());
    match (environment, name) {
        (Some(environment), Some(name)) => {
            let id = format!("{service}/{environment}/{name}").parse::<TargetId>().ok()?;
            Some(target(&id))
        }
        _ => Some(self::service(&service.parse().ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_its_page() {
        let of = |command: &str| of_command(command).unwrap_or_default();
        assert_eq!(of("plimsoll gate shop@1.1 --to production"), "/gate/shop@1.1/production");
        assert_eq!(of("plimsoll show p-17"), "/promotions/p-17");
        assert_eq!(of("plimsoll show shop/staging/nl-vm"), "/targets/shop/staging/nl-vm");
        assert_eq!(
            of("plimsoll verify shop@1.1 --on staging --target a"),
            "/releases/shop@1.1?on=staging"
        );
        assert_eq!(of("plimsoll resume shop/production     goes on"), "/services/shop");
        for none in ["plimsoll release add shop@1 X", "rm -rf /", "", "plimsoll show <script>"] {
            assert_eq!(of_command(none), None, "{none}");
        }
    }

    #[test]
    fn a_query_holds_any_text() {
        assert_eq!(query("a b&c=d\"<é"), "a%20b%26c%3Dd%22%3C%C3%A9");
    }
}
