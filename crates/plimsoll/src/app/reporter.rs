//! Progress on the way: a bar and lines where somebody looks, one line for each thing that ended
//! elsewhere.

use std::io::IsTerminal;
use std::sync::Arc;

use plimsoll_core::say::Reader;
use plimsoll_engine::ports::{Clock as _, Progress, Reporter};

use crate::global::When;
use crate::render::{Style, progress_line};

use super::{Screen, SystemClock};

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

/// Whether words on standard error are coloured.
pub(super) fn colours_words(when: When) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal(&std::io::stderr()) && !no_color,
    }
}

/// Progress, told on a screen.
pub struct Teller {
    style: Style,
    reader: Reader,
    screen: Arc<dyn Screen>,
}

impl Teller {
    /// Tells on this screen.
    pub fn new(style: Style, reader: Reader, screen: Arc<dyn Screen>) -> Self {
        Self { style, reader, screen }
    }
}

impl Reporter for Teller {
    fn tell(&self, progress: Progress) {
        let now = SystemClock::default().now();
        let redraws = self.screen.redraws();
        let green = match &progress {
            Progress::CheckEnded { result, .. } => {
                result.outcome == plimsoll_core::record::Outcome::Passed && !result.is_flaky()
            }
            _ => false,
        };
        // The bar tells of the green ones; the others stay as they scroll.
        if !(green && redraws)
            && let Some(line) = progress_line(&progress, now, &self.reader, &self.style)
        {
            self.screen.err(&format!("{}\n", line.trim_end_matches('\n')));
        }
        if !redraws {
            return;
        }
        match progress {
            Progress::VerifyBegan { expected, .. } if expected > 0 => self.screen.bar(0, expected),
            Progress::CheckEnded { done, expected, .. } => self.screen.bar(done, expected),
            _ => {}
        }
    }
}
