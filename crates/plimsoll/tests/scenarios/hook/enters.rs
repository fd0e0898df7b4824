//! Which commit is meant, and which refs.

use super::{Hubs, remote};

#[test]
fn the_very_commit_must_have_passed_and_a_merge_of_the_same_files_is_the_same() {
    let hubs = Hubs::running();
    let tested = hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    // The same files once more, as another commit: nobody tested that one.
    hubs.work(&["commit", "--quiet", "--allow-empty", "--message=nothing"]);
    let refused = hubs.push(&["origin", "staging:production"]).expect(1);
    refused.says("no release is made of this commit");
    hubs.work(&["reset", "--quiet", "--hard", &tested]);
    // A merge commit of production and what was tested has the identical tree.
    hubs.work(&["checkout", "--quiet", "production"]);
    hubs.work(&["merge", "--quiet", "--no-ff", "--message=merge", "staging"]);
    let merge = hubs.work(&["rev-parse", "HEAD"]);
    assert_ne!(merge, tested);
    hubs.push(&["origin", "production"]).expect(0).says("hub@2 is made of it");
    assert_eq!(hubs.at("production"), Some(merge));
    // A merge that also changes something is another content.
    hubs.work(&["checkout", "--quiet", "staging"]);
    hubs.change(&[("hub/values", "3")]);
    hubs.released("hub", "3", "staging");
    hubs.work(&["checkout", "--quiet", "production"]);
    hubs.work(&["merge", "--quiet", "--no-ff", "--no-commit", "staging"]);
    hubs.change(&[("hub/values", "3 and a slip")]);
    let refused = hubs.push(&["origin", "production"]).expect(1);
    refused.says("no release is made of this commit");
    hubs.bed.verify_ledger();
}

#[test]
fn of_several_releases_of_the_commit_the_best_answer_counts_and_is_named() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    // Named again later, and never looked at under that name.
    hubs.bed.ok(&["release", "add", "hub@2-again", "code=git:work@staging"]);
    let entered = hubs.push(&["origin", "staging:production"]).expect(0);
    entered.says("hub@2 is made of it, and may enter production");
}

#[test]
fn other_branches_and_tags_pass_without_a_word() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2"), ("data8/values", "2")]);
    hubs.work(&["tag", "production"]);
    let pushed = hubs
        .push(&["origin", "staging:topic", "staging:refs/heads/x/production", "tag", "production"])
        .expect(0);
    assert!(remote(&pushed).is_empty(), "{}", pushed.whole());
    let gone = hubs.push(&["origin", ":topic", ":refs/tags/production"]).expect(0);
    assert!(remote(&gone).is_empty(), "{}", gone.whole());
}

#[test]
fn one_bad_ref_keeps_the_whole_push_out_and_every_reason_is_said() {
    let hubs = Hubs::running();
    hubs.change(&[("hub/values", "2")]);
    let refused = hubs.push(&["origin", "staging:topic", "staging", ":production"]).expect(1);
    let said = remote(&refused).join("\n");
    assert!(
        said.contains("Refused: of 2 branches not production, so nothing of this push enters."),
        "{said}"
    );
    assert!(said.contains("staging: may enter"), "{said}");
    assert!(said.contains("production is deleted only when that is named"), "{said}");
    assert!(said.ends_with("→ git push -o delete=production origin :production"), "{said}");
    assert_eq!(hubs.at("topic"), None);
}

#[test]
fn a_branch_that_goes_or_loses_commits_is_named_first() {
    let hubs = Hubs::running();
    let first = hubs.work(&["rev-parse", "staging"]);
    hubs.change(&[("hub/values", "2")]);
    hubs.released("hub", "2", "staging");
    hubs.push(&["origin", "staging:production"]).expect(0);
    // Back to the first commit: it would lose the second one.
    let back = format!("+{first}:production");
    let refused = hubs.push(&["origin", &back]).expect(1);
    let said = remote(&refused).join("\n");
    assert!(said.contains("Refused: production is protected and would lose commits."), "{said}");
    assert!(
        said.ends_with(&format!(
            "→ git push -o force=production origin +{}:production",
            &first[..12]
        )),
        "{said}"
    );
    // Named, the gate is asked about the commit that would be there.
    hubs.bed.ok(&["deploy", "hub@1", "--to", "staging"]);
    hubs.bed.ok(&["verify", "hub@1", "--on", "staging"]);
    hubs.push(&["-o", "force=production", "origin", &back]).expect(0).says("hub@1 is made of it");
    assert_eq!(hubs.at("production"), Some(first.clone()));
    hubs.push(&["-o", "delete=prod", "origin", ":production"]).expect(1);
    hubs.push(&["-o", "delete=production", "origin", ":production"])
        .expect(0)
        .says("is deleted, as was named");
    // Begun anew, everything in it is new: both hubs are asked and named.
    let begin = format!("{first}:refs/heads/production");
    let refused = hubs.push(&["origin", &begin]).expect(1);
    refused
        .says("production is new")
        .says("data8  1 file")
        .says("nobody named it")
        .says(&format!("git push -o also=data8,hub origin {}:refs/heads/production", &first[..12]));
    hubs.push(&["-o", "also=hub,data8", "origin", &begin]).expect(0);
}
