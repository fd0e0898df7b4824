//! Deployments that wait for the gate: told so, let in, refused, and not forgotten when the server is
//! killed.

use std::time::Duration;

use crate::bed::{Server, wait_until};

use super::bed::{Forged, becomes, no_secret_is_shown, speaks, written};
use super::stand_in::{Answered, StandIn};

fn answer(stand_in: &StandIn, run: u64) -> Option<Answered> {
    stand_in.answered().into_iter().rev().find(|one| one.run == run)
}

#[track_caller]
fn is_told(stand_in: &StandIn, run: u64, state: Option<&str>) -> Answered {
    let is_so = || answer(stand_in, run).is_some_and(|one| one.state.as_deref() == state);
    wait_until(&format!("run {run} is told {state:?}"), Duration::from_secs(30), is_so);
    assert_eq!(stand_in.refused(), Vec::<String>::new());
    answer(stand_in, run).expect("it was told")
}

#[test]
fn a_deployment_waits_for_the_gate_through_a_kill_and_goes_on_by_itself() {
    let stand_in = StandIn::start(speaks("github"));
    let forged = Forged::with_app(&stand_in);
    let bed = &forged.hubs.bed;
    let server = Server::start(bed);
    let commit = forged.pushed("2");
    assert_eq!(forged.wants_to_deploy(&server, &stand_in, &commit, 42).status, 202);
    let waits = is_told(&stand_in, 42, None);
    assert!(waits.comment.contains("No release of hub is made of this commit."));
    // The very commit is told of as well, as a check run.
    becomes(&stand_in, &commit, "in_progress");
    server.kill();
    forged.hubs.released("hub", "2", "HEAD");
    assert!(stand_in.answered().iter().all(|one| one.state.is_none()), "nobody said yes");
    let server = Server::start(bed);
    let approved = is_told(&stand_in, 42, Some("approved"));
    assert!(approved.comment.contains("hub@2 may enter production."), "{}", approved.comment);
    assert_eq!(approved.environment, "production");
    becomes(&stand_in, &commit, "success");
    no_secret_is_shown(&forged, &stand_in);
    server.stop().expect(0);
    bed.verify_ledger();
}

#[test]
fn a_red_commit_is_rejected_with_its_reasons_and_one_that_leads_astray_is_not_asked() {
    let stand_in = StandIn::start(speaks("github"));
    let forged = Forged::with_app(&stand_in);
    let bed = &forged.hubs.bed;
    let server = Server::start(bed);
    bed.write("broken-hub", "");
    let commit = forged.pushed("2");
    bed.ok(&["release", "add", "hub@2", "code=git:work@HEAD"]);
    bed.ok(&["deploy", "hub@2", "--to", "staging"]);
    bed.run(&["verify", "hub@2", "--on", "staging"]).expect(10);
    forged.wants_to_deploy(&server, &stand_in, &commit, 43);
    let rejected = is_told(&stand_in, 43, Some("rejected"));
    assert!(rejected.comment.contains("it is broken"), "{}", rejected.comment);
    assert!(rejected.comment.len() <= 1_024);

    let elsewhere = StandIn::start(speaks("github"));
    let astray = forged.wants_to_deploy(&server, &elsewhere, &commit, 44);
    assert_eq!(astray.status, 422, "{}", astray.body);
    written(&forged, "rule-answered", 1);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
    assert!(answer(&stand_in, 44).is_none());
    server.stop().expect(0);
}
