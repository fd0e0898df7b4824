//! The `page` check: a page as a browser shows it.
//!
//! | what happens | what it comes to |
//! |---|---|
//! | something that is expected is not so | failed |
//! | the page's process dies, twice | failed |
//! | the browser dies, twice | errored |
//! | there is no browser, no such host name, no value for a place | errored |

mod expect;
mod eyes;
mod keys;
mod look;
mod ready;
mod steps;
mod visit;
mod watch;
mod words;

use std::time::{Duration, Instant};

use plimsoll_analyze::page::{Finding, PageFacts, Side, judge};
use plimsoll_core::catalog::{PageCheck, Variable, Viewport};
use plimsoll_core::record::{Attempt, Outcome, PageSummary};
use plimsoll_engine::ports::{Attempted, CheckJob};
use serde::Serialize;

use crate::browser::{Browsers, OpenError};
use crate::ground::Ground;
use crate::secrets::Redactor;
use crate::values::Values;
use look::{Look, LookError, Looked};
use visit::Visit;

/// What is kept as the output of the check.
#[derive(Serialize, Default)]
#[serde(rename_all = "kebab-case")]
struct Evidence {
    browser: String,
    findings: Vec<String>,
    views: Vec<PageFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    compared_with: Vec<PageFacts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// One attempt of a `page` check.
pub async fn run(job: &CheckJob, check: &PageCheck, ground: &Ground) -> Attempted {
    let began = Instant::now();
    let values = Values::of_target(&job.context, &ground.secrets)
        .with_version(&job.version)
        .with_previous(None);
    let mut attempt = PageAttempt {
        check,
        browsers: &ground.browsers,
        within: job.check.within.to_std(),
        found: Vec::new(),
        evidence: Evidence::default(),
        pictures: Vec::new(),
    };
    let base = values.get(&Variable::Url).map(str::to_owned);
    match Visit::fill(check, &values, base.as_deref()) {
        Ok(visit) => attempt.look(&visit, &values).await,
        Err(why) => attempt.found.push(Finding::ours(format!("could not be asked: {why}"))),
    }
    attempt.finish(began, &values.redactor())
}

struct PageAttempt<'a> {
    check: &'a PageCheck,
    browsers: &'a Browsers,
    within: Duration,
    found: Vec<Finding>,
    evidence: Evidence,
    pictures: Vec<(String, Vec<u8>)>,
}

impl PageAttempt<'_> {
    /// Looks with every window size.
    async fn look(&mut self, visit: &Visit, values: &Values) {
        let mut until = None;
        for viewport in &self.check.viewports {
            let looked = match self.look_once(visit, viewport, &mut until).await {
                Ok(looked) => looked,
                Err(finding) => {
                    self.found.push(finding);
                    return;
                }
            };
            let good = self.good(values, viewport, &mut until).await;
            self.take_in(looked, good.as_ref(), visit);
            self.evidence.compared_with.extend(good);
        }
    }

    /// A page whose process died, or whose browser did, is looked at once more.
    async fn look_once(
        &mut self,
        visit: &Visit,
        viewport: &Viewport,
        until: &mut Option<Instant>,
    ) -> Result<Looked, Finding> {
        let mut again = true;
        loop {
            let mut tab = self.browsers.open().await.map_err(|error| opening(&error))?;
            tab.browser_version().clone_into(&mut self.evidence.browser);
            // Waiting for a place in the browser says nothing about the page.
            let until = *until.get_or_insert_with(|| Instant::now() + self.within);
            let look = Look { check: self.check, visit, viewport, until };
            let error = match look.take(&mut tab).await {
                Ok(looked) => return Ok(looked),
                Err(error) => error,
            };
            let page = visit.url.path();
            let finding = match &error {
                LookError::Crashed => {
                    Finding::release(format!("{page} crashes its process, twice"))
                }
                LookError::BrowserGone => Finding::ours("the browser died, twice".to_owned()),
                LookError::Call(error) => Finding::ours(format!("{page}: {error}")),
            };
            if !again {
                return Err(finding);
            }
            self.evidence.notes.push(format!("{error}; it was looked at once more"));
            again = false;
        }
    }

    /// The page that is known to be good, where one is named and can be seen.
    async fn good(
        &mut self,
        values: &Values,
        viewport: &Viewport,
        until: &mut Option<Instant>,
    ) -> Option<PageFacts> {
        let place = self.check.compare_with.as_ref()?;
        let visit = values.fill(place).map_err(|error| error.to_string()).and_then(|base| {
            let whole = visit::address(&base, None).map_err(|error| error.to_string())?;
            let base = whole.as_str().trim_end_matches('/').to_owned();
            Visit::fill(self.check, values, Some(&base)).map_err(|error| error.to_string())
        });
        let looked = match visit {
            Ok(visit) => {
                self.look_once(&visit, viewport, until).await.map_err(|finding| finding.words)
            }
            Err(why) => Err(why),
        };
        let why = match looked {
            Ok(looked) if looked.facts.status.is_some_and(|s| (200..300).contains(&s)) => {
                return Some(looked.facts);
            }
            Ok(looked) => match looked.facts.status {
                Some(status) => format!("it answers {status}"),
                None => "it does not answer".to_owned(),
            },
            Err(why) => why,
        };
        self.evidence.notes.push(format!("there was nothing to compare with: {why}"));
        None
    }

    fn take_in(&mut self, looked: Looked, good: Option<&PageFacts>, visit: &Visit) {
        let Looked { facts, seen, trouble, frame } = looked;
        let mut found = trouble;
        let wrong = judge(&facts, &visit::expected(self.check), good);
        // What is only missing because loading was stopped is told by why it was.
        if found.is_empty() || facts.status.is_some_and(|status| !(200..300).contains(&status)) {
            found.extend(wrong);
        }
        if let Some(seen) = &seen {
            found.extend(expect::unmet(self.check, &facts, seen));
        }
        if facts.ready_ms.is_none() && found.is_empty() {
            let limit = self.within.as_secs_f64();
            found.push(Finding::release(format!(
                "{} was not ready within {limit} s",
                visit.url.path()
            )));
        }
        let name = facts.viewport.clone();
        let many = self.check.viewports.len() > 1;
        self.found.extend(found.into_iter().map(|finding| match many {
            true => Finding { words: format!("{name}: {}", finding.words), ..finding },
            false => finding,
        }));
        let shows_secret = seen.as_ref().is_some_and(|seen| {
            [&seen.text, &seen.fields, &seen.title]
                .iter()
                .any(|text| !visit.redactor.places(text.as_bytes()).is_empty())
        });
        match frame.and_then(|frame| frame.png()) {
            Some(_) if shows_secret => {
                let note = format!("{name}: the picture shows a secret and was not kept");
                self.evidence.notes.push(note);
            }
            Some(png) => self.pictures.push((format!("{name}.png"), png)),
            None => {}
        }
        self.evidence.views.push(facts);
    }

    fn finish(mut self, began: Instant, redactor: &Redactor) -> Attempted {
        let ours = self.found.iter().any(|finding| finding.side == Side::Ours);
        let theirs = self.found.iter().any(|finding| finding.side == Side::Release);
        let outcome = match (theirs, ours) {
            (true, _) => Outcome::Failed,
            (false, true) => Outcome::Errored,
            (false, false) => Outcome::Passed,
        };
        self.found.sort_by_key(|finding| finding.side);
        let finding = words::finding(&self.found, &self.evidence.views);
        self.evidence.findings = self.found.into_iter().map(|finding| finding.words).collect();
        let page = (!self.evidence.views.is_empty()).then(|| {
            let views = self.evidence.views.iter().map(|facts| words::view(facts, redactor));
            Box::new(PageSummary {
                browser: self.evidence.browser.clone(),
                views: views.collect(),
                pictures: Vec::new(),
            })
        });
        let output = serde_json::to_vec_pretty(&self.evidence).unwrap_or_default();
        let attempt = Attempt {
            outcome,
            finding: redactor.text(&finding),
            took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            cases: None,
            timings: None,
            page,
        };
        Attempted { attempt, output: redactor.bytes(&output), pictures: self.pictures }
    }
}

fn opening(error: &OpenError) -> Finding {
    Finding::ours(format!("the page was not looked at: {error}"))
}
