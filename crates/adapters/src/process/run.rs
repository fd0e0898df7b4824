//! The life of one command.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use plimsoll_core::catalog::Argv;
use plimsoll_core::record::Ending;
use plimsoll_core::units::Period;
use plimsoll_engine::ports::Begun;
use rustix::process::Signal;
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;

use super::capture::Capture;
use super::group::Group;
use super::record::{Kept, RunRecord};
use super::spawner::{self, Start};
use super::{ending, program};
use crate::values::{ValueError, Values};

/// Between SIGTERM and SIGKILL: enough to remove a lock, not enough to finish the work.
const GRACE: Duration = Duration::from_secs(2);

/// How long children may hold the output open after the command itself has ended.
const PIPE_GRACE: Duration = Duration::from_millis(500);

/// Room for a command that prints fast; the kernel gives a user about 64 MiB for all pipes.
const PIPE_BYTES: usize = 256 * 1024;

/// What becomes of processes that the command started and left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftovers {
    /// They go on when they let go of the output: a deployment may start a server.
    LeaveQuietOnes,
    /// They are ended.
    EndAll,
}

/// Whether standard error is kept with standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// One pipe for both: in the order in which they were printed.
    Together,
    /// Each its own, because standard output alone is the answer.
    Apart,
}

/// A command, ready to be run.
#[derive(Debug, Clone)]
pub struct Command {
    /// The program as the user wrote it.
    pub name: String,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Environment variables beside the inherited ones.
    pub env: BTreeMap<String, String>,
    /// The working directory.
    pub dir: PathBuf,
    /// The time limit.
    pub within: Period,
    /// What becomes of processes that it leaves behind.
    pub leftovers: Leftovers,
    /// Whether standard error is kept with standard output.
    pub streams: Streams,
    /// Where it is written down while it runs.
    pub record: Option<RunRecord>,
    /// Told once it runs.
    pub begun: Begun,
}

/// A command that has ended, or never began.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub ending: Ending,
    /// Standard output and standard error together, in order.
    pub output: Capture,
    /// Standard output alone, when the streams were kept apart.
    pub stdout: Capture,
    /// How long it took.
    pub took_ms: u64,
    /// One clause about the ending; for a command that never began, why.
    pub words: String,
}

impl Command {
    /// Fills an argv of the configuration.
    ///
    /// # Errors
    /// [`ValueError`], before anything was run.
    pub fn fill(
        argv: &Argv,
        values: &Values,
        root: &Path,
        within: Period,
    ) -> Result<Self, ValueError> {
        let filled: Result<Vec<_>, _> = argv.argv.iter().map(|text| values.fill(text)).collect();
        let mut env: BTreeMap<String, String> =
            values.environment().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for (name, text) in &argv.env {
            env.insert(name.clone(), values.fill(text)?);
        }
        Ok(Self {
            name: argv.argv.first().map(ToString::to_string).unwrap_or_default(),
            argv: filled?,
            env,
            dir: argv.dir.as_ref().map_or_else(|| root.to_owned(), |dir| root.join(dir)),
            within,
            leftovers: Leftovers::EndAll,
            streams: Streams::Together,
            record: None,
            begun: Begun::default(),
        })
    }

    /// A command of plimsoll's own, in `dir`.
    #[must_use]
    pub fn own(argv: &[&str], dir: &Path, within: Period) -> Self {
        Self {
            name: argv.first().copied().unwrap_or_default().to_owned(),
            argv: argv.iter().map(|&text| text.to_owned()).collect(),
            env: BTreeMap::new(),
            dir: dir.to_owned(),
            within,
            leftovers: Leftovers::EndAll,
            streams: Streams::Together,
            record: None,
            begun: Begun::default(),
        }
    }

    /// The same command, written down while it runs.
    #[must_use]
    pub fn recorded(mut self, record: RunRecord) -> Self {
        self.record = Some(record);
        self
    }

    /// The same command; `begun` is told once it runs.
    #[must_use]
    pub fn telling(mut self, begun: Begun) -> Self {
        self.begun = begun;
        self
    }

    /// The same command with standard output kept apart.
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.streams = Streams::Apart;
        self
    }

    /// The same command; quiet processes that it leaves behind go on.
    #[must_use]
    pub fn leaving_quiet_ones(mut self) -> Self {
        self.leftovers = Leftovers::LeaveQuietOnes;
        self
    }
}

impl Ran {
    fn not_started(words: String, began: Instant) -> Self {
        let (output, stdout) = (Capture::default(), Capture::default());
        Self { ending: Ending::NotStarted, output, stdout, took_ms: millis(began), words }
    }

    /// The ending and what was printed last, in one sentence, secrets not yet taken out.
    #[must_use]
    pub fn sentence(&self, clean_output: &[u8]) -> String {
        match (self.ending, ending::last_line(clean_output)) {
            (Ending::NotStarted, _) => self.words.clone(),
            (_, Some(line)) => format!("{}: {line}", self.words),
            (_, None) => format!("{}; it printed nothing", self.words),
        }
    }
}

/// Runs a command to its end: no input, a group of its own, at most `within`. Dropping the future
/// ends the whole group.
pub async fn run(command: Command) -> Ran {
    let began = Instant::now();
    match begin(&command).await {
        Ok((group, kept, pipes)) => {
            command.begun.tell();
            watch(&command, group, kept, pipes, began).await
        }
        Err(words) => Ran::not_started(words, began),
    }
}

struct Pipes {
    /// Standard output, with standard error unless that has its own.
    stdout: Option<Receiver>,
    stderr: Option<Receiver>,
    streams: Streams,
    all: Capture,
    out: Capture,
}

async fn begin(command: &Command) -> Result<(Group, Option<Kept>, Pipes), String> {
    let Some((name, args)) = command.argv.split_first() else {
        return Err("the command is empty".into());
    };
    if let Some(bad) = command.env.keys().find(|key| key.is_empty() || key.contains(['=', '\0'])) {
        return Err(format!("`{}` cannot be an environment variable", bad.escape_debug()));
    }
    let path = command.env.get("PATH").map(Into::into).or_else(|| std::env::var_os("PATH"));
    let program = program::find(name, &command.dir, path)?;
    let fail = |error: io::Error| format!("`{}` could not be started: {error}", command.name);
    let (stdout, stdout_writer) = pipe().map_err(fail)?;
    let (stderr, stderr_writer) = match command.streams {
        Streams::Together => (None, stdout_writer.try_clone().map_err(fail)?),
        Streams::Apart => pipe().map(|(reader, writer)| (Some(reader), writer)).map_err(fail)?,
    };
    let child = spawner::start(Start {
        program,
        args: args.to_vec(),
        env: command.env.clone().into_iter().collect(),
        dir: command.dir.clone(),
        stdin: Stdio::null(),
        stdout: stdout_writer.into(),
        stderr: stderr_writer.into(),
    });
    let group = Group::new(child.await.map_err(fail)?);
    let kept = match &command.record {
        Some(record) => Some(keep(record.clone(), command, group.number()).await?),
        None => None,
    };
    let (all, out) = (Capture::default(), Capture::default());
    let streams = command.streams;
    Ok((group, kept, Pipes { stdout: Some(stdout), stderr, streams, all, out }))
}

/// On a thread that may block: while many wait for the disk to be flushed, even making a file takes
/// milliseconds.
async fn keep(record: RunRecord, command: &Command, leader: i32) -> Result<Kept, String> {
    let name = command.name.clone();
    let keeping = tokio::task::spawn_blocking(move || record.keep(&name, leader));
    keeping.await.map_err(io::Error::other).flatten().map_err(|error| {
        format!("`{}` was ended: what runs could not be written down ({error})", command.name)
    })
}

fn pipe() -> io::Result<(Receiver, io::PipeWriter)> {
    let (reader, writer) = io::pipe()?;
    let reader = OwnedFd::from(reader);
    // A smaller pipe is only slower.
    let _ = rustix::pipe::fcntl_setpipe_size(&reader, PIPE_BYTES);
    Ok((Receiver::from_owned_fd(reader)?, writer))
}

impl Pipes {
    /// Reads until both are closed.
    async fn read(&mut self) {
        let (mut first, mut second) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        while self.stdout.is_some() || self.stderr.is_some() {
            tokio::select! {
                read = next(&mut self.stdout, &mut first) => match read {
                    Some(bytes) => {
                        self.all.push(bytes);
                        if self.streams == Streams::Apart {
                            self.out.push(bytes);
                        }
                    }
                    None => self.stdout = None,
                },
                read = next(&mut self.stderr, &mut second) => match read {
                    Some(bytes) => self.all.push(bytes),
                    None => self.stderr = None,
                },
            }
        }
    }
}

async fn next<'b>(pipe: &mut Option<Receiver>, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let Some(pipe) = pipe else { return std::future::pending().await };
    match pipe.read(buffer).await {
        Ok(0) | Err(_) => None,
        Ok(count) => Some(&buffer[..count]),
    }
}

async fn watch(
    command: &Command,
    group: Group,
    kept: Option<Kept>,
    mut pipes: Pipes,
    began: Instant,
) -> Ran {
    let in_time = tokio::select! {
        in_time = ended_in_time(&group, command.within) => in_time,
        () = read_and_wait(&mut pipes) => unreachable!("reading goes on until the command has ended"),
    };
    let closed = tokio::time::timeout(PIPE_GRACE, pipes.read()).await.is_ok();
    if !(closed && in_time && command.leftovers == Leftovers::LeaveQuietOnes) {
        group.signal(Signal::KILL);
    }
    if !closed {
        // Whoever has left the group and still holds the output is not waited for any longer.
        let _ = tokio::time::timeout(PIPE_GRACE, pipes.read()).await;
    }
    let real = group.reap().unwrap_or(Ending::NotStarted);
    // Removed when this returns, and at the latest when the runtime ends.
    let _ = tokio::task::spawn_blocking(move || drop(kept)).await;
    let ending = if in_time { real } else { Ending::TimedOut };
    let mut ran = Ran {
        ending,
        words: ending::words(ending, command.within),
        output: pipes.all,
        stdout: pipes.out,
        took_ms: millis(began),
    };
    never_began(&mut ran);
    if !closed {
        ran.output.push(b"\n[processes that it left behind held its output open and were ended]\n");
    }
    ran
}

async fn read_and_wait(pipes: &mut Pipes) {
    pipes.read().await;
    std::future::pending().await
}

/// Waits for the leader; at the time limit, asks it to end, then makes it.
async fn ended_in_time(group: &Group, within: Period) -> bool {
    if tokio::time::timeout(within.to_std(), group.leader_ended()).await.is_ok() {
        return true;
    }
    group.signal(Signal::TERM);
    if tokio::time::timeout(GRACE, group.leader_ended()).await.is_err() {
        group.signal(Signal::KILL);
        group.leader_ended().await;
    }
    false
}

/// The program that ties a command to plimsoll's life says itself when it could not start it.
fn never_began(ran: &mut Ran) {
    if !matches!(ran.ending, Ending::Exit(126 | 127)) || ran.output.total_bytes() > 8192 {
        return;
    }
    let printed = ran.output.clean(&crate::secrets::Redactor::none());
    if let Some(why) = printed.strip_prefix(b"setpriv: failed to execute ") {
        ran.words = format!("could not be started: {}", String::from_utf8_lossy(why).trim());
        ran.ending = Ending::NotStarted;
        ran.output = Capture::default();
    }
}

fn millis(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}
