//! F03: the deployment is aimed at another target than the plan says.

use std::process::Command;

use super::answer::refuses_within;
use crate::bed::{Bed, Nginx, Output};

/// Two identical sets of servers; who deploys reads from the environment which one it is.
struct TwoSets {
    bed: Bed,
    _web: Nginx,
}

const DEPLOY: &str =
    r#"echo "$PLIMSOLL_RELEASE" > "hosts/$TARGET_HOST/version"; echo "$TARGET_HOST" >> ran.log"#;

/// Asks the host who it is.
const AIM: &str = r#"cat "hosts/$TARGET_HOST/whoami""#;

impl TwoSets {
    fn new(aim: &str) -> Self {
        let bed = Bed::new("");
        let web = Nginx::start(&[("hosts", &format!("root {};", bed.path("hosts").display()))]);
        let url = web.url("hosts");
        bed.write(
            "plimsoll.yaml",
            format!(
                r#"
services:
  shop:
    environments:
      staging: {{ targets: {{ nl: {{ url: "{url}/staging-nl" }} }} }}
      production: {{ after: staging, targets: {{ nl: {{ url: "{url}/production-nl" }} }} }}
    platforms:
      vm:
        deploy: {{ command: {{ run: [./deploy], {aim} prove: ["true"] }} }}
        observe: {{ http: /version, within: 1s }}
    checks:
      home: {{ http: /whoami }}
"#
            ),
        );
        bed.script("deploy", DEPLOY);
        bed.script("aim", AIM);
        for environment in ["staging", "production"] {
            bed.write(
                &format!("hosts/{environment}-nl/whoami"),
                format!("shop/{environment}/nl\n"),
            );
            bed.write(&format!("hosts/{environment}-nl/version"), "1\n");
        }
        bed.write("current-context", "staging-nl");
        let sets = Self { bed, _web: web };
        sets.bed.add("shop@1", &[("app", "1")]).expect(0);
        sets.bed.add("shop@2", &[("app", "2")]).expect(0);
        sets.deploy("1", "staging-nl").expect(0);
        sets.bed.ok(&["verify", "shop@1", "--on", "staging"]);
        sets.bed.ok(&["adopt", "shop@1", "--on", "production"]);
        sets
    }

    /// `deploy shop@VERSION --to staging`, with the variable set to `host`.
    fn deploy(&self, version: &str, host: &str) -> Output {
        let release = format!("shop@{version}");
        let args = ["deploy", &release, "--to", "staging", "--format", "json"];
        self.bed.run_with(&[("TARGET_HOST", host)], &args)
    }

    fn runs(&self, environment: &str) -> String {
        self.bed.read(&format!("hosts/{environment}-nl/version")).trim().to_owned()
    }

    fn gate(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        self.bed.run(&["gate", &release, "--to", "production", "--format", "json"])
    }

    fn status(&self) -> Output {
        self.bed.run(&["status", "shop"])
    }
}

const ASKED: &str = "aim: [./aim],";

#[test]
fn a_deployer_that_can_say_where_it_aims_is_not_run_against_another_target() {
    let sets = TwoSets::new(ASKED);
    let before = sets.bed.read("ran.log");
    let ended = sets.deploy("2", "production-nl");
    assert_eq!(ended.code, Some(10), "{}", ended.whole());
    assert!(ended.stdout.contains("shop/production/nl"), "{}", ended.whole());
    assert!(ended.stdout.contains("was not run"), "{}", ended.whole());
    assert_eq!((sets.runs("staging"), sets.runs("production")), ("1".into(), "1".into()));
    assert_eq!(sets.bed.read("ran.log"), before, "the command was run");
    // Nothing has drifted, and nothing is held.
    let gate = sets.gate("2");
    refuses_within(&gate, gate.code.unwrap_or_default(), "shop/staging/nl", &[]);
}

#[test]
fn an_aim_that_says_nothing_that_can_be_understood_is_refused_before_the_command_runs() {
    for (aim, says, code) in [
        ("aim: { shell: 'exit 3' },", "exit code 3", 21),
        ("aim: [echo],", "", 10),
        ("aim: [echo, the usual place],", "the usual place", 10),
    ] {
        let sets = TwoSets::new(ASKED);
        let text = sets.bed.read("plimsoll.yaml").replace(ASKED, aim);
        sets.bed.write("plimsoll.yaml", text);
        let before = sets.bed.read("ran.log");
        let ended = sets.deploy("2", "staging-nl");
        assert_eq!(ended.code, Some(code), "{}", ended.whole());
        assert!(ended.stdout.contains(says), "{}", ended.whole());
        assert_eq!(sets.bed.read("ran.log"), before, "the command was run: {aim}");
        assert_eq!(sets.runs("staging"), "1");
    }
}

#[test]
fn a_deployment_that_moved_production_instead_is_found_and_production_is_held() {
    let sets = TwoSets::new("");
    let ended = sets.deploy("2", "production-nl");
    assert_eq!(ended.code, Some(21), "{}", ended.whole());
    assert!(ended.stdout.contains("nl runs 1 after the deployment"), "{}", ended.whole());
    assert!(ended.stderr.contains("shop/production/nl now runs 2"), "{}", ended.whole());
    assert_eq!((sets.runs("staging"), sets.runs("production")), ("1".into(), "2".into()));
    sets.status().says("nl").says("drifted").says("held");

    // A second try that goes right does not make it forgotten.
    sets.deploy("2", "staging-nl").expect(0);
    sets.bed.ok(&["verify", "shop@2", "--on", "staging"]);
    let gate = sets.gate("2");
    refuses_within(
        &gate,
        10,
        "",
        &[
            ("hold - - unmet", &["shop/production/nl now runs 2"], "plimsoll hold shop --release"),
            (
                "way-back shop/production/nl - wrong-version",
                &["2 answers now while 1 was deployed"],
                "",
            ),
        ],
    );
    let unmet = super::answer::unmet(&gate.json());
    assert_eq!(unmet.len(), 2, "{unmet:?}");
}

/// The current context of a file that every tool reads and any tool may have changed.
#[test]
fn a_context_that_somebody_left_on_production_is_refused_before_the_command_runs() {
    let sets = TwoSets::new("aim: { shell: 'cat \"hosts/$(cat current-context)/whoami\"' },");
    let before = sets.bed.read("ran.log");
    sets.bed.write("current-context", "production-nl");
    let ended = sets.deploy("2", "staging-nl");
    assert_eq!(ended.code, Some(10), "{}", ended.whole());
    assert!(
        ended.stdout.contains("it aimed at shop/production/nl and was not run"),
        "{}",
        ended.whole()
    );
    assert_eq!(sets.bed.read("ran.log"), before, "the command was run");
    sets.bed.write("current-context", "staging-nl");
    sets.deploy("2", "staging-nl").expect(0);
    assert_eq!((sets.runs("staging"), sets.runs("production")), ("2".into(), "1".into()));
}

#[test]
fn a_service_that_nobody_is_told_of_before_is_found_by_the_gate_as_well() {
    let sets = TwoSets::new("");
    // Past plimsoll altogether.
    let mut past = Command::new("./deploy");
    past.current_dir(sets.bed.root())
        .env("TARGET_HOST", "production-nl")
        .env("PLIMSOLL_RELEASE", "0.9");
    assert!(past.status().expect("it runs").success());
    sets.deploy("2", "staging-nl").expect(0);
    sets.bed.ok(&["verify", "shop@2", "--on", "staging"]);
    let line = "way-back shop/production/nl - wrong-version";
    super::answer::refuses_exactly(
        &sets.gate("2"),
        10,
        &[(line, &["0.9 answers now", "1 was deployed"], "plimsoll ")],
    );
    sets.status().says("drifted").says("0.9");
}

#[test]
fn the_same_variable_set_to_the_right_host_is_no_fault() {
    for aim in [ASKED, ""] {
        let sets = TwoSets::new(aim);
        sets.deploy("2", "staging-nl").expect(0);
        sets.bed.ok(&["verify", "shop@2", "--on", "staging"]);
        super::answer::allows(&sets.gate("2"));
        let release = super::shop::promotion("shop@2");
        let ended = sets.bed.run_with(&[("TARGET_HOST", "production-nl")], &release).expect(0);
        assert_eq!(ended.json()["state"], "verified-good");
        assert_eq!((sets.runs("staging"), sets.runs("production")), ("2".into(), "2".into()));
    }
}
