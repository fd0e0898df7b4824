use std::path::Path;
use std::process::Command;

use super::*;

/// A repository in a folder of its own.
struct Bed(tempfile::TempDir);

impl Bed {
    fn new() -> Self {
        let bed = Self(tempfile::tempdir().expect("a folder"));
        bed.git(&["init", "--quiet", "--initial-branch=main"]);
        bed
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.org",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(args)
            .current_dir(self.0.path())
            .output()
            .expect("git runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("folders");
        std::fs::write(path, text).expect("a file");
    }

    fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn repository(&self) -> Repository {
        Repository::open(self.0.path()).expect("it is one")
    }

    fn changed(&self, old: Option<&str>, new: &str) -> Vec<String> {
        let mut paths = Vec::new();
        self.repository()
            .changed_paths(old, new, &mut |path| paths.push(path.to_owned()))
            .expect("git answers");
        paths
    }
}

#[test]
fn every_path_that_differs_is_given_whatever_it_is_called() {
    let bed = Bed::new();
    for name in ["moved", "deleted", "same", "mode"] {
        bed.write(name, name);
    }
    let old = bed.commit();
    bed.git(&["mv", "moved", "to here"]);
    std::fs::remove_file(bed.0.path().join("deleted")).expect("it is there");
    bed.git(&["update-index", "--chmod=+x", "mode"]);
    for name in ["-rf", "line\nbreak", "tab\there", "ä", "\"quoted\""] {
        bed.write(name, "new");
    }
    bed.git(&["config", "core.quotePath", "true"]);
    bed.git(&["config", "diff.renames", "copies"]);
    let new = {
        bed.git(&["add", "--", "-rf", "line\nbreak", "tab\there", "ä", "\"quoted\"", "deleted"]);
        bed.git(&["commit", "--quiet", "--message=x"]);
        bed.git(&["rev-parse", "HEAD"])
    };
    let mut expected = [
        "\"quoted\"",
        "-rf",
        "deleted",
        "line\nbreak",
        "mode",
        "moved",
        "tab\there",
        "to here",
        "ä",
    ];
    expected.sort_unstable();
    let mut found = bed.changed(Some(&old), &new);
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(bed.changed(None, &old), ["deleted", "mode", "moved", "same"]);
    assert!(bed.changed(Some(&new), &new).is_empty());
}

#[test]
fn names_that_are_no_utf_8_and_submodules_are_paths_too() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let bed = Bed::new();
    let old = bed.commit();
    std::fs::create_dir(bed.0.path().join("hub")).expect("a folder");
    let odd = bed.0.path().join("hub").join(OsStr::from_bytes(b"\xff\xfe"));
    std::fs::write(odd, "x").expect("a file");
    bed.git(&["add", "--all"]);
    let link = format!("160000,{old},hub/module");
    bed.git(&["update-index", "--add", "--cacheinfo", &link]);
    bed.git(&["commit", "--quiet", "--message=x"]);
    let new = bed.git(&["rev-parse", "HEAD"]);
    bed.git(&["config", "diff.ignoreSubmodules", "all"]);
    assert_eq!(bed.changed(Some(&old), &new), ["hub/module", "hub/\u{fffd}\u{fffd}"]);
}

#[test]
fn a_replaced_commit_is_read_as_it_is() {
    let bed = Bed::new();
    let old = bed.commit();
    bed.write("hub/values", "1");
    let new = bed.commit();
    bed.git(&["replace", &new, &old]);
    assert_eq!(bed.changed(Some(&old), &new), ["hub/values"]);
    assert_eq!(bed.repository().commit_parents(&new).expect("it is there").parents, [old]);
}

#[test]
fn ancestors_and_parents_are_known_and_tags_are_no_commits() {
    let bed = Bed::new();
    let (one, two) = (bed.commit(), bed.commit());
    let repository = bed.repository();
    assert!(repository.is_ancestor(&one, &two).expect("git answers"));
    assert!(repository.is_ancestor(&two, &two).expect("git answers"));
    assert!(!repository.is_ancestor(&two, &one).expect("git answers"));
    assert_eq!(repository.commit_parents(&two).expect("a commit").parents, [one]);
    bed.git(&["tag", "--annotate", "--message=x", "v1"]);
    let tag = bed.git(&["rev-parse", "v1"]);
    let other = repository.commit_parents(&tag).expect_err("a tag is no commit");
    assert!(matches!(other, GitError::NoCommit { kind, .. } if kind == "tag"));
    let tree = bed.git(&["rev-parse", "HEAD^{tree}"]);
    let other = repository.commit_parents(&tree).expect_err("a tree is no commit");
    assert!(matches!(other, GitError::NoCommit { kind, .. } if kind == "tree"));
    for id in ["HEAD", "", "--all", "0000000000000000000000000000000000000000"] {
        assert!(matches!(repository.commit_parents(id), Err(GitError::NoRevision { .. })), "{id}");
    }
    assert!(repository.is_ancestor(&"1".repeat(40), &two).is_err());
}

#[test]
fn commits_of_the_same_files_are_found_and_missing_ones_are_not() {
    let bed = Bed::new();
    bed.write("a", "1");
    let one = bed.commit();
    let same = bed.commit();
    bed.write("a", "2");
    let other = bed.commit();
    let gone = "1".repeat(40);
    let among = BTreeSet::from([one.clone(), other, gone, "no id".to_owned()]);
    let found = bed.repository().with_same_tree(&same, &among).expect("git answers");
    assert_eq!(found, BTreeSet::from([one]));
    assert!(bed.repository().with_same_tree(&"2".repeat(40), &among).is_err());
}

#[test]
fn a_ref_that_stands_for_another_is_known() {
    let bed = Bed::new();
    bed.commit();
    bed.git(&["symbolic-ref", "refs/heads/live", "refs/heads/production"]);
    bed.git(&["branch", "production"]);
    let links = bed.repository().symbolic_refs().expect("git answers");
    assert_eq!(links.get("refs/heads/live").map(String::as_str), Some("refs/heads/production"));
    assert_eq!(links.len(), 1);
}

#[test]
fn a_setting_is_the_repositorys_own() {
    let bed = Bed::new();
    assert_eq!(bed.repository().own_setting("plimsoll.off"), Ok(None));
    bed.git(&["config", "plimsoll.off", "the disk is full"]);
    let set = bed.repository().own_setting("plimsoll.off").expect("git answers");
    assert_eq!(set.as_deref(), Some("the disk is full"));
}

#[test]
fn links_are_known_with_where_they_lead() {
    let bed = Bed::new();
    bed.write("data8/values", "1");
    std::fs::create_dir(bed.0.path().join("hub")).expect("a folder");
    for (link, to) in
        [("hub/values", "../data8/values"), ("all", "data8"), ("hub/out", "/etc"), ("up", "../x")]
    {
        std::os::unix::fs::symlink(to, bed.0.path().join(link)).expect("a link");
    }
    let commit = bed.commit();
    let mut links = bed.repository().links(&commit).expect("git answers");
    links.sort();
    let pair = |link: &str, to: &str| (link.to_owned(), to.to_owned());
    assert_eq!(links, [pair("all", "data8"), pair("hub/values", "data8/values")]);
}
