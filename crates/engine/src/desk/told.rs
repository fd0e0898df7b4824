//! What happened, told: lines of a history, as many as are asked for.

use std::collections::BTreeSet;

use plimsoll_core::Timestamp;
use plimsoll_core::event::Event;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::say::{Reader, Story, Told};

use crate::ports::HistoryFilter;

use super::{Desk, DeskError};

/// Events read at once: results of checks are many, and a verification is one line.
const PAGE: u32 = 1_000;

/// Which lines of the history are wanted.
#[derive(Debug, Clone, Default)]
pub struct HistoryQuestion {
    /// Only of this service.
    pub service: Option<ServiceName>,
    /// Only since then.
    pub since: Option<Timestamp>,
    /// Only before this event.
    pub before: Option<Seq>,
    /// How many lines at most.
    pub limit: usize,
    /// Every event, also the small steps and each result of a check.
    pub all: bool,
}

impl Desk {
    /// The lines, newest first, and the last event that is told if there are older ones that were
    /// not asked about. Only events that `sees` lets through are told.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn told(
        &self,
        asked: &HistoryQuestion,
        reader: &Reader,
        sees: impl Fn(&Event) -> bool + Send + Sync,
    ) -> Result<(Vec<Told>, Option<Seq>), DeskError> {
        let mut story = Story::new(reader, asked.all);
        if asked.before.is_some() {
            story = story.without_the_newest(self.under_way().await?);
        }
        let next = self.tell_into(&mut story, asked, sees).await?;
        Ok((story.into_told(), next))
    }

    /// Reads until there are as many lines as wanted and each is whole.
    async fn tell_into(
        &self,
        story: &mut Story<'_>,
        asked: &HistoryQuestion,
        sees: impl Fn(&Event) -> bool + Send + Sync,
    ) -> Result<Option<Seq>, DeskError> {
        let mut filter = HistoryFilter {
            service: asked.service.clone(),
            before: asked.before,
            kinds: Vec::new(),
        };
        let mut full = asked.limit == 0;
        let mut last = filter.before;
        let mut more = None;
        loop {
            let page = self.parts.ledger.recent(&filter, PAGE).await?;
            let Some(end) = page.last() else { return Ok(more) };
            filter.before = Some(end.seq);
            for event in page.into_iter().filter(&sees) {
                if !full && asked.since.is_some_and(|since| event.at < since) {
                    full = true;
                } else if !full && story.len() >= asked.limit {
                    full = true;
                    more = last;
                }
                match full {
                    true if story.is_complete() => return Ok(more),
                    true => story.complete(&event),
                    false => {
                        last = Some(event.seq);
                        story.push(event);
                    }
                }
            }
        }
    }

    /// The verifications that have not ended.
    async fn under_way(&self) -> Result<BTreeSet<Seq>, DeskError> {
        let mut found = BTreeSet::new();
        for service in self.catalog.services.keys() {
            let state = self.load(service).await?;
            let verifying = state.lanes.values().flat_map(|lane| &lane.verifying);
            found.extend(verifying.map(|one| one.started));
        }
        Ok(found)
    }
}
