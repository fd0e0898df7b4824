//! How text is shown on this terminal, or in this file.

use std::fmt::Write as _;

use plimsoll_core::say::{Colour, Mark, safe};

/// What this terminal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are wanted: a terminal, and no `NO_COLOR`.
    pub color: bool,
    /// Whether UTF-8 is understood.
    pub unicode: bool,
    /// How many columns there are.
    pub width: usize,
}

/// How a piece of text is painted, where colours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Names.
    Bold,
    /// What is of no interest.
    Dim,
    /// What to do next.
    Next,
    /// The word of the answer.
    Answer(Colour),
    /// A mark.
    Mark(Colour),
}

impl Style {
    /// The text that tests compare: 100 columns, UTF-8, no colour.
    #[cfg(test)]
    pub const PLAIN: Self = Self { color: false, unicode: true, width: 100 };

    /// The text from outside, made safe for this terminal: control characters are escaped, and
    /// without UTF-8 whatever is not ASCII is spelled out.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let text = safe(text);
        if self.unicode || text.is_ascii() {
            return text.into_owned();
        }
        let mut ascii = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '→' => ascii.push_str("->"),
                '…' => ascii.push_str("..."),
                '·' => ascii.push('|'),
                '×' => ascii.push('x'),
                '“' | '”' => ascii.push('"'),
                '‘' | '’' => ascii.push('\''),
                c if c.is_ascii() => ascii.push(c),
                c => ascii.extend(c.escape_unicode()),
            }
        }
        ascii
    }

    /// Paints a text that is safe already.
    #[must_use]
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match paint {
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Next => "34",
            Paint::Answer(colour) => match colour {
                Colour::Good => "1;32",
                Colour::Bad => "1;31",
                Colour::Doubt => "1;33",
                Colour::Ours => "1;35",
                Colour::Sea => "1;34",
                Colour::Person => "1;36",
                Colour::None => "1",
            },
            Paint::Mark(colour) => match colour {
                Colour::Good => "32",
                Colour::Bad => "31",
                Colour::Doubt => "33",
                Colour::Ours => "35",
                Colour::Sea => "34",
                Colour::Person => "36",
                Colour::None => "2",
            },
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// The shape of a mark, unpainted.
    #[must_use]
    pub const fn shape(&self, mark: Mark) -> &'static str {
        if self.unicode { mark.glyph } else { mark.ascii }
    }

    /// How many columns marks take.
    #[must_use]
    pub const fn mark_width(&self) -> usize {
        if self.unicode { 1 } else { 5 }
    }

    /// A painted mark, filled up to the width of marks.
    #[must_use]
    pub fn mark(&self, mark: Mark) -> String {
        let shape = self.shape(mark);
        let fill = self.mark_width().saturating_sub(shape.chars().count());
        format!("{}{}", self.paint(Paint::Mark(mark.colour), shape), " ".repeat(fill))
    }

    /// The arrow before a next step.
    #[must_use]
    pub const fn arrow(&self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }

    /// The first line: the mark, the word of the answer, and the rest of the sentence, which goes on
    /// below where the terminal is too narrow for it.
    #[must_use]
    pub fn answer(&self, mark: Mark, sentence: &str) -> String {
        let sentence = self.text(sentence);
        let room = self.width.saturating_sub(self.shape(mark).chars().count() + 1);
        let lines = super::table::wrap(&sentence, room.max(24));
        let first = lines.first().map_or("", String::as_str);
        let (word, rest) = match first.find(':') {
            Some(at) => first.split_at(at),
            None => (first, ""),
        };
        let shape = self.paint(Paint::Mark(mark.colour), self.shape(mark));
        let mut text = format!("{shape} {}{rest}\n", self.paint(Paint::Answer(mark.colour), word));
        for line in lines.iter().skip(1) {
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    /// The last line: what to do next.
    #[must_use]
    pub fn next(&self, what: &str) -> String {
        let mut line = String::new();
        let _ = write!(line, "{} {}", self.arrow(), self.text(what));
        format!("{}\n", self.paint(Paint::Next, &line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_from_outside_never_reach_the_terminal() {
        for style in [Style::PLAIN, Style { color: true, unicode: false, width: 80 }] {
            let shown = style.text("\u{1b}]0;title\u{7}\u{9b}2J\rover\u{202e}");
            assert!(!shown.chars().any(char::is_control), "{shown:?}");
            assert!(!shown.contains('\u{202e}'));
        }
    }

    #[test]
    fn without_utf_8_everything_is_ascii() {
        let style = Style { color: false, unicode: false, width: 80 };
        assert_eq!(style.text("1.22 → 1.23 … é"), "1.22 -> 1.23 ... \\u{e9}");
    }

    #[test]
    fn without_colour_the_text_is_the_same_but_for_the_colour() {
        let plain = Style::PLAIN;
        let colour = Style { color: true, ..plain };
        let painted = colour.paint(Paint::Answer(Colour::Bad), "Refused");
        assert_eq!(painted, "\u{1b}[1;31mRefused\u{1b}[0m");
        assert_eq!(plain.paint(Paint::Answer(Colour::Bad), "Refused"), "Refused");
    }
}
