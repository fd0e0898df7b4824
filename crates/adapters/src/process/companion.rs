//! A program of plimsoll's own that stays and is talked to.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::unix::pipe::{Receiver, Sender};

use super::spawner::{self, Start};
use super::{group, program};

/// What is started.
pub(crate) struct CompanionStart {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its working directory.
    pub dir: PathBuf,
    /// Where its standard error goes.
    pub log: File,
}

/// A program that stays until this is dropped, with its whole group. It dies with plimsoll too.
pub(crate) struct Companion {
    child: Option<Child>,
}

impl Companion {
    /// Starts it; gives what it reads and what it says.
    ///
    /// # Errors
    /// What the system says.
    pub async fn start(start: CompanionStart) -> io::Result<(Self, Sender, Receiver)> {
        let (theirs_in, ours_out) = io::pipe()?;
        let (ours_in, theirs_out) = io::pipe()?;
        let to = Sender::from_owned_fd(ours_out.into())?;
        let from = Receiver::from_owned_fd(ours_in.into())?;
        let child = spawner::start(Start {
            program: start.program,
            args: start.args,
            env: Vec::new(),
            dir: start.dir,
            stdin: theirs_in.into(),
            stdout: theirs_out.into(),
            stderr: start.log.into(),
        })
        .await?;
        Ok((Self { child: Some(child) }, to, from))
    }

    /// The number of its process and of its group.
    pub fn number(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Ends it and waits until it has ended, so that the files it wrote can be removed.
    pub fn end(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
        let _ = child.kill();
        if child.wait().is_err() {
            group::abandon(child);
        }
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        self.end();
    }
}

/// The file of a program, on the `PATH` or by its path.
pub(crate) fn find_program(name: &str, path: Option<OsString>) -> Result<PathBuf, String> {
    program::find(name, Path::new("."), path)
}
