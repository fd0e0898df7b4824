//! What the kernel says about processes.

use std::fs;

/// A process as `/proc/PID/stat` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub pid: i32,
    pub group: i32,
    /// Clock ticks since boot: together with the boot, a process number cannot lie.
    pub started: u64,
    /// It has ended and only waits to be noticed.
    pub gone: bool,
}

/// The process of that number, if there is one.
pub(super) fn process(pid: i32) -> Option<Process> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Every process that lives in the group.
pub(super) fn members(group: i32) -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(process)
        .filter(|process| process.group == group && !process.gone)
        .collect()
}

/// A number that is new at each boot.
pub(super) fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

pub(super) fn parse(stat: &str) -> Option<Process> {
    // The second field is the program's name in brackets and may hold anything, brackets too.
    let (start, rest) = stat.rsplit_once(')')?;
    let pid = start.split_whitespace().next()?.parse().ok()?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    Some(Process {
        pid,
        group: fields.get(2)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
        gone: matches!(*fields.first()?, "Z" | "X"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_brackets_does_not_shift_the_fields() {
        let stat = "17 (a) b (c) S 1 16 16 0 -1 4194560 1 0 0 0 1 2 3 4 20 0 1 0 987654 1 2";
        let seen = Process { pid: 17, group: 16, started: 987_654, gone: false };
        assert_eq!(parse(stat), Some(seen));
    }

    #[test]
    fn this_process_is_found() {
        let own = i32::try_from(std::process::id()).expect("small");
        assert!(process(own).is_some_and(|process| process.started > 0));
        assert!(!boot_id().is_empty());
    }
}
