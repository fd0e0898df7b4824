//! Why a picture is not kept: it shows a secret, or something on it may show one that nobody can read.
//!
//! One rule for everything that can draw letters and cannot be looked into: once scripts of the page
//! could get at a secret, no picture of a page with such a thing is kept.

use plimsoll_analyze::page::Seen;
use serde::Deserialize;

use super::eyes::Eyes;
use super::files::own_texts;
use super::visit::Visit;
use super::watch::Watch;

/// What a picture of the page may let somebody read.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Legible {
    /// Every text, hidden ones too, in the order of the page.
    words: String,
    /// Texts as they stand in lines, from left to right.
    lines: String,
    /// Where its pictures are from.
    urls: String,
    /// What stands in `data:` pictures that are no drawings.
    pictures: Vec<String>,
    /// What shows something that nobody can look into.
    opaque: Option<String>,
}

/// What was read of a page whose scripts could get at a secret.
#[derive(Debug, Clone, Default)]
pub(super) enum Reading {
    /// They could not.
    #[default]
    NotNeeded,
    /// It does not let itself be read.
    Impossible,
    /// This.
    Read(Box<Legible>),
}

impl Reading {
    /// Reads the page at once: what is shown for a moment is on the picture too.
    pub async fn of(watch: &Watch, eyes: &Eyes, visit: &Visit) -> Self {
        if !visit.scripts_get_secret {
            return Self::NotNeeded;
        }
        let Ok(mut legible) = eyes.legible().await else { return Self::Impossible };
        // A picture that came with the page's files was there before the secret was.
        if legible.opaque.is_none() && !legible.pictures.is_empty() {
            let files = own_texts(watch, eyes).await;
            let came = |picture: &String| files.iter().any(|file| file.contains(picture.as_str()));
            if !legible.pictures.iter().all(came) {
                legible.opaque = Some("a picture that a script has made".to_owned());
            }
        }
        Self::Read(Box::new(legible))
    }
}

/// Why the picture of a page is not to be kept.
pub(super) fn withheld(seen: &Seen, reading: &Reading, visit: &Visit) -> Option<String> {
    let shows = || Some("it shows a secret".to_owned());
    let texts = [&seen.text, &seen.written, &seen.styled_text, &seen.fields, &seen.title];
    if texts.iter().any(|text| visit.redactor.is_shown_in(text)) {
        return shows();
    }
    let cannot = |what: &str| Some(format!("a secret was given to it, and {what}"));
    match reading {
        Reading::NotNeeded => {}
        Reading::Impossible => return cannot("it does not let itself be read"),
        Reading::Read(legible) => {
            let Legible { words, lines, urls, .. } = &**legible;
            if [words, lines].into_iter().any(|text| visit.redactor.is_shown_in(text))
                || !visit.redactor.places(urls.as_bytes()).is_empty()
            {
                return shows();
            }
            if let Some(what) = &legible.opaque {
                return cannot(&format!("what {what} shows cannot be read"));
            }
        }
    }
    match visit.gives_secret {
        true if seen.canvas => cannot("what it has painted cannot be read"),
        true if !seen.whole => cannot("it is too long to read"),
        true | false => None,
    }
}
