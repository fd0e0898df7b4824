//! Rows with marks, wrapped cells and next steps.

use plimsoll_core::record::NextStep;
use plimsoll_core::say::Mark;
use unicode_width::UnicodeWidthStr as _;

use super::{Paint, Style};

/// The widest that any column but the last becomes; longer texts are wrapped.
const WIDEST: usize = 34;

/// The narrowest that the last column becomes, whatever the terminal's width.
const NARROWEST: usize = 24;

/// A row: a mark, a word, some columns, and what to do.
#[derive(Debug, Clone)]
pub struct Row {
    /// The mark before it.
    pub mark: Mark,
    /// The columns, the word first, as they come from the core; not yet made safe.
    pub columns: Vec<String>,
    /// Who can do what.
    pub next: Vec<NextStep>,
}

/// Rows as lines, indented by two.
#[must_use]
pub fn table(rows: &[Row], style: &Style) -> String {
    let columns = rows.iter().map(|row| row.columns.len()).max().unwrap_or(0);
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.columns.iter().map(|cell| style.text(cell)).collect()).collect();
    let mut widths: Vec<usize> = (0..columns)
        .map(|at| {
            let widest = cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max();
            widest.unwrap_or(0).min(WIDEST)
        })
        .collect();
    let before = 2 + style.mark_width() + 1;
    if let Some((last, others)) = widths.split_last_mut() {
        let used: usize = before + others.iter().map(|width| width + 2).sum::<usize>();
        *last = style.width.saturating_sub(used).max(NARROWEST);
    }
    let mut text = String::new();
    for (row, cells) in rows.iter().zip(&cells) {
        text.push_str(&lines(row, cells, &widths, style));
        let indent = before + widths.first().map_or(0, |width| width + 2);
        for step in &row.next {
            text.push_str(&step_lines(step, indent, style));
        }
    }
    text
}

fn lines(row: &Row, cells: &[String], widths: &[usize], style: &Style) -> String {
    let wrapped: Vec<Vec<String>> =
        cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for line in 0..height {
        let mark = if line == 0 { style.mark(row.mark) } else { " ".repeat(style.mark_width()) };
        let mut shown = format!("  {mark} ");
        for (at, (cell, width)) in wrapped.iter().zip(widths).enumerate() {
            let part = cell.get(line).map_or("", String::as_str);
            let fill = " ".repeat(width.saturating_sub(part.width()));
            let part = match at {
                0 => style.paint(Paint::Mark(row.mark.colour), part),
                1 => style.paint(Paint::Bold, part),
                _ => part.to_owned(),
            };
            shown.push_str(&part);
            shown.push_str(&fill);
            shown.push_str("  ");
        }
        text.push_str(shown.trim_end());
        text.push('\n');
    }
    text
}

/// `→ who: what`, indented. A command that does not fit goes on a line of its own, whole, so that
/// it can be copied.
fn step_lines(step: &NextStep, indent: usize, style: &Style) -> String {
    let pad = " ".repeat(indent);
    let (who, what) = (style.text(&step.who), style.text(&step.what));
    let whole = format!("{} {who}: {what}", style.arrow());
    let lines = if indent + whole.width() <= style.width {
        vec![whole]
    } else if let Some((words, command)) = split_command(&what) {
        let first = format!("{} {who}: {}", style.arrow(), words.trim_end());
        vec![first.trim_end().to_owned(), format!("  {command}")]
    } else {
        let room = style.width.saturating_sub(indent + 2).max(NARROWEST);
        let mut lines = wrap(&format!("{who}: {what}"), room);
        for (at, line) in lines.iter_mut().enumerate() {
            *line = if at == 0 { format!("{} {line}", style.arrow()) } else { format!("  {line}") };
        }
        lines
    };
    lines.iter().map(|line| format!("{pad}{}\n", style.paint(Paint::Next, line))).collect()
}

fn split_command(what: &str) -> Option<(&str, &str)> {
    what.find("plimsoll ").map(|at| what.split_at(at))
}

/// The text in lines of at most `width` columns, broken between words, and inside a word only
/// when it alone is wider.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        let room = width.saturating_sub(last.width() + usize::from(!last.is_empty()));
        if word.width() <= room || (last.is_empty() && word.is_empty()) {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        } else if word.width() <= width {
            lines.push(word.to_owned());
        } else {
            break_word(word, width, &mut lines);
        }
    }
    lines
}

fn break_word(word: &str, width: usize, lines: &mut Vec<String>) {
    if lines.last().is_some_and(|last| !last.is_empty()) {
        lines.push(String::new());
    }
    for c in word.chars() {
        let last = lines.last_mut().expect("there is always a line");
        let mut buffer = [0; 4];
        let c = c.encode_utf8(&mut buffer);
        if last.width() + c.width() > width {
            lines.push(c.to_owned());
        } else {
            last.push_str(c);
        }
    }
}

/// A text indented by two and wrapped.
#[must_use]
pub fn paragraph(text: &str, style: &Style) -> String {
    let room = style.width.saturating_sub(2).max(NARROWEST);
    wrap(&style.text(text), room).iter().map(|line| format!("  {line}\n")).collect()
}

/// Facts about one thing: `  name   value`.
#[must_use]
pub fn facts(facts: &[(&str, String)], style: &Style) -> String {
    let widest = facts.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let room = style.width.saturating_sub(widest + 4).max(NARROWEST);
    let mut text = String::new();
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        for (at, line) in wrap(&style.text(value), room).iter().enumerate() {
            let name = if at == 0 { *name } else { "" };
            let name = style.paint(Paint::Dim, &format!("{name:widest$}"));
            text.push_str(format!("  {name}  {line}").trim_end());
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_lose_nothing() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("日本語 日本", 6), ["日本語", "日本"]);
    }

    #[test]
    fn a_command_too_long_for_the_line_stays_whole() {
        let step = NextStep {
            who: "anyone".to_owned(),
            what: format!("do it:  plimsoll verify {}", "x".repeat(90)),
        };
        let text = step_lines(&step, 10, &Style::PLAIN);
        assert_eq!(text.lines().count(), 2);
        assert!(
            text.lines().nth(1).is_some_and(|line| line.trim().starts_with("plimsoll verify x"))
        );
    }
}
