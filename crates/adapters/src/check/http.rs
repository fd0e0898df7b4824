//! The `http` check: one question, and everything that its answer must be.
//!
//! Every expectation that is not met is a finding; the first one is said, all are in the output
//! that is kept.

mod evidence;
mod expect;
mod patterns;

use std::path::Path;
use std::time::Instant;

use hyper::Method;
use plimsoll_core::catalog::{HttpCheck, Template, Variable};
use plimsoll_core::record::{Attempt, Outcome, Timings};
use plimsoll_engine::ports::{Attempted, CheckJob};

use crate::probe::{
    Ours, ProbeAnswer, ProbeError, ProbeLimits, ProbeRequest, Side, fetch, parse_url,
};
use crate::values::{ValueError, Values};

/// One attempt of an `http` check. `root` is the folder that the path of `ca-file` starts from.
pub async fn run(job: &CheckJob, check: &HttpCheck, values: &Values, root: &Path) -> Attempted {
    let began = Instant::now();
    let took_ms = || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let question = match Question::fill(job, check, values) {
        Ok(question) => question,
        Err(why) => {
            let finding = values.redactor().text(&format!("could not be asked: {why}"));
            return attempted(Outcome::Errored, finding, took_ms(), None, Vec::new());
        }
    };
    let limits = ProbeLimits {
        within: job.check.within.to_std(),
        body_bytes: check.max_body_bytes,
        redirects: check.redirects,
        root: root.to_owned(),
    };
    let asked = evidence::request(&question.request);
    let answer = fetch(question.request, &limits).await;
    let took_ms = took_ms();
    let (outcome, findings, timings) = judge(check, &question.shown, &answer);
    let redactor = values.redactor();
    let output = evidence::whole(&asked, &answer, &findings, &redactor);
    attempted(outcome, redactor.text(&findings[0]), took_ms, timings, output)
}

fn attempted(
    outcome: Outcome,
    finding: String,
    took_ms: u64,
    timings: Option<Timings>,
    output: Vec<u8>,
) -> Attempted {
    let attempt = Attempt { outcome, finding, took_ms, cases: None, timings, page: None };
    Attempted { attempt, output, pictures: Vec::new() }
}

/// What came of it and why, at least one sentence.
fn judge(
    check: &HttpCheck,
    shown: &str,
    answer: &Result<ProbeAnswer, ProbeError>,
) -> (Outcome, Vec<String>, Option<Timings>) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(ProbeError::Certificate { problems, .. }) => {
            let findings = problems.iter().map(|problem| format!("{shown}: {problem}")).collect();
            return (Outcome::Failed, findings, None);
        }
        Err(error) => {
            let outcome = match error.side() {
                Side::Release => Outcome::Failed,
                Side::Ours => Outcome::Errored,
            };
            return (outcome, vec![format!("{shown}: {error}")], None);
        }
    };
    let unmet = match expect::unmet(check, shown, answer) {
        Ok(unmet) => unmet,
        Err(why) => return (Outcome::Errored, vec![why], Some(answer.timings)),
    };
    if unmet.is_empty() {
        let took_ms = answer.timings.total_us / 1_000;
        let passed = format!("{shown} answers {} in {took_ms} ms", answer.status);
        return (Outcome::Passed, vec![passed], Some(answer.timings));
    }
    (Outcome::Failed, unmet, Some(answer.timings))
}

/// A question whose places are filled.
struct Question {
    request: ProbeRequest,
    /// What it is called in findings: the path as it was written, or the whole URL.
    shown: String,
}

impl Question {
    fn fill(job: &CheckJob, check: &HttpCheck, values: &Values) -> Result<Self, Unasked> {
        let shown = values.fill(&check.path)?;
        let url = parse_url(&whole_url(job.context.target.url.as_deref(), &shown)?)?;
        let method = Method::from_bytes(check.method.as_bytes()).map_err(|_| Ours::Request {
            why: format!("`{}` is no method", check.method.escape_debug()),
        })?;
        let body = check.body.as_ref().map(|body| values.fill(body)).transpose()?;
        let mut request = ProbeRequest {
            url,
            method,
            headers: Vec::with_capacity(check.headers.len()),
            body: body.map(String::into_bytes),
            body_is_secret: check.body.as_ref().is_some_and(holds_secret),
            tls: check.tls.clone(),
        };
        for (name, template) in &check.headers {
            request.add_header(name, &values.fill(template)?, holds_secret(template))?;
        }
        Ok(Self { request, shown: if shown.is_empty() { "/".into() } else { shown } })
    }
}

/// Why nothing was asked.
#[derive(Debug, thiserror::Error)]
enum Unasked {
    #[error(transparent)]
    Value(#[from] ValueError),
    #[error(transparent)]
    Request(#[from] Ours),
}

fn holds_secret(template: &Template) -> bool {
    template.variables().any(|variable| matches!(variable, Variable::Secret(_)))
}

fn whole_url(base: Option<&str>, path: &str) -> Result<String, Ours> {
    let scheme = path.get(..8).unwrap_or(path).to_ascii_lowercase();
    if scheme.starts_with("http://") || scheme.starts_with("https://") {
        return Ok(path.to_owned());
    }
    let base = base.ok_or_else(|| Ours::Url {
        why: "the target has no url, and the path is no whole URL".into(),
    })?;
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok(format!("{}{slash}{path}", base.trim_end_matches('/')))
}
