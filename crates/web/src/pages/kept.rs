//! Pages that many look at are made once, as long as nothing was written to the ledger, the
//! configuration is the same, and the minute is: ages are told in minutes. Whoever asks meanwhile
//! waits for the one that is being made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_core::digest::Digest;
use plimsoll_core::ids::Seq;
use plimsoll_engine::desk::Desk;
use tokio::sync::OnceCell;

use crate::problem::Problem;

use super::frame::Made;

/// How many pages are kept. A page of a thousand targets has some 300 kB.
const KEPT: usize = 64;

/// What a page was made from; when any of it changes, it is made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ground {
    /// The ledger's last event.
    pub head: Seq,
    minute: i64,
    desk: usize,
}

/// A page that is being made, or was.
type Cell = Arc<OnceCell<Arc<Made>>>;

/// The pages.
#[derive(Default)]
pub(crate) struct Kept {
    pages: Mutex<(Option<Ground>, HashMap<String, Cell>)>,
    policy: Mutex<Option<(Arc<Desk>, Digest)>>,
}

impl Kept {
    /// The page of that name, made now if need be.
    pub(super) async fn page(
        &self,
        name: String,
        ground: Ground,
        make: impl AsyncFnOnce(Ground) -> Result<Made, Problem>,
    ) -> Result<Arc<Made>, Problem> {
        let (ground, cell) = self.cell(name, ground);
        cell.get_or_try_init(|| async { make(ground).await.map(Arc::new) }).await.cloned()
    }

    /// Where the page is kept, and what it is made from: at least what was asked for. Who asked a
    /// moment ago and comes late gets what is newer, and does not throw it away.
    fn cell(&self, name: String, asked: Ground) -> (Ground, Cell) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let (newest, kept) = &mut *pages;
        let ground = newest.filter(|newest| newest.covers(&asked)).unwrap_or(asked);
        if *newest != Some(ground) || kept.len() >= KEPT {
            kept.clear();
            *newest = Some(ground);
        }
        (ground, kept.entry(name).or_default().clone())
    }

    /// The digest of all that decides, for pages about more than one service.
    pub(super) fn policy(&self, desk: &Arc<Desk>) -> Digest {
        let mut known = self.policy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, digest)) = &*known
            && Arc::ptr_eq(of, desk)
        {
            return *digest;
        }
        let catalog = desk.catalog();
        let digest = Digest::of_json(&(&catalog.services, &catalog.roles));
        *known = Some((desk.clone(), digest));
        digest
    }
}

impl Ground {
    /// What a page that is made now is made from.
    pub(super) async fn now(desk: &Arc<Desk>) -> Result<Self, Problem> {
        let minute = desk.now().as_second().div_euclid(60);
        Ok(Self { head: desk.head().await?, minute, desk: Arc::as_ptr(desk).addr() })
    }

    /// Whether it holds all that the other holds.
    fn covers(&self, other: &Self) -> bool {
        self.desk == other.desk && self.head >= other.head && self.minute >= other.minute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks for the board, and says how many pages were made for it.
    async fn made(kept: &Kept, name: &str, ground: Ground) -> u32 {
        let mut made = 0;
        let make = async |_| {
            made += 1;
            Ok(Made::default())
        };
        kept.page(name.to_owned(), ground, make).await.expect("made");
        made
    }

    fn at(head: u64) -> Ground {
        Ground { head: Seq(head), minute: 0, desk: 0 }
    }

    #[tokio::test]
    async fn a_page_is_made_once_until_something_is_written() {
        let kept = Kept::default();
        for (head, expected) in [(1, 1), (1, 0), (2, 1), (2, 0)] {
            assert_eq!(made(&kept, "board", at(head)).await, expected, "at event {head}");
        }
    }

    #[tokio::test]
    async fn who_comes_late_gets_the_newer_page() {
        let kept = Kept::default();
        for (head, expected) in [(2, 1), (1, 0), (2, 0)] {
            assert_eq!(made(&kept, "board", at(head)).await, expected, "at event {head}");
        }
        let later = Ground { minute: 1, ..at(1) };
        let other = Ground { desk: 1, ..at(2) };
        for ground in [later, other] {
            assert_eq!(made(&kept, "board", ground).await, 1, "{ground:?}");
        }
    }

    #[tokio::test]
    async fn no_more_are_kept_than_there_is_room_for() {
        let kept = Kept::default();
        for n in 0..1_000 {
            made(&kept, &n.to_string(), at(1)).await;
        }
        assert!(kept.pages.lock().expect("unbroken").1.len() <= KEPT);
    }
}
