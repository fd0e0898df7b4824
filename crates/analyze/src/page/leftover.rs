//! What programs and templates left in the text that visitors read: a placeholder that nothing filled, a
//! warning of the language.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::facts::PageFacts;
use super::findings::Finding;

/// Something in the text that is not meant for those who read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leftover {
    /// What it is: `an error of PHP`.
    pub what: String,
    /// The first one.
    pub text: String,
}

/// What it is, since which measures it is looked for, and how it is known.
static KINDS: LazyLock<[(&str, u32, Regex); 8]> = LazyLock::new(|| {
    let regex = |pattern| Regex::new(pattern).expect("the pattern is a constant");
    [
        (
            "an error of PHP",
            0,
            regex(
                r"(?:Warning|Notice|Deprecated|Fatal error|Parse error):\s+[^\n]{1,300}? in \S+ on line [0-9]+",
            ),
        ),
        ("code of PHP", 0, regex(r"<\?(?:php\b|=)")),
        (
            "a placeholder that nothing filled",
            0,
            regex(
                r"\{\{-? ?[A-Za-z_$][^{}\n]{0,80}\}\}|\{%-? ?[a-z]+[^%\n]{0,80}%\}|<%[=-][^%\n]{1,80}%>",
            ),
        ),
        ("an error of Python", 0, regex(r"Traceback \(most recent call last\):")),
        (
            "a place for a value that nothing filled",
            1,
            regex(concat!(
                r"(?m)(?:^|[\s(:«“])(?:%(?:[0-9]\$)?[sd]|%\([a-z_]+\)[sd]|\{[0-9]\})(?:$|[\s.,:;!?)»”])",
                r"|\$\{[A-Za-z_][A-Za-z0-9_.]{0,60}\}",
            )),
        ),
        (
            "a text that nobody translated",
            1,
            regex(concat!(
                r"(?i:translation missing: [\w-]+\.[\w.-]+)|\[missing .{1,80} translation\]",
                r"|\?\?\??[A-Za-z][\w-]*(?:\.[\w-]+)+\?\?\??",
            )),
        ),
        ("an object in place of its words", 1, regex(r"\[object [A-Z][A-Za-z]{2,30}\]")),
        ("a date that is none", 1, regex(r"\bInvalid Date\b")),
    ]
});

/// What of it is in a text, the first of each kind.
pub(super) fn leftovers(text: &str) -> Vec<Leftover> {
    let first = |(what, _, pattern): &(&str, u32, Regex)| {
        let text: String = pattern.find(text)?.as_str().chars().take(80).collect();
        Some(Leftover { what: (*what).to_owned(), text })
    };
    KINDS.iter().filter_map(first).collect()
}

/// Kinds that the text of the good page has none of. A page about templates may well show some.
pub(super) fn new_leftovers(facts: &PageFacts, good: Option<&PageFacts>) -> Vec<Finding> {
    let known =
        |what: &str| good.is_some_and(|good| good.leftovers.iter().any(|there| there.what == what));
    // Of a look that was kept before it was looked for, nobody knows.
    let looked_for = |what: &str| {
        let since = KINDS.iter().find(|(kind, ..)| *kind == what).map_or(0, |(_, since, _)| *since);
        good.is_some_and(|good| good.measures >= since)
    };
    let found = facts.leftovers.iter();
    let new = found.filter(|one| looked_for(&one.what) && !known(&one.what));
    new.map(|one| Finding::release(format!("the text shows {}: {}", one.what, one.text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_leave_is_told_from_what_people_write() {
        for (text, what) in [
            ("Warning: Undefined variable $x in /var/www/a.php on line 3", Some("an error of PHP")),
            (
                "Fatal error: Uncaught Error: x() in /srv/x.php:3 in /srv/x.php on line 3",
                Some("an error of PHP"),
            ),
            ("Hello {{ user.name }}", Some("a placeholder that nothing filled")),
            ("{% for card in cards %}", Some("a placeholder that nothing filled")),
            ("Hello <%= name %>", Some("a placeholder that nothing filled")),
            ("<?php echo 1; ?>", Some("code of PHP")),
            ("Traceback (most recent call last):", Some("an error of Python")),
            ("Hello %s!", Some("a place for a value that nothing filled")),
            ("%1$s of %2$d", Some("a place for a value that nothing filled")),
            ("%(count)d items", Some("a place for a value that nothing filled")),
            ("Dear ${user.name}", Some("a place for a value that nothing filled")),
            ("Showing {0} of {1}", Some("a place for a value that nothing filled")),
            ("translation missing: en.home.title", Some("a text that nobody translated")),
            ("???home.title???", Some("a text that nobody translated")),
            ("[missing \"en.home.title\" translation]", Some("a text that nobody translated")),
            ("[object Object]", Some("an object in place of its words")),
            ("On Invalid Date", Some("a date that is none")),
            ("50 %discount, 100% sure, 5 % d'entre eux", None),
            ("What??? Really???", None),
            ("It costs $ 5 or ${}", None),
            ("Warning: slippery when wet, on line 3 of the metro", None),
            ("100 % {of it}", None),
            ("{{}} and {1, 2}", None),
        ] {
            let found = leftovers(text);
            assert_eq!(found.first().map(|one| one.what.as_str()), what, "{text}");
        }
    }

    #[test]
    fn a_page_that_always_showed_some_may_show_more() {
        let facts = |text: &str| PageFacts {
            measures: PageFacts::MEASURES,
            leftovers: leftovers(text),
            ..PageFacts::default()
        };
        let here = facts("write {{ name }}");
        assert_eq!(new_leftovers(&here, Some(&facts("none"))).len(), 1);
        assert!(new_leftovers(&here, Some(&facts("write {{ other }}"))).is_empty());
        let old = PageFacts { measures: 0, ..facts("none") };
        assert!(new_leftovers(&facts("[object Object]"), Some(&old)).is_empty());
        assert_eq!(new_leftovers(&facts("[object Object]"), Some(&facts("none"))).len(), 1);
        assert!(new_leftovers(&here, None).is_empty(), "with nothing beside it, nobody can tell");
    }
}
