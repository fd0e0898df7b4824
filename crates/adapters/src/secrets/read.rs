//! Whether eyes can read a secret in a text, where nothing has to stand as it was typed.

use super::SHORTEST;

/// With fewer letters and digits a secret is looked for with its other signs alone: `a-1!b` is in
/// too many texts otherwise.
const FEWEST_LETTERS: usize = 6;

/// From this length on, a secret of which a few letters are missing is as good as a whole one.
const LONG: usize = 12;

/// So many letters at most.
const MOST_MISSING: usize = 3;

/// Longer ones are keys, which nobody sets in pieces.
const LONGEST_IN_PIECES: usize = 128;

/// A secret as eyes read it: in large letters or small ones, in groups, with hyphens or signs in it that
/// nobody sees, a letter a line, from the right to the left, in pieces with other words between, and
/// without its last letters.
#[derive(Clone)]
pub(super) struct Read {
    seen: String,
    letters: Vec<char>,
}

/// Small letters without blanks.
pub(super) fn seen(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Small letters and digits alone, those of full width too.
pub(super) fn letters(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    });
    plain.filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Read {
    /// This value.
    pub fn of(value: &str) -> Self {
        Self { seen: seen(value), letters: letters(value).chars().collect() }
    }

    /// Whether it is in a text, of which this is [`seen`] and [`letters`].
    pub fn is_in(&self, text: &str, text_letters: &str) -> bool {
        let found = |value: &str| value.chars().count() >= SHORTEST && text.contains(value);
        let back: String = self.seen.chars().rev().collect();
        found(&self.seen)
            || found(&back)
            || in_pieces(&self.letters, text_letters)
            || in_pieces(&self.letters.iter().rev().copied().collect::<Vec<_>>(), text_letters)
    }
}

/// Whether pieces of at least [`SHORTEST`] letters, all of them in the text, make up the value, but for a
/// few at its ends.
fn in_pieces(value: &[char], text: &str) -> bool {
    let length = value.len();
    if !(FEWEST_LETTERS..=LONGEST_IN_PIECES).contains(&length) {
        return false;
    }
    let missing = if length < LONG { 0 } else { MOST_MISSING.min(length / 6) };
    let mut reached = vec![false; length + 1];
    reached[..=missing].fill(true);
    for from in 0..length {
        if !reached[from] {
            continue;
        }
        for to in from + SHORTEST..=length {
            let piece: String = value[from..to].iter().collect();
            if !text.contains(&piece) {
                break;
            }
            reached[to] = true;
        }
    }
    reached[length - missing..].contains(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_read(value: &str, text: &str) -> bool {
        Read::of(value).is_in(&seen(text), &letters(text))
    }

    #[test]
    fn what_eyes_put_together_is_read() {
        for text in [
            "your key is hunter2zebra9914qq.",
            "HUNTER2ZEBRA9914QQ",
            "hun-ter-2ze-bra-991-4qq",
            "hun\u{200b}ter\u{200b}2zebra9914qq",
            "hun\u{ad}ter2zeb\u{2060}ra9914qq",
            "h u n t e r 2 z e b r a 9 9 1 4 q q",
            "qq4199arbez2retnuh",
            "hunter2ze and then bra9914qq",
            "hunter2zebra9914",
            "ｈｕｎｔｅｒ２ｚｅｂｒａ９９１４ｑｑ",
        ] {
            assert!(is_read("hunter2zebra9914qq", text), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for (value, text) in [
            ("hunter2zebra9914qq", "a hunter saw two zebras, 9914 of them"),
            ("hunter2zebra9914qq", "hunter2zebra"),
            ("tok-9f3b7c21", "tok-9f3b7c2"),
            ("password1", "Change your password"),
            ("a-1!b", "ab a1b 1ab"),
            ("!!??", "!!"),
        ] {
            assert!(!is_read(value, text), "{value} in {text}");
        }
        assert!(is_read("!!??", "so !! ??"), "a secret without any letter is looked for as it is");
    }
}
