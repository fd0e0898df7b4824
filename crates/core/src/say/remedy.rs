//! What mends a requirement, and the commands for it.

use crate::ids::{
    CheckName, EnvironmentName, PlatformName, ReleaseId, RoleName, ServiceName, SiteName, TargetId,
    TargetName,
};
use crate::record::{FollowUp, FollowUpId, NextStep};

/// How many targets a command names; whoever has more leaves the choice to plimsoll.
const MOST_TARGETS: usize = 12;

/// What mends a requirement, before it is put into words: several of the same kind become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Remedy {
    Verify {
        environment: EnvironmentName,
        target: Option<TargetName>,
    },
    Deploy {
        environment: EnvironmentName,
        target: TargetName,
    },
    Check {
        release: ReleaseId,
        check: Option<CheckName>,
        environment: EnvironmentName,
        target: TargetName,
    },
    /// Tell what came of a check that others run.
    Report {
        target: TargetId,
        check: CheckName,
        who: String,
        as_junit: bool,
    },
    Sign {
        role: RoleName,
        site: Option<SiteName>,
        target: Option<TargetName>,
    },
    Adopt {
        environment: EnvironmentName,
    },
    /// Go without a way back where nothing runs yet.
    First {
        target: Option<TargetName>,
    },
    StandIn {
        name: TargetName,
        site: SiteName,
        platform: PlatformName,
        from: EnvironmentName,
    },
    Look {
        at: String,
        who: String,
        what: String,
    },
    Say {
        who: String,
        what: String,
    },
    /// Let a follow-up be; or make up for it, where the check that is missing can be run.
    Close {
        service: ServiceName,
        id: FollowUpId,
        can_run: bool,
    },
}

/// The command by which the check that a follow-up misses is run on these targets; nothing where it
/// can be run nowhere.
#[must_use]
pub fn make_up(one: &FollowUp, verify_on: &[TargetId]) -> Option<String> {
    let environment = &verify_on.first()?.environment;
    let targets = verify_on.iter().map(|target| Some(target.target.clone())).collect();
    Some(check_command(&one.release, environment, one.check.as_ref(), &choose("--target", targets)))
}

/// The command by which whoever runs a check tells what came of it, on a target or on each of several.
#[must_use]
pub fn report_command(
    (target, of): (&TargetId, usize),
    check: &CheckName,
    release: &ReleaseId,
    as_junit: bool,
) -> String {
    let (place, each) = match of {
        1 => (target.to_string(), String::new()),
        more => {
            let place = format!("{}/{}/TARGET", target.service, target.environment);
            (place, format!(", for each of {more} targets"))
        }
    };
    let what = if as_junit { "--junit FILE" } else { "--outcome passed|failed" };
    format!("plimsoll report {place} {check} --version {} {what}{each}", release.version)
}

fn check_command(
    release: &ReleaseId,
    environment: &EnvironmentName,
    check: Option<&CheckName>,
    targets: &str,
) -> String {
    let check = check.map(|check| format!(" --check {check}")).unwrap_or_default();
    format!("plimsoll verify {release} --on {environment}{targets}{check}")
}

impl Remedy {
    /// Remedies with the same key become one step.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Verify { environment, .. } => format!("verify {environment}"),
            Self::Deploy { environment, .. } => format!("deploy {environment}"),
            Self::Check { release, check, environment, .. } => {
                format!("check {release} {check:?} {environment}")
            }
            Self::Report { check, who, .. } => format!("report {check} {who}"),
            Self::Sign { role, .. } => format!("sign {role}"),
            Self::Adopt { environment } => format!("adopt {environment}"),
            Self::First { .. } => "first".to_owned(),
            Self::StandIn { from, .. } => format!("stand-in {from}"),
            Self::Look { who, what, .. } => format!("look {who} {what}"),
            Self::Say { who, what } => format!("say {who} {what}"),
            Self::Close { service, .. } => format!("close {service}"),
        }
    }

    fn target(&self) -> Option<TargetName> {
        match self {
            Self::Verify { target, .. } | Self::Sign { target, .. } | Self::First { target } => {
                target.clone()
            }
            Self::Deploy { target, .. } | Self::Check { target, .. } => Some(target.clone()),
            Self::Report { target, .. } => Some(target.target.clone()),
            Self::Adopt { .. }
            | Self::StandIn { .. }
            | Self::Look { .. }
            | Self::Say { .. }
            | Self::Close { .. } => None,
        }
    }

    fn site(&self) -> Option<SiteName> {
        match self {
            Self::Sign { site, .. } => site.clone(),
            Self::StandIn { site, .. } => Some(site.clone()),
            Self::Verify { .. }
            | Self::Deploy { .. }
            | Self::Check { .. }
            | Self::Report { .. }
            | Self::Adopt { .. }
            | Self::First { .. }
            | Self::Look { .. }
            | Self::Say { .. }
            | Self::Close { .. } => None,
        }
    }

    /// Whether it closes a follow-up whose check can be run.
    fn can_run(&self) -> bool {
        matches!(self, Self::Close { can_run: true, .. })
    }
}

pub(super) fn words(same: &[Remedy], release: &ReleaseId, to: &EnvironmentName) -> NextStep {
    let targets = || choose("--target", same.iter().map(Remedy::target).collect());
    match &same[0] {
        Remedy::Verify { environment, .. } => {
            step("anyone", format!("plimsoll verify {release} --on {environment}{}", targets()))
        }
        Remedy::Deploy { environment, .. } => {
            step("anyone", format!("plimsoll deploy {release} --to {environment}{}", targets()))
        }
        Remedy::Check { release, check, environment, .. } => {
            step("anyone", check_command(release, environment, check.as_ref(), &targets()))
        }
        Remedy::Report { target, check, who, as_junit } => {
            step(who, report_command((target, same.len()), check, release, *as_junit))
        }
        Remedy::Sign { role, target, .. } => {
            let choice = match target {
                Some(_) => targets(),
                None => choose("--site", same.iter().map(Remedy::site).collect()),
            };
            let command = format!("plimsoll sign-off {release} --to {to} --role {role}{choice}");
            step(&holder(role.as_str()), command)
        }
        Remedy::Adopt { environment } => {
            let command = format!("plimsoll adopt {}@VERSION --on {environment}", release.service);
            step("anyone", format!("{command}, with the version that runs there"))
        }
        Remedy::First { .. } => {
            let command =
                format!("plimsoll waive {release} --to {to} --rule way-back{}", targets());
            let what = "where nothing runs yet there is no way back; accept that";
            step(
                "whoever may answer for it",
                format!("{what}:  {command} --until TIME --reason WHY"),
            )
        }
        Remedy::StandIn { name, site, platform, from } => {
            let what = match same.len() {
                1 => format!(
                    "add  {name}: {{ site: {site}, platform: {platform}, url: … }}  under {from}"
                ),
                more => format!(
                    "add {more} targets under {from}, each of the site and platform it stands for"
                ),
            };
            step("owner of plimsoll.yaml", what)
        }
        Remedy::Look { at, who, what } => step(who, format!("{what}; see  plimsoll show {at}")),
        Remedy::Say { who, what } => step(who, what.clone()),
        Remedy::Close { service, id, .. } => {
            let which = match same.len() {
                1 => format!("{}.{}", id.decision, id.index),
                _ => "all".to_owned(),
            };
            let let_be = match (same.len(), same.iter().all(Remedy::can_run)) {
                (1, true) => "or let it be",
                (1, false) => "make up for it, or let it be",
                (_, true) => "or let them be",
                (_, false) => "make up for them, or let them be",
            };
            let close = format!("plimsoll follow-up {service} --close {which} --reason WHY");
            step("whoever broke the glass", format!("{let_be}:  {close}"))
        }
    }
}

/// Somebody who holds a role: `a tester`, `one of the editors`.
fn holder(role: &str) -> String {
    if role.ends_with('s') {
        return format!("one of the {role}");
    }
    let article = if role.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {role}")
}

fn choose<T: std::fmt::Display + Ord>(flag: &str, chosen: Vec<Option<T>>) -> String {
    let Some(mut names) = chosen.into_iter().collect::<Option<Vec<T>>>() else {
        return String::new();
    };
    names.sort();
    names.dedup();
    if names.len() > MOST_TARGETS {
        return String::new();
    }
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    format!(" {flag} {}", names.join(","))
}

fn step(who: &str, what: String) -> NextStep {
    NextStep { who: who.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::holder;

    #[test]
    fn a_role_named_for_one_or_for_many_reads_well() {
        assert_eq!(holder("editor"), "an editor");
        assert_eq!(holder("tester"), "a tester");
        assert_eq!(holder("editors"), "one of the editors");
    }
}
