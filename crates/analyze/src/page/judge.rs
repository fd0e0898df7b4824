//! What of a page is not as expected.
//!
//! The main document answers 2xx; nothing of the site's own that a visitor needs is missing; each
//! of its style sheets applies a rule; something can be seen. Beside a page that is known to be
//! good, what is wrong there too is left out, and what is less than there is added.

use url::Url;

use super::facts::{ConsoleKind, ConsoleLine, PageFacts, Resource, StyleSheet};
use super::failure::Failure;
use super::findings::Finding;
use super::lost::lost_styles;
use super::place::{borrowed, elsewhere};
use super::same::{is_same_line, is_same_thing, steady_query};
use super::seen::SheetContent;

/// Which errors of scripts count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Exceptions that nothing catches and that the good page does not have.
    #[default]
    New,
    /// All exceptions that nothing catches.
    Exceptions,
    /// These, and everything that the good page does not have written to the console as an error.
    All,
}

/// What is expected beyond what is always expected.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Hosts that are as much the site's own.
    pub own_hosts: Vec<String>,
    /// Hosts that the page may come from, though they are not its own.
    pub allow_hosts: Vec<String>,
    /// Whether the pictures of both pages are equal.
    pub same_picture: bool,
    /// Parts of URLs whose failures are let be.
    pub ignore: Vec<String>,
    /// Which errors of scripts count.
    pub strictness: Strictness,
}

/// Everything that is not as expected, the worst first.
#[must_use]
pub fn judge(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    if let Some(finding) = document(facts) {
        return vec![finding];
    }
    if let Some(finding) = elsewhere(facts, expected, good) {
        return vec![finding];
    }
    let mut found = sheets(facts, expected, good);
    found.extend(borrowed(facts, expected, good));
    found.extend(resources(facts, expected, good));
    let told = |sheet: &StyleSheet| {
        sheet.url.as_deref().is_some_and(|url| counts(url, facts, expected))
            && sheet_wrong(sheet, facts).is_some()
    };
    // What looks the same in every pixel has lost nothing, however its sheets are kept now.
    if !expected.same_picture {
        found.extend(good.and_then(|good| lost_styles(facts, good, told)));
    }
    found.extend(images(facts, expected, good));
    found.extend(fonts(facts, expected, good));
    found.extend(frames(facts, expected, good));
    if facts.blank && good.is_none_or(|good| !good.blank) {
        found.insert(0, Finding::release(format!("{} is blank", shown(&facts.url, facts))));
    } else {
        found.extend(good.and_then(|good| text_lost(facts, good)));
    }
    found.extend(scripts(facts, expected, good));
    found
}

fn document(facts: &PageFacts) -> Option<Finding> {
    let page = shown(&facts.asked, facts);
    if let Some(status) = facts.status
        && !(200..300).contains(&status)
    {
        return Some(Finding::release(format!("{page} answers {status}{}", led(facts))));
    }
    match &facts.document_failure {
        None => facts
            .status
            .is_none()
            .then(|| Finding::release(format!("{page} never answered{}", led(facts)))),
        Some(Failure::NoSuchName) => Some(Finding::ours(format!("{page} {}", Failure::NoSuchName))),
        Some(Failure::GivenUp) if facts.status.is_some() => Some(Finding::release(format!(
            "{page} is a download ({}), not a page",
            if facts.mime.is_empty() { "without a type" } else { &facts.mime }
        ))),
        Some(Failure::EndlessRedirects) => {
            let to = facts.redirects.last().map_or("itself", |redirect| redirect.to.as_str());
            Some(Finding::release(format!("{page} redirects without end, at last to {to}")))
        }
        Some(failure) => Some(Finding::release(format!("{page} {failure}{}", led(facts)))),
    }
}

fn led(facts: &PageFacts) -> String {
    match facts.redirects.last() {
        Some(redirect) => format!(", after a redirect to {}", redirect.to),
        None => String::new(),
    }
}

fn sheets(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    let mut found = Vec::new();
    for sheet in &facts.style_sheets {
        let Some(url) = &sheet.url else { continue };
        if !counts(url, facts, expected) {
            continue;
        }
        let Some(wrong) = sheet_wrong(sheet, facts) else { continue };
        let same = |other: &StyleSheet| {
            good.is_some_and(|good| {
                other.url.as_deref().is_some_and(|there| is_same_thing((url, facts), (there, good)))
                    && sheet_wrong(other, good).as_ref() == Some(&wrong)
            })
        };
        if !good.is_some_and(|good| good.style_sheets.iter().any(same)) {
            let by = sheet
                .imported_by
                .as_deref()
                .map_or_else(String::new, |by| format!(", imported by {},", shown(by, facts)));
            let name = shown(url, facts);
            found.push(Finding::release(format!("the style sheet {name}{by} {wrong}")));
        }
    }
    found
}

/// What is wrong with a style sheet, as a clause.
fn sheet_wrong(sheet: &StyleSheet, facts: &PageFacts) -> Option<String> {
    let url = sheet.url.as_deref()?;
    let resource = facts.resources.iter().find(|one| same_place(&one.url, url));
    if let Some(failure) = resource.and_then(|one| one.failure.as_ref()) {
        return Some(failure.to_string());
    }
    match (sheet.content, sheet.applied, sheet.rules) {
        (SheetContent::Html, _, _) => Some("is a page, not a style sheet".to_owned()),
        (SheetContent::Empty, _, _) => Some("is empty".to_owned()),
        (_, true, Some(0)) if sheet.effects.is_empty() => Some("applies no rule".to_owned()),
        (_, false, _) => Some(Failure::NotApplied.to_string()),
        (SheetContent::Css | SheetContent::Unknown, true, _) => None,
    }
}

fn resources(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    let mut found = Vec::new();
    // Each old fault explains one new one of that name: a second file that is gone is another.
    let mut used: Vec<&str> = Vec::new();
    for (resource, failure) in facts.failed() {
        if !counts(&resource.url, facts, expected) || !matters(resource, failure) {
            continue;
        }
        let told = |sheet: &StyleSheet| {
            sheet.url.as_deref().is_some_and(|url| same_place(url, &resource.url))
        };
        if facts.style_sheets.iter().any(told) {
            continue;
        }
        let known = good.and_then(|good| {
            let mut failed = good.failed().filter(|(other, was)| {
                *was == failure && is_same_thing((&resource.url, facts), (&other.url, good))
            });
            let exact = |url: &str| is_counterpart((&resource.url, facts), (url, good));
            failed.find(|(other, _)| exact(&other.url) || !used.contains(&other.url.as_str()))
        });
        match known {
            Some((other, _)) => used.push(&other.url),
            None => {
                let what = what(&resource.kind);
                let name = named(&resource.url, facts);
                found.push(Finding::release(format!("{what} {name} {failure}")));
            }
        }
    }
    found.extend(good.map_or(Vec::new(), |good| emptied(facts, expected, good)));
    found
}

/// Files that came with nothing in them, where the good page has something.
fn emptied(facts: &PageFacts, expected: &Expected, good: &PageFacts) -> Vec<Finding> {
    let is_file = |kind: &str| matches!(kind, "Script" | "Image" | "Font");
    let held = |resource: &&Resource| {
        let same = |other: &&Resource| {
            other.kind == resource.kind
                && is_same_thing((&resource.url, facts), (&other.url, good))
                && other.status == Some(200)
        };
        let mut there = good.resources.iter().filter(same).peekable();
        there.peek().is_some() && there.all(|other| !other.empty && other.failure.is_none())
    };
    let empty = facts.resources.iter().filter(|one| {
        one.empty
            && is_file(&one.kind)
            && one.failure.is_none()
            && counts(&one.url, facts, expected)
    });
    empty
        .filter(held)
        .map(|one| {
            Finding::release(format!("{} {} is empty", what(&one.kind), named(&one.url, facts)))
        })
        .collect()
}

/// Less of its text than this part of the good page's is no other text, but one that is gone.
const TEXT_LEFT: u64 = 3;
/// Shorter texts say nothing.
///
/// # Units
/// Characters.
const TEXT_TOLD: u64 = 60;

fn text_lost(facts: &PageFacts, good: &PageFacts) -> Option<Finding> {
    let (here, there) = (facts.text_length, good.text_length);
    if there < TEXT_TOLD || here * TEXT_LEFT >= there {
        return None;
    }
    let page = shown(&facts.url, facts);
    Some(Finding::release(format!(
        "{page} has lost most of its text: {here} characters, where the good page has {there}"
    )))
}

fn fonts(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    let failed = |url: &str| facts.failed().any(|(one, _)| same_place(&one.url, url));
    let broken = facts.fonts.iter().filter(|font| font.status == "error").filter(|font| {
        let known = good.is_some_and(|good| {
            good.fonts.iter().any(|one| one.family == font.family && one.status == "error")
        });
        !known
            && font.urls.iter().any(|url| counts(url, facts, expected))
            && !font.urls.iter().any(|url| failed(url))
    });
    let mut found: Vec<Finding> = Vec::new();
    for font in broken {
        let name = font.urls.first().map_or_else(|| font.family.clone(), |url| shown(url, facts));
        let finding = Finding::release(format!("the font {name} cannot be used: it is none"));
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

fn frames(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    let Some(good) = good else { return Vec::new() };
    let filled = |url: &str| {
        good.frames
            .iter()
            .any(|(there, empty)| !empty && is_same_thing((url, facts), (there, good)))
    };
    let empty = facts
        .frames
        .iter()
        .filter(|(url, empty)| *empty && counts(url, facts, expected) && filled(url));
    empty
        .map(|(url, _)| Finding::release(format!("the frame {} is blank", named(url, facts))))
        .collect()
}

/// Whether a failure can be one that a visitor notices. An answer that a script asked for may well
/// be «you are not logged in»; and what the page itself gave up, it did not need.
fn matters(resource: &Resource, failure: &Failure) -> bool {
    let script_asked = matches!(resource.kind.as_str(), "XHR" | "Fetch");
    match failure {
        Failure::GivenUp => false,
        Failure::Status(status) if script_asked => {
            !(400..500).contains(status) || matches!(status, 404 | 410)
        }
        Failure::NeverArrived if script_asked => false,
        _ => match resource.kind.as_str() {
            "Ping" | "Prefetch" | "Preflight" | "CSPViolationReport" | "EventSource"
            | "WebSocket" => false,
            "Other" => !resource.url.ends_with("/favicon.ico"),
            _ => true,
        },
    }
}

fn images(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    let failed = |url: &str| facts.failed().any(|(one, _)| same_place(&one.url, url));
    let known = |url: &str| {
        good.is_some_and(|good| {
            good.broken_images.iter().any(|there| is_same_thing((url, facts), (there, good)))
        })
    };
    let own = |url: &str| url.is_empty() || counts(url, facts, expected);
    let told = |url: &str| facts.resources.iter().any(|one| one.empty && same_place(&one.url, url));
    let fresh = |url: &&String| own(url) && !failed(url) && !known(url);
    let broken = facts.broken_images.iter().filter(fresh);
    broken
        .filter(|url| good.is_none() || !told(url))
        .map(|url| {
            if url.is_empty() {
                return Finding::release("a picture has an empty src");
            }
            let name = named(url, facts);
            Finding::release(format!("the picture {name} cannot be decoded"))
        })
        .collect()
}

fn scripts(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<Finding> {
    let there = |line: &ConsoleLine| {
        good.is_some_and(|good| {
            good.console.iter().any(|one| is_same_line((line, facts), (one, good)))
        })
    };
    let ignored = |line: &ConsoleLine| {
        let place = line.place.as_deref().unwrap_or_default();
        expected.ignore.iter().any(|part| place.contains(part.as_str()))
    };
    let wanted = |line: &&ConsoleLine| match (line.kind, expected.strictness) {
        _ if ignored(line) => false,
        (ConsoleKind::Exception, Strictness::New) | (ConsoleKind::Error, Strictness::All) => {
            !there(line)
        }
        (ConsoleKind::Exception, Strictness::Exceptions | Strictness::All) => true,
        (ConsoleKind::Error, Strictness::New | Strictness::Exceptions)
        | (ConsoleKind::Browser, _) => false,
    };
    let words = |line: &ConsoleLine| {
        let what = match line.kind {
            ConsoleKind::Exception => "a script fails",
            ConsoleKind::Error | ConsoleKind::Browser => "a script reports an error",
        };
        let place = line.place.as_deref().map(|place| format!(" ({})", shown(place, facts)));
        Finding::release(format!("{what}: {}{}", line.text, place.unwrap_or_default()))
    };
    facts.console.iter().filter(wanted).map(words).collect()
}

fn what(kind: &str) -> &'static str {
    match kind {
        "Stylesheet" => "the style sheet",
        "Script" => "the script",
        "Image" => "the picture",
        "Font" => "the font",
        "Document" => "the frame",
        "Media" => "the film or sound",
        "Manifest" => "the manifest",
        _ => "what scripts ask for,",
    }
}

fn counts(url: &str, facts: &PageFacts, expected: &Expected) -> bool {
    let own = is_own(url, &facts.url, &expected.own_hosts)
        || is_own(url, &facts.asked, &expected.own_hosts);
    own && !expected.ignore.iter().any(|part| url.contains(part.as_str()))
}

/// Whether a URL is of the same site: the same host and port, with or without TLS, or a host that
/// is said to be the site's own.
#[must_use]
pub fn is_own(url: &str, page: &str, own_hosts: &[String]) -> bool {
    let (Ok(url), Ok(page)) = (Url::parse(url), Url::parse(page)) else { return false };
    let host = url.host_str().unwrap_or_default();
    if own_hosts.iter().any(|own| own == host) {
        return true;
    }
    host == page.host_str().unwrap_or_default()
        && (url.port_or_known_default() == page.port_or_known_default()
            || (url.port().is_none() && page.port().is_none()))
}

/// A URL in a sentence: its path alone where it is on the page's own host.
#[must_use]
pub fn shown(url: &str, facts: &PageFacts) -> String {
    let page = if facts.url.is_empty() { &facts.asked } else { &facts.url };
    let asked = Url::parse(&facts.asked).ok();
    match (Url::parse(url), Url::parse(page)) {
        (Ok(one), Ok(page))
            if one.origin() == page.origin()
                || asked.is_some_and(|asked| asked.origin() == one.origin()) =>
        {
            one.path().to_owned()
        }
        (Ok(mut one), _) => {
            one.set_query(None);
            one.set_fragment(None);
            one.to_string()
        }
        (Err(_), _) => url.to_owned(),
    }
}

/// The same with its query, where that says which thing it is.
pub(super) fn named(url: &str, facts: &PageFacts) -> String {
    let name = shown(url, facts);
    match Url::parse(url).map(|url| steady_query(&url)) {
        Ok(query) if !query.is_empty() => format!("{name}?{query}"),
        Ok(_) | Err(_) => name,
    }
}

/// The same URL but for what stands after `#`.
pub(super) fn same_place(one: &str, other: &str) -> bool {
    fn whole(url: &str) -> &str {
        url.split_once('#').map_or(url, |(before, _)| before)
    }
    whole(one) == whole(other)
}

/// Whether two URLs name the same thing on two sites: by the same path, on whatever host, or by the
/// same path beside the page, where the two sites lie in different folders.
pub(super) fn is_counterpart(
    (one, here): (&str, &PageFacts),
    (other, there): (&str, &PageFacts),
) -> bool {
    let (Ok(first), Ok(second)) = (Url::parse(one), Url::parse(other)) else { return one == other };
    if first.path() == second.path() {
        return true;
    }
    match (beside_page(&first, here), beside_page(&second, there)) {
        (Some(first), Some(second)) => first == second,
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// The path from the folder of the page that was asked for.
fn beside_page<'a>(url: &'a Url, facts: &PageFacts) -> Option<&'a str> {
    let page = Url::parse(&facts.asked).ok()?;
    let folder = &page.path()[..=page.path().rfind('/')?];
    if page.origin() == url.origin() { url.path().strip_prefix(folder) } else { None }
}
