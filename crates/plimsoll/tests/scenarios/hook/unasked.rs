//! When the gate cannot be asked, nothing enters, and the way around is told.

use super::{Hubs, remote};

#[test]
fn without_its_ledger_plimsoll_refuses_and_says_who_can_do_what() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    let before = hubs.at("production");
    std::fs::rename(hubs.bed.path(".plimsoll/ledger.db"), hubs.bed.path("away")).expect("there");
    hubs.bed.write(".plimsoll/ledger.db", "no ledger at all, but something else");
    let args = ["-o", "break-glass=now", "origin", "staging:production"];
    let refused = hubs.push(&args).expect(1);
    let said = remote(&refused).join("\n");
    assert!(said.contains("Refused: "), "{said}");
    assert!(said.contains("-o break-glass does not help either"), "{said}");
    let off = format!("git -C {} config plimsoll.off \"WHY\"", hubs.bed.path("repo.git").display());
    assert!(said.contains(&off), "{said}");
    assert_eq!(hubs.at("production"), before);
    // Other branches are none of its business.
    hubs.push(&["origin", "staging:topic"]).expect(0);
    // Who has a shell there may let it enter; everybody who pushes is told.
    hubs.git(&["-C", "repo.git", "config", "plimsoll.off", "the ledger's disk is gone"]);
    let entered = hubs.push(&["origin", "staging:production"]).expect(0);
    entered.says("Not asked").says("the ledger's disk is gone").says("--unset plimsoll.off");
    assert_ne!(hubs.at("production"), before);
}

#[test]
fn a_pusher_cannot_switch_the_asking_off() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    hubs.work(&["config", "plimsoll.off", "mine"]);
    hubs.git(&["config", "--global", "plimsoll.off", "mine"]);
    hubs.push(&["origin", "staging:production"]).expect(1).lacks("Not asked");
}

#[test]
fn a_configuration_with_errors_lets_nothing_enter() {
    let hubs = Hubs::running();
    let configuration = hubs.bed.read("plimsoll.yaml");
    hubs.change(&[("hub/values", "2")]);
    for (broken, said) in [
        (configuration.replace("paths: hub/**", "pathes: hub/**"), "unknown key `pathes`"),
        (
            configuration.replace("production: production", "production: prod"),
            "no environment `prod`",
        ),
        ("services: [".to_owned(), "The configuration has errors"),
    ] {
        hubs.bed.write("plimsoll.yaml", broken);
        let refused = hubs.push(&["origin", "staging:production"]).expect(1);
        refused.says(said).says("config plimsoll.off \"WHY\"");
    }
    std::fs::remove_file(hubs.bed.path("plimsoll.yaml")).expect("it is there");
    hubs.push(&["origin", "staging:production"]).expect(1).says("Refused: ");
}

#[test]
fn a_binary_that_is_gone_lets_nothing_enter() {
    let hubs = Hubs::running();
    let hook = hubs.bed.read("repo.git/hooks/pre-receive");
    hubs.bed.write("repo.git/hooks/pre-receive", hook.replace("exec ", "exec /nowhere"));
    hubs.change(&[("hub/values", "2")]);
    hubs.push(&["origin", "staging:production"]).expect(1);
}

#[test]
fn where_no_push_options_are_taken_the_words_say_how_to_have_them() {
    let hubs = Hubs::running();
    hubs.git(&["-C", "repo.git", "config", "--unset", "receive.advertisePushOptions"]);
    hubs.change(&[("hub/values", "2"), ("data8/values", "2")]);
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    refused.says("git config receive.advertisePushOptions true");
}

#[test]
fn programs_get_the_answer_as_json_with_the_code() {
    let hubs = Hubs::running();
    let commit = hubs.change(&[("hub/values", "2")]);
    hubs.push(&["origin", "staging"]).expect(0);
    let old = hubs.at("production").expect("it is there");
    let mut command = hubs.bed.command(&["hook", "pre-receive", "--format", "json"]);
    command
        .current_dir(hubs.bed.path("repo.git"))
        .env("PLIMSOLL_CONFIG", hubs.bed.path("plimsoll.yaml"));
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let line = format!("{old} {commit} refs/heads/production\n");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), line.as_bytes())
        .expect("read");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(10));
    let view: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(view["allowed"], false);
    assert_eq!(view["branches"][0]["services"][0]["stands"], "no-release");
    assert_eq!(view["branches"][0]["step"], "forward");
}
