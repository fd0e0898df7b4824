//! A process with everything it starts.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;
use std::time::Duration;

use plimsoll_core::record::Ending;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process_group, pidfd_open, waitid,
};
use tokio::io::unix::AsyncFd;

/// How often an old kernel, which cannot tell by itself, is asked for the end of a process.
const ASK_EVERY: Duration = Duration::from_millis(10);

/// A process and its group. Dropping it ends all of them.
///
/// The leader is not reaped before the group is done with, so its number cannot become another's.
pub(super) struct Group {
    child: Option<Child>,
    leader: Pid,
    exited: Option<AsyncFd<OwnedFd>>,
}

impl Group {
    /// Takes charge of a process that leads a group of its own.
    pub fn new(child: Child) -> Self {
        let leader = Pid::from_child(&child);
        let exited = pidfd_open(leader, PidfdFlags::empty()).ok().and_then(watched);
        Self { child: Some(child), leader, exited }
    }

    /// The number of the leader and of the group.
    pub fn number(&self) -> i32 {
        self.leader.as_raw_nonzero().get()
    }

    /// Waits until the leader has ended. It stays a zombie.
    pub async fn leader_ended(&self) {
        if let Some(exited) = &self.exited {
            let _ = exited.readable().await;
            return;
        }
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(self.leader), look), Ok(None)) {
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// Sends a signal to every process of the group; none left is no error.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.leader, signal);
    }

    /// How the leader, which has ended, ended.
    pub fn reap(mut self) -> io::Result<Ending> {
        let Some(mut child) = self.child.take() else { return Ok(Ending::NotStarted) };
        let status = child.wait()?;
        Ok(match (status.code(), status.signal()) {
            (Some(code), _) => Ending::Exit(code),
            (None, Some(signal)) => Ending::Signal(signal),
            (None, None) => Ending::NotStarted,
        })
    }
}

#[expect(
    deprecated,
    reason = "the descriptor is owned and not closed before; the new one is unsafe"
)]
fn watched(fd: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(fd, tokio::io::Interest::READABLE).ok()
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            abandon(child);
        }
    }
}

/// Ends a process and its group without waiting for it.
pub(super) fn abandon(mut child: Child) {
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    // Only so that no zombie stays while plimsoll lives.
    let _ = std::thread::Builder::new().spawn(move || child.wait());
}
