//! What people say, by forms: sign off, waive, hold, freeze. Everything goes through the desk, which
//! knows who may say what.

mod hold;
pub(in crate::pages) mod sign_off;
mod waive;

use axum::Router;

use crate::site::Web;

pub(super) fn router() -> Router<Web> {
    Router::new().merge(sign_off::router()).merge(waive::router()).merge(hold::router())
}
