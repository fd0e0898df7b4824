//! A user's text as it may be shown.

/// A user's text for a message: short, control characters escaped.
pub(crate) fn clean(text: &str) -> String {
    let short: String = text.chars().take(60).flat_map(escaped).collect();
    if text.chars().nth(60).is_some() { format!("{short}…") } else { short }
}

/// A character as it may be shown.
pub(crate) fn escaped(c: char) -> impl Iterator<Item = char> {
    let plain = matches!(c, '\'' | '"' | '\\').then_some(c);
    let escape = plain.is_none().then(|| c.escape_debug());
    plain.into_iter().chain(escape.into_iter().flatten())
}
