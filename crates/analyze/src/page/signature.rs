//! A finding of a page without what changes from build to build and from run to run.

use std::sync::LazyLock;

use regex::Regex;

/// A name of a file that is nothing but a number or a hash: it says which thing of many it is.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"/(?:[0-9A-Za-z]{4,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\.[A-Za-z0-9]{1,5}\b")
        .expect("the pattern is a constant")
});

/// A port, a place in a script, a long number, a length of time, a share, and what builders put into names so that caches let
/// go of them: eight or more letters and digits with a digit among them.
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<id>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)",
        r"|(?P<host>\b(?:localhost|[0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{1,5}\b)",
        r"|(?P<place>:[0-9]+:[0-9]+\))",
        r"|(?P<word>[0-9A-Za-z]{8,})",
        // What a program calls an error by its number is another error with another number.
        r"|(?P<error>\b[A-Z]{2,}-[0-9]{3,}\b)",
        r"|(?P<number>\b[0-9]{4,}\b)",
        r"|(?P<time>\b[0-9]+(?:\.[0-9]+)? ?(?:(?:ms|s|characters)\b|%))",
    ))
    .expect("the pattern is a constant")
});

/// A finding without its variable parts. Statuses and names stay: another one is another failure.
///
/// # Example
/// ```
/// use plimsoll_analyze::page::signature;
/// let one = signature("the style sheet /style.9f8e7d6c.css answers 404");
/// assert_eq!(one, "the style sheet /style.<id>.css answers 404");
/// assert_eq!(one, signature("the style sheet /style.01ab23cd.css answers 404"));
/// assert_ne!(one, signature("the style sheet /style.01ab23cd.css answers 500"));
/// ```
#[must_use]
pub fn signature(words: &str) -> String {
    let names: Vec<_> = NAME.find_iter(words).map(|name| name.range()).collect();
    let is_name = |at: &regex::Match<'_>| names.iter().any(|name| name.contains(&at.start()));
    let found = VARIABLE.replace_all(words, |found: &regex::Captures<'_>| {
        let whole = &found[0];
        if found.name("error").is_some() || found.get(0).is_some_and(|at| is_name(&at)) {
            return whole.to_owned();
        }
        if found.name("place").is_some() {
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
            ("the script /4bd1b696c9a1.js answers 404", "the script /4bd1b696c9a1.js answers 404"),
            ("the script /chunks/1234.js answers 404", "the script /chunks/1234.js answers 404"),
            (
                "the picture /media/3fa85f64-5717-4562-b3fc-2c963f66afa6.png answers 404",
                "the picture /media/3fa85f64-5717-4562-b3fc-2c963f66afa6.png answers 404",
            ),
            ("a script fails: Error: ORA-12541", "a script fails: Error: ORA-12541"),
            ("a script fails: request 1795292853053 failed", "a script fails: request <id> failed"),
            (
                "the style sheet /stylesheet.css is empty",
                "the style sheet /stylesheet.css is empty",
            ),
        ] {
            assert_eq!(signature(words), same);
            assert_eq!(signature(same), same, "it is its own signature");
        }
    }
}
