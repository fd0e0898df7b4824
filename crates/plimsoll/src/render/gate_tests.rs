use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{Per, RuleName};
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{Seq, TargetId};
use plimsoll_core::record::{EvidenceRef, FreezeStatus, Requirement, Why};
use plimsoll_core::units::Period;
use unicode_width::UnicodeWidthStr as _;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn staging(name: &str) -> TargetId {
    format!("planet4/staging/{name}").parse().expect("a target")
}

fn asked(rule: RuleName, target: Option<TargetId>, state: State, why: Why) -> Requirement {
    Requirement {
        rule,
        target,
        check: None,
        state,
        why,
        evidence: None,
        without: None,
        lapsed: None,
        cause: None,
        reported_by: None,
        reported_as_junit: false,
    }
}

fn evidence(target: &str, check: &str, state: State, why: Why) -> Requirement {
    let mut requirement = asked(RuleName::Evidence, Some(staging(target)), state, why);
    requirement.check = Some(check.parse().expect("a name"));
    requirement
}

fn failed(target: &str, check: &str) -> Requirement {
    let finding = "/static/style.css answers 404".to_owned();
    let why = Why::CheckFailed { finding, failed_tests: vec![], more: 0 };
    let mut requirement = evidence(target, check, State::Failed, why);
    requirement.evidence = Some(EvidenceRef::Run("r-41".parse().expect("a number")));
    requirement
}

fn decision(verdict: Verdict, requirements: Vec<Requirement>) -> Decision {
    Decision {
        release: "planet4@1.23".parse().expect("a release"),
        to: "production".parse().expect("a name"),
        at: at("2026-11-18T22:32:00Z"),
        verdict,
        requirements,
        freezes: Vec::<FreezeStatus>::new(),
        policy: Digest::ZERO,
        ledger: Seq(3306),
        good_until: None,
    }
}

fn everything_wrong() -> Decision {
    let production: TargetId = "planet4/production/ca-k8s".parse().expect("a target");
    let name = |text: &str| text.parse().expect("a name");
    decision(
        Verdict::Refused,
        vec![
            failed("nl-k8s", "home"),
            failed("in-k8s", "home"),
            failed("nl-k8s", "donate"),
            evidence(
                "nl-k8s",
                "forms",
                State::Flaky,
                Why::CheckFlaky { finding: "timeout".into(), attempts: 2 },
            ),
            evidence(
                "in-vm",
                "logs",
                State::Errored,
                Why::CheckErrored { finding: "journal not readable".into() },
            ),
            asked(
                RuleName::Coverage,
                Some(production),
                State::Uncovered,
                Why::NoStandIn {
                    site: "ca".parse().expect("a name"),
                    platform: "k8s".parse().expect("a name"),
                    from: name("staging"),
                },
            ),
            evidence("in-k8s", "forms", State::NotRun, Why::NoResult),
            evidence("ca-vm", "forms", State::NotRun, Why::NoResult),
            evidence(
                "in-k8s",
                "donate",
                State::Stale,
                Why::DeployedAgain {
                    checked_at: at("2026-11-18T20:36:00Z"),
                    deployed_at: at("2026-11-18T21:40:00Z"),
                },
            ),
            asked(
                RuleName::SignOff,
                None,
                State::Unmet,
                Why::NotSigned {
                    role: "editor".parse().expect("a name"),
                    have: 0,
                    of: 1,
                    per: Per::Site,
                    site: Some("in".parse().expect("a name")),
                },
            ),
            asked(
                RuleName::Freeze,
                None,
                State::Unmet,
                Why::Frozen {
                    window: "labs".parse().expect("a name"),
                    until: Some(at("2026-11-19T03:00:00Z")),
                    zone: "America/Los_Angeles".to_owned(),
                    override_by: vec![],
                },
            ),
            asked(RuleName::Hold, None, State::Satisfied, Why::NotHeld),
        ],
    )
}

fn reader() -> Reader {
    Reader::utc(at("2026-11-18T22:32:00Z")).in_zone("America/Los_Angeles")
}

#[test]
fn a_refusal_says_what_is_unmet_and_who_can_do_what() {
    let id = Some("g-3307".parse().expect("a number"));
    assert_eq!(
        gate(&everything_wrong(), id, &reader(), &Style::PLAIN),
        "\
✗ Refused: home, donate failed on nl-k8s, in-k8s (/static/style.css answers 404); nothing on staging
  stands for ca-k8s; seven more are unmet.

  ✗ failed      home, donate  nl-k8s, in-k8s     /static/style.css answers 404
                → developers: mend it in a new release; see  plimsoll show r-41
  ◐ flaky       forms         nl-k8s             red, then green on try 2: timeout
                → a tester: look at every try
                → anyone: plimsoll verify planet4@1.23 --on staging --target nl-k8s
  △ errored     logs          in-vm              journal not readable (ours, not the release's)
                → operators: mend what stood in our way
                → anyone: plimsoll verify planet4@1.23 --on staging --target in-vm
  □ uncovered   coverage      production/ca-k8s  no staging target stands for it
                → owner of plimsoll.yaml: add  ca-k8s: { site: ca, platform: k8s, url: … }  under
                  staging
  ◌ not run     forms         in-k8s, ca-vm      it was never run for this deployment
                → anyone: plimsoll verify planet4@1.23 --on staging --target ca-vm,in-k8s
  ◷ stale       donate        in-k8s             deployed again at 13:40 PST, after the check
                → anyone: plimsoll verify planet4@1.23 --on staging --target in-k8s
  ‖ not signed  sign-off      in                 0 of 1 signed as editor for this site
                → an editor: plimsoll sign-off planet4@1.23 --to production --role editor --site in
  ‖ in force    freeze        production         labs, until 19:00 PST, in 4 h 28 m
                → nobody: it ends by itself at 19:00 PST

  11 unmet, 1 met. Decision g-3307.
→ plimsoll show g-3307
"
    );
}

#[test]
fn an_allowing_answer_says_what_it_stands_on() {
    let passed = |target: &str, minute: &str| {
        evidence(
            target,
            "home",
            State::Satisfied,
            Why::CheckPassed {
                at: at(&format!("2026-11-18T22:{minute}:00Z")),
                finding: "200 in 12 ms".into(),
            },
        )
    };
    let production: TargetId = "planet4/production/nl-vm".parse().expect("a target");
    let mut allowed = decision(
        Verdict::Allowed,
        vec![
            passed("nl-vm", "10"),
            passed("in-vm", "12"),
            asked(
                RuleName::WayBack,
                Some(production),
                State::Satisfied,
                Why::WayBackReady {
                    version: "1.22".parse().expect("a version"),
                    verified_at: at("2026-11-12T10:00:00Z"),
                    how: "kept here".into(),
                },
            ),
            asked(
                RuleName::Soak,
                Some(staging("nl-vm")),
                State::Waived,
                Why::WaivedBy {
                    by: "ada".parse().expect("a handle"),
                    reason: "watched by hand".into(),
                    until: at("2026-11-28T22:00:00Z"),
                },
            ),
            asked(
                RuleName::SignOff,
                None,
                State::NotApplicable,
                Why::OtherTier { tier: plimsoll_core::catalog::Tier::Standard },
            ),
        ],
    );
    allowed.good_until = Some(at("2026-11-19T22:10:00Z"));
    let id = Some("g-3291".parse().expect("a number"));
    assert_eq!(
        gate(&allowed, id, &reader(), &Style::PLAIN),
        "\
✓ Allowed: planet4@1.23 may enter production.

  2 of 2 results passed on staging, the newest at 14:12 PST.
  Way back: 1.22 on 1 target, artifacts there.
  Waived: soak on nl-vm, ada until Nov 28 14:00 PST: watched by hand.
  Skipped by policy: sign-off (not asked of tier standard).
  Good until Nov 19 14:10 PST, or the next deployment before it. Decision g-3291.
→ plimsoll promote planet4@1.23 --to production
"
    );
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let plain = gate(&everything_wrong(), None, &reader(), &Style::PLAIN);
    let colour = gate(&everything_wrong(), None, &reader(), &Style { color: true, ..Style::PLAIN });
    let mut bare = String::new();
    let mut rest = colour.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        bare.push_str(before);
        rest = after.split_once('m').expect("an escape ends").1;
    }
    bare.push_str(rest);
    assert_ne!(colour, plain);
    assert_eq!(bare, plain);
}

#[test]
fn without_utf_8_marks_are_letters() {
    let style = Style { unicode: false, ..Style::PLAIN };
    let text = gate(&everything_wrong(), None, &reader(), &style);
    assert!(text.is_ascii(), "{text}");
    assert!(text.starts_with("FAIL Refused: "), "{text}");
}

#[test]
fn a_thousand_targets_of_many_causes_stay_readable() {
    let many = (0..1000)
        .map(|n| {
            let why =
                Why::CheckFailed { finding: format!("answer {n}"), failed_tests: vec![], more: 0 };
            evidence(&format!("site-{n:04}"), "home", State::Failed, why)
        })
        .collect();
    let text = gate(&decision(Verdict::Refused, many), None, &reader(), &Style::PLAIN);
    assert!(text.lines().count() < 100, "{} lines", text.lines().count());
    assert!(text.contains("and 960 more causes: 960 failed"), "{text}");

    let one_cause = (0..1000)
        .map(|n| {
            evidence(
                &format!("site-{n:04}"),
                "home",
                State::Stale,
                Why::TooOld { at: at("2026-11-17T22:10:00Z"), max_age: Period::from_hours(24) },
            )
        })
        .collect();
    let text = gate(&decision(Verdict::Refused, one_cause), None, &reader(), &Style::PLAIN);
    assert!(text.contains("site-0000, site-0001 and 998 more"), "{text}");
    assert!(text.lines().count() < 12, "{text}");
    assert!(text.lines().all(|line| line.width() <= 100), "{text}");
}

#[test]
fn escapes_in_findings_do_not_reach_the_terminal() {
    let why = Why::CheckFailed {
        finding: "\u{1b}]0;owned\u{7}\u{1b}[2J".into(),
        failed_tests: vec!["a\u{9b}31mb".into()],
        more: 0,
    };
    let refused = decision(Verdict::Refused, vec![evidence("nl-vm", "home", State::Failed, why)]);
    let text = gate(&refused, None, &reader(), &Style::PLAIN);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
}

#[test]
fn summaries_are_short_enough_for_the_phone() {
    let long = "x".repeat(63);
    let why = || Why::CheckFailed { finding: "y".repeat(500), failed_tests: vec![], more: 0 };
    let all = (0..9)
        .map(|n| evidence(&format!("{}{n}", &long[1..]), &long, State::Failed, why()))
        .collect();
    for decision in
        [decision(Verdict::Refused, all), everything_wrong(), decision(Verdict::Refused, vec![])]
    {
        let summary = say::summary(&decision, &reader());
        assert!(summary.chars().count() < 160, "{summary}");
        assert!(summary.starts_with("Refused: "), "{summary}");
    }
}
