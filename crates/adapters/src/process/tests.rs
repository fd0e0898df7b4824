//! Real processes, the nasty ones among them.

use std::path::Path;
use std::time::{Duration, Instant};

use plimsoll_core::ids::TargetId;
use plimsoll_core::record::Ending;
use plimsoll_core::units::Period;

use super::record::{self, Running};
use super::{Command, RunRecord, Scope, kernel, reap, run};
use crate::secrets::Redactor;

fn shell(script: &str, dir: &Path) -> Command {
    Command::own(&["sh", "-c", script], dir, Period::from_secs(20))
}

fn here() -> &'static Path {
    Path::new("/")
}

fn target() -> TargetId {
    "site/staging/nl-vm".parse().expect("valid")
}

async fn alive(pid: i32) -> bool {
    for _ in 0..100 {
        if kernel::process(pid).is_none_or(|process| process.gone) {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    true
}

async fn number_in(file: &Path) -> i32 {
    for _ in 0..250 {
        if let Some(pid) = std::fs::read_to_string(file).ok().and_then(|t| t.trim().parse().ok()) {
            return pid;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no number in {}", file.display());
}

fn text(ran: &super::Ran) -> String {
    String::from_utf8(ran.output.clean(&Redactor::none())).expect("text")
}

#[tokio::test]
async fn both_streams_are_kept_in_the_order_in_which_they_were_printed() {
    let ran = run(shell("for i in 1 2 3; do echo o$i; echo e$i >&2; done", here())).await;
    assert_eq!((ran.ending, text(&ran).as_str()), (Ending::Exit(0), "o1\ne1\no2\ne2\no3\ne3\n"));
}

#[tokio::test]
async fn standard_output_can_be_kept_apart() {
    let ran = run(shell("echo answer; echo noise >&2", here()).apart()).await;
    assert_eq!(ran.stdout.clean(&Redactor::none()), b"answer\n");
    assert!(text(&ran).contains("noise"));
}

#[tokio::test]
async fn a_process_killed_by_sigbus_with_an_empty_log_says_so() {
    let ran = run(shell("kill -BUS $$", here())).await;
    assert_eq!(ran.ending, Ending::Signal(7));
    assert_eq!(ran.sentence(b""), "killed by SIGBUS (signal 7); it printed nothing");
}

#[tokio::test]
async fn a_shell_that_reports_its_childs_signal_is_seen_through() {
    let ran = run(shell("sh -c 'kill -BUS $$' 2>/dev/null; exit $?", here())).await;
    assert_eq!(ran.ending, Ending::Exit(135));
    assert!(ran.sentence(b"").contains("killed by SIGBUS"), "{}", ran.words);
}

#[tokio::test]
async fn a_command_that_prints_much_is_bounded_and_not_held_up() {
    let began = Instant::now();
    let ran = run(shell("yes abcdefg | head -c 200000000; echo; echo end", here())).await;
    assert_eq!(ran.ending, Ending::Exit(0));
    assert_eq!(ran.output.total_bytes(), 200_000_005);
    let kept = text(&ran);
    assert!(kept.len() < 1_100_000, "{} bytes kept", kept.len());
    assert!(kept.contains("bytes left out") && kept.ends_with("end\n"));
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_command_that_forks_and_ignores_sigterm_is_ended_with_its_children() {
    let dir = tempfile::tempdir().expect("a directory");
    let script = "trap '' TERM; (trap '' TERM; echo $BASHPID; sh -c 'echo $PPID > child; exec sleep 60') & wait; sleep 60";
    let mut command = shell(script, dir.path());
    command.within = Period::from_millis(500);
    let began = Instant::now();
    let ran = run(command).await;
    assert_eq!(ran.ending, Ending::TimedOut);
    assert!(ran.words.contains("did not end within 500ms"), "{}", ran.words);
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    let child = number_in(&dir.path().join("child")).await;
    assert!(!alive(child).await, "the child {child} goes on");
}

#[tokio::test]
async fn a_child_that_holds_the_output_open_does_not_hang_anything() {
    let dir = tempfile::tempdir().expect("a directory");
    let began = Instant::now();
    let ran = run(shell("sleep 60 & echo $! > child; echo done", dir.path())).await;
    assert_eq!(ran.ending, Ending::Exit(0));
    assert!(text(&ran).contains("held its output open"), "{}", text(&ran));
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(!alive(number_in(&dir.path().join("child")).await).await);
}

#[tokio::test]
async fn a_grandchild_in_a_session_of_its_own_does_not_hang_anything_either() {
    let dir = tempfile::tempdir().expect("a directory");
    let began = Instant::now();
    let ran =
        run(shell("setsid sh -c 'echo $$ > child; exec sleep 8' & sleep 0.2; echo ok", dir.path()))
            .await;
    assert_eq!(ran.ending, Ending::Exit(0));
    assert!(text(&ran).starts_with("ok\n"));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_quiet_server_that_a_deployment_starts_goes_on_and_one_of_a_check_does_not() {
    let dir = tempfile::tempdir().expect("a directory");
    let script = "sleep 30 >/dev/null 2>&1 & echo $! > child";
    let ran = run(shell(script, dir.path()).leaving_quiet_ones()).await;
    assert_eq!(ran.ending, Ending::Exit(0));
    let server = number_in(&dir.path().join("child")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(kernel::process(server).is_some_and(|process| !process.gone));
    let server = rustix::process::Pid::from_raw(server).expect("positive");
    rustix::process::kill_process(server, rustix::process::Signal::KILL).expect("ours");

    std::fs::remove_file(dir.path().join("child")).expect("removed");
    run(shell(script, dir.path())).await;
    assert!(!alive(number_in(&dir.path().join("child")).await).await);
}

#[tokio::test]
async fn dropping_the_future_ends_the_group_and_its_record() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = dir.path().join("run");
    let record = RunRecord { folder: folder.clone(), target: target(), scope: Scope::Deployment };
    let command = shell("sleep 60 & echo $! > child; wait", dir.path()).recorded(record);
    let running = tokio::spawn(run(command));
    let child = number_in(&dir.path().join("child")).await;
    for _ in 0..100 {
        if !record::of_target(&folder, &target()).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(record::of_target(&folder, &target()).len(), 1);
    running.abort();
    assert!(running.await.is_err());
    assert!(!alive(child).await);
    assert_eq!(record::of_target(&folder, &target()).len(), 0);
}

#[tokio::test]
async fn what_cannot_be_started_is_said_and_is_no_exit_code() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("bad"), "#!/no/such/interpreter\n").expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(dir.path().join("bad"), mode).expect("set");
    for (argv, said) in [
        (vec!["no-such-program-x"], "was not found on the PATH"),
        (vec!["./bad"], "could not be started"),
        (vec!["true", "a\0b"], "could not be started"),
        (vec![], "is empty"),
    ] {
        let ran = run(Command::own(&argv, dir.path(), Period::from_secs(5))).await;
        assert_eq!(ran.ending, Ending::NotStarted, "{argv:?}: {}", text(&ran));
        assert!(ran.words.contains(said), "{argv:?}: {}", ran.words);
    }
    let gone = Command::own(&["true"], &dir.path().join("gone"), Period::from_secs(5));
    assert!(run(gone).await.words.contains("working directory"));
}

#[tokio::test]
async fn an_exit_code_127_of_the_command_itself_stays_one() {
    let ran = run(shell("exit 127", here())).await;
    assert_eq!(ran.ending, Ending::Exit(127));
}

/// A group that nobody looks after any more, as a killed plimsoll leaves it behind.
fn orphan(dir: &Path, folder: &Path, scope: Scope, script: &str) -> std::process::Child {
    use std::os::unix::process::CommandExt as _;
    let child = std::process::Command::new("sh")
        .args(["-c", script])
        .current_dir(dir)
        .process_group(0)
        .spawn()
        .expect("sh starts");
    let pid = i32::try_from(child.id()).expect("small");
    let running = Running {
        scope,
        program: "./deploy".into(),
        pid,
        started_ticks: kernel::process(pid).expect("it lives").started,
        boot: kernel::boot_id(),
        executor_pid: 1,
        executor_started_ticks: u64::MAX,
    };
    std::fs::create_dir_all(folder).expect("made");
    let text = serde_json::to_vec(&running).expect("JSON");
    std::fs::write(folder.join(format!("site+staging+nl-vm+{pid}.json")), text).expect("written");
    child
}

#[tokio::test]
async fn what_a_killed_executor_left_is_found_ended_and_named_even_without_its_leader() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = dir.path().join("run");
    let mut leader = orphan(dir.path(), &folder, Scope::Deployment, "sleep 60 & echo $! > child");
    let child = number_in(&dir.path().join("child")).await;
    leader.wait().expect("ended");
    assert_eq!(reap(&folder, &"site/staging/nl-k8s".parse().expect("valid")).await, None);
    let said = reap(&folder, &target()).await.expect("something was left");
    assert_eq!(said, "ended `./deploy`, left running by a deployment (1 process)");
    assert!(!alive(child).await);
    assert_eq!(reap(&folder, &target()).await, None);
}

#[tokio::test]
async fn a_recorded_number_that_another_process_has_now_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = dir.path().join("run");
    let mut other = orphan(dir.path(), &folder, Scope::Deployment, "exec sleep 60");
    let (path, running) = record::of_target(&folder, &target()).remove(0);
    let running = running.expect("readable");
    for wrong in [
        Running { started_ticks: running.started_ticks - 1, ..running.clone() },
        Running { boot: "another boot".into(), ..running },
    ] {
        std::fs::write(&path, serde_json::to_vec(&wrong).expect("JSON")).expect("written");
        assert_eq!(reap(&folder, &target()).await, None);
        assert!(!path.exists());
        assert!(matches!(other.try_wait(), Ok(None)), "it was ended");
    }
    other.kill().expect("ours");
    other.wait().expect("ended");
}

#[tokio::test]
async fn a_check_whose_executor_lives_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = dir.path().join("run");
    let scope = Scope::Check("home".parse().expect("valid"));
    let record = RunRecord { folder: folder.clone(), target: target(), scope };
    let running = tokio::spawn(run(shell("echo $$ > child; sleep 1", dir.path()).recorded(record)));
    number_in(&dir.path().join("child")).await;
    assert_eq!(reap(&folder, &target()).await, None);
    assert_eq!(running.await.expect("ran").ending, Ending::Exit(0));
}

#[tokio::test]
async fn a_command_dies_with_plimsoll_when_that_is_killed() {
    const HERE: &str = "PLIMSOLL_TEST_KILLED_IN";
    if let Some(dir) = std::env::var_os(HERE) {
        run(shell("echo $$ > child; exec sleep 60", Path::new(&dir))).await;
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mut plimsoll = std::process::Command::new(std::env::current_exe().expect("known"))
        .args(["--exact", "process::tests::a_command_dies_with_plimsoll_when_that_is_killed"])
        .env(HERE, dir.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("this program starts");
    let child = number_in(&dir.path().join("child")).await;
    assert!(kernel::process(child).is_some_and(|process| !process.gone));
    plimsoll.kill().expect("ours");
    plimsoll.wait().expect("ended");
    assert!(!alive(child).await, "the command {child} goes on");
}
