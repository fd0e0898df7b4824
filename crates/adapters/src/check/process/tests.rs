//! Real processes.

use std::path::Path;
use std::process::{Child, Command};

use plimsoll_core::catalog::{
    Check, CheckKind, CommandDeploy, DeployKind, ObserveKind, ProcessCheck, ProcessSource, Scope,
};
use plimsoll_core::record::{Attempt, Outcome};
use plimsoll_core::units::Period;
use plimsoll_engine::ports::{Beside, CheckJob, Fleet as _};

use crate::fleet::RealFleet;
use crate::testing::{MemoryBlobs, argv, context, settings};

/// A process of this test, ended with it.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(dir: &Path, script: &str) -> Started {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(dir);
    Started(command.spawn().expect("sh starts"))
}

fn watching(source: ProcessSource) -> ProcessCheck {
    ProcessCheck {
        source,
        watched: Period::from_millis(1_500),
        restarts: 0,
        up_for: Period::ZERO,
        grace: Period::from_secs(30),
    }
}

fn pid_file() -> ProcessSource {
    ProcessSource::PidFile("pid".parse().expect("a template"))
}

async fn run(root: &Path, check: ProcessCheck) -> Attempt {
    run_with(root, check, Beside::default()).await.0
}

async fn run_with(root: &Path, check: ProcessCheck, beside: Beside) -> (Attempt, String) {
    let deploy = CommandDeploy { deploy: argv(&["true"]), roll_back: None, prove: None, aim: None };
    let job = CheckJob {
        context: context("nl-vm", DeployKind::Command(deploy), ObserveKind::Link),
        name: "alive".parse().expect("valid"),
        check: Check {
            kind: CheckKind::Process(Box::new(check)),
            only: Scope::default(),
            within: Period::from_secs(60),
            retries: 0,
            at_once: None,
            safe_on_production: false,
            control_runs: Check::CONTROL_RUNS,
        },
        version: "1.23".parse().expect("valid"),
        begun: plimsoll_engine::ports::Begun::default(),
        beside,
    };
    let attempted = RealFleet::new(settings(root, MemoryBlobs::shared())).check(&job).await;
    (attempted.attempt, String::from_utf8(attempted.output).expect("text"))
}

/// Waits until the file is there.
fn wait_for(path: &Path) {
    for _ in 0..500 {
        if std::fs::read(path).is_ok_and(|bytes| !bytes.is_empty()) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("no {}", path.display());
}

#[tokio::test]
async fn a_process_that_stays_passes_with_its_facts_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let _server = start(dir.path(), "echo $$ > pid; exec sleep 60");
    wait_for(&dir.path().join("pid"));
    let (attempt, output) = run_with(dir.path(), watching(pid_file()), Beside::default()).await;
    assert_eq!(attempt.outcome, Outcome::Passed, "{}", attempt.finding);
    assert!(attempt.finding.contains("not started again"), "{}", attempt.finding);
    let kept: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    assert_eq!(kept["judged"]["restarts"], 0);
    assert!(kept["judged"]["process"]["memory-bytes"].as_u64().is_some_and(|bytes| bytes > 0));
    assert_eq!(kept["looks"].as_array().map(Vec::len), Some(1), "nothing changed: {output}");
}

#[tokio::test]
async fn a_process_that_is_killed_by_a_signal_again_and_again_fails_by_its_name() {
    let dir = tempfile::tempdir().expect("a directory");
    // The child dies without a word, and its supervisor takes a while to notice.
    let script = r#"exec perl -e 'for (1..6) {
        my $child = fork; if (!$child) { select undef, undef, undef, 0.2; kill BUS => $$ }
        open my $file, ">", "pid"; print $file $child; close $file;
        sleep 1; waitpid $child, 0 }'"#;
    let _supervisor = start(dir.path(), script);
    wait_for(&dir.path().join("pid"));
    let attempt = run(dir.path(), watching(pid_file())).await;
    assert_eq!(attempt.outcome, Outcome::Failed, "{}", attempt.finding);
    assert!(attempt.finding.starts_with("it was started again"), "{}", attempt.finding);
    assert!(attempt.finding.contains("was killed by SIGBUS (7)"), "{}", attempt.finding);
}

#[tokio::test]
async fn a_number_without_its_process_is_no_process() {
    let dir = tempfile::tempdir().expect("a directory");
    let none = run(dir.path(), watching(pid_file())).await;
    assert_eq!(none.outcome, Outcome::Failed);
    assert_eq!(none.finding, "it does not run: pid is not there");
    // The number of a process that has begun long after the file was written.
    let server = start(dir.path(), "exec sleep 60");
    std::fs::write(dir.path().join("pid"), server.0.id().to_string()).expect("written");
    let file = std::fs::File::options().append(true).open(dir.path().join("pid")).expect("there");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    file.set_modified(long_ago).expect("set");
    let younger = run(dir.path(), watching(pid_file())).await;
    assert_eq!(younger.outcome, Outcome::Failed);
    assert!(
        younger.finding.ends_with("is the number of a younger process by now"),
        "{}",
        younger.finding
    );
    drop(server);
    let ended = run(dir.path(), watching(pid_file())).await;
    assert!(ended.finding.ends_with("of pid has ended"), "{}", ended.finding);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_or_holds_something_else_says_nothing_of_the_release() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("pid"), "up").expect("written");
    let attempt = run(dir.path(), watching(pid_file())).await;
    assert_eq!(
        (attempt.outcome, &*attempt.finding),
        (Outcome::Errored, "pid: it holds no number of a process")
    );
    std::fs::remove_file(dir.path().join("pid")).expect("removed");
    std::fs::create_dir(dir.path().join("pid")).expect("made");
    let attempt = run(dir.path(), watching(pid_file())).await;
    assert_eq!(
        (attempt.outcome, &*attempt.finding),
        (Outcome::Errored, "pid: it is no file with a number")
    );
}

#[tokio::test]
async fn a_restart_that_nobody_saw_is_seen_by_its_beginning() {
    let dir = tempfile::tempdir().expect("a directory");
    let _server = start(dir.path(), "echo $$ > pid; exec sleep 60");
    wait_for(&dir.path().join("pid"));
    let deployed = |ago: u64| Beside {
        deployed_at: Some(Period::from_secs(ago).before(plimsoll_core::Timestamp::now())),
        ..Beside::default()
    };
    let (attempt, _) = run_with(dir.path(), watching(pid_file()), deployed(600)).await;
    assert_eq!(attempt.finding, "it was started again once since it was deployed");
    let (attempt, _) = run_with(dir.path(), watching(pid_file()), deployed(5)).await;
    assert_eq!(attempt.outcome, Outcome::Passed, "{}", attempt.finding);
}

#[tokio::test]
async fn a_command_tells_what_it_knows_and_one_that_fails_is_ours() {
    let dir = tempfile::tempdir().expect("a directory");
    let telling = |script: &str| watching(ProcessSource::Command(argv(&["sh", "-c", script])));
    let began = plimsoll_core::Timestamp::now().as_second() - 60;
    let steady = format!("echo pid=7; echo started-at={began}; echo restarts=0");
    for (script, outcome, words) in [
        (steady.as_str(), Outcome::Passed, "process 7 is up for 1 m"),
        (
            "echo '{\"pid\": 0, \"restarts\": 3, \"signal\": \"SIGSEGV\"}'",
            Outcome::Failed,
            "it was started again 3 times as whoever starts it counts; it does not run: the command tells of no process; the last one was killed by SIGSEGV (11)",
        ),
        (
            "echo pid=7",
            Outcome::Errored,
            "the command that tells of the process: `started-at` is missing",
        ),
        (
            "echo no route; exit 255",
            Outcome::Errored,
            "the command that tells of the process: exit code 255: no route",
        ),
    ] {
        let attempt = run(dir.path(), telling(script)).await;
        assert_eq!(attempt.outcome, outcome, "{script}: {}", attempt.finding);
        assert!(attempt.finding.starts_with(words), "{}", attempt.finding);
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_or_never_ends_is_ours_and_bounded() {
    let dir = tempfile::tempdir().expect("a directory");
    let telling = |script: &str| ProcessCheck {
        watched: Period::from_millis(200),
        ..watching(ProcessSource::Command(argv(&["sh", "-c", script])))
    };
    let began = std::time::Instant::now();
    let never = run(dir.path(), telling("sleep 60")).await;
    assert_eq!(never.outcome, Outcome::Errored, "{}", never.finding);
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
    let endless = run(dir.path(), telling("yes pid=1 | head -c 200000")).await;
    assert_eq!(endless.outcome, Outcome::Errored, "{}", endless.finding);
    std::fs::write(dir.path().join("token"), "hunter2hunter2").expect("written");
    let telling_too_much = run(dir.path(), telling("echo hunter2hunter2; exit 1")).await;
    assert!(!telling_too_much.finding.contains("hunter2"), "{}", telling_too_much.finding);
}

/// Wherever systemd does not run, as in a container, this says so and nothing about the release.
#[tokio::test]
async fn a_unit_that_nobody_can_ask_about_says_nothing_of_the_release() {
    if Path::new("/run/systemd/system").exists() {
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let unit = ProcessSource::Unit("hub.service".parse().expect("a template"));
    let attempt = run(dir.path(), watching(unit)).await;
    assert_eq!(attempt.outcome, Outcome::Errored, "{}", attempt.finding);
    assert!(attempt.finding.contains("systemctl"), "{}", attempt.finding);
}
