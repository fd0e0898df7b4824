//! The one warm browser, and how many pages it shows at once.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::connection::CallError;
use super::launch::{Browser, LaunchError};
use super::tab::Tab;

/// Each page is a process with its own memory; more at once only take turns.
const PAGES_AT_ONCE: usize = 4;

/// Then another browser takes over, so that what it leaks does not add up.
const PAGES_OF_A_BROWSER: u32 = 500;

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
    current: Arc<Mutex<Option<Warm>>>,
}

struct Warm {
    browser: Arc<Browser>,
    pages: u32,
}

/// A place for a page; the next one waits until it is dropped.
pub(super) struct Slot {
    /// The browser lives as long as someone uses it.
    pub browser: Arc<Browser>,
    _permit: OwnedSemaphorePermit,
}

impl Default for Browsers {
    fn default() -> Self {
        Self::with_limit(PAGES_AT_ONCE)
    }
}

impl Browsers {
    /// At most so many pages at once.
    #[must_use]
    pub fn with_limit(pages: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(pages.max(1))), current: Arc::default() }
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
            return Ok(Arc::clone(&warm.browser));
        }
        // The old one ends with its last page.
        *current = None;
        let browser = Arc::new(Browser::launch().await?);
        *current = Some(Warm { browser: Arc::clone(&browser), pages: 1 });
        Ok(browser)
    }
}
