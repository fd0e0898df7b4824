//! A failure message without what changes from run to run (OQ.3).
//!
//! The same failure twice has the same signature; another failure of the same test has another:
//! «expected 200 got 302» is not «expected 200 got 500». A known failure is known by it, and what is
//! done here is part of what is written down. The first signatures had no number in them at all; those
//! are known failures still (`core::gate::known` reads them as they were meant), and a change needs the
//! same care again.
//!
//! In order: informative lines are chosen, then identifiers, times, addresses, temporary paths,
//! lengths of time, places in files and large numbers become `<id>`, `<time>`, `<addr>`, `<tmp>`, `<t>`,
//! `<n>`. Numbers of up to three digits stay: statuses, counts, what was expected and what was found.
//! So do the codes of errors (`ORA-12541`, `TS2304`).

use std::sync::OnceLock;

use regex::{Captures, Regex};

/// The longest signature.
///
/// # Units
/// Characters.
pub const LONGEST: usize = 200;

/// How many informative lines count. Two carry a Rust panic (where, and what); three its values.
const LINES: usize = 3;

/// How much of a message is looked at.
///
/// # Units
/// Bytes.
const LOOKED_AT: usize = 16 << 10;

/// The signature of a failure message: one line, at most [`LONGEST`] characters, and its own
/// signature.
///
/// # Example
/// ```
/// let first = plimsoll_analyze::signature::of("connect to 127.0.0.1:41234 timed out after 1.2s");
/// assert_eq!(first, "connect to <addr> timed out after <t>");
/// assert_eq!(plimsoll_analyze::signature::of(&first), first);
/// ```
#[must_use]
pub fn of(message: &str) -> String {
    let looked_at = &message[..message.floor_char_boundary(LOOKED_AT)];
    let mut text = once(looked_at);
    // Each round only takes away; a second one is rarely needed, a fifth never.
    for _ in 0..8 {
        let next = once(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

fn once(message: &str) -> String {
    let asserted = pytest_lines(message);
    let lines: Vec<String> = if asserted.is_empty() {
        message.lines().map(steady).collect()
    } else {
        asserted.into_iter().map(steady).collect()
    };
    let mut chosen: Vec<&str> =
        lines.iter().map(String::as_str).filter(|line| !is_noise(line)).take(LINES).collect();
    chosen.dedup();
    if chosen.is_empty() {
        chosen.extend(lines.iter().map(String::as_str).find(|line| !line.is_empty()));
    }
    shorten(&chosen.join(" | "))
}

/// The lines that pytest marks as what went wrong: `E   assert 1 == 2`.
fn pytest_lines(message: &str) -> Vec<&str> {
    let marked = |line: &str| line.strip_prefix("E ").map(str::len).map(|rest| line.len() - rest);
    message.lines().filter_map(|line| marked(line).map(|start| line[start..].trim())).collect()
}

/// Lines that a runner writes around every failure, and stack frames.
fn is_noise(line: &str) -> bool {
    const WHOLE: [&str; 10] = [
        "",
        "Failed",
        "failed",
        "FAIL",
        "Error",
        "stdout:",
        "stderr:",
        "failures:",
        "Traceback (most recent call last):",
        "Error Trace:",
    ];
    const STARTS: [&str; 16] = [
        "=== ",
        "--- ",
        "---- ",
        "running <",
        "test result:",
        "note: run with",
        "at ",
        "File \"",
        "goroutine ",
        "stack backtrace:",
        "FAIL\t",
        "FAIL ",
        "ok ",
        "exit status",
        "... ",
        "Test: ",
    ];
    WHOLE.contains(&line)
        || STARTS.iter().any(|start| line.starts_with(start))
        || (line.starts_with("test ") && (line.ends_with("... FAILED") || line.ends_with("... ok")))
        || (line.len() > 3 && line.chars().all(|character| "=-_~*".contains(character)))
}

/// The line with single spaces and without its variable parts.
fn steady(line: &str) -> String {
    let spaced = line.split_whitespace().collect::<Vec<_>>().join(" ");
    numbers(&shapes().replace_all(&spaced, |found: &Captures<'_>| placeholder(found)))
}

fn shapes() -> &'static Regex {
    static SHAPES: OnceLock<Regex> = OnceLock::new();
    SHAPES.get_or_init(|| {
        Regex::new(concat!(
            r"(?P<id>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)",
            r"|(?P<time>\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?",
            r"(?:Z|\b| ?[+-][0-9]{2}:?[0-9]{2}\b))?|\b[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?\b)",
            r"|(?P<tmp>(?:/private)?(?:/tmp|/var/tmp|/var/folders|/dev/shm)/[^\s'\x22`:,;)\]}>]*",
            r"|[A-Za-z]:\\[^\s'\x22`:,;]*\\Temp\\[^\s'\x22`:,;)\]}>]*)",
            r"|(?P<addr>\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?\b",
            r"|\[[0-9a-fA-F:.]*::?[0-9a-fA-F:.]*(?:%[0-9A-Za-z]+)?\]:[0-9]{1,5}\b|::1\b)",
            r"|(?P<n>\b0x[0-9a-fA-F]+\b)",
            r"|(?P<place>\.[A-Za-z]{1,5}:[0-9]+(?::[0-9]+)?\b)",
            r"|(?P<line>\bline [0-9]+\b)|(?P<thread>\([0-9]+\) panicked\b)",
            r"|(?P<t>\b(?:[0-9]+(?:\.[0-9]+)? ?(?:ns|us|µs|μs|ms|s|m|h|d|sec|secs|second|seconds|min|mins",
            r"|minute|minutes|millis|milliseconds|hours?|days?))+\b)",
        ))
        .expect("the shapes are a valid expression")
    })
}

fn placeholder(found: &Captures<'_>) -> String {
    if let Some(place) = found.name("place") {
        let file = place.as_str().split(':').next().unwrap_or_default();
        return format!("{file}:<n>");
    }
    if found.name("line").is_some() {
        return "line <n>".to_owned();
    }
    if found.name("thread").is_some() {
        return "(<n>) panicked".to_owned();
    }
    for name in ["id", "time", "tmp", "addr", "n", "t"] {
        if found.name(name).is_some() {
            return format!("<{name}>");
        }
    }
    found[0].to_owned()
}

/// Longer numbers are new each time: identifiers, sizes, ports.
const DIGITS: usize = 3;

/// Every long number, hash and token that is left becomes `<n>`.
fn numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if !character.is_ascii_alphanumeric() {
            out.push(character);
            rest = &rest[character.len_utf8()..];
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if is_code(&out, word) {
            out.push_str(word);
        } else if is_token(word) {
            number(&mut out);
        } else {
            letters(&mut out, word);
        }
    }
    out
}

/// The code of an error, which is another error when it is another: `TS2304`, and what follows the
/// hyphen in `ORA-12541`.
fn is_code(before: &str, word: &str) -> bool {
    const DIGITS_OF_A_CODE: std::ops::RangeInclusive<usize> = 4..=5;
    let is_capital = |c: char| c.is_ascii_uppercase();
    let digits = word.trim_start_matches(is_capital);
    let letters = match before.strip_suffix('-') {
        Some(before) if digits == word => before.len() - before.trim_end_matches(is_capital).len(),
        _ => word.len() - digits.len(),
    };
    (2..=5).contains(&letters)
        && DIGITS_OF_A_CODE.contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word that is new each time: a number, a hash, a random identifier.
fn is_token(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let changes = word
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    digits > 0
        && ((digits == word.len() && digits > DIGITS)
            || (hex && digits < word.len() && word.len() >= 6)
            || (word.len() >= 10 && changes >= 3))
}

fn letters(out: &mut String, word: &str) {
    let mut rest = word;
    while let Some(first) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..first]);
        let end =
            rest[first..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |n| first + n);
        if end - first > DIGITS {
            number(out);
        } else {
            out.push_str(&rest[first..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
}

/// Writes `<n>`, taking in a sign before it and joining `1.5`, `1,000` and `10:9`.
fn number(out: &mut String) {
    for joint in ['.', ',', ':', '_'] {
        if out.strip_suffix(joint).is_some_and(|before| before.ends_with("<n>")) {
            out.pop();
            return;
        }
    }
    if let Some(before) = out.strip_suffix('-')
        && before.chars().next_back().is_none_or(|c| c.is_whitespace() || "([{=:<,'\"".contains(c))
    {
        out.pop();
    }
    out.push_str("<n>");
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}
