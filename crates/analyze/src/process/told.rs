//! What a command prints about a process: one JSON object, or lines of `key=value`.

use std::collections::BTreeMap;

use plimsoll_core::Timestamp;
use plimsoll_core::record::Ending;
use plimsoll_core::say::signal_name;

use super::{Look, LookError, Running};

/// The longest answer.
const LONGEST: usize = 64 * 1024;

/// The keys that there are.
const KEYS: &str = "pid, started-at, restarts, exit-code, signal, memory-bytes";

/// Reads the answer. No `pid`, an empty one or 0 says that nothing runs. Who tells a `pid` tells
/// its `started-at` too.
///
/// # Errors
/// [`LookError`]: whatever is not understood is an error, so that a typing mistake hides no restart.
pub fn parse_told(answer: &[u8]) -> Result<Look, LookError> {
    if answer.len() > LONGEST {
        return Err(LookError::TooLong(answer.len()));
    }
    let text = std::str::from_utf8(answer).map_err(|_| LookError::NoText)?.trim();
    let told = if text.starts_with('{') { from_json(text)? } else { from_lines(text)? };
    if let Some(unknown) = told.keys().find(|key| !KEYS.split(", ").any(|known| known == *key)) {
        return Err(LookError::UnknownKey(shortened(unknown), KEYS));
    }
    let value = |key: &str| told.get(key).map(String::as_str).filter(|value| !value.is_empty());
    let ended = match (value("signal"), value("exit-code")) {
        (Some(signal), _) => Some(Ending::Signal(read_signal(signal)?)),
        (None, Some(code)) => Some(Ending::Exit(number("an exit code", code)?)),
        (None, None) => None,
    };
    let pid: u32 = value("pid").map_or(Ok(0), |pid| number("the number of a process", pid))?;
    let process = match (pid, value("started-at")) {
        (0, _) => Err("it does not run: the command tells of no process".to_owned()),
        (_, None) => return Err(LookError::Missing("started-at")),
        (pid, Some(began)) => Ok(Running {
            pid,
            began: began.to_owned(),
            started_at: read_moment(began)?,
            memory_bytes: value("memory-bytes").map(|bytes| number("bytes", bytes)).transpose()?,
        }),
    };
    let restarts = value("restarts").map(|count| number("a count", count)).transpose()?;
    Ok(Look { process, restarts, ended })
}

fn from_json(text: &str) -> Result<BTreeMap<String, String>, LookError> {
    let shape = || LookError::Shape(shortened(text));
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| shape())?;
    let serde_json::Value::Object(object) = value else { return Err(shape()) };
    let mut told = BTreeMap::new();
    for (key, value) in object {
        let value = match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            other => {
                return Err(LookError::Value("the value of a key", shortened(&other.to_string())));
            }
        };
        told.insert(key, value);
    }
    Ok(told)
}

fn from_lines(text: &str) -> Result<BTreeMap<String, String>, LookError> {
    let mut told = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((key, value)) = line.split_once('=') else {
            return Err(LookError::Shape(shortened(line)));
        };
        let key = key.trim().to_owned();
        if told.insert(key.clone(), value.trim().to_owned()).is_some() {
            return Err(LookError::Twice(shortened(&key)));
        }
    }
    Ok(told)
}

pub(super) fn number<T: std::str::FromStr>(what: &'static str, text: &str) -> Result<T, LookError> {
    text.parse().map_err(|_| LookError::Value(what, shortened(text)))
}

/// A number, or a name with or without `SIG`.
fn read_signal(text: &str) -> Result<i32, LookError> {
    let name = text.strip_prefix("SIG").unwrap_or(text);
    let named = (1..=31).find(|signal| {
        signal_name(*signal).is_some_and(|known| known.strip_prefix("SIG") == Some(name))
    });
    match named.or_else(|| text.parse().ok()) {
        Some(signal @ 1..=64) => Ok(signal),
        Some(_) | None => Err(LookError::Value("a signal", shortened(text))),
    }
}

/// RFC 3339, or seconds since 1970.
fn read_moment(text: &str) -> Result<Timestamp, LookError> {
    let wrong = || LookError::Value("a moment", shortened(text));
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let (seconds, millis) = (seconds.parse::<i64>(), digits.parse::<i64>());
    let (seconds, millis) = seconds.ok().zip(millis.ok()).ok_or_else(wrong)?;
    let millis =
        seconds.checked_mul(1000).and_then(|ms| ms.checked_add(millis)).ok_or_else(wrong)?;
    Timestamp::from_millisecond(millis).map_err(|_| wrong())
}

fn shortened(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_lines_say_the_same() {
        let json = br#"{"pid": 42, "started-at": "2018-01-25T14:30:00Z", "restarts": 3,
            "signal": "SIGBUS", "exit-code": null, "memory-bytes": 4096}"#;
        let lines = b"pid=42\nstarted-at=2018-01-25T14:30:00Z\nrestarts=3\nsignal=7\nexit-code=\nmemory-bytes=4096\n";
        let look = parse_told(json).expect("it is understood");
        assert_eq!(parse_told(lines).expect("it is understood"), look);
        assert_eq!((look.restarts, look.ended), (Some(3), Some(Ending::Signal(7))));
        assert_eq!(look.process.expect("it runs").memory_bytes, Some(4096));
    }

    #[test]
    fn seconds_are_a_moment_and_no_process_is_an_answer() {
        let look = parse_told(b"pid=42\nstarted-at=1516890600.25").expect("it is understood");
        let at = look.process.expect("it runs").started_at;
        assert_eq!(at.as_millisecond(), 1_516_890_600_250);
        for nothing in [&b"pid=0\nexit-code=3"[..], b"pid=\nexit-code=3", b"{\"exit-code\": 3}"] {
            let look = parse_told(nothing).expect("it is understood");
            assert!(look.process.is_err());
            assert_eq!(look.ended, Some(Ending::Exit(3)));
        }
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for (answer, words) in [
            (&b"pid=42"[..], "`started-at` is missing"),
            (
                b"restart=5",
                "there is no key `restart` (known: pid, started-at, restarts, exit-code, signal, memory-bytes)",
            ),
            (b"it is up", "`it is up` is neither JSON nor key=value"),
            (b"{\"pid\": 42", "`{\"pid\": 42` is neither JSON nor key=value"),
            (b"{\"pid\": [42]}", "`[42]` cannot be the value of a key"),
            (b"pid=-1", "`-1` cannot be the number of a process"),
            (b"pid=1\npid=2", "`pid` is said twice"),
            (b"pid=1\nstarted-at=yesterday", "`yesterday` cannot be a moment"),
            (b"signal=SIGFOO", "`SIGFOO` cannot be a signal"),
            (b"signal=0", "`0` cannot be a signal"),
            (b"\xff", "the answer is no text"),
        ] {
            let error = parse_told(answer).expect_err(words);
            assert_eq!(error.to_string(), words);
        }
        assert_eq!(parse_told(&[b' '; 70_000]), Err(LookError::TooLong(70_000)));
    }
}
