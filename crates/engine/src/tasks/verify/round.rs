//! Running all pairs of a verification, in the order and within the limits of the schedule.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use plimsoll_core::ids::TargetId;
use plimsoll_core::ledger::ServiceState;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::desk::{Desk, DeskError};

use super::Pair;
use super::observer::Observer;
use super::schedule::{Index, Schedule};

/// What all pairs of one verification share.
pub(super) struct Round<'a> {
    pub(super) state: &'a ServiceState,
    pub(super) observers: &'a Observers,
    pub(super) expected: u32,
    pub(super) done: AtomicU32,
}

/// The observers of all targets that a verification looks at.
pub(super) type Observers = BTreeMap<TargetId, Observer>;

/// What a running pair tells the schedule.
enum Told {
    Begun(Index),
    Ended(Index),
}

/// Held while the attempts of a pair run; its room is given back when it is dropped.
pub(super) struct Turn {
    pair: Index,
    told: UnboundedSender<Told>,
}

impl Turn {
    /// Its beginning is over.
    pub(super) fn begun(&self) {
        // Nobody listens any more when the verification has been given up.
        let _ = self.told.send(Told::Begun(self.pair));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = self.told.send(Told::Ended(self.pair));
    }
}

impl Desk {
    /// Runs every pair once; gives what each came to, in the order in which they ended.
    ///
    /// # Errors
    /// The first one of `run`; the others are given up.
    pub(super) async fn scheduled<'p, T, F>(
        &self,
        pairs: &'p [Pair<'p>],
        run: impl Fn(Index, &'p Pair<'p>, Turn) -> F,
    ) -> Result<Vec<T>, DeskError>
    where
        F: Future<Output = Result<T, DeskError>>,
    {
        let mut schedule = Schedule::new(&self.catalog.limits, pairs);
        let (told, mut telling) = unbounded_channel();
        let mut running = FuturesUnordered::new();
        let mut results = Vec::with_capacity(pairs.len());
        while results.len() < pairs.len() {
            while let Some(pair) = schedule.next() {
                let turn = Turn { pair, told: told.clone() };
                running.push(run(pair, &pairs[pair], turn));
            }
            tokio::select! {
                Some(told) = telling.recv() => match told {
                    Told::Begun(pair) => schedule.begun(pair),
                    Told::Ended(pair) => schedule.ended(pair),
                },
                Some(result) = running.next() => results.push(result?),
            }
        }
        Ok(results)
    }
}
