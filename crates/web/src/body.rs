//! Reading bodies: within limits of time and length.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::problem::Problem;
use crate::site::LONGEST_BODY;

/// How long a body may take to come, and a large one.
const LONGEST_TO_COME: Duration = Duration::from_secs(15);
const LONGEST_TO_COME_LARGE: Duration = Duration::from_secs(50);

/// A body of which it is known afterwards whether it was read to its end. What is left of one that was
/// not comes down the connection later, so that no other request can.
pub(crate) struct Watched {
    body: Body,
    read: Arc<AtomicBool>,
}

impl Watched {
    /// The body, and what says whether all of it was read.
    pub(crate) fn over(body: Body) -> (Body, Arc<AtomicBool>) {
        let read = Arc::new(AtomicBool::new(body.is_end_stream()));
        (Body::new(Self { body, read: read.clone() }), read)
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.read.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

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
