//! Asking a server about pushes: every question within one time, since somebody waits for their push.

use std::time::{Duration, Instant};

use plimsoll_core::ids::{PersonName, ServiceName};
use plimsoll_core::push::PushTerms;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{CommitsView, ProblemView, PushChangesView, PushTermsView, PushView};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;
use url::Url;

use crate::app::App;
use crate::error::CliError;

use super::{Server, away};

/// A server that is asked about pushes.
pub(crate) struct Pushes {
    server: Server,
    within: Duration,
    until: Instant,
}

impl Pushes {
    /// The server; all of its answers together may take so long.
    ///
    /// # Errors
    /// The token for it cannot be read.
    pub(crate) fn new(app: &App, url: &Url, within: Duration) -> Result<Self, CliError> {
        let server = Server::new(app, url)?;
        Ok(Self { server, within, until: Instant::now() + within })
    }

    /// What has to be known before a question; `named` when the repository names its services.
    ///
    /// # Errors
    /// It did not answer, or the token sees only some services and the repository names none.
    pub(crate) async fn terms(&self, named: bool) -> Result<PushTerms, CliError> {
        let request = self.server.request(Method::GET, "pushes/terms")?;
        let view: PushTermsView = self.answer(request).await?;
        if !view.complete && !named {
            // Files of a service that is not seen would count for others.
            return Err(CliError::Unavailable {
                message: "the token of this hook sees only some services".to_owned(),
                hint: "name those whose files are in this repository, with --service: to  plimsoll hook \
                       install,  or in hooks/pre-receive where it is written already"
                    .to_owned(),
            });
        }
        view.terms().map_err(|error| self.unread(&error))
    }

    /// The commits that the releases of a service are made of.
    ///
    /// # Errors
    /// It did not answer.
    pub(crate) async fn commits(&self, service: &ServiceName) -> Result<Vec<String>, CliError> {
        let path = format!("pushes/commits?service={service}");
        let view: CommitsView = self.answer(self.server.request(Method::GET, &path)?).await?;
        Ok(view.commits)
    }

    /// May it enter?
    ///
    /// # Errors
    /// It did not answer, or does not let this person.
    pub(crate) async fn ask(
        &self,
        changes: &PushChangesView,
        pusher: &PersonName,
        glass: Option<&Typed>,
    ) -> Result<PushView, CliError> {
        let body = json!({
            "push": changes, "pusher": pusher, "break-glass": glass.map(Typed::for_a_server),
        });
        let request = self.server.request(Method::POST, "pushes")?.json(&body);
        self.answer_to(request, |status, problem| its_pushers(status, glass.is_some(), problem))
            .await
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CliError> {
        self.answer_to(request, |_, _| None).await
    }

    /// The answer; `whose` says of a problem whether it is the pusher's own.
    async fn answer_to<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        whose: impl Fn(StatusCode, &ProblemView) -> Option<CliError>,
    ) -> Result<T, CliError> {
        let left = self.until.saturating_duration_since(Instant::now());
        let whole = async {
            let answer = request.send().await.map_err(|error| away(&self.server.url, &error))?;
            if !is_answer(&answer) {
                return Err(self.problem(answer, whose).await);
            }
            let bytes = answer.bytes().await.map_err(|error| away(&self.server.url, &error))?;
            serde_json::from_slice(&bytes).map_err(|error| self.unread(&error))
        };
        tokio::time::timeout(left, whole).await.unwrap_or_else(|_| Err(self.too_slow()))
    }

    /// Where nobody was asked it is the hook's trouble, and not the pusher's fault.
    async fn problem(
        &self,
        answer: Response,
        whose: impl Fn(StatusCode, &ProblemView) -> Option<CliError>,
    ) -> CliError {
        let status = answer.status();
        let problem: Option<ProblemView> = answer.json().await.ok();
        if let Some(theirs) = problem.as_ref().and_then(|problem| whose(status, problem)) {
            return theirs;
        }
        let detail = problem.as_ref().map_or_else(String::new, |one| format!(": {}", one.detail));
        let hint = match status {
            StatusCode::UNAUTHORIZED => {
                "look at the file that --token-file names, here or in hooks/pre-receive; plimsoll token create  makes a token"
                    .to_owned()
            }
            _ => problem.and_then(|one| one.hint).unwrap_or_default(),
        };
        let url = &self.server.url;
        CliError::Unavailable { message: format!("{url} answered {status}{detail}"), hint }
    }

    fn unread(&self, error: &dyn std::fmt::Display) -> CliError {
        CliError::Unavailable {
            message: format!("the answer of {} cannot be read: {error}", self.server.url),
            hint: "is it a plimsoll, and not older than this one?".to_owned(),
        }
    }

    fn too_slow(&self) -> CliError {
        let seconds = self.within.as_secs_f64();
        CliError::Unavailable {
            message: format!("{} did not answer within {seconds} s", self.server.url),
            hint: "push again; --within in hooks/pre-receive says how long it is waited for"
                .to_owned(),
        }
    }
}

/// What the server says of the push itself: of a service that is named and not there, of glass that
/// the token of this host may not break. Beside the ledger the same is said in the same words.
fn its_pushers(status: StatusCode, breaks_glass: bool, problem: &ProblemView) -> Option<CliError> {
    let (detail, hint) = (&problem.detail, problem.hint.clone().unwrap_or_default());
    match status {
        StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => {
            Some(CliError::usage(detail, hint))
        }
        StatusCode::CONFLICT => Some(CliError::refused(detail, hint)),
        StatusCode::FORBIDDEN if breaks_glass => Some(CliError::refused(
            format!("nobody breaks the glass through this repository: {detail}"),
            "plimsoll promote --break-glass  does it for who may release",
        )),
        _ => None,
    }
}

/// Whether it is an answer to what was asked: a refusal is one, and comes as plain JSON.
fn is_answer(answer: &Response) -> bool {
    let is_json = answer
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    is_json && (answer.status().is_success() || answer.status() == StatusCode::CONFLICT)
}
