//! How addresses are named in a sentence, whose they are, and when two of them mean one thing.

use url::Url;

use super::facts::PageFacts;
use super::same::steady_query;

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
