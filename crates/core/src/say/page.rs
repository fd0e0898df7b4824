//! Words that only pages have: ages, positions, and what went wrong with one.

use crate::Timestamp;
use crate::units::Period;

use super::Reader;

/// How long ago, in one unit: `41 d`, `2 h`. Only where as of when is said as well.
#[must_use]
pub fn age(at: Timestamp, reader: &Reader) -> String {
    let period = Period::between(at, reader.now).roughly();
    let mut words = period.split(' ');
    match (words.next(), words.next()) {
        (Some(number), Some(unit)) if unit != "ms" && unit != "s" => format!("{number} {unit}"),
        _ => "now".to_owned(),
    }
}

/// A large number in groups of three: `18 204`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

/// The same with a capital, where it begins a sentence.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// What went wrong with a page, as its title.
#[must_use]
pub const fn http_title(status: u16) -> &'static str {
    match status {
        401 => "Who are you?",
        403 => "Not with this token.",
        404 => "There is no such page.",
        409 => "It cannot be done as things stand.",
        413 => "That is too much at once.",
        422 => "That cannot be understood.",
        429 => "Too often. Wait a little.",
        503 => "It cannot be said now.",
        500..=599 => "This is a bug of plimsoll's.",
        _ => "That cannot be done.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_one_unit_and_positions_their_groups() {
        let reader = Reader::utc("2026-11-18T22:32:00Z".parse().expect("a moment"));
        let ago = |text: &str| age(text.parse().expect("a moment"), &reader);
        assert_eq!(ago("2026-11-18T20:02:00Z"), "2 h");
        assert_eq!(ago("2026-10-08T20:02:00Z"), "41 d");
        assert_eq!(ago("2026-11-18T22:31:40Z"), "now");
        assert_eq!(ago("2026-11-18T22:33:40Z"), "now");
        assert_eq!(
            [thousands(18_204), thousands(7), thousands(1_000_000)].join("|"),
            "18\u{a0}204|7|1\u{a0}000\u{a0}000"
        );
    }
}
