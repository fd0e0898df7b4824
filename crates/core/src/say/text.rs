//! Texts from outside, numbers in words, and lists.

use std::borrow::Cow;

/// Makes a text from outside safe to show: control characters, terminal escapes and marks that
/// turn the direction of writing become visible (`\u{1b}`), line breaks a space. Doing it twice
/// changes nothing.
///
/// # Source
/// The terminal executes what it prints; findings are written by servers and commands that are
/// not ours.
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.replace("\r\n", " ").chars() {
        match c {
            '\n' | '\t' | '\r' => shown.push(' '),
            c if is_dangerous(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{61c}')
}

/// The text, made safe and cut to at most `most` characters.
#[must_use]
pub fn shorten(text: &str, most: usize) -> String {
    let text = safe(text.trim());
    if text.chars().count() <= most {
        return text.into_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `one` to `twelve`, then digits.
#[must_use]
pub fn number(n: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// `1 target`, `6 targets`.
#[must_use]
pub fn count(n: usize, one: &str) -> String {
    format!("{n} {}", plural(n, one))
}

/// The noun in the number that `n` asks for.
#[must_use]
pub fn plural(n: usize, one: &str) -> String {
    match (n, one.strip_suffix('y')) {
        (1, _) => one.to_owned(),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        (_, _) => format!("{one}s"),
    }
}

/// `a, b, c`; beyond `most` of them `a, b and 38 more`.
#[must_use]
pub fn list<T: std::fmt::Display>(items: &[T], most: usize) -> String {
    let shown = if items.len() > most { most.saturating_sub(1).max(1) } else { items.len() };
    let text = items[..shown].iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match items.len() - shown {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// A word as a shell reads it, in quotes where it needs them.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@,+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_reads_them() {
        for (word, quoted_word) in [
            ("/usr/bin/plimsoll", "/usr/bin/plimsoll"),
            ("/srv/it's here/p.yaml", r"'/srv/it'\''s here/p.yaml'"),
            ("the picture /<n>.png answers 404", "'the picture /<n>.png answers 404'"),
            ("a;b", "'a;b'"),
            ("$(x)", "'$(x)'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(word), quoted_word);
        }
    }

    #[test]
    fn terminal_escapes_become_visible_and_stay_so() {
        let shown = safe("a\u{1b}[31mred\u{7}\nnext\r\nline\u{202e}").into_owned();
        assert_eq!(shown, "a\\u{1b}[31mred\\u{7} next line\\u{202e}");
        assert_eq!(safe(&shown), shown);
        assert_eq!(safe("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(safe("größer → ok"), "größer → ok");
    }

    #[test]
    fn long_lists_say_how_many_more() {
        let all: Vec<u32> = (1..=40).collect();
        assert_eq!(list(&all[..3], 3), "1, 2, 3");
        assert_eq!(list(&all, 3), "1, 2 and 38 more");
        assert_eq!(list(&all[..0], 3), "");
    }

    #[test]
    fn numbers_are_words_up_to_twelve() {
        assert_eq!([number(0), number(2), number(12), number(13)], ["no", "two", "twelve", "13"]);
        assert_eq!(
            [count(1, "target"), count(2, "entry"), count(0, "day")],
            ["1 target", "2 entries", "0 days"]
        );
    }

    #[test]
    fn cutting_counts_characters_not_bytes() {
        assert_eq!(shorten("ääääää", 4), "äää…");
        assert_eq!(shorten("  abc ", 3), "abc");
    }
}
