//! What the files are that a page got: an error page may come as a style sheet, a picture without its
//! end, and the rules of a sheet of another origin are told to nobody on the page.

use std::collections::BTreeMap;
use std::time::Duration;

use plimsoll_analyze::page::{PageFacts, SheetContent, is_cut_short, is_own};
use url::Url;

use super::eyes::Eyes;
use super::watch::Watch;

/// Files are looked into for no longer.
const PATIENCE: Duration = Duration::from_secs(3);

/// A page of more pictures is looked into as far as this.
const MOST_PICTURES: usize = 300;

/// A request that was answered.
struct Answered {
    request: String,
    url: String,
    bytes: u64,
}

/// Requests of a kind that were answered.
fn answered(watch: &Watch, kind: &str, wanted: impl Fn(&str) -> bool) -> Vec<Answered> {
    let seen = watch.now();
    let of_kind = seen.recorder.of_kind(kind).filter(|(_, one)| wanted(&one.url));
    of_kind
        .map(|(request, one)| Answered {
            request: request.to_owned(),
            url: one.url.clone(),
            bytes: one.bytes,
        })
        .collect()
}

/// The files of these requests by their URLs, those that could be had.
async fn read(eyes: &Eyes, asked: Vec<Answered>) -> Vec<(String, Vec<u8>)> {
    let reading = asked.into_iter().map(async |one| {
        let file = eyes.file(&one.request, one.bytes).await?;
        Some((one.url, file))
    });
    let all = futures_util::future::join_all(reading);
    let read = tokio::time::timeout(PATIENCE, all).await.unwrap_or_default();
    read.into_iter().flatten().collect()
}

/// The style sheets of other origins, by their URLs.
pub(super) async fn foreign_sheets(
    watch: &Watch,
    eyes: &Eyes,
    page: &str,
) -> BTreeMap<String, String> {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    let own = origin(page);
    let foreign = answered(watch, "Stylesheet", |url| origin(url) != own);
    let files = read(eyes, foreign).await.into_iter();
    files.map(|(url, file)| (url, String::from_utf8_lossy(&file).into_owned())).collect()
}

/// Texts that the page is made of, as they came: documents, style sheets, scripts.
pub(super) async fn own_texts(watch: &Watch, eyes: &Eyes) -> Vec<String> {
    let mut texts = Vec::new();
    for kind in ["Document", "Stylesheet", "Script"] {
        let files = read(eyes, answered(watch, kind, |_| true)).await.into_iter();
        texts.extend(files.map(|(_, file)| String::from_utf8_lossy(&file).into_owned()));
    }
    texts
}

/// Writes down what style sheets hold, and which of the site's own pictures came without their end.
pub(super) async fn look_into(
    watch: &Watch,
    eyes: &Eyes,
    own_hosts: &[String],
    facts: &mut PageFacts,
) {
    for (url, file) in read(eyes, answered(watch, "Stylesheet", |_| true)).await {
        let content = SheetContent::of(&file);
        for sheet in &mut facts.style_sheets {
            if sheet.url.as_deref() == Some(url.as_str()) {
                sheet.content = content;
            }
        }
    }
    let own = |url: &str| is_own(url, &facts.asked, own_hosts);
    let mut pictures = answered(watch, "Image", own);
    pictures.truncate(MOST_PICTURES);
    for (url, file) in read(eyes, pictures).await {
        if is_cut_short(&file) {
            for one in facts.resources.iter_mut().filter(|one| one.url == url) {
                one.cut_short = true;
            }
        }
    }
}
