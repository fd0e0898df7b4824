//! The lines of a calendar file: unfolded, and split into name, parameters and value.

use super::CalendarError;

/// `NAME;PARAMETER=VALUE:VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it begins, from 1.
    pub number: usize,
    /// In capitals.
    pub name: String,
    /// Names in capitals.
    pub parameters: Vec<(String, String)>,
    pub value: String,
}

impl Line {
    pub fn error(&self, message: String) -> CalendarError {
        CalendarError::at(self.number, message)
    }

    pub fn is(&self, name: &str, value: &str) -> bool {
        self.name == name && self.value.eq_ignore_ascii_case(value)
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A line that begins with a blank goes on with the one before it (RFC 5545, 3.1).
pub(super) fn unfold(text: &str) -> Result<Vec<Line>, CalendarError> {
    let mut whole: Vec<(usize, String)> = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(more), Some((_, last))) => last.push_str(more),
            _ if line.trim().is_empty() => {}
            _ => whole.push((at + 1, line.to_owned())),
        }
    }
    whole.iter().map(|(number, text)| split(*number, text)).collect()
}

/// Parameters may hold `:` and `;` in quotation marks.
fn split(number: usize, text: &str) -> Result<Line, CalendarError> {
    let mut quoted = false;
    let mut cuts = vec![];
    let mut colon = None;
    for (at, char) in text.char_indices() {
        match char {
            '"' => quoted = !quoted,
            ';' if !quoted => cuts.push(at),
            ':' if !quoted => {
                colon = Some(at);
                break;
            }
            _ => {}
        }
    }
    let wrong = || CalendarError::at(number, "this is no line of a calendar".to_owned());
    let colon = colon.ok_or_else(wrong)?;
    let ends = cuts.iter().copied().chain([colon]);
    let mut parts = Vec::new();
    let mut from = 0;
    for end in ends {
        parts.push(&text[from..end]);
        from = end + 1;
    }
    let name = parts[0].trim().to_ascii_uppercase();
    let is_name = |char: char| char.is_ascii_alphanumeric() || char == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(wrong());
    }
    let mut parameters = Vec::new();
    for part in &parts[1..] {
        let (key, value) = part.split_once('=').ok_or_else(wrong)?;
        parameters.push((key.to_ascii_uppercase(), value.trim_matches('"').to_owned()));
    }
    Ok(Line { number, name, parameters, value: text[colon + 1..].trim().to_owned() })
}
