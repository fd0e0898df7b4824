//! Running the binary: bounded in time, and ended with the test.

use std::io::Read;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// No command of a scenario may take longer.
const AT_MOST: Duration = Duration::from_secs(60);

/// What a command came to.
#[derive(Debug, Clone)]
pub struct Output {
    /// What was asked.
    pub args: Vec<String>,
    /// The exit code; `None` when a signal killed it.
    pub code: Option<i32>,
    /// The signal that killed it.
    pub signal: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Output {
    /// It must have ended with this code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.whole());
        self
    }

    /// It must say this, on either stream.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(
            self.stdout.contains(words) || self.stderr.contains(words),
            "no {words:?} in {}",
            self.whole()
        );
        self
    }

    /// It must not say this, on either stream.
    #[track_caller]
    pub fn lacks(self, words: &str) -> Self {
        assert!(
            !self.stdout.contains(words) && !self.stderr.contains(words),
            "{words:?} in {}",
            self.whole()
        );
        self
    }

    /// The one JSON document that standard output must be.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in {}", self.whole()))
    }

    /// All of it, for a failed assertion.
    pub fn whole(&self) -> String {
        format!(
            "plimsoll {}\n  code {:?}, signal {:?}, after {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.args.join(" "),
            self.code,
            self.signal,
            self.took,
            self.stdout,
            self.stderr
        )
    }
}

/// A process that is under way; killed when the value is dropped.
pub struct Running {
    child: Option<Child>,
    args: Vec<String>,
    streams: Option<[JoinHandle<String>; 2]>,
    began: Instant,
}

impl Running {
    /// Starts any command; `args` are for messages.
    pub fn start(mut command: Command, args: &[&str]) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let began = Instant::now();
        let mut child = command.spawn().expect("the binary runs");
        let stdout = drain(child.stdout.take().expect("it was piped"));
        let stderr = drain(child.stderr.take().expect("it was piped"));
        Self {
            child: Some(child),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            streams: Some([stdout, stderr]),
            began,
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().cast_signed()).expect("it was started");
        let _ = kill_process(pid, signal);
    }

    /// Whether it is still at work.
    pub fn is_running(&mut self) -> bool {
        self.child
            .as_mut()
            .is_some_and(|child| child.try_wait().expect("a child can be asked").is_none())
    }

    /// Waits for its end, a minute at most.
    pub fn wait(self) -> Output {
        self.wait_at_most(AT_MOST)
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait_at_most(mut self, at_most: Duration) -> Output {
        let mut child = self.child.take().expect("it was not waited for yet");
        let mut late = false;
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break status;
            }
            if self.began.elapsed() > at_most && !late {
                late = true;
                let _ = child.kill();
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let took = self.began.elapsed();
        let [stdout, stderr] = self.streams.take().expect("they are read once");
        let output = Output {
            args: std::mem::take(&mut self.args),
            code: status.code(),
            signal: status.signal(),
            stdout: stdout.join().expect("the reader lives"),
            stderr: stderr.join().expect("the reader lives"),
            took,
        };
        assert!(!late, "not ended after {at_most:?}: {}", output.whole());
        output
    }

    /// Kills it as a crash would.
    pub fn kill(self) -> Output {
        self.signal(Signal::KILL);
        self.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn drain(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Looks until it is so, or `at_most` is over.
#[track_caller]
pub fn wait_until(what: &str, at_most: Duration, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < at_most, "after {at_most:?} still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
