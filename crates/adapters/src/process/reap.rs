//! Ending what an executor that is gone left running.

use std::path::Path;
use std::time::Duration;

use plimsoll_core::ids::TargetId;
use rustix::process::{Pid, Signal, kill_process_group};

use super::kernel::{self, Process};
use super::record::{self, Running, Scope};

/// A killed process that is still there after this is stuck in the kernel.
const WAIT_FOR_END: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Ends whatever is recorded to run against the target and has no executor any more, with its
/// whole group; says what it ended, `None` when there was nothing.
pub async fn reap(folder: &Path, target: &TargetId) -> Option<String> {
    let mut said = Vec::new();
    for (path, running) in record::of_target(folder, target) {
        let Some(running) = running else {
            said.push(format!(
                "a record of what runs could not be read and was removed ({})",
                path.display()
            ));
            let _ = std::fs::remove_file(&path);
            continue;
        };
        if in_good_hands(&running) {
            continue;
        }
        let left = left_running(&running);
        if left.is_empty() {
            let _ = std::fs::remove_file(&path);
            continue;
        }
        let (words, gone) = end(&running, left.len()).await;
        said.push(words);
        if gone {
            let _ = std::fs::remove_file(&path);
        }
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn in_good_hands(running: &Running) -> bool {
    match running.scope {
        Scope::Deployment => false,
        Scope::Check(_) => {
            running.boot == kernel::boot_id()
                && kernel::process(running.executor_pid)
                    .is_some_and(|p| p.started == running.executor_started_ticks && !p.gone)
        }
    }
}

/// The members of the very group that was recorded.
fn left_running(running: &Running) -> Vec<Process> {
    if running.pid <= 1 || running.boot != kernel::boot_id() {
        return Vec::new();
    }
    // While a group has members, its number is given to no new process: another process of that
    // number means that the group has long been gone.
    if kernel::process(running.pid).is_some_and(|p| p.started != running.started_ticks) {
        return Vec::new();
    }
    let mut members = kernel::members(running.pid);
    members.retain(|member| member.started >= running.started_ticks);
    members
}

async fn end(running: &Running, count: usize) -> (String, bool) {
    if let Some(group) = Pid::from_raw(running.pid) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let deadline = tokio::time::Instant::now() + WAIT_FOR_END;
    let mut left = left_running(running);
    while !left.is_empty() && tokio::time::Instant::now() < deadline {
        tokio::time::sleep(LOOK_EVERY).await;
        left = left_running(running);
    }
    let what = match &running.scope {
        Scope::Deployment => "a deployment".to_owned(),
        Scope::Check(name) => format!("the check {name}"),
    };
    let whole = match count {
        1 => "1 process".to_owned(),
        more => format!("{more} processes"),
    };
    if left.is_empty() {
        let words = format!("ended `{}`, left running by {what} ({whole})", running.program);
        (words, true)
    } else {
        let stuck = left[0].pid;
        let words = format!(
            "`{}`, left running by {what}, cannot be ended: process {stuck} does not react to SIGKILL",
            running.program
        );
        (words, false)
    }
}
