//! Taking secrets out of texts, however they are written there.

use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use plimsoll_core::ids::SecretName;

use super::SHORTEST;

/// From this length on, a line of a secret is a secret of its own (a key in PEM). Shorter ones
/// (`user`, `}`) would be found in texts that have nothing to do with them.
const SHORTEST_LINE: usize = 8;

/// From this length on, a secret is looked for across line breaks (`base64` breaks its lines).
const LONG_BYTES: usize = 16;

/// Takes secrets out of texts: as they are, in capitals, URL-encoded (once or twice), JSON- and
/// HTML-escaped, as hexadecimal digits, and in base64 with anything before and after
/// (`Authorization: Basic` holds `user:password`); in UTF-8 and in Latin-1.
#[derive(Clone)]
pub struct Redactor {
    /// For each pattern whose it is, and whether it stands inside base64.
    patterns: Vec<(SecretName, Form)>,
    automaton: Option<AhoCorasick>,
    /// The values as eyes read them.
    read: Vec<String>,
    longest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Base64,
}

/// A text as it is meant, with the place in the original that each byte came from.
struct View {
    bytes: Vec<u8>,
    from: Vec<Range<usize>>,
}

impl plimsoll_engine::ports::Redact for Redactor {
    fn text(&self, text: &str) -> String {
        Self::text(self, text)
    }
}

impl Redactor {
    /// Takes out these values.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (SecretName, String)>) -> Self {
        let mut patterns = Vec::new();
        let mut needles: Vec<Vec<u8>> = Vec::new();
        let mut read = Vec::new();
        for (name, value) in values {
            read.extend(Some(as_read(&value)).filter(|value| value.chars().count() >= SHORTEST));
            let long =
                |line: &&str| line.chars().count() >= SHORTEST_LINE && line.len() < value.len();
            let lines = value.lines().map(str::trim).filter(long);
            for (form, needle) in forms(&value).into_iter().chain(lines.flat_map(forms)) {
                patterns.push((name.clone(), form));
                needles.push(needle);
            }
        }
        // Escaped, every byte may be written as six (`\u0041`).
        let longest = needles.iter().map(|needle| needle.len() * 6).max().unwrap_or(0);
        let automaton = (!needles.is_empty())
            .then(|| AhoCorasick::new(&needles).expect("secrets are far fewer than states"));
        Self { patterns, automaton, read, longest }
    }

    /// Whether somebody who reads the text could read a secret in it: in large letters or small ones, in
    /// groups with dashes between them, a letter a line, or in two halves.
    pub(crate) fn is_shown_in(&self, text: &str) -> bool {
        let (plain, letters) = (as_read(text), letters_of(text));
        let shows = |value: &String| {
            let half = letters_of(value);
            plain.contains(value.as_str())
                || is_long(&half, SHORTEST) && letters.contains(&half)
                || is_long(&half, LONG_LETTERS) && shows_halves(&letters, &half)
        };
        self.read.iter().any(shows) || !self.places(text.as_bytes()).is_empty()
    }

    /// Takes out nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::new([])
    }

    /// The longest way in which a secret may be written.
    ///
    /// # Units
    /// Bytes.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The text with `[secret NAME]` in the place of every secret.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// The bytes with `[secret NAME]` in the place of every secret.
    #[must_use]
    pub fn bytes(&self, text: &[u8]) -> Vec<u8> {
        let mut clean = Vec::with_capacity(text.len());
        let mut done = 0;
        for (place, name) in self.places(text) {
            clean.extend_from_slice(&text[done..place.start]);
            clean.extend_from_slice(format!("[secret {name}]").as_bytes());
            done = place.end;
        }
        clean.extend_from_slice(&text[done..]);
        clean
    }

    /// Where secrets stand: in order, without overlaps.
    pub(crate) fn places(&self, text: &[u8]) -> Vec<(Range<usize>, &SecretName)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found: Vec<(Range<usize>, &SecretName)> = Vec::new();
        for hit in automaton.find_overlapping_iter(text) {
            let (name, form) = &self.patterns[hit.pattern().as_usize()];
            found.push((widen(text, hit.range(), *form), name));
        }
        for view in views(text) {
            for hit in automaton.find_overlapping_iter(&view.bytes) {
                let place = view.from[hit.start()].start..view.from[hit.end() - 1].end;
                found.push((place, &self.patterns[hit.pattern().as_usize()].0));
            }
        }
        if let Some(view) = joined(text) {
            for hit in automaton.find_overlapping_iter(&view.bytes) {
                if hit.len() >= LONG_BYTES {
                    let (name, form) = &self.patterns[hit.pattern().as_usize()];
                    let place = view.from[hit.start()].start..view.from[hit.end() - 1].end;
                    found.push((widen(text, place, *form), name));
                }
            }
        }
        merge(found)
    }
}

/// Halves of a secret say something from this length of all of it on.
const LONG_LETTERS: usize = 12;

/// What is read, whatever its letters and blanks.
fn as_read(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The letters and digits of it alone: what stands between them (dashes, soft ones, blanks without width)
/// keeps nobody from reading.
fn letters_of(text: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let letters = text.chars().map(narrow).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_long(text: &str, least: usize) -> bool {
    text.chars().count() >= least
}

/// Both halves stand somewhere in the text.
fn shows_halves(text: &str, value: &str) -> bool {
    let middle = value.chars().count() / 2;
    let at = value.char_indices().nth(middle).map_or(value.len(), |(at, _)| at);
    let (first, second) = value.split_at(at);
    text.contains(first) && text.contains(second)
}

/// The text as it is meant: what is escaped once, and what is escaped twice in the same way.
fn views(text: &[u8]) -> Vec<View> {
    let mut all = Vec::new();
    all.extend(unspaced(text));
    for decode in [percent_decoded, unescaped, without_entities] {
        let Some(once) = decode(text) else { continue };
        all.extend(decode(&once.bytes).map(|twice| twice.of(&once)));
        all.push(once);
    }
    all
}

impl View {
    /// The places of a view of a view, in the original.
    fn of(self, inner: &Self) -> Self {
        let place =
            |range: Range<usize>| inner.from[range.start].start..inner.from[range.end - 1].end;
        Self { bytes: self.bytes, from: self.from.into_iter().map(place).collect() }
    }
}

fn merge(mut found: Vec<(Range<usize>, &SecretName)>) -> Vec<(Range<usize>, &SecretName)> {
    found.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
    let mut merged: Vec<(Range<usize>, &SecretName)> = Vec::new();
    for (place, name) in found {
        match merged.last_mut() {
            Some((last, _)) if place.start < last.end => last.end = last.end.max(place.end),
            _ => merged.push((place, name)),
        }
    }
    merged
}

/// The first and last character of a secret inside base64 are shared with their neighbours; they
/// go as well, and the padding.
fn widen(text: &[u8], place: Range<usize>, form: Form) -> Range<usize> {
    if form == Form::Text {
        return place;
    }
    let shared = |index: usize| {
        text.get(index).is_some_and(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
    };
    let start =
        if place.start > 0 && shared(place.start - 1) { place.start - 1 } else { place.start };
    let mut end = if shared(place.end) { place.end + 1 } else { place.end };
    while text.get(end) == Some(&b'=') {
        end += 1;
    }
    start..end
}

fn forms(value: &str) -> Vec<(Form, Vec<u8>)> {
    if value.chars().count() < SHORTEST {
        return Vec::new();
    }
    let mut forms = vec![(Form::Text, value.as_bytes().to_vec())];
    let xml = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    for other in [
        value.replace(' ', "+"),
        value.replace('\n', "\r\n"),
        xml.clone(),
        xml.replace('"', "&quot;").replace('\'', "&#39;"),
        xml.replace('"', "&quot;").replace('\'', "&apos;"),
        value.to_uppercase(),
        value.to_lowercase(),
        digits(value.as_bytes()),
        digits(value.as_bytes()).to_uppercase(),
    ] {
        if forms.iter().all(|(_, known)| *known != other.as_bytes()) {
            forms.push((Form::Text, other.into_bytes()));
        }
    }
    // What scripts make of letters with accents (`btoa`, `escape`) is Latin-1.
    let latin: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let latin = latin.filter(|_| !value.is_ascii());
    for bytes in std::iter::once(value.as_bytes()).chain(latin.as_deref()) {
        for (alphabet, before) in
            [STANDARD, URL_SAFE].into_iter().flat_map(|a| [(a, 0), (a, 1), (a, 2)])
        {
            let inside = base64_inside(alphabet, before, bytes);
            if forms.iter().all(|(_, known)| *known != inside) {
                forms.push((Form::Base64, inside));
            }
        }
    }
    if let Some(latin) = latin {
        forms.push((Form::Text, digits(&latin).into_bytes()));
        forms.push((Form::Text, latin));
    }
    forms
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The base64 characters that depend on `value` alone, when `before` bytes (modulo 3) precede it.
fn base64_inside(alphabet: &[u8; 64], before: usize, value: &[u8]) -> Vec<u8> {
    let bit = |index: usize| {
        let byte = value[index / 8 - before];
        usize::from(byte >> (7 - index % 8) & 1)
    };
    let first = (before * 8).div_ceil(6);
    let last = (before + value.len()) * 8 / 6;
    (first..last)
        .map(|at| alphabet[(at * 6..at * 6 + 6).fold(0, |sextet, index| sextet << 1 | bit(index))])
        .collect()
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}

/// The text with `%41` read as `A`; `None` when there is no such place.
fn percent_decoded(text: &[u8]) -> Option<View> {
    decoded(text, b'%', |rest| {
        // What `escape` makes of letters beyond Latin-1.
        if rest.get(1) == Some(&b'u') {
            let letter = char::from_u32(hex(rest.get(2..6)?)?)?;
            return Some((letter.to_string().into_bytes(), 6));
        }
        let byte = u8::try_from(hex(rest.get(1..3)?)?).ok()?;
        Some((vec![byte], 3))
    })
}

/// The text with `\n`, `\"`, `\u0041` and pairs of them read as what they stand for.
fn unescaped(text: &[u8]) -> Option<View> {
    decoded(text, b'\\', |rest| {
        let plain = match rest.get(1)? {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'u' => return unicode(rest),
            other @ (b'"' | b'\\' | b'/' | b'\'') => *other,
            _ => return None,
        };
        Some((vec![plain], 2))
    })
}

/// The text with `&#65;`, `&#x41;` and `&amp;` read as what they stand for.
fn without_entities(text: &[u8]) -> Option<View> {
    decoded(text, b'&', |rest| {
        let end = rest.iter().take(10).position(|byte| *byte == b';')?;
        let letter = match rest.get(1..end)? {
            b"amp" => '&',
            b"lt" => '<',
            b"gt" => '>',
            b"quot" => '"',
            b"apos" => '\'',
            [b'#', b'x' | b'X', code @ ..] => char::from_u32(hex(code)?)?,
            [b'#', code @ ..] => char::from_u32(std::str::from_utf8(code).ok()?.parse().ok()?)?,
            _ => return None,
        };
        Some((letter.to_string().into_bytes(), end + 1))
    })
}

/// The text without its line breaks; `None` when it is one line.
fn joined(text: &[u8]) -> Option<View> {
    if !text.contains(&b'\n') {
        return None;
    }
    let kept = |index: &usize| !matches!(text[*index], b'\n' | b'\r');
    let from: Vec<Range<usize>> =
        (0..text.len()).filter(kept).map(|index| index..index + 1).collect();
    let bytes = from.iter().map(|place| text[place.start]).collect();
    Some(View { bytes, from })
}

/// Letters that stand one by one (`s e c r e t`), without what stands between them; `None` when there are
/// none like that.
fn unspaced(text: &[u8]) -> Option<View> {
    let length = |at: usize| match text.get(at) {
        Some(0xF0..) => 4,
        Some(0xE0..) => 3,
        Some(0xC0..) => 2,
        Some(_) | None => 1,
    };
    let mut view = View { bytes: Vec::new(), from: Vec::new() };
    let mut at = 0;
    while at < text.len() {
        let (start, mut run, mut next) = (at, Vec::new(), at);
        while next < text.len() {
            let end = (next + length(next)).min(text.len());
            run.extend(next..end);
            next = end;
            if text.get(next) != Some(&b' ') {
                break;
            }
            next += 1;
        }
        // A run of so many letters is no chance; it may begin with the second of what looks like one.
        if run.len() >= SHORTEST {
            view.bytes.extend(run.iter().map(|place| text[*place]));
            view.from.extend(run.into_iter().map(|place| place..place + 1));
            view.bytes.push(b'\n');
            view.from.push(next - 1..next);
            at = next;
        } else {
            at = start + length(start);
        }
    }
    (!view.bytes.is_empty()).then_some(view)
}

fn unicode(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let high = hex(rest.get(2..6)?)?;
    let (code, length) = match (high, rest.get(6..8)) {
        (0xD800..0xDC00, Some(b"\\u")) => {
            let low = hex(rest.get(8..12)?)?.checked_sub(0xDC00)?;
            (0x10000 + ((high - 0xD800) << 10) + low, 12)
        }
        _ => (high, 6),
    };
    Some((char::from_u32(code)?.to_string().into_bytes(), length))
}

fn decoded(
    text: &[u8],
    mark: u8,
    read: impl Fn(&[u8]) -> Option<(Vec<u8>, usize)>,
) -> Option<View> {
    if !text.contains(&mark) {
        return None;
    }
    let mut view = View { bytes: Vec::new(), from: Vec::new() };
    let mut at = 0;
    while at < text.len() {
        let known = if text[at] == mark { read(&text[at..]) } else { None };
        let (bytes, length) = known.unwrap_or_else(|| (vec![text[at]], 1));
        view.from.extend(std::iter::repeat_n(at..at + length, bytes.len()));
        view.bytes.extend(bytes);
        at += length;
    }
    Some(view)
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.patterns.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(value: &str) -> Redactor {
        Redactor::new([("pw".parse().expect("valid"), value.to_owned())])
    }

    #[test]
    fn every_way_of_writing_a_secret_is_taken_out() {
        let redactor = redactor("p\"a ss/wörd&");
        for (written, clean) in [
            ("x p\"a ss/wörd& y", "x [secret pw] y"),
            ("u=p%22a%20ss%2Fw%C3%B6rd%26;", "u=[secret pw];"),
            ("u=p%22a%20ss/w%c3%b6rd&;", "u=[secret pw];"),
            ("u=p%22a+ss%2Fw%C3%B6rd%26;", "u=[secret pw];"),
            (r#"{"p":"p\"a ss\/w\u00f6rd&"}"#, r#"{"p":"[secret pw]"}"#),
            ("<f>p&quot;a ss/wörd&amp;</f>", "<f>[secret pw]</f>"),
            ("<f>p&#34;a ss/w&#xf6;rd&#38;</f>", "<f>[secret pw]</f>"),
            ("u=p%22a%20ss/w%F6rd%26;", "u=[secret pw];"),
            ("u=p%2522a%2520ss%252Fw%25C3%25B6rd%2526;", "u=[secret pw];"),
            ("7022612073732f77c3b6726426", "[secret pw]"),
            ("7022612073732f77f6726426", "[secret pw]"),
            ("P\"A SS/WÖRD&", "[secret pw]"),
        ] {
            assert_eq!(redactor.text(written), clean, "{written}");
        }
        // btoa('p"a ss/wörd&') is of Latin-1.
        assert_eq!(redactor.text("x cCJhIHNzL3f2cmQm y"), "x [secret pw] y");
        assert!(String::from_utf8_lossy(&redactor.bytes(b"p\"a ss/w\xf6rd&")).contains("[secret"));
    }

    #[test]
    fn what_can_be_read_is_found_whatever_its_letters_and_blanks() {
        let redactor = redactor("tok-9f3b7c21");
        for text in ["x TOK-9F3B7C21 y", "tok- 9f3b 7c21", "t\no\nk-9f3b\n7c21", "tok%2d9f3b7c21"] {
            assert!(redactor.is_shown_in(text), "{text}");
        }
        assert!(!redactor.is_shown_in("tok-9f3b7c2"));
        let redactor = self::redactor("hunter2zebra9914qq");
        for text in [
            "hun-ter-2ze-bra-991-4qq",
            "hun\u{ad}ter2\u{ad}zebra9914qq",
            "hunter2\u{200b}zebra9914qq",
            "\u{ff48}unter2zebra9914qq",
            "hunter2ze and then bra9914qq",
        ] {
            assert!(redactor.is_shown_in(text), "{text}");
        }
        assert!(!redactor.is_shown_in("hunter2ze and no more"));
    }

    #[test]
    fn letters_that_stand_one_by_one_are_taken_out() {
        let redactor = redactor("hunter2 zébra");
        let spaced: Vec<_> = "hunter2 zébra".chars().map(String::from).collect();
        let clean = redactor.text(&format!("it is {} for a b c", spaced.join(" ")));
        assert_eq!(clean, "it is [secret pw] for a b c");
        assert_eq!(redactor.text("a b c d e f g h i j k"), "a b c d e f g h i j k");
        assert_eq!(redactor.text("ends in h u n t e r 2"), "ends in h u n t e r 2");
    }

    #[test]
    fn base64_is_found_at_every_offset_in_both_alphabets() {
        let redactor = redactor("s3cr3t?>value~");
        // printf 'X:s3cr3t?>value~Y' | base64, with 0, 1, 2 bytes before and a tail.
        for (written, left) in [
            ("czNjcjN0Pz52YWx1ZX4=", ""),
            ("dTpzM2NyM3Q/PnZhbHVlfg==", "dT"),
            ("dTpzM2NyM3Q_PnZhbHVlfg", "dT"),
            ("dXNlcjpzM2NyM3Q/PnZhbHVlfg==", "dXNlcj"),
        ] {
            let clean = redactor.text(written);
            assert!(clean.contains("[secret pw]"), "{written}: {clean}");
            assert!(clean.starts_with(left) && clean.len() <= left.len() + 12, "{clean}");
        }
    }

    #[test]
    fn a_key_of_several_lines_is_found_by_line_and_in_base64_that_is_wrapped() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nqhkiG9w0BAQEFAASCBKcwggSjAgEAAo\n-----END KEY-----";
        let redactor = redactor(key);
        assert_eq!(redactor.text("x MIIEvQIBADANBgkqhkiG9w0BAQEFAASC y"), "x [secret pw] y");
        let encoded = base64_inside(STANDARD, 0, key.as_bytes());
        let lines: Vec<_> = encoded.chunks(76).map(String::from_utf8_lossy).collect();
        let clean = redactor.text(&format!("a\n{}\nb", lines.join("\n")));
        assert!(lines.iter().all(|line| !clean.contains(&line[..16])), "{clean}");
        assert!(clean.starts_with("a\n[secret pw]") && clean.ends_with("\nb"), "{clean}");
    }

    #[test]
    fn a_line_of_eight_characters_is_taken_out_and_one_of_seven_is_not() {
        let redactor = redactor("hunter-eight-15\n pässword \nseven-7\nuser");
        for (line, clean) in [
            ("hunter-eight-15", "[secret pw]"),
            ("pässword", "[secret pw]"),
            ("seven-7", "seven-7"),
            ("user", "user"),
        ] {
            assert_eq!(redactor.text(&format!("is {line}.")), format!("is {clean}."));
        }
    }

    #[test]
    fn overlapping_secrets_leave_no_end_behind() {
        let redactor = Redactor::new([
            ("a".parse().expect("valid"), "abcdef".to_owned()),
            ("b".parse().expect("valid"), "defghi".to_owned()),
        ]);
        assert_eq!(redactor.text("<abcdefghi>"), "<[secret a]>");
        assert_eq!(redactor.text("<abcdefabcdef>"), "<[secret a][secret a]>");
    }

    #[test]
    fn nothing_is_shown_by_debug_and_nothing_else_is_touched() {
        let redactor = redactor("hunter2-hunter2");
        assert!(!format!("{redactor:?}").contains("hunter"));
        let text = "100% of \\o/ and %zz \\u12 hunter2";
        assert_eq!(redactor.text(text), text);
        assert_eq!(Redactor::none().text(text), text);
    }
}
