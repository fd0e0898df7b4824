//! Twins in a real repository: the change that forgot its twin, and those that did not.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const PAIR: &str = "composer.json#/scripts/vm = composer.json#/scripts/k8s";

struct Repository(TempDir);

struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    fn states(&self) -> Vec<(String, String)> {
        let json = self.json();
        let word = |one: &Value, key: &str| one[key].as_str().expect("a text").to_owned();
        let answers = json["answers"].as_array().expect("answers");
        answers.iter().map(|one| (word(one, "state"), word(one, "change"))).collect()
    }
}

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, args: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git runs");
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).expect("written");
    }

    fn commit(&self, tag: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", tag]);
        self.git(&["tag", "-f", tag]);
    }

    fn plimsoll(&self, args: &[&str]) -> Said {
        let done = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(args)
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("PLIMSOLL_CONFIG")
            .output()
            .expect("plimsoll runs");
        Said {
            code: done.status.code().expect("an exit code"),
            stdout: String::from_utf8_lossy(&done.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    fn diff(&self, range: &str) -> Said {
        self.plimsoll(&["twins", "diff", range, "--pair", PAIR, "--format", "json"])
    }
}

fn composer(vm: &str, k8s: &str) -> String {
    let list = |words: &str| {
        words.split(' ').map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
    };
    format!("{{ \"scripts\": {{ \"vm\": [{}], \"k8s\": [{}] }} }}\n", list(vm), list(k8s))
}

fn with_history() -> Repository {
    let repository = Repository::new();
    for (tag, vm, k8s) in [
        ("one", "@reset @style @custom", "@style @custom"),
        ("two", "@reset @style @blocks @custom", "@style @custom"),
        ("three", "@reset @style @blocks @custom", "@style @blocks @custom"),
        ("four", "@reset @style @blocks", "@style @custom"),
    ] {
        repository.write("composer.json", composer(vm, k8s));
        repository.commit(tag);
    }
    repository
}

#[test]
fn a_forgotten_twin_is_named_and_the_mend_is_mirrored() {
    let repository = with_history();
    let said = repository.diff("one..two");
    assert_eq!(said.code, 10, "{}", said.stderr);
    let json = said.json();
    assert_eq!(json["answers"][0]["state"], "missing-twin");
    assert_eq!(json["answers"][0]["where"], "composer.json#/scripts/k8s");
    assert_eq!(json["answers"][0]["change"], "added @blocks");
    for (range, code) in
        [("one..three", 0), ("two..three", 0), ("two..two", 0), ("three..four", 10)]
    {
        let said = repository.diff(range);
        assert_eq!(said.code, code, "{range}: {}", said.stdout);
    }
    let text = repository.plimsoll(&["twins", "diff", "one..two", "--pair", PAIR]);
    let lines: Vec<&str> = text.stdout.lines().collect();
    assert_eq!(lines[0], "✗ Refused: one change lacks its twin in composer.json#/scripts/k8s.");
    assert_eq!(
        lines.last().copied(),
        Some("→ add  @blocks  to composer.json#/scripts/k8s, then  plimsoll twins diff one..two")
    );
}

#[test]
fn revisions_that_mean_nothing_or_look_like_options_are_refused() {
    let repository = with_history();
    for range in
        ["nope..two", "one..nope", "..", "a..b..c", "-x..two", "one..--output=pwned", "one\n..two"]
    {
        let said = repository.plimsoll(&["twins", "diff", "--pair", PAIR, "--", range]);
        assert_eq!(said.code, 2, "{range}: {}", said.stdout);
        assert!(said.stderr.starts_with("✗ "), "{range}: {}", said.stderr);
    }
    assert!(!repository.path().join("pwned").exists());
    let elsewhere = tempfile::tempdir().expect("a folder");
    let said = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["twins", "diff", "one..two", "--pair", PAIR])
        .current_dir(elsewhere.path())
        .env("GIT_CEILING_DIRECTORIES", "/")
        .output()
        .expect("plimsoll runs");
    assert_eq!(said.status.code(), Some(2));
}

#[test]
fn nothing_to_compare_is_a_question_not_a_pass() {
    let repository = with_history();
    for args in [
        ["twins", "diff", "one..two"].as_slice(),
        &["twins", "diff", "one..two", "--pair", "composer.json"],
        &["twins", "diff", "--pair", PAIR],
        &["twins", "diff", "--base", ".", "--pair", PAIR],
        &["twins", "diff", "--base", "nowhere", "--head", ".", "--pair", PAIR],
    ] {
        assert_eq!(repository.plimsoll(args).code, 2, "{args:?}");
    }
    for pair in ["none.json#/a = composer.json#/scripts/k8s", "composer.json#/typo = #/scripts/k8s"]
    {
        let said =
            repository.plimsoll(&["twins", "diff", "one..two", "--pair", pair, "--format", "json"]);
        assert_eq!(
            (said.code, said.json()["answers"][0]["state"].as_str()),
            (10, Some("unparsable")),
            "{pair}"
        );
    }
}

#[test]
fn broken_huge_binary_linked_and_renamed_files_each_have_an_answer() {
    let repository = Repository::new();
    let pair = "a.json#/x = b.json#/x";
    let diff = |range: &str| {
        repository.plimsoll(&["twins", "diff", range, "--pair", pair, "--format", "json"])
    };
    repository.write("a.json", "{\"x\": [1]}");
    repository.write("b.json", "{\"x\": [1]}");
    repository.commit("base");
    for (tag, content) in [
        ("broken", b"{\"x\": [1".to_vec()),
        ("latin", b"{\"x\": [\"\xe9\"]}".to_vec()),
        ("binary", b"\0\0".to_vec()),
        ("huge", vec![b' '; 5 << 20]),
    ] {
        repository.write("a.json", content);
        repository.commit(tag);
        let said = diff(&format!("base..{tag}"));
        assert_eq!((said.code, said.states()[0].0.as_str()), (10, "unparsable"), "{tag}");
    }
    fs::remove_file(repository.path().join("a.json")).expect("removed");
    std::os::unix::fs::symlink("../../../../etc/passwd", repository.path().join("a.json"))
        .expect("linked");
    repository.commit("link");
    let said = diff("base..link");
    assert!(said.stdout.contains("symbolic link out of the repository"), "{}", said.stdout);
    assert_eq!(said.code, 10);
    fs::remove_file(repository.path().join("a.json")).expect("removed");
    std::os::unix::fs::symlink("b.json", repository.path().join("a.json")).expect("linked");
    repository.commit("inner-link");
    assert_eq!(diff("base..inner-link").code, 0);
    repository.git(&["checkout", "-q", "base", "--", "a.json"]);
    repository.commit("again");
    repository.git(&["mv", "a.json", "with space.json"]);
    repository.commit("renamed");
    assert_eq!(diff("again..renamed").code, 0, "the old name is followed");
    let new_name = repository.plimsoll(&[
        "twins",
        "diff",
        "again..renamed",
        "--pair",
        "with space.json#/x = b.json#/x",
    ]);
    assert_eq!(new_name.code, 0, "the new name is followed: {}", new_name.stdout);
}

#[test]
fn two_folders_and_two_repositories_are_compared_the_same() {
    let (vm, k8s) = (Repository::new(), Repository::new());
    for (tag, left, right) in
        [("v1", "[1]", "[0, 1]"), ("v2", "[1, 2]", "[0, 1]"), ("v3", "[1, 2]", "[0, 1, 2]")]
    {
        vm.write("steps.json", left);
        k8s.write("steps.yaml", right);
        vm.commit(tag);
        k8s.commit(tag);
        fs::create_dir_all(vm.path().join(tag)).expect("made");
        vm.write(&format!("{tag}/steps.json"), left);
        vm.write(&format!("{tag}/steps.yaml"), right);
    }
    let other = k8s.path().to_str().expect("a path");
    let pair = "steps.json = steps.yaml";
    for (base, head, code) in [("v1", "v2", 10), ("v1", "v3", 0), ("v2", "v3", 0)] {
        let range = format!("{base}..{head}");
        let said = vm.plimsoll(&["twins", "diff", &range, "--pair", pair, "--right-in", other]);
        assert_eq!(said.code, code, "{range}: {}{}", said.stdout, said.stderr);
        let said = vm.plimsoll(&["twins", "diff", "--base", base, "--head", head, "--pair", pair]);
        assert_eq!(said.code, code, "{range} in folders: {}{}", said.stdout, said.stderr);
    }
}

#[test]
fn pairs_of_the_configuration_have_a_mapping_and_accepted_differences() {
    let repository = Repository::new();
    let configuration = |until: &str| {
        format!(
            "services:
  site:
    environments: {{ production: {{ targets: {{ a: {{ platform: vm, vars: {{ root: /srv }} }} }} }} }}
    platforms:
      vm: {{ deploy: {{ files: {{ root: \"{{{{ target.vars.root }}}}\" }} }} }}
    twins:
      - left: vm.txt
        right: k8s.txt
        mapping: {{ /srv/vm: /srv/k8s }}
        accepted:
          - {{ item: \"migrate *\", reason: the cluster migrates by a job, until: {until} }}
"
        )
    };
    repository.write("plimsoll.yaml", configuration("2999-01-01"));
    repository.write("vm.txt", "cp a /srv/vm\n");
    repository.write("k8s.txt", "cp a /srv/k8s\n");
    repository.commit("one");
    repository.write("vm.txt", "cp a /srv/vm\ncp b /srv/vm\nmigrate now\n");
    repository.write("k8s.txt", "cp a /srv/k8s\ncp b /srv/k8s\n");
    repository.commit("two");
    let said = repository.plimsoll(&["twins", "diff", "one..two", "--format", "json"]);
    let words = |said: &Said| said.states().into_iter().map(|(state, _)| state).collect::<Vec<_>>();
    assert_eq!((said.code, words(&said)), (0, vec!["accepted".to_owned(), "mirrored".to_owned()]));
    repository.write("plimsoll.yaml", configuration("2020-01-01"));
    let said = repository.plimsoll(&["twins", "diff", "one..two", "--format", "json"]);
    assert_eq!((said.code, words(&said)[0].as_str()), (10, "missing-twin"));
    assert!(said.stdout.contains("was accepted until 2020-01-01"), "{}", said.stdout);
}

#[test]
fn a_history_proposes_the_pair_that_always_changed_together() {
    let repository = Repository::new();
    for number in 1..=6 {
        let steps = (0..number).map(|step| format!("@step-{step}")).collect::<Vec<_>>().join(" ");
        repository.write("composer.json", composer(&format!("@reset {steps}"), &steps));
        repository.write("README", format!("text {number}\n"));
        repository.commit(&format!("step-{number}"));
    }
    let said = repository.plimsoll(&["twins", "suggest", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let json = said.json();
    let first = &json["proposals"][0];
    assert_eq!(first["left"], "composer.json#/scripts/k8s");
    assert_eq!(first["right"], "composer.json#/scripts/vm");
    assert_eq!(first["commits"][0]["subject"], "step-6");
    assert_eq!(json["proposals"].as_array().map(Vec::len), Some(1), "{json:#}");
    let text = repository.plimsoll(&["twins", "suggest", "--min-support", "100"]);
    assert!(text.stdout.contains("None: "), "{}", text.stdout);
    assert_eq!(repository.plimsoll(&["twins", "suggest", "--since", "--output=x"]).code, 2);
}

/// A service on two platforms whose builds are twins, deployed by writing the version down.
const SERVICE: &str = r#"
services:
  site:
    environments:
      staging:
        targets: { nl-vm: { site: nl, platform: vm }, nl-k8s: { site: nl, platform: k8s } }
      production:
        after: staging
        targets: { nl-vm: { site: nl, platform: vm }, nl-k8s: { site: nl, platform: k8s } }
    platforms:
      vm:
        deploy: { command: { shell: 'mkdir -p at; echo "$PLIMSOLL_RELEASE" > "at/$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_TARGET"' } }
        observe: { file: "at/{{ environment.name }}-{{ target.name }}" }
      k8s:
        deploy: { command: { shell: 'mkdir -p at; echo "$PLIMSOLL_RELEASE" > "at/$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_TARGET"' } }
        observe: { file: "at/{{ environment.name }}-{{ target.name }}" }
    checks:
      alive: { command: [/bin/true] }
      builds: { twins: { repository: . }, only: { environments: [staging] } }
    twins:
      - { left: composer.json#/scripts/vm, right: composer.json#/scripts/k8s, platforms: [vm, k8s] }
"#;

impl Repository {
    #[track_caller]
    fn ok(&self, args: &[&str]) -> Said {
        let said = self.plimsoll(args);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.stdout, said.stderr);
        said
    }

    /// Names the tag as a release, puts it on staging, and has it checked there.
    fn staged(&self, version: &str, tag: &str) -> Said {
        let release = format!("site@{version}");
        self.ok(&["release", "add", &release, &format!("code=git:.@{tag}")]);
        self.ok(&["deploy", &release, "--to", "staging"]);
        self.plimsoll(&["verify", &release, "--on", "staging", "--format", "json"])
    }
}

/// The first result of the twins.
fn builds(said: &Said) -> Value {
    let json = said.json();
    let results = json["results"].as_array().expect("results");
    results.iter().find(|one| one["check"] == "builds").expect("one of the twins").clone()
}

#[test]
fn a_release_whose_change_forgot_its_twin_does_not_pass_the_gate() {
    let repository = with_history();
    repository.write("plimsoll.yaml", SERVICE);
    let first = repository.staged("1", "one");
    assert_eq!(first.code, 10, "nothing to compare with is no pass: {}", first.stdout);
    assert!(first.stdout.contains("until then say base: REVISION"), "{}", first.stdout);

    fs::create_dir_all(repository.path().join("at")).expect("a folder");
    for target in ["nl-vm", "nl-k8s"] {
        repository.write(&format!("at/production-{target}"), "1\n");
    }
    repository.plimsoll(&["adopt", "site@1", "--on", "production"]);

    let second = repository.staged("2", "two");
    assert_eq!(second.code, 10, "{}", second.stdout);
    let found = builds(&second);
    assert_eq!(found["state"], "failed");
    let words = found["finding"].as_str().expect("a sentence");
    for part in ["composer.json#/scripts/k8s", "added @blocks", "missing"] {
        assert!(words.contains(part), "no {part} in {words}");
    }
    let gate = repository.plimsoll(&["gate", "site@2", "--to", "production"]);
    assert_eq!(gate.code, 10, "{}", gate.stdout);

    let third = repository.staged("3", "three");
    assert_eq!(third.code, 0, "{}{}", third.stdout, third.stderr);
    repository.ok(&["gate", "site@3", "--to", "production"]);
}

#[test]
fn a_release_without_a_commit_is_errored_and_not_passed() {
    let repository = with_history();
    repository.write("plimsoll.yaml", SERVICE);
    repository.ok(&["release", "add", "site@1", "composer.json"]);
    repository.ok(&["deploy", "site@1", "--to", "staging"]);
    let said = repository.plimsoll(&["verify", "site@1", "--on", "staging", "--format", "json"]);
    assert_eq!(said.code, 10, "{}", said.stdout);
    let found = builds(&said);
    assert_eq!(found["state"], "errored");
    assert!(said.stdout.contains("names no commit"), "{}", said.stdout);
}

#[test]
fn a_file_that_was_moved_and_written_anew_hides_no_forgotten_step() {
    let repository = Repository::new();
    repository.write("composer.json", composer("@a @b", "@a @b"));
    repository.commit("base");
    fs::remove_file(repository.path().join("composer.json")).expect("removed");
    repository.commit("removed");
    fs::create_dir(repository.path().join("app")).expect("made");
    let moved = composer("@a @b @copy:style-blocks", "@a @b");
    let moved: Value = serde_json::from_str(&moved).expect("it is JSON");
    repository.write("app/composer.json", format!("{moved:#}\n"));
    repository.commit("moved");
    for range in ["base..removed", "base..moved"] {
        let said = repository.diff(range);
        assert_eq!(said.code, 10, "{}", said.stdout);
        assert!(said.states().iter().all(|(state, _)| state == "unparsable"), "{}", said.stdout);
        assert!(said.stdout.contains("was it moved?"), "{}", said.stdout);
    }
    let new = PAIR.replace("composer.json", "app/composer.json");
    let said = repository.plimsoll(&["twins", "diff", "base..moved", "--pair", &new]);
    assert_eq!(said.code, 10, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("@copy:style-blocks"), "{}", said.stdout);
}
