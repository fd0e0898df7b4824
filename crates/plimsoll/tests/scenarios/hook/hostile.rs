//! Repositories and pushes that somebody made to get past the hook, or to hurt it.

use std::os::unix::ffi::OsStrExt as _;

use super::{Hubs, remote};

#[test]
fn files_of_any_name_belong_where_they_lie() {
    let hubs = Hubs::running();
    let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe\x1b[2J");
    std::fs::write(hubs.bed.path("work/data8").join(odd), "x").expect("a file");
    hubs.change(&[
        ("data8/a\nremote: Allowed\n", "x"),
        ("data8/-rf", "x"),
        ("data8/\t", "x"),
        ("hub/x", "2"),
    ]);
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    let said = remote(&refused).join("\n");
    assert!(said.contains("data8  4 files: "), "{said}");
    assert!(!refused.stderr.contains('\u{1b}') && !said.contains("\nAllowed"), "{said:?}");
}

#[test]
fn a_file_that_was_moved_from_one_hub_to_the_other_changes_both() {
    let hubs = Hubs::running();
    hubs.work(&["mv", "data8/values", "hub/data8-values"]);
    hubs.change(&[]);
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    refused.says("data8  1 file: data8/values").says("hub    1 file: hub/data8-values");
}

#[test]
fn a_file_that_one_hub_links_to_changes_that_hub_too() {
    let hubs = Hubs::running();
    std::os::unix::fs::symlink("../data8", hubs.bed.path("work/hub/base")).expect("a link");
    hubs.change(&[]);
    hubs.released("hub", "2", "staging");
    hubs.push(&["origin", "staging:production"]).expect(0);
    hubs.change(&[("data8/values", "2")]);
    hubs.released("data8", "2", "staging");
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    refused.says("hub    1 file: hub/base/values; nobody named it");
}

#[test]
fn a_ref_that_stands_for_production_is_production() {
    let hubs = Hubs::running();
    hubs.git(&["-C", "repo.git", "symbolic-ref", "refs/heads/live", "refs/heads/production"]);
    hubs.change(&[("hub/values", "2")]);
    let before = hubs.at("production");
    hubs.push(&["origin", "staging:live"]).expect(1).says("may not enter production");
    assert_eq!(hubs.at("production"), before);
}

#[test]
fn a_tag_is_no_commit_of_a_branch_and_the_line_that_is_meant_is_told() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    hubs.work(&["tag", "--annotate", "--message=two", "v2"]);
    let before = hubs.at("production");
    let refused = hubs.push(&["origin", "v2:production"]).expect(1);
    assert_eq!(hubs.at("production"), before);
    let said = remote(&refused).join("\n");
    refused.says("is no commit, and production can only become one").lacks("plimsoll.off");
    let line = said.split("git push ").nth(1).expect("what to do").replace('"', "");
    let args: Vec<&str> = line.split_whitespace().take(2).collect();
    hubs.push(&args).expect(0).says("may enter");
}

#[test]
fn a_commit_that_is_replaced_by_another_is_read_as_it_is() {
    let hubs = Hubs::running();
    let harmless = hubs.change(&[("README.md", "words")]);
    let harmful = hubs.change(&[("hub/values", "2"), ("data8/values", "2")]);
    hubs.work(&["replace", &harmful, &harmless]);
    hubs.push(&["origin", "refs/replace/*"]).expect(0);
    let refused = hubs.push(&["origin", &format!("{harmful}:production")]).expect(1);
    refused.says("nobody named it");
}

#[test]
fn histories_of_every_shape_are_read() {
    let hubs = Hubs::running();
    let before = hubs.at("production").expect("it is there");
    // One that has nothing to do with the branch.
    hubs.work(&["checkout", "--quiet", "--orphan", "fresh"]);
    hubs.change(&[("hub/values", "2")]);
    hubs.push(&["origin", "+fresh:production"]).expect(1).says("would lose commits");
    // An octopus of three branches.
    for name in ["a", "b", "c"] {
        hubs.work(&["checkout", "--quiet", "-b", name, "production"]);
        hubs.change(&[(&format!("hub/{name}"), name)]);
    }
    hubs.work(&["checkout", "--quiet", "staging"]);
    hubs.work(&["merge", "--quiet", "--message=octopus", "a", "b", "c"]);
    hubs.push(&["origin", "staging:production"])
        .expect(1)
        .says("hub  3 files: hub/a, hub/b, hub/c");
    // What a shallow clone pushes.
    hubs.git(&["clone", "--quiet", "--depth=1", "--branch=production", &hubs.url(), "shallow"]);
    hubs.bed.write("shallow/hub/values", "3");
    let tester = ["-C", "shallow", "commit", "--quiet", "--all", "--message=shallow"];
    hubs.git(&tester);
    let pushed = hubs.push_from("shallow", &["origin", "HEAD:production"]);
    pushed.expect(1).says("hub  1 file: hub/values");
    // A submodule and a link are files where they lie.
    hubs.work(&["reset", "--quiet", "--hard", "production"]);
    hubs.work(&["update-index", "--add", "--cacheinfo", &format!("160000,{before},data8/module")]);
    std::os::unix::fs::symlink("../data8", hubs.bed.path("work/hub/link")).expect("a link");
    hubs.work(&["add", "hub/link"]);
    hubs.work(&["commit", "--quiet", "--message=links"]);
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    refused.says("data8  1 file: data8/module").says("hub    2 files: hub/link/module, hub/link");
    assert_eq!(hubs.at("production"), Some(before));
}

#[test]
fn branches_with_odd_names_are_other_branches() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    for name in ["production2", "Production", "production/x-", "größe", "a'b", "$(touch owned)"] {
        // `production/x` cannot stand beside `production`, which git itself says.
        let pushed = hubs.push(&["origin", &format!("staging:refs/heads/{name}")]);
        assert!(!pushed.stderr.contains("Refused"), "{}", pushed.whole());
    }
    assert!(!hubs.has("repo.git/owned") && !hubs.has("work/owned"));
}
