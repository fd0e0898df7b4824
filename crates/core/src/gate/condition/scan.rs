//! Looks at the text before the parser does, which recurses with every bracket and operator.

use super::ConditionError;

/// The longest condition, in bytes. One that is longer belongs into a check of its own.
const LONGEST_BYTES: usize = 4096;

/// How deep brackets may nest. The parser needs about 100 KiB of stack for each when it is not
/// optimised; threads have 2 MiB.
const DEEPEST: usize = 12;

/// How many characters of operators, dots and commas one condition may have; operators nest as
/// brackets do.
const MOST_OPERATORS: usize = 192;

/// How many operators may follow each other without anything between them (`!!!!a`), or how many
/// `?` may be open at once.
const MOST_IN_A_ROW: usize = 8;

/// Refuses texts that are too long or too deep.
pub(super) fn scan(text: &str) -> Result<(), ConditionError> {
    if text.trim().is_empty() {
        return Err(ConditionError::whole("it is empty"));
    }
    if text.len() > LONGEST_BYTES {
        let message = format!("it is {} bytes long, {LONGEST_BYTES} at most", text.len());
        return Err(ConditionError::whole(&message));
    }
    if let Some((offset, _)) = text.char_indices().find(|(_, c)| *c == '\0') {
        return Err(ConditionError::at(text, offset, "it contains a NUL character".into()));
    }
    Counter::default().run(text)
}

#[derive(Default)]
struct Counter {
    depth: usize,
    operators: usize,
    in_a_row: usize,
    questions: usize,
}

impl Counter {
    fn run(mut self, text: &str) -> Result<(), ConditionError> {
        let mut rest = text.char_indices().peekable();
        while let Some((offset, c)) = rest.next() {
            match c {
                '"' | '\'' => {
                    skip_string(text, offset, c, &mut rest);
                    self.in_a_row = 0;
                }
                '/' if rest.peek().is_some_and(|(_, next)| *next == '/') => {
                    while rest.next_if(|(_, c)| *c != '\n').is_some() {}
                }
                _ => self.count(c),
            }
            if let Some(message) = self.too_much() {
                return Err(ConditionError::at(text, offset, message));
            }
        }
        Ok(())
    }

    fn count(&mut self, c: char) {
        match c {
            '(' | '[' | '{' => {
                self.depth += 1;
                self.in_a_row = 0;
            }
            ')' | ']' | '}' => {
                self.depth = self.depth.saturating_sub(1);
                self.in_a_row = 0;
            }
            '+' | '-' | '*' | '/' | '%' | '!' | '<' | '>' | '=' | '&' | '|' | '.' | ',' | ':' => {
                self.operators += 1;
                self.in_a_row += 1;
            }
            '?' => {
                self.operators += 1;
                self.questions += 1;
            }
            c if c.is_whitespace() => {}
            _ => self.in_a_row = 0,
        }
    }

    fn too_much(&self) -> Option<String> {
        if self.depth > DEEPEST {
            return Some(format!("brackets nest deeper than {DEEPEST}"));
        }
        if self.operators > MOST_OPERATORS {
            return Some(format!("its operators have more than {MOST_OPERATORS} characters"));
        }
        if self.in_a_row > MOST_IN_A_ROW || self.questions > MOST_IN_A_ROW {
            return Some(format!("more than {MOST_IN_A_ROW} of these belong together"));
        }
        None
    }
}

/// Goes to the end of a string that began at `offset`; a triple quote ends with a triple quote,
/// and a raw string (`r"…"`) has no escapes.
fn skip_string(
    text: &str,
    offset: usize,
    quote: char,
    rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
) {
    let raw = text[..offset].ends_with(['r', 'R']);
    let triple: String = [quote; 3].iter().collect();
    let is_triple = text[offset..].starts_with(&triple);
    let end = if is_triple { triple } else { quote.to_string() };
    let mut from = offset + end.len();
    let stop = loop {
        let tail = text.get(from..).unwrap_or("");
        if tail.is_empty() || (!is_triple && tail.starts_with('\n')) {
            break from;
        }
        if tail.starts_with(&end) {
            break from + end.len();
        }
        let mut chars = tail.chars();
        let first = chars.next().map_or(1, char::len_utf8);
        let escaped = !raw && tail.starts_with('\\');
        from += if escaped { first + chars.next().map_or(0, char::len_utf8) } else { first };
    };
    while rest.next_if(|(index, _)| *index < stop).is_some() {}
}
