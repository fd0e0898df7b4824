//! A run of a check, as programs read it.

use plimsoll_core::ids::CheckRunId;
use plimsoll_core::record::{
    Attempt, Cases, CheckResult, Control, PageSummary, PageView, State, Timings,
};
use plimsoll_core::say::{self, Reader, safe};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ControlView, StateView};

/// One run of one check on one target, with everything it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CheckRunView {
    /// Its number, `r-17`.
    pub id: String,
    /// Where it ran: `service/environment/target`.
    pub target: String,
    /// Which check.
    pub check: String,
    /// What it came to.
    pub state: StateView,
    /// What was found, in one sentence.
    pub finding: String,
    /// The digest of the check's definition.
    pub definition: String,
    /// The version that was to be checked.
    pub version: String,
    /// The deployment that was on the target, `d-17`.
    pub deployment: Option<String>,
    /// What ran just before.
    pub observed_before: String,
    /// What ran just after.
    pub observed_after: String,
    /// When the first try began (RFC 3339, UTC).
    pub started_at: String,
    /// When the last try ended (RFC 3339, UTC).
    pub finished_at: String,
    /// Every try, in order.
    pub attempts: Vec<AttemptView>,
    /// What it printed, its end cut off where it is very long.
    pub output: Option<String>,
    /// The digest of all that it printed.
    pub output_digest: Option<String>,
    /// Why it is red, where control runs found it out.
    pub control: Option<ControlView>,
    /// Who ran it, when it was not plimsoll.
    pub reported: Option<ReportedView>,
}

/// Who ran a check that plimsoll did not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReportedView {
    /// Who reported the result.
    pub by: String,
    /// Where it can be looked up.
    pub link: Option<String>,
}

/// One try of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AttemptView {
    /// What it came to.
    pub state: StateView,
    /// What was found, in one sentence.
    pub finding: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Single tests, where the check has any.
    pub cases: Option<CasesView>,
    /// How the time of an HTTP question was spent.
    pub timings: Option<TimingsView>,
    /// What a page looked like, for a check that looks at one.
    pub page: Option<PageSummaryView>,
}

/// The single tests of a try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CasesView {
    /// Tests that were executed, passed or failed.
    pub executed: u32,
    /// Tests that were skipped.
    pub skipped: u32,
    /// Required tests that were not executed.
    pub missing: Vec<String>,
    /// Tests that failed, at most 100.
    pub failed: Vec<CaseFailureView>,
    /// How many more failed than are listed.
    pub more_failed: u32,
}

/// A single test that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CaseFailureView {
    /// Its name.
    pub test: String,
    /// The message without what differs each time.
    pub signature: String,
    /// The message, shortened.
    pub message: String,
}

/// How the time of an HTTP question was spent, in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TimingsView {
    /// Looking the name up.
    pub dns_us: u64,
    /// TCP connection.
    pub connect_us: u64,
    /// TLS handshake; 0 without TLS.
    pub tls_us: u64,
    /// From the request to the first byte of the answer.
    pub first_byte_us: u64,
    /// Everything.
    pub total_us: u64,
}

/// A page as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PageSummaryView {
    /// The browser.
    pub browser: String,
    /// One for each window size.
    pub views: Vec<PageViewView>,
    /// The pictures that were kept, by name.
    pub pictures: Vec<PictureRefView>,
}

/// A page in one window size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PageViewView {
    /// The name of the window size.
    pub viewport: String,
    /// The status of the main document; null when it did not answer.
    pub status: Option<u16>,
    /// Where it was in the end.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Sub-resources that were asked for.
    pub resources: u32,
    /// Those of them that failed.
    pub failed_resources: u32,
    /// Style sheets that were asked for.
    pub style_sheets: u32,
    /// Those that apply at least one rule.
    pub applied_style_sheets: u32,
    /// Rules that all of them apply.
    pub style_rules: u32,
    /// Exceptions that nothing caught.
    pub exceptions: u32,
    /// Everything that was loaded, as it came over the network.
    pub bytes: u64,
    /// From the first request until it was ready.
    pub ready_ms: Option<u64>,
}

/// A picture that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PictureRefView {
    /// What it shows.
    pub name: String,
    /// The digest of its bytes, by which it is kept.
    pub digest: String,
    /// Its length in bytes.
    pub bytes: u64,
}

impl CheckRunView {
    /// The view of a run, and what it printed.
    #[must_use]
    pub fn of(id: CheckRunId, result: &CheckResult, printed: Option<&str>) -> Self {
        let seen = say::cell(&result.target.target, &result.check, Some((id, result)));
        Self {
            id: id.to_string(),
            target: result.target.to_string(),
            check: result.check.to_string(),
            state: seen.state.into(),
            finding: seen.finding,
            definition: result.check_digest.to_string(),
            version: result.version.to_string(),
            deployment: result.deployment.map(|id| id.to_string()),
            observed_before: say::observed(&result.observed_before).into_owned(),
            observed_after: say::observed(&result.observed_after).into_owned(),
            started_at: result.started_at.to_string(),
            finished_at: result.finished_at.to_string(),
            attempts: result.attempts.iter().map(AttemptView::from).collect(),
            output: printed.map(ToOwned::to_owned),
            output_digest: result.output.map(|blob| blob.digest.to_string()),
            control: None,
            reported: result.reported.as_deref().map(|reported| ReportedView {
                by: reported.by.to_string(),
                link: reported.link.as_deref().map(|link| safe(link).into_owned()),
            }),
        }
    }

    /// The same, with what control runs found out.
    #[must_use]
    pub fn controlled(mut self, control: Option<&Control>, reader: &Reader) -> Self {
        self.control = control.map(|control| ControlView::of(control, reader));
        self
    }
}

impl From<&Attempt> for AttemptView {
    fn from(attempt: &Attempt) -> Self {
        Self {
            state: State::from(attempt.outcome).into(),
            finding: safe(&attempt.finding).into_owned(),
            took_ms: attempt.took_ms,
            cases: attempt.cases.as_ref().map(CasesView::from),
            timings: attempt.timings.as_ref().map(TimingsView::from),
            page: attempt.page.as_deref().map(PageSummaryView::from),
        }
    }
}

impl From<&Cases> for CasesView {
    fn from(cases: &Cases) -> Self {
        let failed = cases.failed.iter().map(|case| CaseFailureView {
            test: case.test.clone(),
            signature: case.signature.clone(),
            message: case.message.clone(),
        });
        Self {
            executed: cases.executed,
            skipped: cases.skipped,
            missing: cases.missing.clone(),
            failed: failed.collect(),
            more_failed: cases.more_failed,
        }
    }
}

impl From<&Timings> for TimingsView {
    fn from(timings: &Timings) -> Self {
        Self {
            dns_us: timings.dns_us,
            connect_us: timings.connect_us,
            tls_us: timings.tls_us,
            first_byte_us: timings.first_byte_us,
            total_us: timings.total_us,
        }
    }
}

impl From<&PageSummary> for PageSummaryView {
    fn from(page: &PageSummary) -> Self {
        let pictures = page.pictures.iter().map(|picture| PictureRefView {
            name: picture.name.clone(),
            digest: picture.blob.digest.to_string(),
            bytes: picture.blob.bytes,
        });
        Self {
            browser: page.browser.clone(),
            views: page.views.iter().map(PageViewView::from).collect(),
            pictures: pictures.collect(),
        }
    }
}

impl From<&PageView> for PageViewView {
    fn from(view: &PageView) -> Self {
        Self {
            viewport: view.viewport.clone(),
            status: view.status,
            url: view.url.clone(),
            title: view.title.clone(),
            resources: view.resources,
            failed_resources: view.failed_resources,
            style_sheets: view.style_sheets,
            applied_style_sheets: view.applied_style_sheets,
            style_rules: view.style_rules,
            exceptions: view.exceptions,
            bytes: view.bytes,
            ready_ms: view.ready_ms,
        }
    }
}
