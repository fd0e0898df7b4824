//! `plimsoll hook install`.

use super::Hubs;

#[test]
fn the_hook_is_written_once_and_stays_as_it_is() {
    let hubs = Hubs::without_hook();
    hubs.bed.ok(&["hook", "install", "repo.git"]).says("Written").says("it protects production,");
    let hook = hubs.bed.read("repo.git/hooks/pre-receive");
    assert!(hook.contains("hook pre-receive") && hook.contains("--config /"), "{hook}");
    hubs.bed.ok(&["hook", "install", "repo.git"]).says("There already");
    let options = hubs.git(&["-C", "repo.git", "config", "receive.advertisePushOptions"]);
    assert_eq!(options, "true");
    // From another folder it works the same: everything in it is absolute.
    hubs.change(&[("hub/values", "2")]);
    hubs.push(&["origin", "staging:production"]).expect(1).says("no release is made");
}

#[test]
fn a_hook_of_somebody_else_is_kept() {
    let hubs = Hubs::without_hook();
    hubs.bed.script("repo.git/hooks/pre-receive", "exit 0\n");
    let refused = hubs.bed.run(&["hook", "install", "repo.git"]).expect(10);
    refused.says("is there already, and is kept").says("hook pre-receive || exit");
    assert!(hubs.bed.read("repo.git/hooks/pre-receive").contains("exit 0"));
}

#[test]
fn what_cannot_protect_anything_is_not_installed() {
    let hubs = Hubs::without_hook();
    hubs.bed.run(&["hook", "install", "nowhere"]).expect(2);
    hubs.bed
        .run(&["hook", "install", "repo.git", "--service", "nobody"])
        .expect(2)
        .says("no service");
    let configuration = hubs.bed.read("plimsoll.yaml");
    let without =
        configuration.replace("branches: { staging: staging, production: production }", "");
    hubs.bed.write("plimsoll.yaml", without);
    hubs.bed.run(&["hook", "install", "repo.git"]).expect(10).says("protects no branch");
    hubs.bed.write("plimsoll.yaml", "services: [");
    hubs.bed.run(&["hook", "install", "repo.git"]).expect(78);
    assert!(!hubs.has("repo.git/hooks/pre-receive"));
    let url = "postgres://ada:open-sesame@127.0.0.1/ledger";
    hubs.bed.write("plimsoll.yaml", configuration);
    let refused = hubs.bed.run(&["hook", "install", "repo.git", "--ledger", url]).expect(10);
    refused.says("must not show").lacks("open-sesame");
}

#[test]
fn a_repository_of_one_service_asks_about_that_one() {
    let hubs = Hubs::without_hook();
    hubs.bed.ok(&["hook", "install", "repo.git", "--service", "hub"]);
    hubs.change(&[("hub/values", "2"), ("data8/values", "2"), ("Makefile", "all:")]);
    hubs.released("hub", "2", "staging");
    hubs.push(&["origin", "staging:production"]).expect(0).lacks("data8@");
}
