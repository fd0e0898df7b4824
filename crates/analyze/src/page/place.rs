//! Whether what was looked at is the candidate's: the page that was asked for, on its own host, with
//! its own style sheets and scripts.

use url::Url;

use super::address::{is_own, shown};
use super::facts::PageFacts;
use super::findings::Finding;
use super::judge::Expected;
use super::looks::kept_share;

/// From this share on of what the good page shows, by area, another place of it is no other page. A
/// page to log in shares no more than its frame with any other.
const ALIKE: f64 = 0.9;

/// Where the document came from in the end.
pub(super) fn arrived(facts: &PageFacts) -> &str {
    if facts.document.is_empty() { &facts.url } else { &facts.document }
}

/// The page is another's, or another than production's visitors get.
pub(super) fn elsewhere(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Option<Finding> {
    let page = shown(&facts.asked, facts);
    if let Some(host) = foreign_host(facts, expected) {
        return Some(Finding::release(format!(
            "{page} sends its visitor to {host}, so that the release is not what is seen there (allow-hosts)"
        )));
    }
    let good = good?;
    // One that was moved, and looks as it did, is the same page.
    let alike = kept_share(&facts.looks, &good.looks).is_some_and(|kept| kept >= ALIKE);
    if expected.same_picture || alike {
        return None;
    }
    let (here, there) = (left_for(facts), left_for(good));
    let to = here.filter(|_| there.is_none())?;
    Some(Finding::release(format!("{page} sends its visitor to {to}, and the good page does not")))
}

/// The host on which the visitor ended, where that is another than the one that was asked.
#[must_use]
pub fn foreign_host(facts: &PageFacts, expected: &Expected) -> Option<String> {
    let (asked, end) = (Url::parse(&facts.asked).ok()?, Url::parse(arrived(facts)).ok()?);
    let known = |hosts: &[String]| is_own(end.as_str(), asked.as_str(), hosts);
    if !end.has_host() || known(&expected.own_hosts) || known(&expected.allow_hosts) {
        return None;
    }
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        let bare = host.strip_prefix("www.").unwrap_or(host);
        (bare.to_owned(), url.port())
    };
    (host(&asked) != host(&end)).then(|| authority(&end))
}

/// The path that the visitor was sent on to, where it is another one than was asked.
pub(super) fn left_for(facts: &PageFacts) -> Option<String> {
    let (asked, end) = (Url::parse(&facts.asked).ok()?, Url::parse(arrived(facts)).ok()?);
    let plain = |url: &Url| {
        let path = url.path().trim_end_matches('/');
        path.strip_suffix("/index.html").unwrap_or(path).to_owned()
    };
    (plain(&asked) != plain(&end)).then(|| end.path().to_owned())
}

/// The page sends its visitor on after a while, and the good page does not.
pub(super) fn sends_on(facts: &PageFacts, good: &PageFacts) -> Option<Finding> {
    let to = facts.sends_to.as_deref()?;
    let known = good.sends_to.is_some() || !good.is_measured();
    (!known).then(|| {
        let (page, to) = (shown(&facts.asked, facts), shown(to, facts));
        Finding::release(format!("{page} sends its visitor on to {to}, and the good page does not"))
    })
}

/// Style sheets and scripts that come from where the good page has its own: what a visitor would get
/// after the release is not looked at.
pub(super) fn borrowed(
    facts: &PageFacts,
    expected: &Expected,
    good: Option<&PageFacts>,
) -> Vec<Finding> {
    let Some(good) = good else { return Vec::new() };
    let from_there = |url: &str| {
        is_own(url, &good.asked, &[])
            && !is_own(url, &facts.asked, &expected.own_hosts)
            && !is_own(url, &facts.asked, &expected.allow_hosts)
            && !is_own(&facts.asked, &good.asked, &[])
    };
    let files = facts.resources.iter().filter(|one| from_there(&one.url));
    let what = |kind: &str| match kind {
        "Stylesheet" => Some("the style sheet"),
        "Script" => Some("the script"),
        _ => None,
    };
    files
        .filter_map(|one| {
            let (what, name) = (what(&one.kind)?, shown(&one.url, facts));
            Some(Finding::release(format!(
                "{what} {name} is the good page's own, and not the release's (allow-hosts)"
            )))
        })
        .collect()
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
