//! Looking at a page once, in one window size.

use std::time::{Duration, Instant};

use plimsoll_analyze::page::{Finding, PageFacts, Seen};
use plimsoll_core::catalog::{ColourScheme, PageCheck, Viewport};
use serde_json::{Value, json};

use crate::browser::{CallError, Line, Tab};

use super::eyes::{Eyes, Frame};
use super::files::{foreign_sheets, look_into};
use super::ready::{Patience, Readiness, ready};
use super::steps::{Hands, StepError};
use super::visit::Visit;
use super::watch::{Rules, Stop, Watch};
use super::withheld::{Reading, withheld};

/// What is kept back of the time limit for writing down what a page that is late has come to.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// A page that does not let itself be read for so long does not answer.
const LONGEST_READING: Duration = Duration::from_secs(10);

/// How long the events of a navigation that failed are waited for, once the browser has said so.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// A page that ran out of time is photographed as it is by then, if it lets itself be.
const LAST_PICTURE: Duration = Duration::from_secs(2);

/// The browser keeps bodies for those who ask for them; a page may be larger than memory.
const BODIES_BYTES: u64 = 20 << 20;

const CLOCK: &str = include_str!("clock.js");

/// What was found.
pub(super) struct Looked {
    /// Everything that is known.
    pub facts: PageFacts,
    /// What was seen on the page itself, unless it does not answer any more.
    pub seen: Option<Seen>,
    /// What may be read on its picture, where that matters.
    pub reading: Reading,
    /// What went wrong on the way, worst first.
    pub trouble: Vec<Finding>,
    /// The page's picture.
    pub frame: Option<Frame>,
}

impl Looked {
    /// Why its picture is not to be kept.
    pub fn why_withheld(&self, visit: &Visit) -> Option<String> {
        withheld(self.seen.as_ref()?, &self.reading, visit)
    }
}

/// Why it could not be looked at, and may be worth another try.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookError {
    /// The process of the page has died.
    #[error("the page's process has died")]
    Crashed,
    /// The browser has died.
    #[error("the browser has died")]
    BrowserGone,
    /// The browser does not do what it should.
    #[error(transparent)]
    Call(CallError),
}

impl From<CallError> for LookError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Gone => Self::BrowserGone,
            CallError::Refused { .. } | CallError::TooLarge => Self::Call(error),
        }
    }
}

/// One look.
pub(super) struct Look<'a> {
    pub check: &'a PageCheck,
    pub visit: &'a Visit,
    pub viewport: &'a Viewport,
    pub until: Instant,
}

/// How far it came.
#[derive(Default)]
struct Way {
    readiness: Readiness,
    ready_ms: Option<u64>,
    trouble: Vec<Finding>,
}

impl Look<'_> {
    /// Opens nothing: the tab is fresh, and is not used again.
    ///
    /// # Errors
    /// [`LookError`]; everything that the page does is in what is found.
    pub async fn take(&self, tab: &mut Tab) -> Result<Looked, LookError> {
        let line = tab.line();
        let events = tab.events().ok_or(LookError::BrowserGone)?;
        let rules = Rules {
            target: tab.target().to_owned(),
            headers: self.visit.headers.clone(),
            max_bytes: self.check.max_bytes,
        };
        let target = rules.target.clone();
        let watch = Watch::begin(events, line.clone(), rules);
        let eyes = Eyes::new(line.clone(), &target, self.viewport);
        self.prepare(&line, tab.user_agent()).await?;
        let limit = self.until.checked_sub(self.last_words()).unwrap_or(self.until);
        let mut way = Way::default();
        let stop = tokio::select! {
            biased;
            stop = watch.stopped() => Some(stop),
            gone = tokio::time::timeout_at(limit.into(), self.go(&line, &watch, &eyes, &mut way)) => match gone {
                Ok(done) => { done?; None }
                Err(_) => None,
            },
        };
        match stop {
            Some(Stop::Crashed) => return Err(LookError::Crashed),
            Some(Stop::BrowserGone) => return Err(LookError::BrowserGone),
            Some(stop) => way.trouble.insert(0, Finding::release(self.stopped(&stop))),
            None => {}
        }
        Ok(self.write_down(&watch, &eyes, way).await)
    }

    fn last_words(&self) -> Duration {
        LAST_WORDS.min(self.until.saturating_duration_since(Instant::now()) / 5)
    }

    fn stopped(&self, stop: &Stop) -> String {
        let page = self.visit.url.path();
        match stop {
            Stop::TooLarge => {
                let most = self.check.max_bytes / 1_000_000;
                format!("{page} is larger than {most} MB; loading was stopped (max-bytes)")
            }
            Stop::Dialogs => format!("{page} opens dialog after dialog"),
            Stop::Wanders => format!("{page} sends its visitor on and on to other pages"),
            Stop::Crashed | Stop::BrowserGone => format!("{page} was lost"),
        }
    }

    /// The window, the visitor's wishes, and what is watched.
    ///
    /// All is answered before the page is opened: what its process has not yet confirmed by then
    /// would not hold in the process that the page gets.
    async fn prepare(&self, line: &Line, user_agent: &str) -> Result<(), CallError> {
        let mut calls = self.watched();
        calls.extend(self.window());
        calls.extend(self.visitor(user_agent));
        let all = calls.into_iter().map(|(method, params)| line.call(method, params));
        futures_util::future::try_join_all(all).await?;
        self.send_along(line).await
    }

    fn watched(&self) -> Vec<(&'static str, Value)> {
        let buffers = json!({
            "maxTotalBufferSize": BODIES_BYTES, "maxResourceBufferSize": BODIES_BYTES / 4,
        });
        vec![
            ("Page.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Runtime.enable", json!({})),
            ("Log.enable", json!({})),
            ("Network.enable", buffers),
            ("Network.setBypassServiceWorker", json!({ "bypass": true })),
        ]
    }

    fn window(&self) -> Vec<(&'static str, Value)> {
        let viewport = self.viewport;
        let metrics = json!({
            "width": viewport.width, "height": viewport.height, "deviceScaleFactor": 1,
            "mobile": viewport.mobile,
        });
        let touch = json!({ "enabled": viewport.mobile });
        vec![
            ("Emulation.setDeviceMetricsOverride", metrics),
            ("Emulation.setTouchEmulationEnabled", touch),
        ]
    }

    fn visitor(&self, user_agent: &str) -> Vec<(&'static str, Value)> {
        let colours = match self.check.colours {
            ColourScheme::Light => "light",
            ColourScheme::Dark => "dark",
        };
        let features = json!([
            { "name": "prefers-reduced-motion", "value": "reduce" },
            { "name": "prefers-color-scheme", "value": colours },
        ]);
        let mut agent = json!({ "userAgent": user_agent });
        let mut calls = vec![("Emulation.setEmulatedMedia", json!({ "features": features }))];
        if let Some(locale) = &self.check.locale {
            agent["acceptLanguage"] = json!(locale);
            calls.push(("Emulation.setLocaleOverride", json!({ "locale": locale })));
        }
        calls.push(("Emulation.setUserAgentOverride", agent));
        if self.check.any_certificate {
            calls.push(("Security.setIgnoreCertificateErrors", json!({ "ignore": true })));
        }
        if let Some(clock) = self.check.clock {
            let source = format!("({CLOCK})({})", clock.as_millisecond());
            calls.push(("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })));
        }
        calls
    }

    /// Cookies and headers, for the page's own origin alone.
    async fn send_along(&self, line: &Line) -> Result<(), CallError> {
        let url = self.visit.url.as_str();
        for (name, value) in &self.visit.cookies {
            let cookie = json!({ "name": name, "value": value, "url": url });
            line.call("Network.setCookie", cookie).await?;
        }
        if !self.visit.headers.is_empty() {
            let origin = self.visit.url.origin().ascii_serialization();
            let patterns = json!([{ "urlPattern": format!("{origin}/*") }]);
            let params = json!({ "patterns": patterns, "handleAuthRequests": true });
            line.call("Fetch.enable", params).await?;
        }
        Ok(())
    }

    async fn go(
        &self,
        line: &Line,
        watch: &Watch,
        eyes: &Eyes,
        way: &mut Way,
    ) -> Result<(), LookError> {
        let began = Instant::now();
        let answer = line.call("Page.navigate", json!({ "url": self.visit.url.as_str() })).await?;
        if answer["errorText"].is_string() {
            // Why it did not get there is told by events, which may come after the answer.
            let told = watch.until(|seen| seen.recorder.is_document_over());
            let _ = tokio::time::timeout(AFTERWARDS, told).await;
            return Ok(());
        }
        let left = self.until.saturating_duration_since(began);
        let patience = Patience {
            others: began + (left / 3).min(Duration::from_secs(15)),
            all: self.until.checked_sub(self.last_words()).unwrap_or(self.until),
        };
        let own = (self.visit.url.as_str(), self.check.own_hosts.as_slice());
        if !self.visit.steps.is_empty() {
            watch.until(|seen| seen.recorder.is_loaded()).await;
            let own_hosts = self.check.own_hosts.as_slice();
            let hands = Hands { line, eyes, watch, visit: self.visit, own_hosts };
            for (number, (step, words)) in self.visit.steps.iter().enumerate() {
                match hands.take(step).await {
                    Ok(()) => {}
                    Err(StepError::Page(why)) => {
                        let number = number + 1;
                        let words = format!("step {number} ({words}): {why}");
                        way.trouble.push(Finding::release(words));
                        break;
                    }
                    Err(StepError::Call(error)) => return Err(error.into()),
                }
            }
        }
        let patience = match self.visit.steps.is_empty() {
            true => patience,
            false => Patience { others: Instant::now() + left / 4, ..patience },
        };
        way.readiness = ready(watch, eyes, own, patience).await?;
        way.ready_ms = Some(millis(began));
        Ok(())
    }

    async fn write_down(&self, watch: &Watch, eyes: &Eyes, mut way: Way) -> Looked {
        let stopped = watch.now().stop.is_some();
        let (mut seen, mut reading) = (None, Reading::default());
        if !stopped && watch.now().recorder.status().is_some() {
            // A large page on a busy machine is read slowly; who was ready early has time for it.
            let left = self.until.saturating_duration_since(Instant::now());
            let limit = left.min(LONGEST_READING).max(Duration::from_millis(500));
            let looking = async {
                reading = Reading::of(watch, eyes, self.visit).await;
                let texts = foreign_sheets(watch, eyes, self.visit.url.as_str()).await;
                eyes.seen(&self.check.expect_elements, &texts).await
            };
            match tokio::time::timeout(limit, looking).await {
                Ok(Ok(found)) => seen = Some(found),
                Ok(Err(_)) | Err(_) => way.trouble.push(Finding::release(format!(
                    "{} does not answer any more: a script runs without end",
                    self.visit.url.path()
                ))),
            }
        }
        let mut facts = watch.now().recorder.facts(seen.as_ref());
        facts.viewport = self.viewport.name.clone();
        facts.asked = self.visit.url.to_string();
        facts.ready_ms = way.ready_ms;
        facts.never_quiet = way.readiness.never_quiet;
        facts.unsteady = way.readiness.unsteady;
        if seen.is_some() {
            look_into(watch, eyes, &self.check.own_hosts, &mut facts).await;
        }
        let mut frame = way.readiness.frame;
        // What was not seen may show a secret.
        if frame.is_none() && seen.is_some() {
            frame = self.last_picture(eyes).await;
        }
        // Something may lie over all that is there, or everything has the colour of the ground.
        facts.blank |= frame.as_ref().is_some_and(Frame::is_one_colour);
        if let (Some(seen), Some(frame)) = (&seen, &frame) {
            facts.unread = frame.unread(&seen.faint);
            facts.gap = seen.gap.as_ref().and_then(|gap| frame.gap(gap));
        }
        Looked { facts, seen, reading, trouble: way.trouble, frame }
    }

    /// The page as it is when the time is over. What is still to come is given up first: a browser
    /// paints nothing while a style sheet is on its way.
    async fn last_picture(&self, eyes: &Eyes) -> Option<Frame> {
        let taking = async {
            eyes.stop().await?;
            eyes.frame().await
        };
        let taken = tokio::time::timeout(LAST_PICTURE, taking).await.ok()?;
        taken.ok().map(|(frame, _)| frame)
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
