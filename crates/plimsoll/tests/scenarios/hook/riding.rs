//! What rides along (DH.4), and the merge of 25 January 2018 (DH.1).

use super::{Hubs, remote};

#[test]
fn the_merge_that_was_meant_for_another_hub_is_refused_and_says_what_rides_along() {
    let hubs = Hubs::running();
    // In the afternoon data8 is upgraded on staging; nobody tests it.
    hubs.change(&[("data8/values", "chart 0.6-beta")]);
    hubs.push(&["origin", "staging"]).expect(0).says("staging has no gate");
    // An hour later somebody works on the other hub, and merges staging to production.
    let commit = hubs.change(&[("hub/values", "2")]);
    hubs.push(&["origin", "staging"]).expect(0);
    let before = hubs.at("production");
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    let lines = remote(&refused);
    let short = &commit[..12];
    assert_eq!(lines[0], format!("✗ Refused: {short} may not enter production."));
    let said = lines.join("\n");
    for words in [
        "data8  1 file: data8/values; nobody named it",
        "hub    1 file: hub/values; nobody named it",
        "no release is made of this commit",
    ] {
        assert!(said.contains(words), "no {words:?} in\n{said}");
    }
    let next = format!("→ git push -o also=data8,hub origin {short}:production");
    assert_eq!(lines.last(), Some(&next), "{said}");
    assert!(lines.iter().all(|line| line.chars().count() <= 92), "{said}");
    assert_eq!(hubs.at("production"), before);

    // Naming is not enough: nothing is known of the commit.
    let refused = hubs.push(&["-o", "also=data8", "origin", "staging:production"]).expect(1);
    let said = remote(&refused).join("\n");
    for service in ["data8", "hub"] {
        let add = format!("plimsoll release add {service}@VERSION code=git:.@{short}");
        assert!(said.contains(&add), "{said}");
        assert!(
            said.contains(&format!("plimsoll verify {service}@VERSION --on staging")),
            "{said}"
        );
    }
    assert!(!said.contains("nobody named it"), "{said}");

    // The other hub is well; data8 is not, and keeps the whole push out.
    hubs.released("hub", "2", "staging");
    hubs.bed.write("broken-data8", "");
    hubs.bed.ok(&["release", "add", "data8@2", "code=git:work@staging"]);
    hubs.bed.ok(&["deploy", "data8@2", "--to", "staging"]);
    hubs.bed.run(&["verify", "data8@2", "--on", "staging"]).expect(10);
    let refused = hubs.push(&["-o", "also=data8", "origin", "staging:production"]).expect(1);
    let said = remote(&refused).join("\n");
    assert!(said.contains("data8@2 is made of it, and may not enter production: g-"), "{said}");
    assert!(said.contains("✗ home failed on nl: regression"), "{said}");
    assert!(said.contains("hub@2 is made of it, and may enter production: g-"), "{said}");
    assert!(said.ends_with("→ plimsoll gate data8@2 --to production"), "{said}");
    assert_eq!(hubs.at("production"), before);

    // Mended and tested, it enters.
    std::fs::remove_file(hubs.bed.path("broken-data8")).expect("it is there");
    hubs.bed.ok(&["verify", "data8@2", "--on", "staging"]);
    let entered = hubs.push(&["-o", "also=data8", "origin", "staging:production"]).expect(0);
    assert_eq!(remote(&entered)[0], "✓ Allowed: the push may enter production.");
    assert_eq!(hubs.at("production"), Some(commit));
    hubs.bed.verify_ledger();
}

#[test]
fn the_change_of_one_hub_needs_no_name_and_asks_nothing_of_the_other() {
    let hubs = Hubs::running();
    let commit = hubs.change(&[("hub/values", "2"), ("docs/setup.txt", "how"), ("README.md", "!")]);
    hubs.released("hub", "2", "staging");
    let entered = hubs.push(&["origin", "staging:production"]).expect(0);
    let said = remote(&entered).join("\n");
    assert!(said.contains("hub  1 file: hub/values"), "{said}");
    assert!(said.contains("Not deployed: 2 files: README.md, docs/setup.txt"), "{said}");
    assert!(!said.contains("data8"), "{said}");
    assert_eq!(hubs.at("production"), Some(commit));
    // Only what is not deployed changes: nobody is asked.
    hubs.change(&[("docs/setup.txt", "how else")]);
    let entered = hubs.push(&["origin", "staging:production"]).expect(0);
    assert!(remote(&entered)[0].contains("nothing with a gate changes on production"));
}

#[test]
fn a_file_that_no_hub_names_changes_every_hub() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2"), ("images/base", "broken")]);
    hubs.released("hub", "2", "staging");
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    let said = remote(&refused).join("\n");
    assert!(said.contains("data8  changed by what no service names; nobody named it"), "{said}");
    assert!(said.contains("Named by no service, so they count for every one: 1 file: images/base"));
    hubs.released("data8", "2", "staging");
    hubs.push(&["-o", "also=hub,data8", "origin", "staging:production"]).expect(0);
}

#[test]
fn a_name_that_is_none_is_refused_and_options_of_others_are_left_alone() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    let refused = hubs.push(&["-o", "also=dta8", "origin", "staging:production"]).expect(1);
    refused.says("There is no service `dta8` (known: data8, hub)");
    hubs.push(&["-o", "also=a b", "origin", "staging:production"])
        .expect(1)
        .says("cannot be the name");
    hubs.push(&["-o", "ci.skip", "-o", "topic=x", "origin", "staging:production"]).expect(0);
}
