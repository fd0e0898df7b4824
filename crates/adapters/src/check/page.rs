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
mod files;
mod good;
mod keys;
mod look;
mod picture;
mod ready;
mod steps;
mod visit;
mod watch;
mod withheld;
mod words;

use std::time::{Duration, Instant};

use plimsoll_analyze::page::{Finding, PageFacts, Side, foreign_host, judge};
use plimsoll_core::catalog::{PageCheck, PictureRule, Variable, Viewport};
use plimsoll_core::digest::Digest;
use plimsoll_core::record::{Attempt, Outcome, PageSummary};
use plimsoll_engine::ports::{Attempted, CheckJob};
use serde::Serialize;

use crate::browser::{Browsers, OpenError};
use crate::ground::Ground;
use crate::secrets::Redactor;
use crate::values::Values;
use eyes::Frame;
use good::Good;
use look::{Look, LookError, Looked};
use picture::Compared;
use visit::Visit;
use withheld::Reading;

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
    let values = Values::of_target(&job.context, &ground.secrets)
        .with_version(&job.version)
        .with_previous(None);
    let mut attempt = PageAttempt {
        place: format!("{}/{}", job.context.id, job.name),
        check,
        took: Duration::ZERO,
        browsers: &ground.browsers,
        within: job.check.within.to_std(),
        found: Vec::new(),
        evidence: Evidence::default(),
        pictures: Vec::new(),
        look_at_both: false,
        uncompared: None,
    };
    let base = values.get(&Variable::Url).map(str::to_owned);
    match Visit::fill(check, &values, base.as_deref()) {
        Ok(visit) => attempt.look(&visit, &Good::of(job, check, &values, ground)).await,
        Err(why) => attempt.found.push(Finding::ours(format!("could not be asked: {why}"))),
    }
    attempt.finish(&values.redactor())
}

struct PageAttempt<'a> {
    /// The target and the check, as commands name them.
    place: String,
    /// How long pages were looked at, without waiting for a place in the browser.
    took: Duration,
    check: &'a PageCheck,
    browsers: &'a Browsers,
    within: Duration,
    found: Vec<Finding>,
    evidence: Evidence,
    pictures: Vec<(String, Vec<u8>)>,
    /// Whether its picture stands against it.
    look_at_both: bool,
    /// With what it should have been compared, and why it was not.
    uncompared: Option<String>,
}

impl PageAttempt<'_> {
    /// Looks with every window size.
    async fn look(&mut self, visit: &Visit, good: &Good<'_>) {
        let mut until = None;
        for viewport in &self.check.viewports {
            let looked = match self.look_once(visit, viewport, &mut until).await {
                Ok(looked) => looked,
                Err(finding) => {
                    self.found.push(finding);
                    return;
                }
            };
            let began = Instant::now();
            let beside = self.good(good, visit, viewport).await;
            // What the other page takes is not taken from this one.
            until = until.map(|until| until + began.elapsed());
            let compared = self.compare(&looked, beside.as_ref(), good).await;
            let facts = beside.as_ref().map(|beside| &beside.facts);
            self.take_in(looked, facts, compared, visit);
            if let Some(mut beside) = beside {
                let name = format!("{}-before", viewport.name);
                let why = beside.why_withheld(visit);
                if let Some(kept) = self.keep_picture(&name, why, beside.frame) {
                    beside.facts.picture = Some(kept);
                }
                self.evidence.compared_with.push(beside.facts);
            }
        }
    }

    /// What the pictures of both say; the good one is at hand, or kept from an earlier look.
    async fn compare(
        &mut self,
        looked: &Looked,
        beside: Option<&Looked>,
        good: &Good<'_>,
    ) -> Option<Compared> {
        let beside = beside?;
        if self.check.picture == PictureRule::Off {
            return None;
        }
        let here = looked.frame.as_ref()?.png()?;
        let there = match (&beside.frame, &beside.facts.picture) {
            (Some(frame), _) => frame.png()?,
            (None, Some(kept)) => good.picture(kept).await?,
            (None, None) => return None,
        };
        let compared = picture::compare(there, here).await?;
        self.evidence.notes.push(format!("{}: {}", looked.facts.viewport, compared.note()));
        Some(compared)
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
            let began = Instant::now();
            let until = *until.get_or_insert_with(|| began + self.within);
            let look = Look { check: self.check, visit, viewport, until };
            let looked = look.take(&mut tab).await;
            self.took += began.elapsed();
            let error = match looked {
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

    /// The page that is known to be good: as it is today, else as it was.
    async fn good(
        &mut self,
        good: &Good<'_>,
        visit: &Visit,
        viewport: &Viewport,
    ) -> Option<Looked> {
        // Who did not answer is not asked again for the next window size.
        if self.uncompared.is_some() {
            return None;
        }
        if good.today.is_empty() {
            return self.earlier(good, viewport).await;
        }
        let mut why = Vec::new();
        for (words, side) in &good.today {
            match self.good_today(side, visit, viewport).await {
                Ok(looked) => {
                    self.evidence.notes.push(format!("{}: compared with {words}", viewport.name));
                    return Some(looked);
                }
                Err(reason) => why.push(format!("{words}: {reason}")),
            }
        }
        self.uncompared = Some(why.join("; "));
        None
    }

    async fn good_today(
        &mut self,
        side: &Result<Visit, String>,
        visit: &Visit,
        viewport: &Viewport,
    ) -> Result<Looked, String> {
        let side = side.as_ref().map_err(Clone::clone)?;
        if side.url == visit.url {
            return Err("it is this very page".to_owned());
        }
        let looked = self.look_once(side, viewport, &mut None).await;
        let looked = looked.map_err(|finding| finding.words)?;
        // A page that is another's, or that is for those who are not logged in, is not the good one.
        if let Some(host) = foreign_host(&looked.facts, &visit::expected(self.check)) {
            return Err(format!("it sends its visitor to {host}"));
        }
        match looked.facts.status {
            Some(status) if (200..300).contains(&status) => Ok(looked),
            Some(status) => Err(format!("it answers {status}")),
            None => Err("it does not answer".to_owned()),
        }
    }

    async fn earlier(&mut self, good: &Good<'_>, viewport: &Viewport) -> Option<Looked> {
        match good.earlier(viewport).await {
            Ok((words, facts)) => {
                self.evidence.notes.push(format!("{}: compared with {words}", viewport.name));
                Some(Looked {
                    facts,
                    seen: None,
                    reading: Reading::default(),
                    trouble: Vec::new(),
                    frame: None,
                })
            }
            Err(why) => {
                // At the very first time there is nothing yet, and nothing is wrong with that.
                self.uncompared = (!why.is_empty()).then_some(why);
                None
            }
        }
    }

    /// Keeps a picture, unless there is a reason not to; says how it is found again.
    fn keep_picture(
        &mut self,
        name: &str,
        why: Option<String>,
        frame: Option<Frame>,
    ) -> Option<String> {
        let png = frame.and_then(|frame| frame.png())?;
        if let Some(why) = why {
            self.evidence.notes.push(format!("{name}: {why}; its picture was not kept"));
            return None;
        }
        let digest = Digest::of(&png).to_string();
        self.pictures.push((format!("{name}.png"), png));
        Some(digest)
    }

    fn take_in(
        &mut self,
        looked: Looked,
        good: Option<&PageFacts>,
        compared: Option<Compared>,
        visit: &Visit,
    ) {
        let why = looked.why_withheld(visit);
        let Looked { mut facts, seen, trouble, frame, .. } = looked;
        let mut found = trouble;
        let mut expected = visit::expected(self.check);
        expected.same_picture = compared.is_some_and(Compared::is_same);
        expected.picture_share = compared.map_or(0.0, |compared| compared.share);
        let mut wrong = judge(&facts, &expected, good);
        let is_there = facts.status.is_some_and(|status| (200..300).contains(&status));
        if let (Some(compared), Some(good), true) = (compared, good, is_there && !facts.blank) {
            let told = compared.against(self.check.picture, &facts, good);
            self.look_at_both |= told.is_some();
            wrong.extend(told);
        }
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
        facts.picture = self.keep_picture(&name, why, frame);
        self.evidence.views.push(facts);
    }

    fn finish(mut self, redactor: &Redactor) -> Attempted {
        let ours = self.found.iter().any(|finding| finding.side == Side::Ours);
        let theirs = self.found.iter().any(|finding| finding.side == Side::Release);
        let outcome = match (theirs, ours) {
            (true, _) => Outcome::Failed,
            (false, true) => Outcome::Errored,
            (false, false) => Outcome::Passed,
        };
        self.found.sort_by_key(|finding| finding.side);
        let mut finding = words::finding(&self.found, &self.evidence.views);
        let cases = words::cases(&self.found, redactor);
        let of_look = words::of_look(&self.found, redactor);
        self.evidence.findings = self.found.into_iter().map(|finding| finding.words).collect();
        if self.look_at_both {
            finding =
                format!("{finding}; look at both: plimsoll show {} --pictures looked", self.place);
        }
        if let Some(why) = &self.uncompared {
            let words = format!("it was not compared with what is known to be good ({why})");
            finding = format!("{finding}; {words}");
            self.evidence.findings.push(words);
        }
        let page = (!self.evidence.views.is_empty()).then(|| {
            let views = self.evidence.views.iter().map(|facts| words::view(facts, redactor));
            Box::new(PageSummary {
                browser: self.evidence.browser.clone(),
                views: views.collect(),
                pictures: Vec::new(),
                of_look,
            })
        });
        let output = serde_json::to_vec_pretty(&self.evidence).unwrap_or_default();
        let attempt = Attempt {
            outcome,
            finding: redactor.text(&finding),
            took_ms: u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            cases,
            timings: None,
            page,
        };
        Attempted { attempt, output: redactor.bytes(&output), pictures: self.pictures }
    }
}

fn opening(error: &OpenError) -> Finding {
    Finding::ours(format!("the page was not looked at: {error}"))
}
