use crate::digest::Digest;
use crate::event::Actor;
use crate::record::{Attempt, Observed, Outcome};

use super::*;

fn event(seq: u64, kind: EventKind) -> Event {
    let at = format!("2026-11-18T22:{seq:02}:00Z").parse().expect("a moment");
    let stream = "evidence/shop/staging".parse().expect("a stream");
    let (prev, hash) = (Digest::ZERO, Digest::ZERO);
    Event { seq: Seq(seq), stream, version: seq, at, actor: Actor::Plimsoll, kind, prev, hash }
}

fn began(seq: u64) -> Event {
    event(
        seq,
        EventKind::VerifyStarted {
            version: "1.1".parse().expect("a version"),
            targets: ["nl", "in"].map(|name| name.parse().expect("a name")).to_vec(),
            checks: vec!["page".parse().expect("a name")],
            driver: "me".to_owned(),
            deadline: "2026-11-18T22:30:00Z".parse().expect("a moment"),
        },
    )
}

fn result(seq: u64, target: &str, outcome: Outcome) -> Event {
    result_seeing(seq, target, outcome, "1.1")
}

fn result_seeing(seq: u64, target: &str, outcome: Outcome, seen: &str) -> Event {
    let at = "2026-11-18T22:00:00Z".parse().expect("a moment");
    let seen = Observed::Version(seen.parse().expect("a version"));
    let attempt = Attempt {
        outcome,
        finding: "it is broken".to_owned(),
        took_ms: 1,
        cases: None,
        timings: None,
        page: None,
    };
    let result = CheckResult {
        target: format!("shop/staging/{target}").parse().expect("a target"),
        check: "page".parse().expect("a name"),
        check_digest: Digest::ZERO,
        version: "1.1".parse().expect("a version"),
        deployment: None,
        started_at: at,
        finished_at: at,
        observed_before: seen.clone(),
        observed_after: seen,
        attempts: vec![attempt],
        outcome,
        output: None,
        reported: None,
    };
    event(seq, EventKind::CheckFinished { result: Box::new(result) })
}

fn ended_by(seq: u64, started: u64) -> Event {
    event(seq, EventKind::VerifyFinished { started: Seq(started) })
}

fn reader() -> Reader {
    Reader::utc("2026-11-18T23:00:00Z".parse().expect("a moment"))
}

#[test]
fn a_pass_while_another_version_ran_is_no_verification() {
    let reader = reader();
    let mut story = Story::new(&reader, false);
    story.push(ended_by(4, 1));
    story.push(result_seeing(3, "in", Outcome::Passed, "1.0"));
    story.push(result(2, "nl", Outcome::Passed));
    story.push(began(1));
    let told = story.into_told();
    let [one] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(one.line.word, "not verified");
    assert_eq!(one.line.detail, "1 of 2 passed; page wrong version on in");
    assert_eq!(one.results[&State::WrongVersion], 1);
    let line = say_event(&result_seeing(3, "in", Outcome::Passed, "1.0"), &reader);
    assert_eq!((line.word.as_str(), line.mark), ("wrong version", mark(State::WrongVersion)));
    assert_eq!(line.weight, Weight::Headline);
}

#[test]
fn results_of_a_verification_are_one_line_with_what_is_red() {
    let reader = reader();
    let mut story = Story::new(&reader, false);
    let events = [
        began(1),
        result(2, "nl", Outcome::Failed),
        result(3, "in", Outcome::Passed),
        ended_by(4, 1),
    ];
    events.into_iter().rev().for_each(|event| story.push(event));
    assert!(story.is_complete());
    let told = story.into_told();
    assert_eq!(told.len(), 1);
    let line = &told[0].line;
    assert_eq!(
        (line.word.as_str(), line.what.as_str(), line.detail.as_str()),
        ("verification failed", "shop@1.1, staging", "1 of 2 passed; page failed on nl")
    );
    assert_eq!(told[0].event.seq, Seq(4));
    assert_eq!(told[0].results[&State::Failed], 1);
}

#[test]
fn a_verification_at_the_end_of_a_page_is_completed_by_older_events() {
    let reader = reader();
    let mut story = Story::new(&reader, false);
    story.push(ended_by(4, 1));
    assert!(!story.is_complete());
    story.complete(&result(3, "in", Outcome::Passed));
    story.complete(&result(2, "nl", Outcome::Passed));
    story.complete(&began(1));
    assert!(story.is_complete());
    assert_eq!(story.into_told()[0].line.detail, "2 results passed");
}

#[test]
fn one_that_never_ended_is_told_with_what_it_found() {
    let reader = reader();
    let mut story = Story::new(&reader, false);
    story.push(result(2, "nl", Outcome::Passed));
    story.push(began(1));
    let told = story.into_told();
    assert_eq!(told[0].line.word, "not verified");
    assert_eq!(told[0].line.detail, "1 result passed, and never ended");
}

#[test]
fn one_whose_end_is_newer_than_the_page_is_not_taken_for_unfinished() {
    let reader = reader();
    let page = |under_way: BTreeSet<Seq>| {
        let mut story = Story::new(&reader, false).without_the_newest(under_way);
        story.push(result(2, "nl", Outcome::Passed));
        story.push(began(1));
        story.into_told().len()
    };
    assert_eq!((page(BTreeSet::new()), page(BTreeSet::from([Seq(1)]))), (0, 1));
}

#[test]
fn nothing_is_folded_where_all_are_wanted() {
    let reader = reader();
    let mut story = Story::new(&reader, true);
    for event in [ended_by(4, 1), result(2, "nl", Outcome::Passed), began(1)] {
        story.push(event);
    }
    assert_eq!(story.len(), 3);
    assert!(story.is_complete());
}
