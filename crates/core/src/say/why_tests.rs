use crate::catalog::RuleName;
use crate::digest::Digest;
use crate::ids::Seq;
use crate::record::{Decision, FollowUpId, Observed, State, Verdict};
use crate::units::Period;

use super::*;
use crate::say::next;

const NASTY: &str = "bad\u{1b}[2J\nsecond line";

fn name<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a valid name")
}

fn now() -> crate::Timestamp {
    "2026-11-18T22:32:00Z".parse().expect("a moment")
}

/// Every reason there is; the compiler does not notice a missing one here, `sentence` does.
#[expect(clippy::too_many_lines, reason = "a list of every reason")]
fn reasons() -> Vec<Why> {
    let on = || name::<TargetId>("planet4/staging/nl-vm");
    let version = || name("1.22");
    let finding = || NASTY.to_owned();
    let (at, within) = (now(), Period::from_hours(24));
    let id = FollowUpId { decision: name("g-7"), index: 1 };
    vec![
        Why::ReleaseUnknown,
        Why::ReleaseHasNoArtifacts,
        Why::ReleaseNamed { digest: Digest::ZERO },
        Why::NoStandIn { site: name("nl"), platform: name("vm"), from: name("staging") },
        Why::NothingExpected { stand_in: on() },
        Why::NoTargets,
        Why::StoodFor { by: vec![on()], checks: 3 },
        Why::NeverDeployed { on: on() },
        Why::OtherDeployed { on: on(), deployed: version() },
        Why::DeploymentFailed { on: on(), finding: finding() },
        Why::Deploying { on: on() },
        Why::DeployInterrupted { on: on() },
        Why::NoResult,
        Why::NotReported { from: Some(finding()) },
        Why::NotReported { from: None },
        Why::CheckRunning { since: at },
        Why::CheckPassed { at, finding: finding() },
        Why::CheckFailed { finding: finding(), failed_tests: vec![finding()], more: 2 },
        Why::CheckErrored { finding: finding() },
        Why::CheckNotRun { finding: finding() },
        Why::CheckFlaky { finding: finding(), attempts: 2 },
        Why::CheckChanged { at },
        Why::DeployedAgain { checked_at: at, deployed_at: at },
        Why::TooOld { at, max_age: within },
        Why::FromTheFuture { at },
        Why::ObservedOther {
            expected: version(),
            observed: Observed::Unknown(finding()),
            when: Aspect::Now,
        },
        Why::NotObserved { reason: finding(), when: Aspect::After },
        Why::NoVerifiedGood,
        Why::WayBackSame { version: version() },
        Why::WayBackUnnamed { version: version() },
        Why::WayBackMissing {
            version: version(),
            outcome: ProofOutcome::Missing { what: finding(), digest: None },
        },
        Why::WayBackUnproven { version: version() },
        Why::AlreadyThere { version: version(), verified_at: at },
        Why::WayBackReady { version: version(), verified_at: at, how: finding() },
        Why::Irreversible { accepted: false },
        Why::Reversible,
        Why::NotRehearsed { platform: name("vm"), within },
        Why::RehearsalOld { platform: name("vm"), at, within },
        Why::RehearsalFailed { platform: name("vm"), at, finding: finding() },
        Why::Rehearsed { platform: name("vm"), at },
        Why::NotSoaking,
        Why::Soaking { since: at, soaked: Period::ZERO, of: within },
        Why::Soaked { soaked: within, of: within },
        Why::Frozen {
            window: name("always"),
            until: None,
            zone: "UTC".to_owned(),
            override_by: vec![],
        },
        Why::Frozen {
            window: name("labs"),
            until: Some(at),
            zone: "Europe/Berlin".to_owned(),
            override_by: vec![name("manager")],
        },
        Why::FrozenByPerson { freeze: Seq(4), by: None, reason: finding(), until: at },
        Why::OverrideNotHeld {
            window: name("labs"),
            until: Some(at),
            zone: "Nowhere".to_owned(),
            override_by: vec![],
            by: name("ada"),
        },
        Why::WindowUnreadable { window: name("labs"), reason: finding() },
        Why::NotFrozen { window: name("labs"), next: None },
        Why::Held { by: name("ada"), reason: finding(), since: at },
        Why::NotHeld,
        Why::NotSigned {
            role: name("editor"),
            have: 0,
            of: 1,
            per: Per::Site,
            site: Some(name("nl")),
        },
        Why::Signed { by: vec![name("ada")], role: name("editor"), site: None },
        Why::SignedUnopened {
            by: name("ada"),
            at,
            role: name("editor"),
            targets: vec!["shop/staging/nl-k8s".parse().expect("a target")],
            site: None,
        },
        Why::SignedBeforeDeployment { by: name("ada"), at, deployed_at: at },
        Why::ConditionTrue { expression: finding() },
        Why::ConditionFalse { expression: finding(), message: None },
        Why::ConditionBroken { expression: finding(), error: finding() },
        Why::NoFollowUps,
        Why::FollowUpMet {
            id,
            of: name("planet4@1.22"),
            rule: RuleName::Soak,
            target: None,
            check: None,
            at,
        },
        Why::FollowUpOpen {
            id,
            of: name("planet4@1.22"),
            rule: RuleName::Evidence,
            target: Some(on()),
            check: Some(name("home")),
            since: at,
            verify_on: vec![on()],
        },
        Why::NeverWentBack,
        Why::WentBack {
            promotion: name("p-40"),
            at,
            cause: BackCause::Failed,
            reason: finding(),
            same_as: None,
        },
        Why::WentBack {
            promotion: name("p-40"),
            at,
            cause: BackCause::Asked,
            reason: finding(),
            same_as: Some(name("1.22")),
        },
        Why::OtherTier { tier: Tier::Leaf },
        Why::OtherChange { change: ChangeClass::Patch },
        Why::WaivedBy { by: name("ada"), reason: finding(), until: at },
        Why::KnownAs { tickets: vec![finding()], by: vec![], until: at },
    ]
}

fn unmet(why: Why) -> Requirement {
    Requirement {
        rule: RuleName::Evidence,
        target: Some(name("planet4/staging/nl-vm")),
        check: None,
        state: State::Unmet,
        why,
        evidence: None,
        without: None,
        lapsed: None,
        cause: None,
        reported_by: None,
        reported_as_junit: false,
    }
}

#[test]
fn every_reason_is_one_safe_line_without_a_full_stop() {
    let reader = Reader::utc(now());
    let mut seen = std::collections::BTreeSet::new();
    for reason in reasons() {
        let words = why(&unmet(reason.clone()), &reader);
        assert!(!words.is_empty(), "{reason:?}");
        assert!(!words.chars().any(char::is_control), "{words:?}");
        assert!(!words.ends_with('.') && !words.contains("  "), "{words:?}");
        if !words.contains("bad") {
            assert!(seen.insert(words.clone()), "two reasons say `{words}`");
        }
    }
}

#[test]
fn whatever_is_unmet_has_a_next_step_and_whatever_is_met_has_none() {
    let decision = Decision {
        release: name("planet4@1.23"),
        to: name("production"),
        at: now(),
        verdict: Verdict::Refused,
        requirements: vec![],
        freezes: vec![],
        policy: Digest::ZERO,
        ledger: Seq(1),
        good_until: None,
    };
    let reader = Reader::utc(now());
    for reason in reasons() {
        let mut requirement = unmet(reason);
        let steps = next(&requirement, &decision, &reader);
        assert!(!steps.is_empty(), "{requirement:?}");
        for step in &steps {
            assert!(!step.who.is_empty() && !step.what.is_empty(), "{steps:?}");
            assert!(!step.what.chars().any(char::is_control), "{steps:?}");
        }
        requirement.state = State::Satisfied;
        assert_eq!(next(&requirement, &decision, &reader), vec![]);
    }
}

#[test]
fn commands_name_the_target_and_the_environment() {
    let decision = Decision {
        release: name("planet4@1.23"),
        to: name("production"),
        at: now(),
        verdict: Verdict::Refused,
        requirements: vec![unmet(Why::NoResult)],
        freezes: vec![],
        policy: Digest::ZERO,
        ledger: Seq(1),
        good_until: None,
    };
    let what = |why| -> Vec<String> {
        let steps = next(&unmet(why), &decision, &Reader::utc(now()));
        steps.into_iter().map(|step| step.what).collect()
    };
    assert_eq!(what(Why::NoResult), ["plimsoll verify planet4@1.23 --on staging --target nl-vm"]);
    assert_eq!(
        what(Why::NotRehearsed { platform: name("vm"), within: Period::ZERO }),
        ["plimsoll rollback --rehearse planet4/staging"]
    );
    assert_eq!(
        what(Why::NoVerifiedGood)[0],
        "plimsoll adopt planet4@VERSION --on production, with the version that runs there"
    );
}
