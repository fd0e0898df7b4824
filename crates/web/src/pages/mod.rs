//! Pages for people, made on the server: a file for each. They read without a script, and what they
//! do is a form.
//!
//! A page is a [`frame::Body`] out of a template of ours; `frame` puts the header around it, and
//! [`kept`] keeps what many look at. [`visitor`] says who looks, and takes forms only from pages of
//! the same session. Words come from `core::say`.

mod blob;
mod board;
mod calendar;
mod configuration;
mod event;
mod fault;
mod form;
mod frame;
mod gate;
mod history;
mod kept;
mod link;
mod live;
mod moves;
mod parts;
mod people;
mod place;
mod promotion;
mod release;
mod run;
mod service;
mod sign_in;
mod target;
mod visitor;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use crate::problem::Problem;
use crate::site::Web;

use fault::Fault;
use visitor::Visitor;

/// What pages share.
pub(crate) struct Shared {
    kept: kept::Kept,
    plans: promotion::Plans,
    compared: run::Compared,
    wrong: sign_in::Wrong,
    /// Folding a past moment takes a core: one at a time.
    folds: tokio::sync::Semaphore,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            kept: kept::Kept::default(),
            plans: promotion::Plans::default(),
            compared: run::Compared::default(),
            wrong: sign_in::Wrong::default(),
            folds: tokio::sync::Semaphore::new(1),
        }
    }
}

/// What a page answers.
type Answer = Result<Response, Fault>;

pub(crate) fn router() -> Router<Web> {
    Router::new()
        .merge(board::router())
        .merge(release::router())
        .merge(run::router())
        .merge(blob::router())
        .merge(gate::router())
        .merge(promotion::router())
        .merge(moves::router())
        .merge(people::router())
        .merge(history::router())
        .merge(calendar::router())
        .merge(configuration::router())
        .merge(service::router())
        .merge(target::router())
        .merge(event::router())
        .merge(live::router())
        .merge(sign_in::router())
        .fallback(any(nothing))
}

/// No page has this address.
async fn nothing(State(_): State<Web>, visitor: Visitor) -> Response {
    visitor.fault(Problem::not_found("nothing has this address")).into_response()
}
