//! How a process ended, in words.

use plimsoll_core::record::Ending;
use plimsoll_core::units::Period;

/// The longest line that a finding quotes.
const LONGEST_QUOTE: usize = 200;

/// The name of a signal on Linux.
#[must_use]
pub fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

/// One clause about the ending: `killed by SIGBUS (signal 7)`, `exit code 3`.
pub(super) fn words(ending: Ending, within: Period) -> String {
    match ending {
        Ending::Exit(code) => exit_words(code),
        Ending::Signal(signal) => match signal_name(signal) {
            Some(name) => format!("killed by {name} (signal {signal})"),
            None => format!("killed by signal {signal}"),
        },
        Ending::TimedOut => format!("it did not end within {within} and was ended"),
        Ending::NotStarted => "it could not be started".into(),
    }
}

fn exit_words(code: i32) -> String {
    match signal_name(code - 128) {
        Some(name) => format!("exit code {code} (a shell's way to say: killed by {name})"),
        None => format!("exit code {code}"),
    }
}

/// The last line that says something, without control characters, shortened.
#[must_use]
pub fn last_line(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().rev().map(plain).find(|line| !line.is_empty())?;
    Some(shortened(&line))
}

/// The first line that says something, without control characters, shortened.
pub(crate) fn first_line(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().map(plain).find(|line| !line.is_empty())?;
    Some(shortened(&line))
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST_QUOTE) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    }
}

/// The line without colours and other control sequences.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            let _ = chars.by_ref().find(|c| ('@'..='~').contains(c));
        } else if char == '\t' {
            plain.push(' ');
        } else if !char.is_control() {
            plain.push(char);
        }
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_the_signal_also_when_a_shell_hides_it() {
        let within = Period::from_secs(5);
        for (ending, said) in [
            (Ending::Signal(7), "killed by SIGBUS (signal 7)"),
            (Ending::Signal(40), "killed by signal 40"),
            (Ending::Exit(135), "exit code 135 (a shell's way to say: killed by SIGBUS)"),
            (Ending::Exit(3), "exit code 3"),
            (Ending::Exit(255), "exit code 255"),
            (Ending::TimedOut, "it did not end within 5s and was ended"),
        ] {
            assert_eq!(words(ending, within), said);
        }
    }

    #[test]
    fn quoted_lines_have_no_control_characters_and_an_end() {
        assert_eq!(last_line(b"one\n\x1b[31mtwo\x1b[0m\x07\n  \n"), Some("two".into()));
        assert_eq!(first_line(b"\n a\tb \nc"), Some("a b".into()));
        assert_eq!(last_line(b" \n"), None);
        assert_eq!(last_line("é".repeat(500).as_bytes()).map(|l| l.chars().count()), Some(201));
    }
}
