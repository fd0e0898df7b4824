//! Who else is there, as far as this machine can tell.
//!
//! A driver's name is `HOST/BOOT/PID/START`: the process id alone may be another process by now,
//! with the moment it was started (in clock ticks since boot) and the boot's own id it is unique.

use plimsoll_engine::ports::Presence;

/// Processes of this machine.
#[derive(Debug, Clone)]
pub(super) struct Local {
    host: String,
    boot: String,
}

impl Local {
    pub(super) fn new() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).ok();
        let host = read("/proc/sys/kernel/hostname").unwrap_or_default();
        let boot = read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let word = |text: &str| text.trim().replace('/', "_");
        Self { host: word(&host), boot: word(&boot) }
    }

    /// The name of this very process.
    pub(super) fn myself(&self) -> String {
        let pid = std::process::id();
        let start = started(pid).unwrap_or(0);
        format!("{}/{}/{pid}/{start}", self.host, self.boot)
    }
}

impl Presence for Local {
    fn is_alive(&self, driver: &str) -> Option<bool> {
        let mut parts = driver.split('/');
        let (host, boot, pid, start) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if host != self.host || self.boot.is_empty() {
            return None;
        }
        if boot != self.boot {
            // The same host name after a restart, or another container of that name: only a
            // heartbeat can tell the two apart.
            return None;
        }
        let pid: u32 = pid.parse().ok()?;
        let start: u64 = start.parse().ok()?;
        Some(started(pid) == Some(start))
    }
}

/// When a process was started, in clock ticks since boot; `None` when there is none (a zombie
/// counts as gone).
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in brackets and may hold anything.
    let rest = stat.rsplit_once(") ")?.1;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    // `starttime` is field 22, the state was field 3.
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_another_with_its_number_is_not() {
        let local = Local::new();
        let me = local.myself();
        assert_eq!(local.is_alive(&me), Some(true));
        let other = format!("{}0", me);
        assert_eq!(local.is_alive(&other), Some(false));
        assert_eq!(local.is_alive("elsewhere/boot/1/1"), None);
        assert_eq!(local.is_alive("nonsense"), None);
    }
}
