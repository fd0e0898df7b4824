//! How far it is: a bar on a terminal, nothing elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use crate::app::App;

/// A bar on standard error; it is gone when this is dropped.
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    /// Begins one, if somebody looks.
    pub(super) fn begin(app: &App, what: &'static str) -> Self {
        if app.global.quiet || app.served.is_some() || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let style =
            ProgressStyle::with_template("  {prefix} {pos} of {len} events {msg}  {elapsed}");
        let Ok(style) = style else { return Self(None) };
        let bar = ProgressBar::new(0).with_style(style).with_prefix(what);
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(Some(bar))
    }

    /// So many events of so many, and so much content.
    pub(super) fn at(&self, done: u64, of: u64, bytes: u64) {
        let Some(bar) = &self.0 else { return };
        bar.set_length(of);
        bar.set_position(done);
        if bytes > 0 {
            bar.set_message(format!("· {} read", HumanBytes(bytes)));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
