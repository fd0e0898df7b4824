//! One test case while it is being read.

use super::{Case, CaseOutcome, JunitLimits};

/// A name longer than this is cut; parameters can hold whole documents.
const LONGEST_NAME_BYTES: usize = 4_096;

/// A status longer than this is cut.
const LONGEST_STATUS_BYTES: usize = 40;

/// What an element inside a test case says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `<failure>`
    Failure,
    /// `<error>`
    Error,
    /// `<skipped>`
    Skipped,
    /// `<flakyFailure>`, `<flakyError>`, `<rerunFailure>`, `<rerunError>`: an attempt that was
    /// not the last.
    EarlierAttempt,
}

impl Mark {
    /// The mark that an element of that name makes, if it makes one.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "failure" => Self::Failure,
            "error" => Self::Error,
            "skipped" => Self::Skipped,
            "flakyFailure" | "flakyError" | "rerunFailure" | "rerunError" => Self::EarlierAttempt,
            _ => return None,
        })
    }

    /// Whether something failed, be it in an attempt that was not the last.
    pub(super) fn is_red(self) -> bool {
        match self {
            Self::Failure | Self::Error | Self::EarlierAttempt => true,
            Self::Skipped => false,
        }
    }
}

/// A message, kept up to a limit.
#[derive(Debug, Default)]
pub(super) struct Message {
    attribute: String,
    kind: String,
    body: String,
    cut: bool,
}

impl Message {
    /// Begins with the attributes `message` and `type`.
    pub(super) fn new(attribute: String, kind: String, limit: usize) -> Self {
        let mut message = Self { kind: shorten(kind, limit), ..Self::default() };
        message.cut = attribute.len() > limit;
        message.attribute = shorten(attribute, limit);
        message
    }

    /// Adds text from inside the element.
    pub(super) fn push(&mut self, text: &str, limit: usize) {
        let room = limit.saturating_sub(self.attribute.len() + self.body.len());
        let end = floor(text, room);
        self.body.push_str(&text[..end]);
        self.cut |= end < text.len();
    }

    fn finish(self) -> String {
        let (attribute, body) = (self.attribute.trim(), self.body.trim());
        let mut text = match (attribute.is_empty(), body.is_empty()) {
            (true, true) => self.kind.trim().to_owned(),
            (false, true) => attribute.to_owned(),
            (true, false) => body.to_owned(),
            (false, false) if body.starts_with(attribute) => body.to_owned(),
            (false, false) => format!("{attribute}\n{body}"),
        };
        if self.cut {
            text.push('…');
        }
        text
    }
}

/// A test case while it is being read.
#[derive(Debug)]
pub(super) struct Building {
    name: String,
    took_ms: u64,
    worst: Option<(Mark, Message)>,
    status: Status,
}

/// What the attributes `status` and `result` of a case say, as GoogleTest, CTest and others write
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing, or that it ran or passed.
    Fine,
    /// It was not executed.
    NotRun,
    /// It failed, in the word of the file.
    Red(String),
}

impl Status {
    /// The worse of what the two attributes say. A word that is not known says nothing.
    pub(super) fn of(words: [&str; 2]) -> Self {
        let mut status = Self::Fine;
        for word in words {
            let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
            match plain.to_ascii_lowercase().as_str() {
                "failed" | "fail" | "failure" | "error" | "errored" | "broken" | "crashed"
                | "aborted" | "timeout" | "timedout" | "undefined" => {
                    return Self::Red(word.trim().to_owned());
                }
                "notrun" | "notexecuted" | "disabled" | "skipped" | "skip" | "suppressed"
                | "ignored" | "pending" | "untested" | "inactive" | "canceled" | "cancelled" => {
                    status = Self::NotRun;
                }
                _ => {}
            }
        }
        status
    }
}

impl Building {
    pub(super) fn new(class: &str, name: &str, took_ms: u64, status: Status) -> Self {
        let name = match (class.is_empty(), name.is_empty()) {
            (true, _) => name.to_owned(),
            (false, true) => class.to_owned(),
            (false, false) => format!("{class}.{name}"),
        };
        Self { name: shorten(name, LONGEST_NAME_BYTES), took_ms, worst: None, status }
    }

    /// Takes a finished mark; the worst counts, and of equals the first.
    pub(super) fn mark(&mut self, mark: Mark, message: Message) {
        let weight = |mark: Mark| match mark {
            Mark::Failure => 4,
            Mark::Error => 3,
            Mark::EarlierAttempt => 2,
            Mark::Skipped => 1,
        };
        if self.worst.as_ref().is_none_or(|(known, _)| weight(mark) > weight(*known)) {
            self.worst = Some((mark, message));
        }
    }

    /// Whether its status alone says that it failed.
    pub(super) fn is_red_by_status(&self) -> bool {
        let marked = self.worst.as_ref().is_some_and(|(mark, _)| mark.is_red());
        !marked && matches!(self.status, Status::Red(_))
    }

    pub(super) fn finish(self) -> Case {
        let outcome = match (self.worst, self.status) {
            (Some((Mark::Failure, message)), _) => {
                CaseOutcome::Failed { message: message.finish() }
            }
            (Some((Mark::Error, message)), _) => CaseOutcome::Errored { message: message.finish() },
            (Some((Mark::EarlierAttempt, message)), _) => {
                CaseOutcome::Flaky { message: message.finish() }
            }
            (Some((Mark::Skipped, _)) | None, Status::Red(word)) => {
                let word = shorten(word, LONGEST_STATUS_BYTES);
                CaseOutcome::Failed { message: format!("the file gives it the status `{word}`") }
            }
            (Some((Mark::Skipped, _)), _) | (None, Status::NotRun) => CaseOutcome::Skipped,
            (None, Status::Fine) => CaseOutcome::Passed,
        };
        Case { name: self.name, outcome, took_ms: self.took_ms }
    }

    /// The most that is kept of a message.
    pub(super) fn limit(limits: &JunitLimits) -> usize {
        limits.message_bytes
    }
}

/// The seconds of a `time` attribute in milliseconds; `1,234.5` as Surefire writes it, too.
pub(super) fn millis(time: &str) -> u64 {
    let seconds: f64 = time.replace(',', "").trim().parse().unwrap_or(0.0);
    if !seconds.is_finite() || seconds <= 0.0 {
        return 0;
    }
    std::time::Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|time| u64::try_from(time.as_millis()).ok())
        .unwrap_or(u64::MAX)
}

fn floor(text: &str, most: usize) -> usize {
    if text.len() <= most { text.len() } else { text.floor_char_boundary(most) }
}

fn shorten(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(floor(&text, most));
        text.push('…');
    }
    text
}
