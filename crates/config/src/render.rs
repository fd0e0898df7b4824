//! How a diagnostic looks: the place, the line itself, a run of carets under it, and the hint.

use std::fmt::Write;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{clean, escaped};

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const BLUE: &str = "\u{1b}[34m";
const PLAIN: &str = "\u{1b}[0m";

impl Diagnostic {
    /// The block for a terminal, without a line break at its end.
    ///
    /// # Example
    /// ```text
    ///   plimsoll.yaml:22:17  `30` is not a duration
    ///      22 |         - soak: 30
    ///         |                 ^^ write a number and a unit: 30m, 2h, 1d
    /// ```
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let paint = |style: &str, text: &str| {
            if color && !text.is_empty() {
                format!("{style}{text}{PLAIN}")
            } else {
                text.to_owned()
            }
        };
        let file = shown_path(&self.file);
        let mark = match self.severity {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
        };
        let word = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        if self.line == 0 {
            let hint = self.hint.as_deref().map(|hint| format!("\n        {}", paint(BLUE, hint)));
            return format!(
                "  {}  {word}{}{}",
                paint(BOLD, &file),
                self.message,
                hint.unwrap_or_default()
            );
        }
        let place = format!("{file}:{}:{}", self.line, self.column);
        let (before, under, after) = self.parts();
        let mut text = format!("  {}  {word}{}\n", paint(BOLD, &place), self.message);
        let _ = writeln!(text, "{:>7} | {before}{}{after}", self.line, paint(mark, &under));
        let indent = " ".repeat(before.width());
        let carets = "^".repeat(under.width().max(1));
        let _ = write!(text, "        | {indent}{}", paint(mark, &carets));
        if let Some(hint) = &self.hint {
            let _ = write!(text, " {}", paint(BLUE, hint));
        }
        text
    }

    /// The echoed line before, under and after the carets, as it may be shown.
    fn parts(&self) -> (String, String, String) {
        let mut chars = self.line_text.chars();
        let before = shown(chars.by_ref().take(self.caret));
        let under = shown(chars.by_ref().take(self.length));
        (before, under, shown(chars))
    }
}

/// All blocks, one below the other.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic], color: bool) -> String {
    let blocks: Vec<String> = diagnostics.iter().map(|one| one.render(color)).collect();
    blocks.join("\n")
}

/// The sentence above the blocks: `3 errors in plimsoll.yaml; nothing was loaded.`
#[must_use]
pub fn headline(errors: &[Diagnostic]) -> String {
    let count = errors.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut files: Vec<&Path> = errors.iter().map(|error| error.file.as_path()).collect();
    files.sort_unstable();
    files.dedup();
    match files.as_slice() {
        [only] => format!("{count} error{plural} in {}; nothing was loaded.", shown_path(only)),
        many => format!("{count} error{plural} in {} files; nothing was loaded.", many.len()),
    }
}

fn shown_path(path: &Path) -> String {
    shown(path.display().to_string().chars())
}

/// Tabs as two spaces, control and invisible characters escaped.
fn shown(chars: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for c in chars {
        if c == '\t' { text.push_str("  ") } else { text.extend(escaped(c)) }
    }
    text
}

/// A list of names for a sentence: at most `most`, then how many more.
pub(crate) fn names<'a>(all: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let all: Vec<&str> = all.into_iter().collect();
    let first: Vec<String> = all.iter().take(most).map(|name| clean(name)).collect();
    match all.len().saturating_sub(most) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(line_text: &str, caret: usize, length: usize) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            file: "plimsoll.yaml".into(),
            line: 22,
            column: caret + 1,
            length,
            message: "`30` is not a duration".into(),
            line_text: line_text.into(),
            caret,
            hint: Some("write a number and a unit: 30m, 2h, 1d".into()),
        }
    }

    #[test]
    fn a_block_shows_place_line_carets_and_hint() {
        let text = diagnostic("        - soak: 30", 16, 2).to_string();
        assert_eq!(
            text,
            "  plimsoll.yaml:22:17  `30` is not a duration\n\
             \x20    22 |         - soak: 30\n\
             \x20       |                 ^^ write a number and a unit: 30m, 2h, 1d"
        );
    }

    #[test]
    fn colours_are_on_the_place_the_key_and_the_hint_only() {
        let text = diagnostic("- soak: 30", 8, 2).render(true);
        assert!(text.contains("\u{1b}[1mplimsoll.yaml:22:9\u{1b}[0m"), "{text}");
        assert!(text.contains("| - soak: \u{1b}[31m30\u{1b}[0m"), "{text}");
        assert!(text.contains("\u{1b}[34mwrite a number"), "{text}");
    }

    #[test]
    fn control_characters_never_reach_the_terminal_and_carets_stay_under_their_text() {
        let text = diagnostic("\t\u{1b}[31m漢字: \u{202e}x", 10, 1).to_string();
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\t']), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        let at = lines[2].find('^').expect("a caret");
        let before = lines[1].find("\\u{202e}").expect("the escaped character");
        assert_eq!(at, lines[1][..before].width());
        assert!(lines[2].contains("^^^^^^^^ write"), "{text}");
    }

    #[test]
    fn the_headline_counts_errors_and_files() {
        let one = diagnostic("x", 0, 1);
        let other = Diagnostic { file: "b.yaml".into(), ..one.clone() };
        assert_eq!(
            headline(std::slice::from_ref(&one)),
            "1 error in plimsoll.yaml; nothing was loaded."
        );
        assert_eq!(headline(&[one, other]), "2 errors in 2 files; nothing was loaded.");
    }
}
