//! What `systemctl show` tells of a unit.

use std::collections::BTreeMap;

use plimsoll_core::Timestamp;
use plimsoll_core::record::Ending;
use plimsoll_core::units::Period;

use super::told::number;
use super::{Look, LookError, Running};

/// The properties that are asked for, as `--property` takes them.
///
/// # Source
/// org.freedesktop.systemd1(5). Monotonic times are the same in every zone and language.
pub const UNIT_PROPERTIES: &str = "LoadState,ActiveState,SubState,MainPID,NRestarts,\
ExecMainStartTimestampMonotonic,ExecMainCode,ExecMainStatus,MemoryCurrent";

/// waitid(2): how a process ended.
const EXITED: i32 = 1;
const KILLED: i32 = 2;
const DUMPED: i32 = 3;

/// Reads the answer that was given at `now`, when the monotonic clock stood at `monotonic`.
///
/// # Errors
/// [`LookError`], where it is no such answer.
pub fn parse_unit(answer: &[u8], now: Timestamp, monotonic: Period) -> Result<Look, LookError> {
    let text = std::str::from_utf8(answer).map_err(|_| LookError::NoText)?;
    let told: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let value = |key: &'static str| told.get(key).copied().ok_or(LookError::Missing(key));
    let state = (value("ActiveState")?, value("SubState")?);
    let pid: u32 = number("the number of a process", value("MainPID")?)?;
    let began = value("ExecMainStartTimestampMonotonic")?;
    let began_us: u64 = number("a moment", began)?;
    let process = match (value("LoadState")?, state, pid) {
        ("not-found", ..) => Err("systemd knows no such unit".to_owned()),
        (_, ("active" | "reloading", _), 0) => {
            return Err(LookError::Value("a unit with a process of its own", "MainPID=0".into()));
        }
        // One that is being stopped, or started for the first time, has a number too.
        (_, ("active" | "reloading", _), pid) => Ok(Running {
            pid,
            began: began.to_owned(),
            started_at: age(began_us, monotonic).before(now),
            // Without accounting it says `[not set]`, or the largest number there is.
            memory_bytes: told
                .get("MemoryCurrent")
                .and_then(|bytes| bytes.parse().ok())
                .filter(|bytes| *bytes != u64::MAX),
        }),
        (_, (active, sub), _) => Err(format!("the unit is {active} ({sub})")),
    };
    let status: i32 = number("a status", value("ExecMainStatus")?)?;
    let ended = match number("a code", value("ExecMainCode")?)? {
        EXITED => Some(Ending::Exit(status)),
        KILLED | DUMPED => Some(Ending::Signal(status)),
        _ => None,
    };
    // Before version 235 nobody counts.
    let restarts = told.get("NRestarts").map(|count| number("a count", count)).transpose()?;
    Ok(Look { process, restarts, ended })
}

fn age(began_us: u64, monotonic: Period) -> Period {
    Period::from_millis(monotonic.as_millis().saturating_sub(began_us / 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(answer: &str) -> Result<Look, LookError> {
        let now: Timestamp = "2018-01-25T14:30:10Z".parse().expect("a moment");
        parse_unit(answer.as_bytes(), now, Period::from_secs(5_010))
    }

    const STEADY: &str = "MainPID=711\nNRestarts=0\nExecMainStartTimestampMonotonic=5000000000\nExecMainCode=0\nExecMainStatus=0\nMemoryCurrent=81920\nLoadState=loaded\nActiveState=active\nSubState=running\n";

    #[test]
    fn a_unit_that_runs_has_a_process_with_its_beginning() {
        let look = parse(STEADY).expect("it is understood");
        let running = look.process.expect("it runs");
        assert_eq!((running.pid, running.memory_bytes), (711, Some(81_920)));
        assert_eq!(running.started_at.to_string(), "2018-01-25T14:30:00Z");
        assert_eq!((look.restarts, look.ended), (Some(0), None));
    }

    #[test]
    fn between_two_tries_nothing_runs_and_how_it_ended_is_known() {
        let answer = STEADY
            .replace("MainPID=711", "MainPID=0")
            .replace("NRestarts=0", "NRestarts=4")
            .replace("ExecMainCode=0", "ExecMainCode=3")
            .replace("ExecMainStatus=0", "ExecMainStatus=7")
            .replace("=active", "=activating")
            .replace("=running", "=auto-restart")
            .replace("=81920", "=[not set]");
        let look = parse(&answer).expect("it is understood");
        assert_eq!(look.process, Err("the unit is activating (auto-restart)".to_owned()));
        assert_eq!((look.restarts, look.ended), (Some(4), Some(Ending::Signal(7))));
    }

    #[test]
    fn a_unit_that_is_not_there_runs_not_and_half_an_answer_is_an_error() {
        let answer = STEADY
            .replace("=loaded", "=not-found")
            .replace("=active", "=inactive")
            .replace("MainPID=711", "MainPID=0");
        let look = parse(&answer).expect("it is understood");
        assert_eq!(look.process, Err("systemd knows no such unit".to_owned()));
        assert_eq!(parse("LoadState=loaded"), Err(LookError::Missing("ActiveState")));
        assert!(parse(&STEADY.replace("MainPID=711", "MainPID=0")).is_err(), "a unit without one");
    }
}
