//! Who can do what next.

use crate::catalog::RuleName;
use crate::ids::{PlatformName, ReleaseId, RoleName, SiteName, TargetName, Version};
use crate::record::{Aspect, Cause, Decision, EvidenceRef, NextStep, Requirement, Why};

use super::Reader;
use super::remedy::{Remedy, words};
use super::text::list;

/// Who can do what about a requirement, commands ready to be run; nothing when it is met.
#[must_use]
pub fn next(requirement: &Requirement, decision: &Decision, reader: &Reader) -> Vec<NextStep> {
    next_of(&[requirement], decision, reader)
}

/// Who can do what about several requirements of one cause.
pub(super) fn next_of(
    requirements: &[&Requirement],
    decision: &Decision,
    reader: &Reader,
) -> Vec<NextStep> {
    let mut remedies: Vec<Remedy> = Vec::new();
    for requirement in requirements.iter().filter(|r| !r.state.lets_pass()) {
        for remedy in remedies_for(requirement, decision, reader) {
            if !remedies.contains(&remedy) {
                remedies.push(remedy);
            }
        }
    }
    let mut steps = Vec::new();
    while !remedies.is_empty() {
        let key = remedies[0].key();
        let (same, rest): (Vec<_>, Vec<_>) =
            remedies.into_iter().partition(|other| other.key() == key);
        remedies = rest;
        steps.push(words(&same, &decision.release, &decision.to));
    }
    steps
}

#[expect(clippy::too_many_lines, reason = "one short arm for each reason, and no wildcard")]
fn remedies_for(requirement: &Requirement, decision: &Decision, reader: &Reader) -> Vec<Remedy> {
    let release = &decision.release;
    let service = &release.service;
    let to = &decision.to;
    let say = |who: &str, what: String| Remedy::Say { who: who.to_owned(), what };
    let owner = |what: String| say("owner of plimsoll.yaml", what);
    let waive = |what: &str| waive(requirement, decision, what);
    let deploy = |on: &crate::ids::TargetId| Remedy::Deploy {
        environment: on.environment.clone(),
        target: on.target.clone(),
    };
    match &requirement.why {
        Why::ReleaseUnknown => {
            vec![say("anyone", format!("plimsoll release add {release} NAME=PATH"))]
        }
        Why::ReleaseHasNoArtifacts => vec![name_artifacts(release)],
        Why::NoStandIn { site, platform, from } => vec![Remedy::StandIn {
            name: requirement
                .target
                .as_ref()
                .map_or_else(|| stand_in_name(site, platform), |target| target.target.clone()),
            site: site.clone(),
            platform: platform.clone(),
            from: from.clone(),
        }],
        Why::NothingExpected { stand_in } => {
            vec![owner(format!("add a check under checks that is expected on {}", stand_in.target))]
        }
        Why::NoTargets => vec![owner(format!("add targets of {service} under {to}"))],
        Why::NeverDeployed { on } => vec![deploy(on), verify(on)],
        Why::OtherDeployed { on, .. } => vec![deploy(on), verify(on)],
        Why::DeploymentFailed { on, .. } => {
            let mut steps = look(requirement, "developers", "find out why");
            steps.extend([deploy(on), verify(on)]);
            steps
        }
        Why::Deploying { .. } => {
            vec![say("nobody", "the deployment is under way; ask again".to_owned())]
        }
        Why::DeployInterrupted { on } => {
            let lane = format!("{}/{}", on.service, on.environment);
            vec![say("anyone", format!("plimsoll resume {lane}"))]
        }
        Why::CheckRunning { .. } => {
            vec![say("nobody", "it is on its way; ask again when it has ended".to_owned())]
        }
        Why::CheckFailed { .. } => red(requirement),
        Why::CheckErrored { .. } => {
            with_verify(requirement, "operators", "mend what stood in our way")
        }
        Why::CheckFlaky { .. } => with_verify(requirement, "a tester", "look at every try"),
        Why::NoResult
        | Why::NotReported { .. }
        | Why::CheckNotRun { .. }
        | Why::CheckChanged { .. }
        | Why::DeployedAgain { .. }
        | Why::TooOld { .. } => verify_requirement(requirement),
        Why::FromTheFuture { .. } => {
            let mut steps = vec![say("operators", "set the clocks right".to_owned())];
            steps.extend(verify_requirement(requirement));
            steps
        }
        Why::ObservedOther { when: Aspect::Now, .. } => {
            let mut steps: Vec<_> = requirement
                .target
                .iter()
                .filter(|target| target.environment != *to)
                .map(&deploy)
                .collect();
            steps.extend(verify_requirement(requirement));
            steps
        }
        Why::ObservedOther { .. } => verify_requirement(requirement),
        Why::NotObserved { .. } => {
            let mut steps = vec![say(
                "operators",
                "let the version be observed (`observe` of the platform)".to_owned(),
            )];
            steps.extend(verify_requirement(requirement));
            steps
        }
        Why::NoVerifiedGood => {
            let target = requirement.target.as_ref().map(|target| target.target.clone());
            vec![Remedy::Adopt { environment: to.clone() }, Remedy::First { target }]
        }
        Why::WayBackSame { .. } => vec![waive("go without a way back")],
        Why::WayBackUnnamed { version } => vec![name_artifacts(&of(release, version))],
        Why::WayBackMissing { version, .. } => {
            let older = of(release, version);
            let what =
                format!("put it back where it was, or  plimsoll release add {older} NAME=PATH");
            vec![say("operators", what)]
        }
        Why::WayBackUnproven { .. } => {
            vec![owner("give the platform's deployer a `prove` command".to_owned())]
        }
        Why::Irreversible { .. } => vec![waive("accept that there is no way back")],
        Why::NotRehearsed { .. } | Why::RehearsalOld { .. } => vec![rehearse(decision)],
        Why::RehearsalFailed { .. } => {
            let mut steps = look(requirement, "operators", "find out why");
            steps.push(rehearse(decision));
            steps
        }
        Why::NotSoaking => match &requirement.target {
            Some(target) if target.environment != *to => vec![deploy(target)],
            Some(_) | None => {
                let environment = stage_before(decision);
                vec![say("anyone", format!("plimsoll deploy {release} --to {environment}"))]
            }
        },
        Why::Soaking { since, of, .. } => {
            vec![say("nobody", format!("it ends by itself at {}", reader.clock(of.after(*since))))]
        }
        Why::Frozen { window, until, zone, override_by }
        | Why::OverrideNotHeld { window, until, zone, override_by, .. } => {
            let mut steps = vec![match until {
                Some(until) => {
                    let end = reader.in_zone(zone).clock(*until);
                    say("nobody", format!("it ends by itself at {end}"))
                }
                None => owner(format!("it does not end by itself: change the window {window}")),
            }];
            if !override_by.is_empty() {
                let command = waiver_command(requirement, decision);
                steps
                    .push(say(&list(override_by, 3), format!("pass it with a reason:  {command}")));
            }
            steps
        }
        Why::FrozenByPerson { freeze, until, by, .. } => {
            let end = reader.clock(*until);
            let who = by.as_ref().map_or("whoever declared it", |person| person.as_str());
            vec![
                say("nobody", format!("it ends by itself at {end}")),
                say(who, format!("plimsoll freeze {service} --lift {freeze} --reason WHY")),
            ]
        }
        Why::WindowUnreadable { window, .. } => vec![owner(format!("mend the window {window}"))],
        Why::Held { by, .. } => {
            vec![say(by.as_str(), {
                let hold = match &requirement.evidence {
                    Some(EvidenceRef::Event(seq)) => seq.0,
                    Some(EvidenceRef::Run(_) | EvidenceRef::Deployment(_)) | None => 0,
                };
                format!("plimsoll hold {service} --release {hold} --reason WHY")
            })]
        }
        Why::NotSigned { role, site, .. } => vec![sign(requirement, role, site.as_ref())],
        Why::SignedUnopened { by, role, targets, site, .. } => {
            let environment = targets
                .first()
                .map_or_else(|| stage_before(decision), |target| target.environment.to_string());
            let look = format!("plimsoll show {release} --on {environment} --pictures DIR");
            vec![say(by.as_str(), look), sign(requirement, role, site.as_ref())]
        }
        Why::SignedBeforeDeployment { by, .. } => {
            vec![say(
                by.as_str(),
                format!("look again, then  plimsoll sign-off {release} --to {to}"),
            )]
        }
        Why::ConditionFalse { .. } => vec![waive("accept it")],
        Why::ConditionBroken { .. } => {
            vec![owner("mend the condition, then  plimsoll check".to_owned())]
        }
        Why::FollowUpOpen { id, of, check, verify_on, .. } => {
            let check_on = |target: &crate::ids::TargetId| Remedy::Check {
                release: of.clone(),
                check: check.clone(),
                environment: target.environment.clone(),
                target: target.target.clone(),
            };
            let mut steps: Vec<_> = verify_on.iter().map(check_on).collect();
            let can_run = !steps.is_empty();
            steps.push(Remedy::Close { service: service.clone(), id: *id, can_run });
            steps
        }
        Why::WentBack { promotion, .. } => {
            let mend = Remedy::Look {
                at: promotion.to_string(),
                who: "developers".to_owned(),
                what: "mend it in a new release".to_owned(),
            };
            vec![mend, waive("if it was not the release's fault")]
        }
        Why::ReleaseNamed { .. }
        | Why::StoodFor { .. }
        | Why::CheckPassed { .. }
        | Why::AlreadyThere { .. }
        | Why::FollowUpMet { .. }
        | Why::NeverWentBack
        | Why::WayBackReady { .. }
        | Why::Reversible
        | Why::Rehearsed { .. }
        | Why::Soaked { .. }
        | Why::NotFrozen { .. }
        | Why::NotHeld
        | Why::Signed { .. }
        | Why::ConditionTrue { .. }
        | Why::NoFollowUps
        | Why::OtherTier { .. }
        | Why::OtherChange { .. }
        | Why::WaivedBy { .. }
        | Why::KnownAs { .. } => vec![waive("accept it")],
    }
}

fn of(release: &ReleaseId, version: &Version) -> ReleaseId {
    ReleaseId { service: release.service.clone(), version: version.clone() }
}

fn name_artifacts(release: &ReleaseId) -> Remedy {
    Remedy::Say {
        who: "anyone".to_owned(),
        what: format!("plimsoll release add {release} NAME=PATH"),
    }
}

fn stand_in_name(site: &SiteName, platform: &PlatformName) -> TargetName {
    TargetName::new(&format!("{site}-{platform}"))
        .or_else(|_| TargetName::new(site.as_str()))
        .expect("a site's name is also a target's")
}

fn waive(requirement: &Requirement, decision: &Decision, what: &str) -> Remedy {
    Remedy::Say {
        who: "whoever may answer for it".to_owned(),
        what: format!("{what}:  {}", waiver_command(requirement, decision)),
    }
}

fn waiver_command(requirement: &Requirement, decision: &Decision) -> String {
    let (release, to, rule) = (&decision.release, &decision.to, requirement.rule);
    let mut command = format!("plimsoll waive {release} --to {to} --rule {rule}");
    if let Some(target) = &requirement.target {
        command.push_str(&format!(" --target {}", target.target));
    }
    if let Some(check) = &requirement.check {
        command.push_str(&format!(" --check {check}"));
    }
    command + " --until TIME --reason WHY"
}

fn verify(on: &crate::ids::TargetId) -> Remedy {
    Remedy::Verify { environment: on.environment.clone(), target: Some(on.target.clone()) }
}

fn verify_requirement(requirement: &Requirement) -> Vec<Remedy> {
    match (&requirement.reported_by, &requirement.check) {
        (Some(who), Some(check)) => {
            let report = |target: &crate::ids::TargetId| Remedy::Report {
                target: target.clone(),
                check: check.clone(),
                who: who.clone(),
                as_junit: requirement.reported_as_junit,
            };
            requirement.target.iter().map(report).collect()
        }
        _ => requirement.target.iter().map(verify).collect(),
    }
}

fn with_verify(requirement: &Requirement, who: &str, what: &str) -> Vec<Remedy> {
    let mut steps = look(requirement, who, what);
    steps.extend(verify_requirement(requirement));
    steps
}

/// Who does what about a red check depends on why it is red.
fn red(requirement: &Requirement) -> Vec<Remedy> {
    match requirement.cause.as_deref() {
        None | Some(Cause::Regression { .. } | Cause::Unclear { .. }) => {
            look(requirement, "developers", "mend it in a new release")
        }
        Some(Cause::Environment { .. }) => {
            with_verify(requirement, "operators", "mend what both have in common")
        }
        Some(Cause::Unreachable { .. }) => with_verify(
            requirement,
            "operators",
            "bring it up, or look why the release does not start",
        ),
        Some(Cause::Redefined) => {
            look(requirement, "developers", "look at the change of the check")
        }
        Some(Cause::Flaky { .. }) => with_verify(requirement, "a tester", "look at every try"),
        Some(Cause::RedBefore { .. }) => look(
            requirement,
            "the owner",
            "mend it, or put it off with a ticket and an end: plimsoll known-failure --help",
        ),
    }
}

fn look(requirement: &Requirement, who: &str, what: &str) -> Vec<Remedy> {
    let (who, what) = (who.to_owned(), what.to_owned());
    let at = match &requirement.evidence {
        Some(EvidenceRef::Run(run)) => run.to_string(),
        Some(EvidenceRef::Deployment(deployment)) => deployment.to_string(),
        Some(EvidenceRef::Event(seq)) => seq.to_string(),
        None => return vec![Remedy::Say { who, what }],
    };
    vec![Remedy::Look { at, who, what }]
}

fn rehearse(decision: &Decision) -> Remedy {
    let environment = stage_before(decision);
    Remedy::Say {
        who: "anyone".to_owned(),
        what: format!("plimsoll rollback --rehearse {}/{environment}", decision.release.service),
    }
}

fn sign(requirement: &Requirement, role: &RoleName, site: Option<&SiteName>) -> Remedy {
    let target = requirement.target.as_ref().map(|target| target.target.clone());
    Remedy::Sign { role: role.clone(), site: site.cloned(), target }
}

/// The environment whose evidence is asked for, as far as the decision tells.
fn stage_before(decision: &Decision) -> String {
    let named = |requirement: &Requirement| {
        if let Why::NoStandIn { from, .. } = &requirement.why {
            return Some(from.clone());
        }
        if let Why::NothingExpected { stand_in } = &requirement.why {
            return Some(stand_in.environment.clone());
        }
        if let Why::StoodFor { by, .. } = &requirement.why {
            return by.first().map(|target| target.environment.clone());
        }
        let target = requirement.target.as_ref()?;
        (requirement.rule == RuleName::Evidence && target.environment != decision.to)
            .then(|| target.environment.clone())
    };
    decision
        .requirements
        .iter()
        .find_map(named)
        .map_or_else(|| "ENVIRONMENT".to_owned(), |name| name.to_string())
}
