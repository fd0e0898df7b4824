//! A process of somebody else's: does it live, since when, and how large is it?

use std::fs;
use std::io;

use plimsoll_core::record::Ending;

use super::kernel;

/// The ticks of the kernel in a second, as it tells them to programs.
///
/// # Source
/// proc(5): `USER_HZ`, 100 on every platform that we are built for.
const TICKS: u64 = 100;

/// A process that lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    /// Its beginning in ticks since boot.
    pub began_ticks: u64,
    /// How long it lives.
    pub age_ms: u64,
    /// The memory that it holds, if that can be read.
    pub memory_bytes: Option<u64>,
}

/// What became of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lives {
    /// It lives.
    Yes(Life),
    /// It does not; how it ended, while it still waits to be noticed.
    No(Option<Ending>),
}

/// Looks at the process of that number.
///
/// # Errors
/// The kernel does not let us look, or there is no `/proc`.
pub(crate) fn look(pid: i32) -> io::Result<Lives> {
    let stat = match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat,
        // A process may be hidden from others: then it is there, and nothing is known of it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return hidden(pid),
        // It ended while it was read.
        Err(error) if error.raw_os_error() == Some(3) => return Ok(Lives::No(None)),
        Err(error) => return Err(error),
    };
    let unclear = || io::Error::other("the kernel's answer cannot be read");
    let process = kernel::parse(&stat).ok_or_else(unclear)?;
    if process.gone {
        return Ok(Lives::No(ended(&stat)));
    }
    let uptime = fs::read_to_string("/proc/uptime")?;
    let uptime: f64 =
        uptime.split_whitespace().next().and_then(|s| s.parse().ok()).ok_or_else(unclear)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds since boot"
    )]
    let uptime_ms = (uptime * 1000.0) as u64;
    Ok(Lives::Yes(Life {
        began_ticks: process.started,
        age_ms: uptime_ms.saturating_sub(process.started.saturating_mul(1000 / TICKS)),
        memory_bytes: memory(pid),
    }))
}

fn hidden(pid: i32) -> io::Result<Lives> {
    fs::metadata("/proc/self/stat")?;
    let Some(number) = rustix::process::Pid::from_raw(pid) else { return Ok(Lives::No(None)) };
    match rustix::process::test_kill_process(number) {
        Err(rustix::io::Errno::SRCH) => Ok(Lives::No(None)),
        Ok(()) => Ok(Lives::No(None)), // It has begun since, and is another one.
        Err(error) => Err(error.into()),
    }
}

/// How a process ended that nobody has noticed yet. Only its owner may read that.
fn ended(stat: &str) -> Option<Ending> {
    /// The field `exit_code` of proc(5), counted from the state.
    const EXIT_CODE: usize = 49;
    let (_, rest) = stat.rsplit_once(')')?;
    let status: i32 = rest.split_whitespace().nth(EXIT_CODE)?.parse().ok()?;
    match (status & 0x7f, status >> 8) {
        // Also what those read who may not know.
        (0, 0) => None,
        (0, code) => Some(Ending::Exit(code & 0xff)),
        (signal, _) => Some(Ending::Signal(signal)),
    }
}

fn memory(pid: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    use super::*;

    #[test]
    fn this_process_lives_and_holds_memory() {
        let own = i32::try_from(std::process::id()).expect("small");
        let Ok(Lives::Yes(life)) = look(own) else { panic!("it lives") };
        assert!(life.memory_bytes.is_some_and(|bytes| bytes > 100_000));
        assert!(life.age_ms < 600_000, "{} ms", life.age_ms);
    }

    #[test]
    fn one_that_was_killed_and_waits_to_be_noticed_tells_by_what() {
        let mut child = Command::new("sh").args(["-c", "kill -BUS $$"]).spawn().expect("it starts");
        let pid = i32::try_from(child.id()).expect("small");
        let mut seen = look(pid).expect("it is there");
        for _ in 0..500 {
            if matches!(seen, Lives::No(_)) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
            seen = look(pid).expect("it is there");
        }
        assert_eq!(seen, Lives::No(Some(Ending::Signal(7))));
        assert_eq!(child.wait().expect("it has ended").signal(), Some(7));
        assert_eq!(look(pid).expect("nothing is hidden"), Lives::No(None));
    }
}
