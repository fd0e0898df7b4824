//! The one warm browser, and how many pages it shows at once.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::connection::CallError;
use super::launch::{Browser, LaunchError};
use super::tab::Tab;

/// Each page is a process with its own memory, and half of its time it waits for quiet: three for
/// each core, and no more than eight, keep the cores busy.
const PAGES_FOR_EACH_CORE: usize = 3;
const PAGES_AT_ONCE: std::ops::RangeInclusive<usize> = 4..=8;

/// Then another browser takes over, so that what it leaks does not add up.
const PAGES_OF_A_BROWSER: u32 = 500;

/// A browser that nobody needs ends: a server looks at pages for seconds each hour, and chromium
/// alone takes 200 MB.
const IDLE: Duration = Duration::from_secs(60);

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no browser.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The browser does not do it.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// One warm browser, started when the first page is asked for.
#[derive(Clone)]
pub struct Browsers {
    slots: Arc<Semaphore>,
    current: Current,
    idle: Duration,
}

type Current = Arc<Mutex<Option<Warm>>>;

struct Warm {
    browser: Arc<Browser>,
    pages: u32,
    asked: Instant,
}

/// A place for a page; the next one waits until it is dropped.
pub(super) struct Slot {
    /// The browser lives as long as someone uses it.
    pub browser: Arc<Browser>,
    _permit: OwnedSemaphorePermit,
}

impl Default for Browsers {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let pages = cores.saturating_mul(PAGES_FOR_EACH_CORE);
        Self::with_limit(pages.clamp(*PAGES_AT_ONCE.start(), *PAGES_AT_ONCE.end()))
    }
}

impl Browsers {
    /// At most so many pages at once.
    #[must_use]
    pub fn with_limit(pages: usize) -> Self {
        let slots = Arc::new(Semaphore::new(pages.max(1)));
        Self { slots, current: Arc::default(), idle: IDLE }
    }

    /// The browser ends when no page was asked for during so long, and none is open.
    #[must_use]
    pub fn ending_after(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Waits for a place, and opens a page in a context of its own.
    ///
    /// # Errors
    /// [`OpenError`]; the check is errored. A browser that died is replaced at the next call.
    pub async fn open(&self) -> Result<Tab, OpenError> {
        let permit = Arc::clone(&self.slots).acquire_owned().await;
        let permit = permit.map_err(|_| CallError::Gone)?;
        let browser = self.browser().await?;
        Ok(Tab::open(Slot { browser, _permit: permit }).await?)
    }

    /// The number of the browser's process, while there is one.
    pub async fn process(&self) -> Option<u32> {
        self.current.lock().await.as_ref().and_then(|warm| warm.browser.process())
    }

    async fn browser(&self) -> Result<Arc<Browser>, LaunchError> {
        let mut current = self.current.lock().await;
        if let Some(warm) = current.as_mut()
            && !warm.browser.connection.is_gone()
            && warm.pages < PAGES_OF_A_BROWSER
        {
            warm.pages += 1;
            warm.asked = Instant::now();
            return Ok(Arc::clone(&warm.browser));
        }
        // The old one ends with its last page.
        *current = None;
        let browser = Arc::new(Browser::launch().await?);
        *current = Some(Warm { browser: Arc::clone(&browser), pages: 1, asked: Instant::now() });
        let watched = (Arc::downgrade(&self.current), Arc::downgrade(&browser));
        tokio::spawn(end_when_idle(watched, self.idle));
        Ok(browser)
    }
}

/// Lets go of the browser once nobody needs it; neither it nor the pool is kept alive by this.
async fn end_when_idle(
    (current, browser): (Weak<Mutex<Option<Warm>>>, Weak<Browser>),
    idle: Duration,
) {
    loop {
        tokio::time::sleep(idle).await;
        let (Some(current), Some(browser)) = (current.upgrade(), browser.upgrade()) else { return };
        let mut current = current.lock().await;
        let Some(warm) = current.as_ref() else { return };
        if !Arc::ptr_eq(&warm.browser, &browser) {
            return;
        }
        // The pool's own and this one; every open page has another.
        if Arc::strong_count(&browser) <= 2 && warm.asked.elapsed() >= idle {
            *current = None;
            return;
        }
    }
}
