//! What programs and templates left in the text that visitors read: a placeholder that nothing filled, a
//! warning of the language.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::facts::PageFacts;
use super::findings::Finding;

/// How many of a kind are told apart.
const MOST: usize = 20;

/// Something in the text that is not meant for those who read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leftover {
    /// What it is: `an error of PHP`.
    pub what: String,
    /// The first one.
    pub text: String,
}

/// Each is another one: what nothing filled is told by its name.
const PLACEHOLDER: &str = "a placeholder that nothing filled";

/// What it is, since which measures it is looked for, and how it is known.
static KINDS: LazyLock<[(&str, u32, Regex); 13]> = LazyLock::new(|| {
    let regex = |pattern| Regex::new(pattern).expect("the pattern is a constant");
    [
        (
            "an error of PHP",
            0,
            regex(
                r"(?:Warning|Notice|Deprecated|Fatal error|Parse error):\s+[^\n]{1,300}? in \S+ on line [0-9]+",
            ),
        ),
        (
            "an error that ends PHP",
            1,
            regex(r"(?:Fatal|Parse) error:\s+[^\n]{1,300}?(?: in \S+ on line [0-9]+|\.php:[0-9]+)"),
        ),
        ("an error of a database", 1, regex(r"SQLSTATE\[[0-9A-Z]{5}\]|\bORA-[0-9]{5}: ")),
        (
            "the trace of an error",
            1,
            regex(
                r"(?:^|\s)at (?:[\w.$<>\[\] ]+\([^()\n]*\.[A-Za-z]{1,5}:[0-9]+(?::[0-9]+)?\)|/\S+:[0-9]+:[0-9]+|[\w.`]+\([^()\n]*\) in .{1,200}:line [0-9]+)",
            ),
        ),
        (
            "a value that a program could not write",
            1,
            regex(r"%![a-z]\([a-z0-9]{1,30}=|%![a-z]\(MISSING\)|<no value>"),
        ),
        (
            "letters that were read in another encoding",
            1,
            regex(r"Ã[\u{80}-\u{BF}]|â€[\u{2122}\u{153}\u{201C}\u{2013}\u{2014}]|\u{FFFD}"),
        ),
        ("code of PHP", 0, regex(r"<\?(?:php\b|=)")),
        (
            PLACEHOLDER,
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

/// What of it is in a text: each that is another one, as far as so many.
pub(super) fn leftovers(text: &str) -> Vec<Leftover> {
    let mut found: Vec<Leftover> = Vec::new();
    for (what, _, pattern) in KINDS.iter() {
        let mut of_kind = 0;
        for hit in pattern.find_iter(text) {
            let text: String = hit.as_str().trim().chars().take(80).collect();
            let one = Leftover { what: (*what).to_owned(), text };
            if of_kind < MOST && !found.contains(&one) {
                found.push(one);
                of_kind += 1;
            }
        }
    }
    found
}

/// What the text of the good page has not. What is shown as code is no part of it; of a look that was kept
/// before all of a kind were told apart, one of the kind stands for all.
pub(super) fn new_leftovers(facts: &PageFacts, good: Option<&PageFacts>) -> Vec<Finding> {
    let known = |one: &Leftover| {
        good.is_some_and(|good| {
            let mut same = good.leftovers.iter().filter(|there| there.what == one.what);
            let exact = good.is_measured() && one.what == PLACEHOLDER;
            same.any(|there| !exact || there.text == one.text)
        })
    };
    // Of a look that was kept before it was looked for, nobody knows.
    let looked_for = |what: &str| {
        let since = KINDS.iter().find(|(kind, ..)| *kind == what).map_or(0, |(_, since, _)| *since);
        good.is_some_and(|good| good.measures >= since)
    };
    let found = facts.leftovers.iter();
    let new = found.filter(|one| looked_for(&one.what) && !known(one));
    let mut kinds: Vec<&str> = Vec::new();
    let first = new.filter(|one| {
        let fresh = !kinds.contains(&one.what.as_str());
        kinds.push(&one.what);
        fresh
    });
    first
        .map(|one| Finding::release(format!("the text shows {}: {}", one.what, one.text)))
        .collect()
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
            ("SQLSTATE[42S02]: Base table or view not found", Some("an error of a database")),
            ("at Object.<anonymous> (/srv/app.js:3:9)", Some("the trace of an error")),
            ("at com.shop.Cart.total(Cart.java:12)", Some("the trace of an error")),
            (
                "TypeError: x is null at Layer.handle [as one] (/srv/app/layer.js:95:5)",
                Some("the trace of an error"),
            ),
            ("at Shop.Cart.Total() in C:\\src\\Cart.cs:line 3", Some("the trace of an error")),
            ("%!d(string=abc)", Some("a value that a program could not write")),
            (
                "Caf\u{c3}\u{a9} und B\u{c3}\u{a4}ume",
                Some("letters that were read in another encoding"),
            ),
            ("at home (since 12:30)", None),
            ("São Paulo, Ãngela", None),
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
        assert_eq!(new_leftovers(&here, Some(&facts("write {{ other }}"))).len(), 1);
        assert!(new_leftovers(&here, Some(&facts("{{ other }} {{ name }}"))).is_empty());
        let dead = facts("Fatal error: no database in /srv/x.php on line 3");
        let noticed = facts("Notice: x in /srv/x.php on line 3");
        assert_eq!(new_leftovers(&dead, Some(&noticed)).len(), 1, "a notice is no end");
        assert!(new_leftovers(&noticed, Some(&dead)).is_empty());
        let old = PageFacts { measures: 0, ..facts("none") };
        assert!(new_leftovers(&facts("[object Object]"), Some(&old)).is_empty());
        assert_eq!(new_leftovers(&facts("[object Object]"), Some(&facts("none"))).len(), 1);
        assert!(new_leftovers(&here, None).is_empty(), "with nothing beside it, nobody can tell");
    }
}
