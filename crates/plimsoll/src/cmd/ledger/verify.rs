//! `plimsoll ledger verify`.

use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_store::{
    ContentsVerified, Depth, DirBlobs, Store, Verified, VerifyError, verify_contents,
};
use plimsoll_wire::{ExitCode, LedgerVerifiedView};

use super::progress::Bar;
use super::snapshots::{Snapshots, examine};
use crate::app::App;
use crate::error::CliError;
use crate::render::{Style, content_faults, contents};

/// What is looked at beside the events.
pub(super) struct What<'a> {
    /// Content, if it is.
    pub blobs: Option<&'a DirBlobs>,
    /// How closely content is looked at.
    pub depth: Depth,
    /// Whether snapshots that differ are removed.
    pub rebuild_snapshots: bool,
}

/// What was found.
struct Found {
    verified: Verified,
    seen: Option<ContentsVerified>,
    snapshots: Snapshots,
}

pub(super) async fn run(
    app: &App,
    store: &dyn Store,
    what: &What<'_>,
) -> Result<ExitCode, CliError> {
    let bar = Bar::begin(app, "hashed");
    let verified = match store.verify(&|done, of| bar.at(done, of, 0)).await {
        Ok(verified) => verified,
        Err(VerifyError::Chain(fault)) => {
            return Err(CliError::refused(
                format!("this ledger was tampered with or damaged: {fault}"),
                "keep it as it is, and go on from a backup",
            ));
        }
        Err(VerifyError::Ledger(error)) => return Err(DeskError::from(error).into()),
    };
    drop(bar);
    let snapshots = examine(app, store, what.rebuild_snapshots).await?;
    let seen = match what.blobs {
        None => None,
        Some(blobs) => {
            let bar = Bar::begin(app, "content of");
            let tell = |done, of, bytes| bar.at(done, of, bytes);
            let seen = verify_contents(store, blobs, verified.last(), what.depth, &tell).await;
            Some(seen.map_err(DeskError::from)?)
        }
    };
    answer(app, &Found { verified, seen, snapshots }, what.depth)
}

fn answer(app: &App, found: &Found, depth: Depth) -> Result<ExitCode, CliError> {
    let faults = found.seen.as_ref().map_or(&[][..], |seen| &seen.faults);
    let whole = faults.is_empty() && found.snapshots.are_good();
    let view = LedgerVerifiedView {
        verified: whole,
        events: found.verified.events,
        head: found.verified.head.to_string(),
        contents: found.seen.as_ref().map(|seen| seen.contents),
        faults: content_faults(faults),
        snapshots: found.snapshots.seen,
        snapshot_faults: found.snapshots.views(),
    };
    app.answer(&view, |style| in_words(found, depth, style))?;
    Ok(if whole { ExitCode::Yes } else { ExitCode::Refused })
}

fn in_words(found: &Found, depth: Depth, style: &Style) -> String {
    let number = |many: u64, what| say::count(usize::try_from(many).unwrap_or(usize::MAX), what);
    let events = number(found.verified.events, "event");
    let (content, faults) = match &found.seen {
        None => (". What they refer to was not looked at".to_owned(), &[][..]),
        Some(seen) => {
            let contents = number(seen.contents, "content");
            let how = match (seen.faults.len(), depth) {
                (0, Depth::Presence) => format!("; {contents}, all of it there, and was not read"),
                (0, Depth::Hash) => format!("; {contents}, all of it as it was"),
                (lost, Depth::Presence | Depth::Hash) => {
                    format!("; of {contents}, {lost} not as it was")
                }
            };
            (how, &seen.faults[..])
        }
    };
    let snapshots = &found.snapshots;
    let (mark, verified) = match faults.is_empty() && snapshots.are_good() {
        true => (State::Satisfied, "Verified: "),
        false => (State::Failed, ""),
    };
    let differ = match snapshots.are_good() {
        true => String::new(),
        false => format!(" {} not what the events say.", snapshots.count()),
    };
    let sentence = format!("{verified}{events}, unchanged and in order{content}.{differ}");
    let mut text = style.answer(say::mark(mark), &sentence);
    text.push_str(&snapshots.lines(style));
    if !faults.is_empty() {
        text.push_str(&contents(faults, style));
        text.push_str(&style.next("copy what is missing from the blobs of a backup; a release also comes back with  plimsoll release add"));
    }
    if !snapshots.are_good() {
        text.push_str(&style.next("plimsoll ledger verify --rebuild-snapshots   removes it: it is a cache. Find out who wrote to the tables"));
    }
    text
}
