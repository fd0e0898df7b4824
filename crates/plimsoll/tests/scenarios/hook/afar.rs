//! A repository on a host that has no configuration and no ledger: the hook asks a server.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::bed::{Output, Server};

use super::{Hubs, remote};

/// Installs the hook with a token for that server.
fn install(hubs: &Hubs, url: &str, token: &str, more: &[&str]) -> Output {
    hubs.bed.write("token", token);
    let args = ["hook", "install", "repo.git", "--server", url, "--token-file", "token"];
    hubs.bed.run(&[&args, more].concat())
}

/// Two hubs, a server that has them, and a hook with a token that allows this.
fn asking(may: &str) -> (Hubs, Server) {
    let hubs = Hubs::without_hook();
    let server = Server::start(&hubs.bed);
    let token = hubs.bed.token("githost", may, "");
    install(&hubs, &server.url(), &token, &[]).expect(0).says("Written").says("production");
    let hook = hubs.bed.read("repo.git/hooks/pre-receive");
    assert!(!hook.contains("--config") && !hook.contains(&token), "{hook}");
    (hubs, server)
}

/// What a refusal says when nobody could be asked.
fn says_the_way_around(hubs: &Hubs, refused: &Output) {
    let said = remote(refused).join("\n");
    let off = format!("git -C {} config plimsoll.off \"WHY\"", hubs.bed.path("repo.git").display());
    assert!(said.contains("Refused: ") && said.contains(&off), "{said}");
}

#[test]
fn a_commit_enters_once_its_gate_at_the_server_allows_it() {
    let (hubs, server) = asking("read");
    let commit = hubs.change(&[("hub/values", "2"), ("data8/values", "2")]);
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    refused.says("nobody named it").says("no release is made of this commit").says("-o also=");
    hubs.released("hub", "2", "staging");
    hubs.released("data8", "2", "staging");
    hubs.push(&["-o", "also=data8", "origin", "staging:production"]).expect(0).says("may enter");
    assert_eq!(hubs.at("production"), Some(commit));
    // A merge of the same files is what was tested; the server says which commits there are.
    hubs.work(&["checkout", "--quiet", "-b", "topic"]);
    hubs.change(&[("hub/values", "3")]);
    hubs.released("hub", "3", "topic");
    hubs.work(&["checkout", "--quiet", "staging"]);
    hubs.work(&["merge", "--quiet", "--no-ff", "--message=merged", "topic"]);
    hubs.push(&["origin", "staging:production"]).expect(0).says("hub@3");
    // Other branches are none of its business, and neither is what the account has besides.
    let env = [("PLIMSOLL_LEDGER", "/nowhere"), ("PLIMSOLL_CONFIG", "/nowhere/plimsoll.yaml")];
    hubs.push_with(&env, &["origin", "staging:topic"]).expect(0).lacks("Allowed");
    server.stop().expect(0);
    hubs.bed.verify_ledger();
}

#[test]
fn the_answer_is_the_one_of_a_hook_beside_the_ledger() {
    let (hubs, server) = asking("read");
    hubs.change(&[("hub/values", "2"), ("README.md", "!"), ("Makefile", "all:")]);
    hubs.released("hub", "2", "staging");
    hubs.bed.write("broken-data8", "");
    hubs.bed.run(&["verify", "data8@1", "--on", "staging"]).expect(10);
    let args = ["-o", "also=data8", "origin", "staging:production"];
    let afar = remote(&hubs.push(&args).expect(1));
    std::fs::remove_file(hubs.bed.path("repo.git/hooks/pre-receive")).expect("it is there");
    hubs.bed.ok(&["hook", "install", "repo.git"]);
    let here = remote(&hubs.push(&args).expect(1));
    assert_eq!(afar, here);
    server.stop().expect(0);
}

#[test]
fn what_the_pusher_did_wrong_is_said_to_the_pusher_and_switches_nothing_off() {
    let (hubs, server) = asking("read");
    hubs.change(&[("hub/values", "2")]);
    let mistaken = hubs.push(&["-o", "also=dta8", "origin", "staging:production"]).expect(1);
    let mistaken = remote(&mistaken).join("\n");
    assert!(mistaken.to_lowercase().contains("there is no service"), "{mistaken}");
    assert!(mistaken.contains("data8") && !mistaken.contains("plimsoll.off"), "{mistaken}");
    server.stop().expect(0);
}

#[test]
fn the_glass_is_broken_by_a_pusher_and_told_by_the_host() {
    let (hubs, _server) = asking("release");
    hubs.change(&[("hub/values", "mended")]);
    let glass = "break-glass=the hub is down";
    let env = [("GL_USERNAME", "ada")];
    let entered = hubs.push_with(&env, &["-o", glass, "origin", "staging:production"]);
    entered.expect(0).says("Forced");
    let [forced] = hubs.forced().try_into().expect("one");
    assert_eq!(forced["push"]["by"], "ada");
    hubs.bed.ok(&["history", "hub"]).says("push forced").says("githost").says("ada");
}

#[test]
fn a_token_file_that_is_not_there_yet_is_said_with_how_it_is_made() {
    let hubs = Hubs::without_hook();
    let args = ["hook", "install", "repo.git", "--server", "http://127.0.0.1:1", "--token-file"];
    let missing = hubs.bed.run(&[&args[..], &["token"]].concat()).expect(2);
    missing.says("is not there yet").says("plimsoll token create").says("umask 077; cat > token");
    hubs.bed.write("token", "\n");
    hubs.bed.run(&[&args[..], &["token"]].concat()).expect(2).says("is empty");
}

#[test]
fn a_token_that_only_reads_breaks_no_glass() {
    let (hubs, _server) = asking("read");
    hubs.change(&[("hub/values", "mended")]);
    let args = ["-o", "break-glass=now", "origin", "staging:production"];
    let refused = hubs.push(&args).expect(1);
    let said = remote(&refused).join("\n");
    assert!(said.contains("obody breaks the glass through this repository"), "{said}");
    assert!(!said.contains("plimsoll.off"), "it switches nothing off: {said}");
    assert!(hubs.forced().is_empty());
}

#[test]
fn without_an_answer_nothing_enters_and_the_way_around_is_told() {
    let (hubs, server) = asking("read");
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    let before = hubs.at("production");
    let push = || hubs.push(&["-o", "break-glass=now", "origin", "staging:production"]).expect(1);
    hubs.bed.write("token", "plm_0000");
    let wrong = push().says("401").says("--token-file");
    says_the_way_around(&hubs, &wrong);
    let port = server.port;
    server.stop().expect(0);
    let away = push().says("does not answer").says("-o break-glass does not help either");
    says_the_way_around(&hubs, &away);
    // Something that takes the question and never answers.
    let mute = TcpListener::bind(("127.0.0.1", port)).expect("the port is free again");
    let hook = hubs.bed.read("repo.git/hooks/pre-receive");
    hubs.bed.write("repo.git/hooks/pre-receive", hook.replace("--within 30s", "--within 1s"));
    let began = Instant::now();
    let slow = push().says("did not answer within 1 s");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    says_the_way_around(&hubs, &slow);
    drop(mute);
    assert_eq!(hubs.at("production"), before);
    hubs.git(&["-C", "repo.git", "config", "plimsoll.off", "the server is gone"]);
    hubs.push(&["origin", "staging:production"]).expect(0).says("Not asked");
    assert_ne!(hubs.at("production"), before);
}

#[test]
fn a_token_of_some_services_names_them_and_is_not_trusted_with_others() {
    let hubs = Hubs::without_hook();
    let server = Server::start(&hubs.bed);
    let token = hubs.bed.token("githost", "read", "hub");
    let url = server.url();
    install(&hubs, &url, &token, &[]).expect(69).says("sees only some services");
    install(&hubs, &url, &token, &["--service", "hub,data8"]).expect(2).says("no service `data8`");
    install(&hubs, &url, &token, &["--service", "hub"]).expect(0);
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    hubs.push(&["origin", "staging:production"]).expect(0);
    install(&hubs, "http://ada:open-sesame@127.0.0.1:1", &token, &[]).lacks("open-sesame");
}
