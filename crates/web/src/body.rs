//! Reading bodies: within limits of time and length.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::problem::Problem;
use crate::site::LONGEST_BODY;

/// How long a body may take to come, and a large one.
const LONGEST_TO_COME: Duration = Duration::from_secs(15);
const LONGEST_TO_COME_LARGE: Duration = Duration::from_secs(50);

/// The whole body, of at most so many bytes.
///
/// # Errors
/// It is longer, slower, or breaks off.
pub(crate) async fn read(body: Body, longest: usize) -> Result<Bytes, Problem> {
    let within = if longest > LONGEST_BODY { LONGEST_TO_COME_LARGE } else { LONGEST_TO_COME };
    let whole = Limited::new(body, longest).collect();
    match tokio::time::timeout(within, whole).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            format!("a body may have {longest} bytes"),
        )),
        Ok(Err(error)) => Err(Problem::wrong(format!("the body broke off: {error}"))),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            format!("the body did not come within {} seconds", within.as_secs()),
        )),
    }
}
