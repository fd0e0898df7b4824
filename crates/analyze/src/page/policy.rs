//! What the page's content security policy blocks: the browser says so in its log alone.

use std::sync::LazyLock;

use regex::Regex;

use super::address::{named, same_place};
use super::facts::{ConsoleKind, ConsoleLine, PageFacts};
use super::findings::Finding;
use super::judge::{Expected, counts};
use super::same::is_same_thing;

/// What is blocked, by its address or as what stands in the page itself.
static BLOCKED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?P<what>[^'\n]{1,60}?) *(?:'(?P<url>https?://[^']+)')? *",
        r"violates the following Content Security Policy directive",
    ))
    .expect("the pattern is a constant")
});

/// What a line says is blocked: an address, or else words.
fn read(line: &ConsoleLine) -> Option<(Option<&str>, &str)> {
    if line.kind != ConsoleKind::Browser || line.text.contains("[Report Only]") {
        return None;
    }
    let found = BLOCKED.captures(&line.text)?;
    Some((found.name("url").map(|url| url.as_str()), found.name("what")?.as_str()))
}

/// What of the page's own is blocked here and not on the good page. Of what stands in the page itself,
/// nobody can say that it is meant to run unless it does there.
pub(super) fn blocked(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let there: Vec<_> = good.into_iter().flat_map(|good| &good.console).filter_map(read).collect();
    let mut found: Vec<Finding> = Vec::new();
    for (url, what) in facts.console.iter().filter_map(read) {
        let words = match url {
            Some(url) => {
                let told = facts.failed().any(|(one, _)| same_place(&one.url, url));
                let known = good.is_some_and(|good| {
                    let mut urls = there.iter().filter_map(|(url, _)| *url);
                    urls.any(|other| is_same_thing((url, facts), (other, good)))
                });
                if told || known || !counts(url, facts, expected) {
                    continue;
                }
                format!("the page's content security policy blocks {}", named(url, facts))
            }
            None => {
                if good.is_none()
                    || there.iter().any(|(url, other)| url.is_none() && *other == what)
                {
                    continue;
                }
                let what = match what {
                    "Executing inline script" => "a script inside the page",
                    "Executing inline event handler" => "what a script inside an element does",
                    "Applying inline style" => "a style inside the page",
                    _ => continue,
                };
                format!(
                    "the page's content security policy blocks {what}, and the good page's does not"
                )
            }
        };
        let finding = Finding::release(words);
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(lines: &[&str]) -> PageFacts {
        let line = |text: &&str| ConsoleLine {
            kind: ConsoleKind::Browser,
            text: (*text).to_owned(),
            place: None,
        };
        PageFacts {
            asked: "http://nl.example/".into(),
            url: "http://nl.example/".into(),
            console: lines.iter().map(line).collect(),
            ..PageFacts::default()
        }
    }

    #[test]
    fn what_a_policy_blocks_is_named_once_and_not_where_the_good_page_has_it_too() {
        let frame = "Framing 'http://nl.example/f.html' violates the following Content Security Policy directive: \"frame-src 'none'\". The request has been blocked.\n";
        let media = "Loading media from  'http://nl.example/v.mp4' violates the following Content Security Policy directive: \"media-src 'none'\".";
        let other = "Connecting to 'http://ads.example/x' violates the following Content Security Policy directive: \"connect-src 'self'\".";
        let inline = "Executing inline script violates the following Content Security Policy directive 'script-src 'self''.";
        let clean = facts(&[]);
        for (lines, good, told) in [
            (vec![frame, frame], Some(&clean), vec!["blocks /f.html"]),
            (vec![media], None, vec!["blocks /v.mp4"]),
            (vec![other], Some(&clean), vec![]),
            (vec![inline], Some(&clean), vec!["blocks a script inside the page, and"]),
            (vec![inline], None, vec![]),
            (
                vec![
                    "[Report Only] Framing 'http://nl.example/f.html' violates the following Content Security Policy directive: x",
                ],
                Some(&clean),
                vec![],
            ),
        ] {
            let found = blocked(&facts(&lines), &Expected::default(), good);
            assert_eq!(found.len(), told.len(), "{lines:?}: {found:?}");
            assert!(
                found.iter().zip(told).all(|(one, part)| one.words.contains(part)),
                "{found:?}"
            );
        }
        let both = facts(&[frame, inline]);
        assert!(blocked(&both, &Expected::default(), Some(&both)).is_empty());
    }
}
