//! Why a request was not done, as RFC 9457 says it: `application/problem+json`.

use axum::extract::rejection::{
    BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection,
};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use plimsoll_core::promote::PlanError;
use plimsoll_core::record::NotAllowed;
use plimsoll_core::say;
use plimsoll_engine::desk::{DeskError, Spelling};
use plimsoll_engine::ports::{BlobError, LedgerError};
use plimsoll_wire::ProblemView;

/// Why a request was not done.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// A word that does not change: `not-found`.
    pub code: &'static str,
    /// One sentence.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// After how many seconds it is worth trying again.
    pub after_s: Option<u32>,
}

impl Problem {
    /// A problem of these words.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), hint: None, after_s: None }
    }

    /// With what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Worth trying again after so many seconds.
    #[must_use]
    pub fn after(self, seconds: u32) -> Self {
        Self { after_s: Some(seconds), ..self }
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// The request means nothing.
    pub fn wrong(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong", detail)
    }

    /// Who asks is not known.
    pub fn unknown_caller(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in", detail)
            .hint("send  Authorization: Bearer TOKEN;  plimsoll token create  makes one")
    }

    /// As programs read it.
    #[must_use]
    pub fn view(&self) -> ProblemView {
        let title = self.status.canonical_reason().unwrap_or("Problem");
        ProblemView::new(
            self.status.as_u16(),
            title,
            self.code,
            (&self.detail, self.hint.as_deref()),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.view()).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let unavailable = self.status == StatusCode::SERVICE_UNAVAILABLE;
        if let Some(seconds) = self.after_s.or(unavailable.then_some(5)) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let (status, code) = status_of(&error);
        let (detail, hint) = error.spelled(Spelling::Keys);
        Self { hint, ..Self::new(status, code, detail) }
    }
}

fn status_of(error: &DeskError) -> (StatusCode, &'static str) {
    use DeskError as E;
    match error {
        E::Ledger(LedgerError::Conflict { .. }) | E::Contended(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "contended")
        }
        E::Ledger(_) | E::Blob(BlobError::Io { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        E::Blob(BlobError::Missing { .. }) => (StatusCode::NOT_FOUND, "not-found"),
        E::Blob(BlobError::Changed { .. }) | E::Fold(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "ledger-damaged")
        }
        E::NoService { .. }
        | E::NoLane(_)
        | E::NoTarget(_)
        | E::NoRelease(_)
        | E::Missing { .. } => (StatusCode::NOT_FOUND, "not-found"),
        E::Wrong { .. } | E::Unaskable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "wrong"),
        E::Plan(
            PlanError::NoEnvironment(_) | PlanError::NoTarget(_) | PlanError::ReleaseUnknown(_),
        ) => (StatusCode::NOT_FOUND, "not-found"),
        E::Plan(_)
        | E::OtherContent { .. }
        | E::DrivenByOther { .. }
        | E::ConfigurationChanged { .. }
        | E::TakenOver(_)
        | E::Refused(_)
        | E::NotSo { .. } => (StatusCode::CONFLICT, "refused"),
        E::NotTheirs { .. } => (StatusCode::FORBIDDEN, "not-allowed"),
        E::Fault(_) => (StatusCode::INTERNAL_SERVER_ERROR, "bug"),
    }
}

impl From<NotAllowed> for Problem {
    fn from(not: NotAllowed) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-allowed", say::not_allowed(&not))
            .hint("ask who administers plimsoll for a token that allows it")
    }
}

macro_rules! from_rejection {
    ($($rejection:ty),*) => {$(
        impl From<$rejection> for Problem {
            fn from(rejection: $rejection) -> Self {
                let status = match rejection.status() {
                    StatusCode::BAD_REQUEST => StatusCode::UNPROCESSABLE_ENTITY,
                    other => other,
                };
                Self::new(status, "wrong", rejection.body_text())
            }
        }
    )*};
}

from_rejection!(JsonRejection, QueryRejection, PathRejection, FormRejection, BytesRejection);
