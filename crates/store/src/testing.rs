//! A real PostgreSQL server for tests.
//!
//! It lives in a temporary directory, listens on 127.0.0.1 and a socket in that directory, and is
//! stopped when the value is dropped, and also when the process dies: a watching shell notices that
//! its input has ended.

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How to get what is missing.
const INSTALL: &str = "PostgreSQL is needed for this test: apt-get install postgresql (initdb and pg_ctl in PATH or \
                       in /usr/lib/postgresql/*/bin), or set PLIMSOLL_SKIP_POSTGRES=1";

/// A running server with one database.
pub struct PostgresServer {
    programs: PathBuf,
    dir: TempDir,
    user: Option<(u32, u32)>,
    port: u16,
    watch: Option<Child>,
}

impl PostgresServer {
    /// Starts a server that does not flush (tests do not cut the power). `None`, said aloud, when
    /// `PLIMSOLL_SKIP_POSTGRES=1`.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start: a test that needs it fails.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::start_with("-F")
    }

    /// Starts a server with other options of `postgres`.
    ///
    /// # Panics
    /// As [`PostgresServer::start`].
    #[must_use]
    pub fn start_with(options: &str) -> Option<Self> {
        if std::env::var_os("PLIMSOLL_SKIP_POSTGRES").is_some_and(|value| value == "1") {
            eprintln!("skipped: PLIMSOLL_SKIP_POSTGRES=1");
            return None;
        }
        let programs = programs().expect(INSTALL);
        let user = ordinary_user();
        let dir = tempfile::Builder::new()
            .prefix("plimsoll-pg-")
            .tempdir()
            .expect("a temporary directory");
        if let Some((uid, gid)) = user {
            chown(dir.path(), Some(uid), Some(gid)).expect("root may give a directory away");
        }
        let mut server = Self { programs, dir, user, port: free_port(), watch: None };
        server.init(options);
        server.watch = Some(server.watch());
        server.resume_service();
        Some(server)
    }

    /// Where to connect: a superuser, no password asked.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://plimsoll@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it as a crash would: no connection is served to its end.
    ///
    /// # Panics
    /// When it cannot be stopped.
    pub fn stop(&self) {
        let done = self.run("pg_ctl", &["stop", "-m", "immediate", "-w", "-D", &self.data()]);
        assert!(done, "pg_ctl stop failed: {}", self.log());
    }

    /// Starts it again on the same port with the same data.
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume_service(&self) {
        let log = self.log_file();
        let done = self.run(
            "pg_ctl",
            &["start", "-w", "-t", "30", "-D", &self.data(), "-l", &log.to_string_lossy()],
        );
        assert!(done, "pg_ctl start failed: {}", self.log());
    }

    /// Stops and starts it.
    ///
    /// # Panics
    /// When either fails.
    pub fn restart(&self) {
        self.stop();
        self.resume_service();
    }

    /// Freezes all of its processes: connections stay open and nobody answers.
    pub fn pause_connections(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets them go on.
    pub fn resume_connections(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let Some(main) = self.main_pid() else { return };
        for pid in std::iter::once(main).chain(children_of(main)) {
            if let Some(pid) = Pid::from_raw(pid) {
                let _ = kill_process(pid, signal);
            }
        }
    }

    fn main_pid(&self) -> Option<i32> {
        fs::read_to_string(Path::new(&self.data()).join("postmaster.pid"))
            .ok()?
            .lines()
            .next()?
            .trim()
            .parse()
            .ok()
    }

    fn data(&self) -> String {
        self.dir.path().join("data").to_string_lossy().into_owned()
    }

    fn log_file(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn init(&self, options: &str) {
        let done = self.run(
            "initdb",
            &["-A", "trust", "-U", "plimsoll", "-E", "UTF8", "--no-sync", "-D", &self.data()],
        );
        assert!(done, "initdb failed: {}", self.log());
        let settings = format!(
            "port = {}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nfsync = {}\n",
            self.port,
            self.dir.path().display(),
            if options == "-F" { "off" } else { "on" },
        );
        let file = Path::new(&self.data()).join("postgresql.auto.conf");
        fs::write(file, settings).expect("the configuration can be written");
    }

    fn run(&self, program: &str, args: &[&str]) -> bool {
        let out = File::options().append(true).create(true).open(self.log_file()).expect("a log");
        if let Some((uid, gid)) = self.user {
            chown(self.log_file(), Some(uid), Some(gid)).expect("root may give a file away");
        }
        let mut command = Command::new(self.programs.join(program));
        command.args(args).current_dir(self.dir.path()).env("LC_ALL", "C").stdin(Stdio::null());
        command.stdout(out.try_clone().expect("a second handle")).stderr(out);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command.status().expect("the program was found").success()
    }

    /// In a process group of its own, so that what ends the test does not end it first.
    fn watch(&self) -> Child {
        // Frozen processes would never hear that they are to end.
        let script = r#"read -r _
            main=$(head -n 1 "$1/postmaster.pid" 2>/dev/null)
            [ -n "$main" ] && kill -CONT "$main" $(cat "/proc/$main/task/$main/children") 2>/dev/null
            "$0" stop -m immediate -D "$1" >/dev/null 2>&1
            rm -rf "$2""#;
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(script)
            .arg(self.programs.join("pg_ctl"))
            .arg(self.data())
            .arg(self.dir.path());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command.spawn().expect("sh runs")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.resume_connections();
        if let Some(mut watch) = self.watch.take() {
            drop(watch.stdin.take());
            let _ = watch.wait();
        }
    }
}

fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    dirs.extend(versions.into_iter().rev());
    dirs.into_iter()
        .find(|dir| ["initdb", "pg_ctl", "postgres"].iter().all(|name| dir.join(name).is_file()))
}

/// The server refuses to run as root; `postgres` or `nobody` does it then.
fn ordinary_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

fn free_port() -> u16 {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    address.map(|address| address.port()).expect("a free port")
}

fn children_of(parent: i32) -> Vec<i32> {
    let is_child = |pid: i32| -> io::Result<bool> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        Ok(after_name.split_whitespace().nth(1).and_then(|ppid| ppid.parse().ok()) == Some(parent))
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| is_child(*pid).unwrap_or(false)).collect()
}
