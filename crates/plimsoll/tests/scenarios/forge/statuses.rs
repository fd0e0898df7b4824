//! Statuses: a push is pending, then a success; the forge goes away and comes back; the server is
//! killed in between.

use crate::bed::Server;

use super::bed::{CONTEXT, Forged, becomes, no_secret_is_shown, speaks, written};
use super::stand_in::{Mood, StandIn};

#[test]
fn a_push_is_pending_until_its_release_has_passed_and_a_red_one_fails() {
    for kind in ["github", "gitea"] {
        let stand_in = StandIn::start(speaks(kind));
        let forged = Forged::with_token(kind, &stand_in);
        let (hubs, bed) = (&forged.hubs, &forged.hubs.bed);
        let server = Server::start(bed);
        let good = forged.pushed("2");
        assert_eq!(forged.tells_of_push(&server, "1", &good).status, 202);
        assert_eq!(forged.tells_of_push(&server, "1", &good).status, 202);
        let first = becomes(&stand_in, &good, "pending");
        assert_eq!(first.description, "no release of hub is made of this commit yet");
        hubs.released("hub", "2", "HEAD");
        let last = becomes(&stand_in, &good, "success");
        assert_eq!(last.description, "hub@2 may enter production");

        bed.write("broken-hub", "");
        let bad = forged.pushed("3");
        forged.tells_of_push(&server, "2", &bad);
        becomes(&stand_in, &bad, "pending");
        bed.ok(&["release", "add", "hub@3", "code=git:work@HEAD"]);
        bed.ok(&["deploy", "hub@3", "--to", "staging"]);
        bed.run(&["verify", "hub@3", "--on", "staging"]).expect(10);
        let red = becomes(&stand_in, &bad, "failure");
        assert!(red.description.contains("home failed"), "{}", red.description);

        bed.ok(&["forge", "status"]).says("nothing hangs").says("plimsoll/production");
        no_secret_is_shown(&forged, &stand_in);
        server.stop().expect(0);
        bed.verify_ledger();
    }
}

#[test]
fn what_a_forge_missed_while_it_was_away_it_is_told_when_it_is_back() {
    let stand_in = StandIn::start(speaks("gitea"));
    let forged = Forged::with_token("gitea", &stand_in);
    let bed = &forged.hubs.bed;
    let server = Server::start(bed);
    let commit = forged.pushed("2");
    forged.tells_of_push(&server, "1", &commit);
    becomes(&stand_in, &commit, "pending");
    stand_in.feels(Mood::Broken);
    forged.hubs.released("hub", "2", "HEAD");
    written(&forged, "status-not-posted", 1);
    bed.ok(&["forge", "status"]).says("hangs").says("502").says("tried again");
    // Killed with something to say, as a power cut would.
    let asked = stand_in.requests().len();
    server.kill();
    let port = stand_in.port;
    drop(stand_in);
    let server = Server::start(bed);
    written(&forged, "status-not-posted", 2);
    let stand_in = StandIn::start_at(speaks("gitea"), port);
    let told = becomes(&stand_in, &commit, "success");
    assert_eq!(told.description, "hub@2 may enter production");
    assert!(asked < 12, "it was not hammered: {asked}");
    server.stop().expect(0);
}

#[test]
fn without_a_server_a_job_tells_once() {
    let stand_in = StandIn::start(speaks("github"));
    let forged = Forged::with_token("github", &stand_in);
    let bed = &forged.hubs.bed;
    let commit = forged.pushed("2");
    forged.hubs.released("hub", "2", "HEAD");
    bed.ok(&["forge", "post", "--base-url", "https://plimsoll.example"]).says("said now");
    let told = stand_in.stands(&commit, CONTEXT).expect("it was told");
    assert_eq!(told.state, "success");
    let page = "https://plimsoll.example/gate/hub@2/production";
    assert_eq!(told.url.as_deref(), Some(page));
    let asked = stand_in.requests().len();
    bed.ok(&["forge", "post"]);
    assert_eq!(stand_in.requests().len(), asked, "the same is not said twice");
    stand_in.feels(Mood::KnowsNobody);
    bed.ok(&["hold", "hub", "--reason", "the labs"]);
    bed.run(&["forge", "post"]).expect(69).says("401").says("give the token");
}
