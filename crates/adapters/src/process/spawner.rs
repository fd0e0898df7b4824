//! The one thread that starts processes.
//!
//! A process is told to die with the *thread* that started it (`PR_SET_PDEATHSIG`), so that thread
//! must live as long as plimsoll does; a worker of the runtime need not.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};

use tokio::sync::oneshot;

use super::group;

/// Everything that is needed to start a process.
pub(super) struct Start {
    pub program: PathBuf,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    pub dir: PathBuf,
    pub stdin: Stdio,
    pub stdout: Stdio,
    pub stderr: Stdio,
}

type Request = (Start, oneshot::Sender<io::Result<Child>>);

/// Starts a process in a group of its own. Dropping the future ends it again.
///
/// # Errors
/// What the system says.
pub(super) async fn start(start: Start) -> io::Result<Child> {
    let (reply, answer) = oneshot::channel();
    let gone = || io::Error::other("the thread that starts processes is gone");
    thread()?.send((start, reply)).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}

fn thread() -> io::Result<&'static mpsc::Sender<Request>> {
    static THREAD: OnceLock<mpsc::Sender<Request>> = OnceLock::new();
    if let Some(sender) = THREAD.get() {
        return Ok(sender);
    }
    let (sender, requests) = mpsc::channel::<Request>();
    std::thread::Builder::new().name("plimsoll-spawn".into()).spawn(move || serve(&requests))?;
    // When two come at once, the thread of the one that lost ends with its channel.
    Ok(THREAD.get_or_init(|| sender))
}

fn serve(requests: &mpsc::Receiver<Request>) {
    let setpriv = setpriv_that_ties();
    for (start, reply) in requests {
        let child = spawn(start, setpriv.as_deref());
        if let Err(Ok(child)) = reply.send(child) {
            group::abandon(child);
        }
    }
}

/// What git tells a hook of the repository it runs in (`git rev-parse --local-env-vars`, and what is
/// in quarantine).
const GIT_OF_THE_CALLER: [&str; 16] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_QUARANTINE_PATH",
];

/// Whoever waits for the end of the pipes must not wait for us: the command, and with it our ends,
/// is gone when this returns.
///
/// Where git started us, from a hook or an alias, it says which repository that is about. A command
/// has nothing to do with it, and its own git would look there.
fn spawn(start: Start, setpriv: Option<&str>) -> io::Result<Child> {
    let mut command = match setpriv {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(&start.program);
            command
        }
        None => Command::new(&start.program),
    };
    GIT_OF_THE_CALLER.iter().for_each(|name| {
        command.env_remove(name);
    });
    command
        .args(&start.args)
        .envs(start.env)
        .current_dir(&start.dir)
        .stdin(start.stdin)
        .stdout(start.stdout)
        .stderr(start.stderr)
        .process_group(0);
    command.spawn()
}

/// The util-linux program that ties a process to its parent's life, where it is there and can.
fn setpriv_that_ties() -> Option<String> {
    let program = "setpriv";
    let works = Command::new(program)
        .args(["--pdeathsig", "KILL", "--", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let path = std::env::var_os("PATH").unwrap_or_default();
    works.ok().filter(std::process::ExitStatus::success)?;
    // Found now: a command's own PATH must not decide which one it is.
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .and_then(|file| file.to_str().map(str::to_owned))
}
