//! Break-glass: possible, reasoned, named, and followed up (DH.7, OQ.12).

use super::{Hubs, remote};

const GLASS: &str = "break-glass=hub is down, this mends it";

#[test]
fn a_forced_push_is_written_down_and_asked_for_until_its_checks_have_run() {
    let hubs = Hubs::running();
    let commit = hubs.change(&[("hub/values", "mended")]);
    let env = [("GL_USERNAME", "ada"), ("REMOTE_USER", "web")];
    let entered = hubs.push_with(&env, &["-o", GLASS, "origin", "staging:production"]).expect(0);
    let lines = remote(&entered);
    assert_eq!(lines[0], "✗ Forced: the push enters production although the gate refuses it.");
    assert_eq!(lines.last().map(String::as_str), Some("→ plimsoll follow-up hub"));
    assert_eq!(hubs.at("production"), Some(commit.clone()));
    let [forced] = hubs.forced().try_into().expect("one");
    let push = &forced["push"];
    assert_eq!(push["branch"], "refs/heads/production");
    assert_eq!(push["commit"], commit.as_str());
    assert_eq!(
        (&push["by"], &push["reason"]),
        (&"ada".into(), &"hub is down, this mends it".into())
    );
    let release = format!("hub@git-{}", &commit[..12]);
    assert_eq!(push["release"], release.as_str());
    hubs.bed.ok(&["history", "hub"]).says("push forced").says("1 left open: hub is");
    // What is missing is asked for: of the next push, and of the next promotion.
    hubs.bed.ok(&["follow-up", "hub"]).says("left open").says("evidence");
    hubs.change(&[("hub/values", "3")]);
    hubs.released("hub", "3", "staging");
    hubs.push(&["origin", "staging:production"]).expect(1).says("left open");
    // Its checks run later, and the way is free.
    hubs.bed.ok(&["deploy", &release, "--to", "staging"]);
    hubs.bed.ok(&["verify", &release, "--on", "staging"]);
    hubs.bed.ok(&["deploy", "hub@3", "--to", "staging"]);
    hubs.bed.ok(&["verify", "hub@3", "--on", "staging"]);
    let rest = hubs.bed.ok(&["follow-up", "hub"]).stdout;
    assert!(!rest.contains("evidence"), "{rest}");
    hubs.bed.verify_ledger();
}

#[test]
fn what_is_not_named_does_not_slip_through_behind_an_emergency() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "mended"), ("data8/values", "chart 0.6-beta")]);
    let before = hubs.at("production");
    for more in [&["staging:production"][..], &["+staging~1:production"], &[":production"]] {
        let args = [&["-o", GLASS, "origin"], more].concat();
        let pushed = hubs.push(&args);
        if more == ["+staging~1:production"] {
            // Where it stands already there is nothing to push.
            continue;
        }
        pushed.expect(1).says("The glass stays whole");
    }
    assert_eq!(hubs.at("production"), before);
    assert!(hubs.forced().is_empty());
    let named = ["-o", GLASS, "-o", "also=data8", "origin", "staging:production"];
    hubs.push(&named).expect(0);
    assert_eq!(hubs.forced().len(), 2, "each hub has its own");
}

#[test]
fn a_reason_is_given_and_holds_no_secret() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "mended")]);
    for blank in ["break-glass", "break-glass=", "break-glass=  "] {
        let refused = hubs.push(&["-o", blank, "origin", "staging:production"]).expect(1);
        refused.says("needs a reason");
    }
    let events = hubs.bed.events().len();
    let long = format!("break-glass={}", "x".repeat(2_001));
    let refused = hubs.push(&["-o", &long, "origin", "staging:production"]).expect(1);
    refused.says("has more than 2000 characters").lacks("plimsoll.off");
    assert_eq!(hubs.bed.events().len(), events, "the gate was not even asked");
    let configuration = hubs.bed.read("plimsoll.yaml");
    hubs.bed.write("plimsoll.yaml", format!("{configuration}secrets: {{ door: file:door }}\n"));
    hubs.bed.write("door", "open-sesame-8512");
    let reason = "break-glass=the door is open-sesame-8512";
    hubs.push(&["-o", reason, "origin", "staging:production"]).expect(0).lacks("open-sesame");
    let [forced] = hubs.forced().try_into().expect("one");
    assert_eq!(forced["push"]["reason"], "the door is [secret door]");
}

#[test]
fn where_nothing_is_refused_no_glass_is_broken() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    let entered = hubs.push(&["-o", GLASS, "origin", "staging:production"]).expect(0);
    entered.says("There was no glass to break");
    assert!(hubs.forced().is_empty());
}
