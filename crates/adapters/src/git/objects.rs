//! Many objects, one after the other, from one process.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::run::{command, end, start};
use super::{GitError, Repository};

/// Reads objects by id.
#[derive(Debug)]
pub struct Objects {
    child: Child,
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

impl Objects {
    /// Starts the process that reads.
    ///
    /// # Errors
    /// Git cannot be started.
    pub fn open(repository: &Repository) -> Result<Self, GitError> {
        let mut command = command(&repository.dir, &["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = start(command)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(ask), Some(stdout)) => Ok(Self { child, ask, answer: BufReader::new(stdout) }),
            (_, _) => {
                end(&mut child);
                Err(GitError::NotStarted("its pipes are not there".to_owned()))
            }
        }
    }

    /// The content of a file by object id; nothing where there is none, or it is larger than
    /// `most` bytes.
    pub fn content(&mut self, id: &str, most: u64) -> Option<Vec<u8>> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.ask.write_all(format!("{id}\n").as_bytes()).ok()?;
        self.ask.flush().ok()?;
        let mut header = String::new();
        self.answer.read_line(&mut header).ok()?;
        let mut fields = header.split_whitespace().skip(1);
        let (kind, bytes) = (fields.next()?, fields.next()?.parse::<u64>().ok()?);
        let mut content = Vec::new();
        let mut body = self.answer.by_ref().take(bytes + 1);
        if kind == "blob" && bytes <= most {
            body.read_to_end(&mut content).ok()?;
            content.pop();
            return Some(content);
        }
        std::io::copy(&mut body, &mut std::io::sink()).ok()?;
        None
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}
