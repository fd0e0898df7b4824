//! A process by the file that holds its number.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use plimsoll_analyze::process::{Look, Running};
use plimsoll_core::Timestamp;
use plimsoll_core::units::Period;

use crate::process::life::{self, Lives};

/// How much later than its file a process may begin: the wall clock may have been set meanwhile,
/// and some write the number before the program is there. A number that is given again soon after
/// is another process of the same supervisor, which the next look at its beginning tells.
const LATER: Period = Period::from_secs(5);

/// A file that is being written is empty for a moment.
const WRITING: [Duration; 4] = [Duration::from_millis(10); 4];

/// The longest number with blanks around it.
const LONGEST: u64 = 64;

/// A file with the number of a process.
#[derive(Clone)]
pub(super) struct PidFile {
    /// As the configuration says.
    shown: String,
    path: PathBuf,
}

impl PidFile {
    pub fn new(root: &Path, shown: String) -> Self {
        Self { path: root.join(&shown), shown }
    }

    /// Looks; on a thread that may block.
    pub async fn look(&self) -> Result<Look, String> {
        let file = self.clone();
        let looking = tokio::task::spawn_blocking(move || file.look_now());
        looking.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    fn look_now(&self) -> Result<Look, String> {
        let nothing = |why: String| Look { process: Err(why), restarts: None, ended: None };
        let shown = &self.shown;
        let Some((pid, written_at)) = self.read().map_err(|why| format!("{shown}: {why}"))? else {
            return Ok(nothing(format!("it does not run: {shown} is not there")));
        };
        let seen = life::look(pid)
            .map_err(|error| format!("process {pid} of {shown} cannot be looked at: {error}"))?;
        let now = Timestamp::now();
        let life = match seen {
            Lives::Yes(life) => life,
            Lives::No(ended) => {
                let why = format!("it does not run: process {pid} of {shown} has ended");
                return Ok(Look { ended, ..nothing(why) });
            }
        };
        let started_at = Period::from_millis(life.age_ms).before(now);
        if started_at > LATER.after(written_at) {
            return Ok(nothing(format!(
                "it does not run: {pid} of {shown} is the number of a younger process by now"
            )));
        }
        let running = Running {
            pid: pid.unsigned_abs(),
            began: life.began_ticks.to_string(),
            started_at,
            memory_bytes: life.memory_bytes,
        };
        Ok(Look { process: Ok(running), restarts: None, ended: None })
    }

    /// The number, and when it was written; nothing when there is no file.
    fn read(&self) -> Result<Option<(i32, Timestamp)>, String> {
        let mut pauses = WRITING.iter();
        loop {
            let (text, written_at) = match self.read_text() {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error.to_string()),
            };
            match text.trim().parse::<i32>() {
                Ok(pid) if pid > 0 => return Ok(Some((pid, written_at))),
                Ok(_) | Err(_) => match pauses.next() {
                    Some(pause) => std::thread::sleep(*pause),
                    None => return Err("it holds no number of a process".to_owned()),
                },
            }
        }
    }

    fn read_text(&self) -> io::Result<(String, Timestamp)> {
        let about = fs::metadata(&self.path)?;
        // A named pipe would never answer.
        if !about.is_file() || about.len() > LONGEST {
            return Err(io::Error::other("it is no file with a number"));
        }
        let written_at = Timestamp::try_from(about.modified()?).map_err(io::Error::other)?;
        let bytes = fs::read(&self.path)?;
        Ok((String::from_utf8_lossy(&bytes).into_owned(), written_at))
    }
}
