use super::*;
use crate::ids::TargetId;
use crate::record::{Attempt, PageSummary};

fn looked(version: &str, outcome: Outcome, is_page: bool) -> CheckResult {
    let version: Version = version.parse().unwrap();
    let target: TargetId = "planet4/production/nl-vm".parse().unwrap();
    let summary =
        PageSummary { browser: "x".into(), views: vec![], pictures: vec![], of_look: vec![] };
    CheckResult {
        target,
        check: "home".parse().unwrap(),
        check_digest: Digest::of(b"now"),
        version: version.clone(),
        deployment: None,
        started_at: Timestamp::UNIX_EPOCH,
        finished_at: Timestamp::UNIX_EPOCH,
        observed_before: Observed::Version(version.clone()),
        observed_after: Observed::Version(version.clone()),
        attempts: vec![Attempt {
            outcome,
            finding: "seen".into(),
            took_ms: 1,
            cases: None,
            timings: None,
            page: is_page.then(|| Box::new(summary)),
        }],
        outcome,
        output: Some(BlobRef { digest: Digest::of(version.to_string().as_bytes()), bytes: 4 }),
        reported: None,
    }
}

#[test]
fn the_last_good_look_of_each_version_stays_however_often_it_is_red_afterwards() {
    let mut trail = Trail::default();
    let mut add = |seq, version: &str, outcome| {
        trail.add(CheckRunId(Seq(seq)), &looked(version, outcome, true));
        trail.looks.iter().map(|look| (look.version.to_string(), look.run.0.0)).collect::<Vec<_>>()
    };
    add(1, "1.22", Outcome::Passed);
    add(2, "1.23", Outcome::Passed);
    let kept = [("1.22".to_owned(), 1), ("1.23".to_owned(), 2)];
    for seq in 3..6 {
        assert_eq!(add(seq, "1.23", Outcome::Failed), kept);
        assert_eq!(add(seq, "1.24", Outcome::Errored), kept);
    }
    // Gone back to, and good again: its own last look.
    assert_eq!(add(7, "1.22", Outcome::Passed), [("1.23".to_owned(), 2), ("1.22".to_owned(), 7)]);
    for number in 0..50 {
        add(10 + number, &format!("2.{number}"), Outcome::Passed);
    }
    assert_eq!(trail.looks.len(), KEPT_VERIFIED_GOOD);
    assert_eq!(trail.looks.last().map(|look| look.version.to_string()).as_deref(), Some("2.49"));
}

#[test]
fn a_check_that_is_of_no_page_leaves_no_look() {
    let mut trail = Trail::default();
    trail.add(CheckRunId(Seq(1)), &looked("1.22", Outcome::Passed, false));
    assert!(trail.passed.is_some() && trail.looks.is_empty());
}

#[test]
fn a_check_turns_where_one_version_of_one_definition_comes_to_something_else() {
    let mut trail = Trail::default();
    let now = Digest::of(b"now");
    let mut add = |version: &str, outcome| {
        trail.add(CheckRunId(Seq(1)), &looked(version, outcome, false));
        trail.turns(&now)
    };
    assert_eq!(add("1.22", Outcome::Passed), 0);
    assert_eq!(add("1.23", Outcome::Failed), 0, "another version");
    assert_eq!(add("1.23", Outcome::Errored), 0, "it says nothing");
    assert_eq!(add("1.23", Outcome::Passed), 1);
    assert_eq!(add("1.23", Outcome::Failed), 2);
    for _ in 0..20 {
        add("1.24", Outcome::Passed);
    }
    assert_eq!(add("1.24", Outcome::Passed), 0, "that was long ago");
    assert_eq!(trail.turns(&Digest::of(b"another")), 0);
    assert_eq!(trail.lately.len(), KEPT_LATELY);
}
