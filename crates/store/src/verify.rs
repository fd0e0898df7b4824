//! Hashing the whole ledger again.

use std::cmp::Ordering;

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{ChainFault, verify_link};
use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::LedgerError;

use crate::stored::{StoredEvent, digest, service_of};

/// How many rows are looked at together: what bounds the memory.
const PAGE: u32 = 500;

/// A ledger that was found to be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many events it has.
    pub events: u64,
    /// The hash of the last one. Kept elsewhere, it proves later that nothing before it changed.
    pub head: Digest,
}

/// Why a ledger was not found to be whole.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is not whole.
    #[error(transparent)]
    Chain(#[from] ChainFault),
    /// It could not be looked at.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Is told how many events are done, and of how many.
pub type VerifyProgress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// What the ledger says of its end, read in one moment.
pub(crate) struct End {
    /// The position that the head row names.
    pub(crate) seq: u64,
    /// The hash that the head row names.
    pub(crate) hash: Digest,
    /// The last event that is there.
    pub(crate) last_event: u64,
    /// Its hash; none when there is no event, or when it is no hash.
    pub(crate) last_hash: Option<Digest>,
}

impl End {
    /// Whether the last event is the one that the head row names. Cheap, and asked before anything
    /// is decided or appended: a chain that goes on behind a gap would hide it.
    ///
    /// # Errors
    /// `Unusable`, naming what is missing and what to do.
    pub(crate) fn check(&self, place: &str) -> Result<(), LedgerError> {
        let (last, head) = (self.last_event, self.seq);
        let hash = if last == 0 { Some(Digest::ZERO) } else { self.last_hash };
        let what = match last.cmp(&head) {
            Ordering::Less if last + 1 == head => {
                format!("it ends at event {last}, and event {head} was already written")
            }
            Ordering::Less => format!(
                "it ends at event {last}, and events {} to {head} were already written",
                last + 1
            ),
            Ordering::Greater => {
                format!("event {last} is there, and event {head} is the last that was written")
            }
            Ordering::Equal if hash != Some(self.hash) => {
                format!("its last event, {last}, is not the one that was written")
            }
            Ordering::Equal => return Ok(()),
        };
        Err(LedgerError::Unusable {
            reason: format!(
                "the ledger {place} was tampered with or damaged: {what}; nothing was appended. Keep it as it is \
                 (`plimsoll ledger verify` looks at all of it) and go on from a backup"
            ),
        })
    }
}

/// Where an event stands in its stream.
pub(crate) struct StreamPlace {
    pub(crate) stream: String,
    pub(crate) version: u64,
    pub(crate) seq: u64,
}

/// The rows of a store, not yet believed.
#[async_trait]
pub(crate) trait Rows: Send + Sync {
    /// The head row and the last event.
    async fn end(&self) -> Result<End, LedgerError>;

    /// Rows after `after` up to and including `upto`, in order of position.
    async fn page(
        &self,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LedgerError>;

    /// Places after `(stream, version)`, in order of stream and version, of events up to `upto`.
    async fn stream_page(
        &self,
        after: (&str, u64),
        upto: u64,
        limit: u32,
    ) -> Result<Vec<StreamPlace>, LedgerError>;
}

/// Checks all links, the derived columns, the end, and that no stream has a gap. What is appended
/// meanwhile is not looked at: events never change, so no lock is needed.
pub(crate) async fn verify_rows(
    rows: &dyn Rows,
    progress: VerifyProgress<'_>,
) -> Result<Verified, VerifyError> {
    let end = rows.end().await?;
    let mut before = (0, Digest::ZERO);
    progress(0, end.seq);
    loop {
        let page = rows.page(before.0, end.seq, PAGE).await?;
        let Some(last) = page.last() else { break };
        let done = last.seq;
        for row in &page {
            before = verify_row(before, row)?;
        }
        progress(done, end.seq);
    }
    verify_end(before, &end)?;
    verify_streams(rows, end.seq).await?;
    Ok(Verified { events: end.seq, head: end.hash })
}

fn verify_row(before: (u64, Digest), row: &StoredEvent) -> Result<(u64, Digest), ChainFault> {
    let seq = row.seq;
    let unreadable = |reason: &str| ChainFault::Unreadable { seq, reason: reason.to_owned() };
    let prev = digest(&row.prev)
        .ok_or_else(|| unreadable("its link to the event before it is no hash"))?;
    let hash = digest(&row.hash).ok_or_else(|| unreadable("its hash is none"))?;
    let computed = row.computed_hash(&prev);
    match verify_link(before, seq, &prev, &hash, &computed) {
        Ok(()) => {}
        // Content that was moved here from another position links to something else as well.
        Err(ChainFault::Changed { .. }) if prev != before.1 => {
            return Err(ChainFault::Reordered { seq, before: before.0 });
        }
        Err(fault) => return Err(fault),
    }
    let event = row.read().map_err(|why| unreadable(&why))?;
    // Not hashed, and events are found by them: an event must not be hidden by changing them.
    let found_by =
        row.service == service_of(&event.stream) && row.tag == crate::stored::tag_of(&row.kind);
    if !found_by {
        return Err(ChainFault::Changed { seq });
    }
    Ok((seq, hash))
}

fn verify_end(last: (u64, Digest), end: &End) -> Result<(), ChainFault> {
    if last.0 < end.seq {
        return Err(ChainFault::Truncated { found: last.0, expected: end.seq });
    }
    if end.last_event > end.seq {
        return Err(ChainFault::Reordered { seq: end.seq + 1, before: end.seq });
    }
    if last.1 != end.hash {
        return Err(ChainFault::Changed { seq: end.seq });
    }
    Ok(())
}

async fn verify_streams(rows: &dyn Rows, upto: u64) -> Result<(), VerifyError> {
    let mut last = StreamPlace { stream: String::new(), version: 0, seq: 0 };
    loop {
        let page = rows.stream_page((&last.stream, last.version), upto, PAGE * 4).await?;
        if page.is_empty() {
            return Ok(());
        }
        for place in page {
            let (version, seq) =
                if place.stream == last.stream { (last.version, last.seq) } else { (0, 0) };
            if place.version != version + 1 || place.seq <= seq {
                return Err(ChainFault::Reordered { seq: place.seq, before: seq }.into());
            }
            last = place;
        }
    }
}

impl Verified {
    /// The last event.
    #[must_use]
    pub const fn last(&self) -> Seq {
        Seq(self.events)
    }
}
