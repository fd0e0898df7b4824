//! Pages for people, made on the server: a file for each. They read without a script, and what they
//! do is a form.

use axum::Router;

use crate::site::Web;

pub(crate) fn router() -> Router<Web> {
    Router::new()
}
