//! When a page is ready to be looked at: style sheets applied and fonts there, pictures far down
//! loaded too, the network quiet, and two pictures in a row equal. Never after a fixed time.

use std::time::{Duration, Instant};

use plimsoll_analyze::page::is_own;

use crate::browser::CallError;

use super::eyes::{Eyes, Frame};
use super::watch::{Seen, Watch};

/// Nothing on its way and nothing new for so long is quiet.
const QUIET: Duration = Duration::from_millis(500);

/// The same for a page that has nothing that could act by itself, once all of it is there.
const QUIET_WITHOUT_SCRIPTS: Duration = Duration::from_millis(100);

/// After a click, before the next step.
const SETTLED: Duration = Duration::from_millis(150);

/// A page that polls would never let a step settle.
const SETTLE_AT_MOST: Duration = Duration::from_secs(5);

/// A page that never looks the same twice would be photographed for ever.
const MOST_FRAMES: u32 = 12;

/// What came of waiting.
#[derive(Default)]
pub(super) struct Readiness {
    /// The last picture.
    pub frame: Option<Frame>,
    /// What kept on being asked.
    pub never_quiet: Option<String>,
    /// No two pictures in a row were equal.
    pub unsteady: bool,
}

/// Until when it is waited for what.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// For what is not the site's own, and for quiet.
    pub others: Instant,
    /// For everything.
    pub all: Instant,
}

/// Waits until the page is ready.
///
/// # Errors
/// [`CallError`] when the browser dies, or the page is gone.
pub(super) async fn ready(
    watch: &Watch,
    eyes: &Eyes,
    own: (&str, &[String]),
    patience: Patience,
) -> Result<Readiness, CallError> {
    let mut found = Readiness::default();
    loaded(watch, own, patience, |seen| seen.recorder.is_loaded()).await;
    if eyes.wake().await? > 0 {
        loaded(watch, own, patience, |seen| seen.recorder.on_the_way().next().is_none()).await;
    }
    let others = tokio::time::Instant::from_std(patience.others.max(Instant::now() + QUIET));
    if let Ok(answer) = tokio::time::timeout_at(others, eyes.fonts()).await {
        answer?;
    }
    for number in 0..MOST_FRAMES {
        let traffic = watch.now().recorder.traffic();
        let (frame, acts) = eyes.frame().await?;
        let for_so_long = if acts { QUIET } else { QUIET_WITHOUT_SCRIPTS };
        let equal = found.frame.as_ref() == Some(&frame);
        found.frame = Some(frame);
        if found.never_quiet.is_none() && !calm(watch, for_so_long, patience.others).await {
            found.never_quiet = Some(watch.now().recorder.last_url().to_owned());
        }
        let calm = found.never_quiet.is_some() || watch.now().recorder.traffic() == traffic;
        if equal && calm {
            return Ok(found);
        }
        let late = Instant::now() > patience.others && number > 2;
        if late || Instant::now() > patience.all {
            break;
        }
    }
    found.unsteady = true;
    Ok(found)
}

/// Waits until everything has been loaded, or only others keep the page waiting.
async fn loaded(
    watch: &Watch,
    (page, own_hosts): (&str, &[String]),
    patience: Patience,
    is_done: impl Fn(&Seen) -> bool,
) {
    let waits_for_own = |seen: &Seen| {
        seen.recorder.on_the_way().any(|one| is_own(&one.url, page, own_hosts))
            || seen.recorder.status().is_none()
    };
    loop {
        let change = watch.change();
        let (done, own) = {
            let seen = watch.now();
            (is_done(&seen), waits_for_own(&seen))
        };
        let limit = if own { patience.all } else { patience.others };
        if done || Instant::now() >= limit {
            return;
        }
        let limit = tokio::time::Instant::from_std(limit);
        let _ = tokio::time::timeout_at(limit, change).await;
    }
}

/// Waits until what a click or key set off has settled.
pub(super) async fn settle(watch: &Watch) {
    watch.now().last_traffic = Instant::now();
    calm(watch, SETTLED, Instant::now() + SETTLE_AT_MOST).await;
}

/// Waits until the network is quiet; false when it was not by then.
async fn calm(watch: &Watch, for_so_long: Duration, by: Instant) -> bool {
    loop {
        let change = watch.change();
        let (busy, since) = {
            let seen = watch.now();
            (seen.recorder.on_the_way().next().is_some(), seen.last_traffic)
        };
        let now = Instant::now();
        if !busy && now.duration_since(since) >= for_so_long {
            return true;
        }
        if now >= by {
            return false;
        }
        let next = if busy { by } else { by.min(since + for_so_long) };
        let _ = tokio::time::timeout_at(next.into(), change).await;
    }
}
