//! One text, and where in it something is.

use std::path::PathBuf;

use super::Span;

/// A text with the beginnings of its lines, so that a place is found without reading it again.
#[derive(Debug)]
pub(crate) struct SourceText {
    /// As it is shown to people: relative to where the main file was named.
    pub path: PathBuf,
    /// The text without a byte order mark.
    pub text: String,
    line_starts: Vec<usize>,
}

/// A place as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In characters, at least 1, never beyond the line.
    pub length: usize,
}

/// How many characters of a long line are shown on each side of the caret.
const SHOWN_AROUND: usize = 60;

impl SourceText {
    /// Takes a text.
    pub fn new(path: PathBuf, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { path, text, line_starts }
    }

    /// The text of a place.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The line, column and length of a place.
    pub fn place(&self, span: Span) -> Place {
        let start = (span.start as usize).min(self.text.len());
        let (number, line) = self.line_at(start);
        let before = self.text.get(self.line_starts[number]..start).unwrap_or_default();
        let end = (span.end as usize).min(self.line_starts[number] + line.len());
        let inside = self.text.get(start..end).unwrap_or_default();
        Place {
            line: number + 1,
            column: before.chars().count() + 1,
            length: inside.trim_end().chars().count().max(1),
        }
    }

    /// The line of a place, cut around it when it is long, and where in it the place begins.
    pub fn echo(&self, span: Span) -> (String, usize) {
        let start = (span.start as usize).min(self.text.len());
        let (_, line) = self.line_at(start);
        let column = self.place(span).column - 1;
        let first = if column > 2 * SHOWN_AROUND { column - SHOWN_AROUND } else { 0 };
        let mut rest = line.chars().skip(first);
        let mut shown: String = rest.by_ref().take(column - first + SHOWN_AROUND * 2).collect();
        if rest.next().is_some() {
            shown.push('…');
        }
        if first == 0 { (shown, column) } else { (format!("…{shown}"), column - first + 1) }
    }

    fn line_at(&self, offset: usize) -> (usize, &str) {
        let number = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let start = self.line_starts[number];
        let end = self.line_starts.get(number + 1).map_or(self.text.len(), |next| next - 1);
        (number, self.text.get(start..end).unwrap_or_default().trim_end_matches('\r'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span { file: 0, start, end }
    }

    #[test]
    fn places_count_characters_from_one_and_end_with_the_line() {
        let text = SourceText::new("a".into(), "\u{feff}é: x\r\nb: two\nc");
        assert_eq!(text.place(span(4, 5)), Place { line: 1, column: 4, length: 1 });
        assert_eq!(text.place(span(10, 99)), Place { line: 2, column: 4, length: 3 });
        assert_eq!(text.place(span(14, 15)), Place { line: 3, column: 1, length: 1 });
        assert_eq!(text.place(span(900, 901)).line, 3);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text =
            SourceText::new("a".into(), &format!("{}KEY{}", "x".repeat(500), "y".repeat(500)));
        let (shown, at) = text.echo(span(500, 503));
        let found: String = shown.chars().skip(at).take(3).collect();
        assert_eq!(found, "KEY");
        assert!(shown.chars().count() < 200 && shown.starts_with('…') && shown.ends_with('…'));
    }
}
