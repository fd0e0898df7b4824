//! A finding of a page without what changes from build to build and from run to run.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A port, a place in a script, a long number, a length of time, a share, and what builders put into names so that caches let
/// go of them: eight or more letters and digits with a digit among them.
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<id>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)",
        r"|(?P<host>\b(?:localhost|[0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{1,5}\b)",
        r"|(?P<place>:[0-9]+:[0-9]+\))",
        r"|(?P<word>[0-9A-Za-z]{8,})",
        r"|(?P<number>\b[0-9]{4,}\b)",
        r"|(?P<time>\b[0-9]+(?:\.[0-9]+)? ?(?:(?:ms|s|characters)\b|%))",
    ))
    .expect("the pattern is a constant")
});

/// As long as this a number in a file's name is a moment or a hash, and not the number of a thing.
const LONG_NUMBER: usize = 8;

/// A finding without its variable parts. Statuses and names stay: another one is another failure. What
/// is all that there is of a file's name is its name, and the number of a picture is that picture's.
///
/// # Example
/// ```
/// use plimsoll_analyze::page::signature;
/// let one = signature("the style sheet /style.9f8e7d6c.css answers 404");
/// assert_eq!(one, "the style sheet /style.<id>.css answers 404");
/// assert_eq!(one, signature("the style sheet /style.01ab23cd.css answers 404"));
/// assert_ne!(one, signature("the style sheet /style.01ab23cd.css answers 500"));
/// assert_eq!(signature("the script /01ab23cd.js answers 404"), "the script /01ab23cd.js answers 404");
/// ```
#[must_use]
pub fn signature(words: &str) -> String {
    let found = VARIABLE.replace_all(words, |found: &regex::Captures<'_>| {
        let whole = &found[0];
        let place = found.get(0).map_or(0..0, |whole| whole.range());
        if is_name(words, place) {
            whole.to_owned()
        } else if found.name("place").is_some() {
            ")".to_owned()
        } else if found.name("host").is_some() {
            "<addr>".to_owned()
        } else if found.name("id").is_some() {
            "<id>".to_owned()
        } else if found.name("word").is_some() {
            if whole.bytes().any(|byte| byte.is_ascii_digit()) {
                "<id>".to_owned()
            } else {
                whole.to_owned()
            }
        } else {
            "<n>".to_owned()
        }
    });
    found.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether what stands there is the name of a thing: of a file, or of an error (`ORA-12541`).
fn is_name(words: &str, place: Range<usize>) -> bool {
    let (before, whole, after) =
        (&words[..place.start], &words[place.clone()], &words[place.end..]);
    let is_number = whole.bytes().all(|byte| byte.is_ascii_digit());
    let coded = before
        .strip_suffix('-')
        .is_some_and(|code| code.ends_with(|c: char| c.is_ascii_uppercase()));
    if is_number && coded {
        return true;
    }
    let begins = before.rfind(|c: char| c.is_whitespace() || c == '(').map_or(0, |at| at + 1);
    let Some((_, file)) = before[begins..].rsplit_once('/') else { return false };
    let ends = after.find(|c: char| c.is_whitespace() || "?#):".contains(c)).unwrap_or(after.len());
    let rest = &after[..ends];
    if file.contains(['?', '#']) || rest.contains('/') {
        return false;
    }
    let alone = file.is_empty() && (rest.is_empty() || rest.starts_with('.'));
    alone || (is_number && whole.len() < LONG_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_failure_has_the_same_signature_and_another_one_another() {
        for (words, same) in [
            (
                "a script fails: TypeError: x is null (/app.0a1b2c3d4e.js:1:20345)",
                "a script fails: TypeError: x is null (/app.<id>.js)",
            ),
            (
                "the picture http://127.0.0.1:40123/a.png answers 404",
                "the picture http://<addr>/a.png answers 404",
            ),
            ("/ was not ready within 30 s", "/ was not ready within <n>"),
            (
                "2 style sheets apply, where the good page has 3",
                "2 style sheets apply, where the good page has 3",
            ),
            (
                "the script /build/vendor-3fa85f64-5717-4562-b3fc-2c963f66afa6.js answers 500",
                "the script /build/vendor-<id>.js answers 500",
            ),
            (
                "the style sheet /stylesheet.css is empty",
                "the style sheet /stylesheet.css is empty",
            ),
            (
                "/_next/static/a1b2c3d4e5/app.js answers 404",
                "/_next/static/<id>/app.js answers 404",
            ),
            ("/style.1700000000.css?v=12345 answers 404", "/style.<id>.css?v=<n> answers 404"),
        ] {
            assert_eq!(signature(words), same);
            assert_eq!(signature(same), same, "it is its own signature");
        }
    }

    #[test]
    fn a_thing_that_has_nothing_but_a_number_for_a_name_is_that_thing() {
        for words in [
            "the script /4bd1b696c9a1.js answers 404",
            "the script /chunks/1234.js answers 404",
            "the picture /media/10234.png answers 404",
            "the picture /media/photo-10234.png answers 404",
            "the picture /media/3fa85f64-5717-4562-b3fc-2c963f66afa6.png answers 404",
            "the picture /media/10234 answers 404",
            "a script fails: Error: ORA-12541 (/app.js)",
        ] {
            assert_eq!(signature(words), words);
        }
        assert_eq!(
            signature("the script /chunks/1234.0a1b2c3d4e.js answers 404"),
            "the script /chunks/1234.<id>.js answers 404"
        );
    }
}
