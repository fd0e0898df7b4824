//! Small pieces of every page: a mark with its word, a moment, a link. Each writes its own markup,
//! everything from outside escaped.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;
use plimsoll_core::Timestamp;
use plimsoll_core::record::State;
use plimsoll_core::say::{self, Mark, Reader};

/// How something looks: the class that colours it, and its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// `is-failed`.
    pub class: &'static str,
    /// The name of the shape.
    pub shape: &'static str,
}

impl Look {
    /// What waits for a person or a time.
    pub(super) const WAITING: Self = Self { class: "is-waiting", shape: "held" };

    /// Of a state.
    pub(super) const fn of(state: State) -> Self {
        let (class, shape) = match state {
            State::Failed => ("is-failed", "failed"),
            State::Unmet => ("is-failed", "unmet"),
            State::Flaky => ("is-flaky", "flaky"),
            State::Errored => ("is-errored", "errored"),
            State::Uncovered => ("is-uncovered", "uncovered"),
            State::NotRun => ("is-not-run", "not-run"),
            State::Running => ("is-running", "running"),
            State::Stale => ("is-stale", "stale"),
            State::WrongVersion => ("is-wrong-version", "wrong-version"),
            State::KnownFailure => ("is-known", "known"),
            State::Waived => ("is-waived", "waived"),
            State::NotApplicable => ("is-none", "not-applicable"),
            State::Satisfied => ("is-passed", "passed"),
        };
        Self { class, shape }
    }

    /// Of a mark, as the terminal has it.
    pub(super) fn of_mark(mark: Mark) -> Self {
        let state = State::ALL.into_iter().find(|state| say::mark(*state) == mark);
        state.map_or(Self::WAITING, Self::of)
    }

    /// The same in another shape.
    pub(super) const fn shaped(self, shape: &'static str) -> Self {
        Self { class: self.class, shape }
    }

    /// The shape alone.
    pub(super) const fn icon(self) -> Icon {
        Icon(self.shape)
    }
}

/// A shape; it is never without a word beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Icon(pub &'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0;
        write!(
            f,
            "<svg class=\"i i-{name}\" aria-hidden=\"true\"><use href=\"/static/sprite.svg#{name}\"/></svg>"
        )
    }
}

impl HtmlSafe for Icon {}

/// A mark with its word.
#[derive(Debug, Clone)]
pub(super) struct Badge {
    /// How it looks.
    pub look: Look,
    /// The word.
    pub word: String,
    /// Good is quiet: the word steps back, the shape stays.
    pub quiet: bool,
}

impl Badge {
    /// Of a state, in its own word; a pass is quiet.
    pub(super) fn of(state: State) -> Self {
        Self::says(state, state_word(state))
    }

    /// Of a state, in another word.
    pub(super) fn says(state: State, word: impl Into<String>) -> Self {
        Self { look: Look::of(state), word: word.into(), quiet: state == State::Satisfied }
    }

    /// Of a mark, in a word.
    pub(super) fn marked(mark: Mark, word: impl Into<String>) -> Self {
        let look = Look::of_mark(mark);
        Self { look, word: word.into(), quiet: look == Look::of(State::Satisfied) }
    }
}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quiet = if self.quiet { " quiet" } else { "" };
        write!(f, "<span class=\"state {}{quiet}\">{}", self.look.class, self.look.icon())?;
        escaped(f, &self.word)?;
        f.write_str("</span>")
    }
}

impl HtmlSafe for Badge {}

/// The word of a state beside a result.
pub(super) const fn state_word(state: State) -> &'static str {
    match state {
        State::Satisfied => "passed",
        other => other.word(),
    }
}

/// A moment, in words for people and exactly for programs.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    at: Timestamp,
    words: String,
}

impl Moment {
    /// As a clock on the wall says it.
    pub(super) fn clock(at: Timestamp, reader: &Reader) -> Self {
        Self { at, words: reader.clock(at) }
    }

    /// Whole.
    pub(super) fn whole(at: Timestamp, reader: &Reader) -> Self {
        Self { at, words: reader.whole(at) }
    }

    /// With its seconds, where the day is said elsewhere.
    pub(super) fn seconds(at: Timestamp, reader: &Reader) -> Self {
        Self { at, words: reader.seconds(at) }
    }

    /// How long ago: only on pages that say as of when they are.
    pub(super) fn age(at: Timestamp, reader: &Reader) -> Self {
        Self { at, words: say::age(at, reader) }
    }

    /// In other words.
    pub(super) fn says(at: Timestamp, words: impl Into<String>) -> Self {
        Self { at, words: words.into() }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<time datetime=\"{}\">", self.at)?;
        escaped(f, &self.words)?;
        f.write_str("</time>")
    }
}

impl HtmlSafe for Moment {}

/// A link to a page of ours.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// Where to, from `/` on.
    pub href: String,
    /// What it says.
    pub words: String,
}

impl Link {
    /// A link.
    pub(super) fn new(href: impl Into<String>, words: impl Into<String>) -> Self {
        Self { href: href.into(), words: words.into() }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<a href=\"")?;
        escaped(f, &self.href)?;
        f.write_str("\">")?;
        escaped(f, &self.words)?;
        f.write_str("</a>")
    }
}

impl HtmlSafe for Link {}

/// Writes text so that none of it is markup, and none of it turns the direction of writing.
pub(super) fn escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for c in say::safe(text).chars() {
        match c {
            '&' => f.write_str("&amp;")?,
            '<' => f.write_str("&lt;")?,
            '>' => f.write_str("&gt;")?,
            '"' => f.write_str("&quot;")?,
            '\'' => f.write_str("&#39;")?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_has_a_mark_of_its_own_a_word_and_a_mark_on_the_terminal() {
        let sprite = include_str!("../../static/sprite.svg");
        let mut shapes = BTreeSet::new();
        for state in State::ALL {
            let look = Look::of(state);
            shapes.insert(look.shape);
            assert!(sprite.contains(&format!("<symbol id=\"{}\"", look.shape)), "{state:?}");
            assert!(!state_word(state).is_empty());
            assert_eq!(Look::of_mark(say::mark(state)), look, "{state:?}");
        }
        assert_eq!(shapes.len(), State::ALL.len());
        assert_eq!(Look::of_mark(say::WAITING), Look::WAITING);
    }

    #[test]
    fn words_are_no_markup() {
        let badge = Badge::says(State::Failed, "<script>\u{202e}\"'&");
        let shown = badge.to_string();
        assert!(shown.contains("&lt;script&gt;\\u{202e}&quot;&#39;&amp;"), "{shown}");
        let link = Link::new("/x\"><img>", "a<b").to_string();
        assert_eq!(link, "<a href=\"/x&quot;&gt;&lt;img&gt;\">a&lt;b</a>");
    }
}
