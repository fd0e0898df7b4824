//! Tokens: each for some services and verbs, revocable, and nothing without one.

use crate::bed::{Bed, Line, Server, line, promotion};

/// The line with a second service that has the same targets.
fn two_services() -> Bed {
    let bed = line(Line::default());
    let text = bed.read("plimsoll.yaml");
    let shop = text.split_once("  shop:\n").expect("the service").1;
    let labs = shop.replace("world/", "labs/");
    bed.write("plimsoll.yaml", format!("{text}  labs:\n{labs}"));
    bed
}

#[test]
fn a_token_of_one_service_cannot_move_another_and_both_are_named() {
    let bed = two_services();
    bed.ok(&["check"]);
    bed.ready();
    let server = Server::start(&bed);
    let labs = bed.token("bo", "release,deploy,report", "labs");
    let refused = server.afar(&bed, &labs, &promotion("shop@1.1"));
    refused.expect(10).says("labs").says("shop");
    assert_eq!(bed.runs("production", "nl"), "1.0");
    let asked = "/api/v1/gate?release=shop@1.1&to=production";
    let answer = server.http("GET", asked, Some(&labs), "");
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.body.contains("labs") && answer.body.contains("shop"), "{answer:?}");
    // It sees its own service, and nothing of the other.
    server.afar(&bed, &labs, &["status", "--format", "json"]).lacks("\"shop\"");
    server.afar(&bed, &labs, &["show", "shop@1.1"]).expect(10);
    server.afar(&bed, &labs, &["show", "1"]).expect(10).lacks("release-added");
    server.afar(&bed, &labs, &["history"]).expect(10);
    server.afar(&bed, &labs, &["history", "labs"]).expect(0);
}

#[test]
fn a_token_allows_its_verbs_and_after_it_is_revoked_nothing() {
    let bed = line(Line::default());
    bed.ready();
    let server = Server::start(&bed);
    let reads = bed.token("bo", "read", "");
    server.afar(&bed, &reads, &["gate", "shop@1.1", "--to", "production"]).expect(0);
    server.afar(&bed, &reads, &promotion("shop@1.1")).expect(10).says("release");
    server.afar(&bed, &reads, &["token", "list"]).expect(10);
    server.afar(&bed, "plm_0000", &["status"]).expect(10).says("unknown, revoked, or over");
    let mut bare = bed.command(&["status"]);
    bare.env("PLIMSOLL_SERVER", server.url());
    crate::bed::Running::start(bare, &["status"]).wait().expect(10);

    let narrow =
        ["token", "create", "x", "--for", "bo", "--service", "shop", "--may", "administer"];
    bed.run(&narrow).expect(2).says("for the whole server").says("out of --may").says("--service");
    let listed = bed.ok(&["token", "list", "--format", "json"]).json();
    let name = listed["tokens"][0]["name"].as_str().expect("its name").to_owned();
    assert!(listed["tokens"][0]["last-used"].is_string(), "{listed}");
    bed.ok(&["token", "revoke", &name, "--reason", "a try"]);
    std::thread::sleep(std::time::Duration::from_millis(700));
    server.afar(&bed, &reads, &["status"]).expect(10);
    // The secret is nowhere: neither in the ledger nor in an answer.
    let events = bed.ok(&["ledger", "export"]);
    events.lacks(&reads);
}
