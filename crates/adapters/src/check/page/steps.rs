//! What is done on a page before it is looked at.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use plimsoll_analyze::page::is_own;
use serde_json::json;

use crate::browser::{CallError, Line};

use super::eyes::Eyes;
use super::keys::key_events;
use super::ready::settle;
use super::visit::{Step, Visit};
use super::watch::Watch;

/// How long a step waits for what it needs.
const PATIENCE: Duration = Duration::from_secs(10);

/// How soon it is looked for again.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    /// The page does not have what is needed.
    #[error("{0}")]
    Page(String),
    /// The browser did not do it.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Who does the steps.
pub(super) struct Hands<'a> {
    pub line: &'a Line,
    pub eyes: &'a Eyes,
    pub watch: &'a Watch,
    pub visit: &'a Visit,
    pub own_hosts: &'a [String],
}

impl Hands<'_> {
    /// Does a step and waits until its effect has settled.
    ///
    /// # Errors
    /// [`StepError`] says what is not there.
    pub async fn take(&self, step: &Step) -> Result<(), StepError> {
        match step {
            Step::Go(url) => {
                self.watch.now().recorder.begin();
                let answer =
                    self.line.call("Page.navigate", json!({ "url": url.as_str() })).await?;
                if let Some(why) = answer["errorText"].as_str() {
                    return Err(StepError::Page(why.to_owned()));
                }
                self.watch.until(|seen| seen.recorder.is_loaded()).await;
            }
            Step::Click(selector) => {
                let (x, y) = self.find(selector, false, false).await?;
                self.click(x, y).await?;
                settle(self.watch).await;
            }
            Step::Fill { field, with, secret } => {
                self.find(field, true, *secret).await?;
                if *secret {
                    self.on_own_page().await?;
                }
                self.line.call("Input.insertText", json!({ "text": with })).await?;
            }
            Step::Press(key) => {
                for event in key_events(key) {
                    self.line.call("Input.dispatchKeyEvent", event).await?;
                }
                settle(self.watch).await;
            }
            Step::WaitFor(selector) => self.find(selector, false, false).await.map(drop)?,
            Step::Expect(text) => self.expect(text).await?,
        }
        Ok(())
    }

    async fn click(&self, x: f64, y: f64) -> Result<(), CallError> {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
            self.line.call("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// A secret is typed on the site's own pages alone: whoever a link or redirect leads to must
    /// not get it.
    async fn on_own_page(&self) -> Result<(), StepError> {
        let seen = self.eyes.seen(&[], &BTreeMap::new()).await?;
        if is_own(&seen.url, self.visit.url.as_str(), self.own_hosts) {
            return Ok(());
        }
        let host =
            url::Url::parse(&seen.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        Err(StepError::Page(format!(
            "the page is now on {}, which is not the site's own (own-hosts), and gets no secret",
            host.unwrap_or_else(|| "another host".to_owned())
        )))
    }

    async fn find(&self, selector: &str, focus: bool, hide: bool) -> Result<(f64, f64), StepError> {
        let began = Instant::now();
        loop {
            match self.eyes.locate(selector, focus, hide).await {
                Ok(Ok(Some(place))) => return Ok(place),
                Ok(Ok(None)) => {}
                Ok(Err(why)) => return Err(StepError::Page(why)),
                // The page may just be going to another one.
                Err(CallError::Refused { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            again(began, || format!("nothing that {selector} finds can be seen")).await?;
        }
    }

    async fn expect(&self, text: &str) -> Result<(), StepError> {
        let began = Instant::now();
        loop {
            match self.eyes.shows(text).await {
                Ok(true) => return Ok(()),
                Ok(false) | Err(CallError::Refused { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            again(began, || format!("{text:?} cannot be seen")).await?;
        }
    }
}

async fn again(began: Instant, missing: impl Fn() -> String) -> Result<(), StepError> {
    if began.elapsed() > PATIENCE {
        let secs = PATIENCE.as_secs();
        return Err(StepError::Page(format!("{} within {secs} s", missing())));
    }
    tokio::time::sleep(LOOK_EVERY).await;
    Ok(())
}
