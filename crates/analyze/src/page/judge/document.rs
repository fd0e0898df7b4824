//! The main document: it must be there.

use crate::page::address::shown;
use crate::page::facts::PageFacts;
use crate::page::failure::Failure;
use crate::page::findings::Finding;

/// Why there is no page to be looked at.
pub(super) fn document(facts: &PageFacts) -> Option<Finding> {
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
