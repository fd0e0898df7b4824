//! Pictures of a page: what is known to be good beside what was looked at, what changed framed.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_analyze::picture::{Difference, Options, Side, Verdict, diff};
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::CheckRunId;
use plimsoll_core::record::{CheckResult, Picture};
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::ports::BlobError;

use crate::problem::Problem;
use crate::site::Web;

/// The name of the picture of what is known to be good, beside that of the same window size.
const BEFORE: &str = "-before.png";

/// How many comparisons are remembered: pictures never change, so neither do these.
const REMEMBERED: usize = 512;

/// Comparisons that are made at once; each takes a core for some tenths of a second.
const AT_ONCE: usize = 1;

/// How many places are framed.
const FRAMED: usize = 24;

/// A picture beside the one it is compared with.
pub(in crate::pages) struct Shown {
    /// The window size: `desktop`.
    pub name: String,
    /// In an element's name.
    pub slug: String,
    pub before: Option<Half>,
    pub after: Half,
    /// What changed, in one sentence.
    pub words: String,
    /// The size of a canvas that holds both.
    pub width: u32,
    pub height: u32,
}

/// One picture.
pub(in crate::pages) struct Half {
    pub href: String,
    pub width: u32,
    pub height: u32,
    pub frames: Vec<Frame>,
}

/// A place that changed.
pub(in crate::pages) struct Frame {
    pub number: usize,
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    pub tag_x: u32,
    pub text_x: u32,
    pub text_y: u32,
}

/// What pictures differ in, by their hashes.
pub(crate) struct Compared {
    known: Mutex<HashMap<(Digest, Digest), Arc<Difference>>>,
    places: tokio::sync::Semaphore,
}

impl Default for Compared {
    fn default() -> Self {
        Self { known: Mutex::default(), places: tokio::sync::Semaphore::new(AT_ONCE) }
    }
}

/// The pictures of the deciding attempt.
pub(in crate::pages) fn of(result: &CheckResult) -> &[Picture] {
    let page = result.attempts.last().and_then(|attempt| attempt.page.as_deref());
    page.map_or(&[], |page| page.pictures.as_slice())
}

/// The pictures of a run, in pairs.
pub(in crate::pages) async fn shown(
    site: &Web,
    run: CheckRunId,
    result: &CheckResult,
) -> Result<Vec<Shown>, Problem> {
    let pictures = of(result);
    let mut all = Vec::new();
    for (at, picture) in pictures.iter().filter(|one| !one.name.ends_with(BEFORE)).enumerate() {
        let name = picture.name.trim_end_matches(".png");
        let other = format!("{name}{BEFORE}");
        let before = pictures.iter().find(|one| one.name == other);
        let name = say::shorten(name, 60);
        let slug = format!("p{at}");
        all.push(one(site, run, (name, slug), before, picture).await?);
    }
    Ok(all)
}

async fn one(
    site: &Web,
    run: CheckRunId,
    (name, slug): (String, String),
    before: Option<&Picture>,
    after: &Picture,
) -> Result<Shown, Problem> {
    let href = |picture: &Picture| format!("/blobs/{}.png?run={run}", picture.blob.digest);
    let difference = match before {
        Some(before) => compared(site, before.blob.digest, after.blob.digest).await?,
        None => None,
    };
    let Some(difference) = difference else {
        let (width, height) = size(site, after.blob.digest).await?;
        let words = match before {
            Some(_) => "the two could not be compared",
            None => "there is nothing yet that it could be compared with",
        };
        let side = |picture: &Picture| Half { href: href(picture), width, height, frames: vec![] };
        let (before, after) = (before.map(side), side(after));
        let words = words.to_owned();
        return Ok(Shown { name, slug, before, after, words, width, height });
    };
    let frames = |side: Side| framed(&difference, side);
    let (first, second) = (difference.first, difference.second);
    let pictured = |picture: &Picture, size: plimsoll_analyze::picture::Size, side| Half {
        href: href(picture),
        width: size.width,
        height: size.height,
        frames: frames(side),
    };
    Ok(Shown {
        name,
        slug,
        before: before.map(|before| pictured(before, first, Side::First)),
        after: pictured(after, second, Side::Second),
        words: words(&difference),
        width: first.width.max(second.width),
        height: first.height.max(second.height),
    })
}

fn framed(difference: &Difference, side: Side) -> Vec<Frame> {
    let size = if side == Side::First { difference.first } else { difference.second };
    let numbered = difference.regions.iter().take(FRAMED).enumerate();
    numbered
        .filter(|(_, region)| region.side == side)
        .map(|(at, region)| {
            // The number stays inside the picture, also where what changed is at its edge.
            let place = &region.place;
            let tag_x =
                (place.x + place.width).saturating_sub(28).min(size.width.saturating_sub(28));
            Frame {
                number: at + 1,
                x: place.x,
                y: place.y,
                width: place.width,
                height: place.height,
                tag_x,
                text_x: tag_x + 14,
                text_y: place.y + 18,
            }
        })
        .collect()
}

fn words(difference: &Difference) -> String {
    let places = difference.regions.len() + difference.regions_left_out;
    match difference.verdict {
        Verdict::Same if difference.identical => "every pixel is the same".to_owned(),
        Verdict::Same => "nothing that counts is different".to_owned(),
        Verdict::Minor | Verdict::Changed => {
            format!("{} of it changed, in {}", share(difference), say::count(places, "place"))
        }
        Verdict::Broken => {
            format!("the page has lost its style: {} of it changed", share(difference))
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is from 0 to 1"
)]
fn share(difference: &Difference) -> String {
    let permille = (difference.share() * 1_000.0).round() as u32;
    match permille {
        0 => "less than 0.1 %".to_owned(),
        n => format!("{}.{} %", n / 10, n % 10),
    }
}

/// What two pictures differ in; nothing when one of them is gone or is no picture.
async fn compared(
    site: &Web,
    before: Digest,
    after: Digest,
) -> Result<Option<Arc<Difference>>, Problem> {
    let key = (before, after);
    let known = |site: &Web| {
        let known = site.pages.compared.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&key).cloned()
    };
    if let Some(found) = known(site) {
        return Ok(Some(found));
    }
    let _place = site.pages.compared.places.acquire().await;
    if let Some(found) = known(site) {
        return Ok(Some(found));
    }
    let (Some(one), Some(other)) = (bytes(site, before).await?, bytes(site, after).await?) else {
        return Ok(None);
    };
    let made = tokio::task::spawn_blocking(move || {
        diff(&mut Cursor::new(one), &mut Cursor::new(other), &Options::default()).ok()
    });
    let Ok(Some(found)) = made.await else { return Ok(None) };
    let found = Arc::new(found);
    let mut all = site.pages.compared.known.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= REMEMBERED {
        all.clear();
    }
    all.insert(key, found.clone());
    Ok(Some(found))
}

async fn bytes(site: &Web, digest: Digest) -> Result<Option<Vec<u8>>, Problem> {
    match site.desk().parts().blobs.get(&digest).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(BlobError::Missing { .. }) => Ok(None),
        Err(error) => Err(DeskError::from(error).into()),
    }
}

/// The size that the head of a PNG names.
///
/// # Source
/// PNG specification, 11.2.2: width and height are the first two words of `IHDR`, at byte 16.
async fn size(site: &Web, digest: Digest) -> Result<(u32, u32), Problem> {
    let head = bytes(site, digest).await?.unwrap_or_default();
    let word = |at: usize| {
        let bytes = head.get(at..at + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
        bytes.map(u32::from_be_bytes).filter(|n| (1..=100_000).contains(n))
    };
    Ok((word(16).unwrap_or(1280), word(20).unwrap_or(800)))
}
