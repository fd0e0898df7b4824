//! Progress on standard error: a bar and lines on a terminal, one line for each thing that ended
//! elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use plimsoll_core::say::Reader;
use plimsoll_engine::ports::{Clock as _, Progress, Reporter};

use crate::global::When;
use crate::render::{Style, progress_line};

use super::SystemClock;

/// Whether a stream is a terminal.
pub(super) fn is_terminal(stream: &impl IsTerminal) -> bool {
    stream.is_terminal()
}

/// Whether the locale says that UTF-8 is understood.
pub(super) fn has_unicode() -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|key| std::env::var(key).ok().filter(|value| !value.is_empty()));
    // Nothing said: a pipe in CI. What reads it there understands UTF-8.
    said.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// How many columns there are: those of the terminal, at most 100; 100 elsewhere.
pub(super) fn width() -> usize {
    let columns = rustix::termios::tcgetwinsize(std::io::stdout()).map(|size| size.ws_col);
    match columns {
        Ok(columns) if columns > 20 => usize::from(columns).min(100),
        Ok(_) | Err(_) => 100,
    }
}

/// Progress on standard error.
pub struct Terminal {
    style: Style,
    reader: Reader,
    redraws: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Terminal {
    /// Looks at standard error.
    pub fn new(when: When, reader: Reader) -> Self {
        let redraws = is_terminal(&std::io::stderr());
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => redraws && !no_color,
        };
        let style = Style { color, unicode: has_unicode(), width: width() };
        Self { style, reader, redraws, bar: Mutex::new(None) }
    }

    fn begin_bar(&self, expected: u32) {
        let template = if self.style.unicode {
            "  {msg} {bar:24}  {pos} of {len}   {elapsed_precise}"
        } else {
            "  {msg} [{bar:24}]  {pos} of {len}   {elapsed_precise}"
        };
        let chars = if self.style.unicode { "█▌░" } else { "#>." };
        let Ok(style) = ProgressStyle::with_template(template) else { return };
        let bar = ProgressBar::new(u64::from(expected)).with_style(style.progress_chars(chars));
        bar.set_message("running");
        bar.enable_steady_tick(Duration::from_millis(250));
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    fn line(&self, line: &str) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match &*bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    fn advance(&self, done: u32, expected: u32) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*bar {
            running.set_position(u64::from(done));
        }
        if done >= expected
            && let Some(finished) = bar.take()
        {
            finished.finish_and_clear();
        }
    }
}

impl Reporter for Terminal {
    fn tell(&self, progress: Progress) {
        let now = SystemClock::default().now();
        let green = match &progress {
            Progress::CheckEnded { result, .. } => {
                result.outcome == plimsoll_core::record::Outcome::Passed && !result.is_flaky()
            }
            _ => false,
        };
        // On a terminal the bar tells of the green ones; the others stay as they scroll.
        if !(green && self.redraws)
            && let Some(line) = progress_line(&progress, now, &self.reader, &self.style)
        {
            self.line(line.trim_end_matches('\n'));
        }
        if !self.redraws {
            return;
        }
        match progress {
            Progress::VerifyBegan { expected, .. } if expected > 0 => self.begin_bar(expected),
            Progress::CheckEnded { done, expected, .. } => self.advance(done, expected),
            _ => {}
        }
    }
}
