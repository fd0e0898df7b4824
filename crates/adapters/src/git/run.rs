//! One question to git, bounded in time and bytes.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::GitError;

/// Git answers from its own disk; a minute means that it does not.
const WITHIN: Duration = Duration::from_secs(60);

/// The room for an answer of a few lines.
///
/// # Units
/// Bytes.
pub(super) const SMALL: u64 = 64 * 1024;

/// What git answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub ok: bool,
    pub stdout: Vec<u8>,
    /// The last thing it said on standard error.
    pub words: String,
    /// There was more than was asked for.
    pub cut: bool,
}

impl Answer {
    /// Standard output as text, or what git says is wrong.
    pub fn text(self) -> Result<String, String> {
        if self.ok {
            Ok(String::from_utf8_lossy(&self.stdout).into_owned())
        } else {
            Err(self.words)
        }
    }
}

/// A git command that asks nobody anything, runs no hook and writes nothing.
pub(super) fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        // Who may push may push `refs/replace` too, and a commit must be read as it is.
        .args(["--no-pager", "--literal-pathspecs", "--no-optional-locks", "--no-replace-objects"])
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.quotePath=false",
            "-c",
            "log.showSignature=false",
        ])
        .args(args)
        .current_dir(dir)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts it.
pub(super) fn start(mut command: Command) -> Result<Child, GitError> {
    command.spawn().map_err(|error| GitError::NotStarted(error.to_string()))
}

/// Runs git and reads at most `most` bytes of its answer.
pub(super) fn run(dir: &Path, args: &[&str], most: u64) -> Result<Answer, GitError> {
    let mut child = start(command(dir, args))?;
    let words = last_words(&mut child);
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            // What could not be read is missing from the answer, and git's exit code tells.
            let _ = stdout.take(most + 1).read_to_end(&mut bytes);
            let _ = sender.send(bytes);
        });
    }
    let Ok(mut stdout) = receiver.recv_timeout(WITHIN) else {
        end(&mut child);
        return Err(GitError::TimedOut(WITHIN.as_secs()));
    };
    let cut = stdout.len() as u64 > most;
    if cut {
        end(&mut child);
        stdout.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    }
    let status = child.wait().map_err(|error| GitError::NotStarted(error.to_string()))?;
    Ok(Answer { ok: cut || status.success(), stdout, words: words(), cut })
}

/// Ends git; it may have ended by itself.
pub(super) fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads standard error aside, and gives its last line when asked.
pub(super) fn last_words(child: &mut Child) -> impl FnOnce() -> String + use<> {
    let reader = child.stderr.take().map(|mut stderr| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stderr.by_ref().take(SMALL).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            bytes
        })
    });
    move || {
        let bytes = reader.and_then(|reader| reader.join().ok()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        line.trim_start_matches("fatal: ").trim_start_matches("error: ").trim().to_owned()
    }
}
