//! Pages that many look at are made once, as long as nothing was written to the ledger, the
//! configuration is the same, and the minute is: ages are told in minutes. Whoever asks meanwhile
//! waits for the one that is being made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_core::Timestamp;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::Seq;
use plimsoll_engine::desk::Desk;
use tokio::sync::OnceCell;

use crate::problem::Problem;

use super::frame::Body;

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
type Cell = Arc<OnceCell<Arc<Body>>>;

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
        make: impl AsyncFnOnce() -> Result<Body, Problem>,
    ) -> Result<Arc<Body>, Problem> {
        let cell = self.cell(name, ground);
        cell.get_or_try_init(|| async { make().await.map(Arc::new) }).await.cloned()
    }

    fn cell(&self, name: String, ground: Ground) -> Arc<OnceCell<Arc<Body>>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.0 != Some(ground) || pages.1.len() >= KEPT {
            *pages = (Some(ground), HashMap::new());
        }
        pages.1.entry(name).or_default().clone()
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
    pub(super) async fn now(desk: &Arc<Desk>, now: Timestamp) -> Result<Self, Problem> {
        let head =
            desk.parts().ledger.head().await.map_err(plimsoll_engine::desk::DeskError::from)?.0;
        let desk = Arc::as_ptr(desk).addr();
        Ok(Self { head, minute: now.as_second().div_euclid(60), desk })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_is_made_once_until_something_is_written() {
        let kept = Kept::default();
        let mut made = 0;
        for (head, expected) in [(1, 1), (1, 1), (2, 2)] {
            let ground = Ground { head: Seq(head), minute: 0, desk: 0 };
            let make = async || {
                made += 1;
                Ok(Body::default())
            };
            kept.page("board".to_owned(), ground, make).await.expect("made");
            assert_eq!(made, expected);
        }
    }

    #[tokio::test]
    async fn no_more_are_kept_than_there_is_room_for() {
        let kept = Kept::default();
        let ground = Ground { head: Seq(1), minute: 0, desk: 0 };
        for n in 0..1_000 {
            let make = async || Ok(Body::default());
            kept.page(n.to_string(), ground, make).await.expect("made");
        }
        assert!(kept.pages.lock().expect("unbroken").1.len() <= KEPT);
    }
}
