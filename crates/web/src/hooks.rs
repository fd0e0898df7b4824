//! `POST /hooks/FORGE`: webhooks of forges.
//!
//! 1. It is read within limits of length and time, of so many at once: nobody is known yet.
//! 2. Its signature is looked at, over the very bytes that came. What is not signed is told nothing,
//!    and whoever sends many of those has to wait.
//! 3. It is written down, unless it came before, and answered. What follows from it is done later by
//!    who tells forges, from what is so then: so it does not matter in which order webhooks come, how
//!    late, or how often.

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use plimsoll_core::ids::ForgeName;
use plimsoll_engine::desk::Taken;
use plimsoll_engine::ports::{Heard, Webhook, WebhookFault};
use tokio::sync::Semaphore;

use crate::problem::Problem;
use crate::site::Web;
use crate::{body, peer};

/// The longest webhook. Forges send more only of pushes that nobody reads; such a commit is found
/// again when a release is made of it.
///
/// # Units
/// Bytes.
const LONGEST: usize = 8 << 20;

/// How many are read at once: together they take this often [`LONGEST`] of memory.
const AT_ONCE: usize = 8;

/// How many webhooks are being read.
pub(crate) struct Hooks(Semaphore);

impl Default for Hooks {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

pub(crate) fn router() -> Router<Web> {
    // The length is looked at here.
    Router::new().route("/hooks/{forge}", post(take)).layer(DefaultBodyLimit::disable())
}

async fn take(State(site): State<Web>, Path(forge): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match taken(&site, &forge, &parts, body).await {
        Ok(words) => (StatusCode::ACCEPTED, format!("{words}\n")).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn taken(
    site: &Web,
    forge: &str,
    parts: &Parts,
    body: Body,
) -> Result<&'static str, Problem> {
    let Ok(_place) = site.hooks.0.try_acquire() else {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too-many",
            "too many webhooks come at once",
        ));
    };
    let bytes = body::read(body, LONGEST).await?;
    let desk = site.desk();
    let headers = plain(&parts.headers);
    let webhook = Webhook { headers: &headers, body: &bytes, at: desk.now() };
    let Ok(forge) = forge.parse::<ForgeName>() else { return Err(not_trusted(site, parts)) };
    let heard = match desk.parts().forges.read_webhook(&forge, webhook) {
        Ok(heard) => heard,
        Err(WebhookFault::NotTrusted(why)) => {
            tracing::warn!(%forge, %why, "a webhook was not taken");
            return Err(not_trusted(site, parts));
        }
        Err(fault @ WebhookFault::OtherMedia(_)) => {
            tracing::warn!(%forge, why = %fault, "a webhook was not taken");
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                fault.to_string(),
            )
            .hint("where the forge has the webhook, set its content type to application/json"));
        }
        Err(fault @ WebhookFault::Malformed(_)) => {
            tracing::warn!(%forge, why = %fault, "a webhook was not taken");
            return Err(Problem::wrong(fault.to_string()));
        }
    };
    match heard {
        Heard::Nothing { event } => {
            tracing::debug!(%forge, event, "a webhook of no interest");
            Ok("nothing here follows from that")
        }
        Heard::Look(delivery) => Ok(match desk.hear(&forge, &delivery).await? {
            Taken::New(seq) => {
                tracing::info!(%forge, event = delivery.event, %seq, "a webhook was taken");
                "taken"
            }
            Taken::Before => "taken before",
        }),
    }
}

/// The same for a wrong signature, a forge without a secret, and one that there is not.
fn not_trusted(site: &Web, parts: &Parts) -> Problem {
    let now_ms = site.desk().parts().clock.monotonic_ms();
    match site.guesses.wrong(peer::address(parts), now_ms) {
        None => Problem::new(
            StatusCode::UNAUTHORIZED,
            "not-signed",
            "this is not signed with the secret of a forge of that name",
        ),
        Some(wait) => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many",
            "too many webhooks with wrong signatures",
        )
        .after(wait),
    }
}

fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    let plain = headers.iter().filter_map(|(name, value)| Some((name, value.to_str().ok()?)));
    plain.map(|(name, value)| (name.as_str().to_owned(), value.to_owned())).collect()
}
