//! Answers of the gate, shared by all who ask the same at the same time.
//!
//! A gate that is asked thousands of times a second would look at every target thousands of times. So
//! an answer is given again for one second, as long as nothing was written to the ledger since and
//! the configuration is the same; whoever asks meanwhile waits for the one that is being made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use plimsoll_core::catalog::Catalog;
use plimsoll_core::ids::{DecisionId, EnvironmentName, ReleaseId, Seq};
use plimsoll_core::record::{Decision, Verdict};
use plimsoll_core::say::Reader;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_wire::DecisionView;
use tokio::sync::OnceCell;

/// For how long an answer is given again.
///
/// # Units
/// Milliseconds.
const FRESH_MS: u64 = 1_000;

/// How many questions are remembered. Beyond that the oldest answers are forgotten.
const REMEMBERED: usize = 4_096;

type Key = (ReleaseId, EnvironmentName);

/// The answers of the last second.
#[derive(Default)]
pub(crate) struct GateAnswers(Mutex<HashMap<Key, Arc<Slot>>>);

struct Slot {
    /// Under which configuration.
    catalog: Arc<Catalog>,
    /// What the ledger's last event was when it was asked, and when that was.
    head: Seq,
    asked_ms: u64,
    answer: OnceCell<Arc<GateAnswer>>,
}

/// An answer of the gate, ready to be sent.
pub(crate) struct GateAnswer {
    /// Its number.
    pub id: DecisionId,
    /// The decision.
    pub decision: Decision,
    /// For programs.
    pub json: Bytes,
    /// What the ledger's last event was after it was written down.
    head: Seq,
}

impl GateAnswer {
    /// Whether the release may enter.
    pub(crate) fn is_allowed(&self) -> bool {
        self.decision.verdict == Verdict::Allowed
    }
}

impl GateAnswers {
    /// Asks the gate, or gives the answer of a moment ago.
    ///
    /// # Errors
    /// As [`Desk::ask_gate`]; and the release is unknown.
    pub(crate) async fn ask(
        &self,
        desk: &Desk,
        release: &ReleaseId,
        to: &EnvironmentName,
    ) -> Result<Arc<GateAnswer>, DeskError> {
        let head = desk.head().await?;
        let slot = self.slot(desk, (release, to), head);
        let answer = slot.answer.get_or_try_init(|| async {
            desk.known_release(release).await?;
            let asked = desk.ask_gate(release, to).await?;
            let decision = asked.ruling.decision().clone();
            let view = DecisionView::from(&decision).with_id(asked.id);
            let json = desk.parts().redact.text(&serde_json::to_string(&view).unwrap_or_default());
            let head = desk.head().await?;
            Ok(Arc::new(GateAnswer { id: asked.id, decision, json: Bytes::from(json), head }))
        });
        answer.await.cloned()
    }

    /// The slot of this question, a new one when the old one's answer may not be given any more.
    fn slot(
        &self,
        desk: &Desk,
        (release, to): (&ReleaseId, &EnvironmentName),
        head: Seq,
    ) -> Arc<Slot> {
        let now = desk.parts().clock.monotonic_ms();
        let catalog = desk.shared_catalog();
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (release.clone(), to.clone());
        if let Some(slot) = slots.get(&key)
            && Arc::ptr_eq(&slot.catalog, &catalog)
            && now.saturating_sub(slot.asked_ms) < FRESH_MS
            && slot.is_of(head)
        {
            return slot.clone();
        }
        if slots.len() >= REMEMBERED {
            slots.retain(|_, slot| now.saturating_sub(slot.asked_ms) < FRESH_MS);
        }
        let slot = Arc::new(Slot { catalog, head, asked_ms: now, answer: OnceCell::new() });
        if slots.len() < REMEMBERED {
            slots.insert(key, slot.clone());
        }
        slot
    }
}

impl Slot {
    /// Whether the ledger stands where it stood: as it was asked, or just after the answer itself
    /// was written down.
    fn is_of(&self, head: Seq) -> bool {
        self.head == head || self.answer.get().is_some_and(|answer| answer.head == head)
    }
}

/// The words of an answer, for who asks in plain text.
pub(crate) fn plain(answer: &GateAnswer, reader: &Reader) -> String {
    use std::fmt::Write as _;
    let decision = &answer.decision;
    let mut text = format!("{}\n", plimsoll_core::say::summary(decision, reader));
    for group in plimsoll_core::say::groups(decision, reader) {
        let _ = writeln!(
            text,
            "  {}  {}  {}  {}",
            group.look.word, group.label, group.place, group.sentence
        );
        for next in &group.next {
            let _ = writeln!(text, "      -> {}: {}", next.who, next.what);
        }
    }
    let _ = writeln!(text, "Decision {}.", answer.id);
    text
}
