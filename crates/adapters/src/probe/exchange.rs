//! One request and its answer on an open connection.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::Poll;
use std::time::Instant as StdInstant;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{Builder, Connection};
use hyper::header::{ACCEPT, CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::fetch::within;
use super::stream::{Stream, Wire};
use super::{Ours, ProbeError, ProbeRequest};

/// More than any server sends, and far from what hurts.
const HEAD_BYTES: usize = 64 << 10;

/// The end of the time, and the words for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    pub(super) limit_ms: u64,
}

/// An answer, read to its end.
pub(super) struct Exchanged {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) first_byte_us: u64,
}

type Conn = Connection<TokioIo<Stream>, Full<Bytes>>;

/// Sends the request and reads the answer.
///
/// # Errors
/// No answer, not in time, too large, cut off, or not HTTP.
pub(super) async fn exchange(
    wire: Wire,
    request: &ProbeRequest,
    body_bytes: u64,
    deadline: Deadline,
) -> Result<Exchanged, ProbeError> {
    let request = compose(request)?;
    let (stream, first_byte) = Stream::new(wire);
    let (mut sender, connection) = Builder::new()
        .max_buf_size(HEAD_BYTES)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error, 0))?;
    let mut connection = Driven { connection: Box::pin(connection), done: false };
    let asked_at = StdInstant::now();
    let no_answer = || ProbeError::NoAnswer { limit_ms: deadline.limit_ms };
    let response = within(deadline, no_answer, connection.beside(sender.send_request(request)))
        .await?
        .map_err(|error| broken(&error, 0))?;
    let first_byte_us = micros(asked_at, &first_byte);
    let (head, incoming) = response.into_parts();
    let body = read_body(incoming, &mut connection, body_bytes, deadline).await?;
    Ok(Exchanged { status: head.status.as_u16(), headers: head.headers, body, first_byte_us })
}

fn micros(from: StdInstant, first_byte: &OnceLock<StdInstant>) -> u64 {
    let at = first_byte.get().copied().unwrap_or_else(StdInstant::now);
    u64::try_from(at.saturating_duration_since(from).as_micros()).unwrap_or(u64::MAX)
}

fn compose(request: &ProbeRequest) -> Result<Request<Full<Bytes>>, Ours> {
    let refuse = |why: String| Ours::Request { why };
    let url = &request.url;
    let mut composed =
        Request::new(Full::new(Bytes::from(request.body.clone().unwrap_or_default())));
    *composed.method_mut() = request.method.clone();
    *composed.uri_mut() = url[url::Position::BeforePath..url::Position::AfterQuery]
        .parse()
        .map_err(|error| refuse(format!("its path: {error}")))?;
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let headers = composed.headers_mut();
    headers.reserve(request.headers.len() + 4);
    headers.insert(HOST, HeaderValue::from_str(host).map_err(|error| refuse(error.to_string()))?);
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static(concat!("plimsoll/", env!("CARGO_PKG_VERSION"))),
    );
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    for header in &request.headers {
        headers.insert(header.name.clone(), header.value.clone());
    }
    Ok(composed)
}

async fn read_body(
    mut incoming: Incoming,
    connection: &mut Driven,
    limit_bytes: u64,
    deadline: Deadline,
) -> Result<Vec<u8>, ProbeError> {
    let mut body = Vec::new();
    loop {
        let got_bytes = body.len() as u64;
        let slow = || ProbeError::BodyTooSlow { limit_ms: deadline.limit_ms, got_bytes };
        let Some(frame) = within(deadline, slow, connection.beside(incoming.frame())).await? else {
            return Ok(body);
        };
        let Ok(data) = frame.map_err(|error| broken(&error, got_bytes))?.into_data() else {
            continue;
        };
        if got_bytes + data.len() as u64 > limit_bytes {
            return Err(ProbeError::BodyTooLong { limit_bytes });
        }
        body.extend_from_slice(&data);
    }
}

/// A connection that is moved forward by whoever waits for something on it, without a task of its
/// own: dropping the probe drops everything.
struct Driven {
    connection: Pin<Box<Conn>>,
    done: bool,
}

impl Driven {
    async fn beside<T>(&mut self, future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| {
            // What it ends with is told to `future` as well.
            if !self.done && self.connection.as_mut().poll(context).is_ready() {
                self.done = true;
            }
            match future.as_mut().poll(context) {
                Poll::Ready(output) => Poll::Ready(output),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }
}

/// What an error of the connection means.
fn broken(error: &hyper::Error, got_bytes: u64) -> ProbeError {
    let cause = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    if error.is_parse() {
        let text = error.to_string();
        // Clients cannot ask for it in another way.
        if text.contains("too large") {
            return ProbeError::HeadTooLarge;
        }
        return ProbeError::NotHttp {
            why: text.trim_start_matches("error parsing ").to_lowercase(),
        };
    }
    if error.is_user() {
        return Ours::Request { why: error.to_string() }.into();
    }
    match cause.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) if got_bytes == 0 => {
            ProbeError::Reset
        }
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof) if got_bytes > 0 => {
            ProbeError::BodyCut { got_bytes }
        }
        Some(io::ErrorKind::UnexpectedEof) => ProbeError::Closed,
        _ if got_bytes > 0 || is_cut_body(error) => ProbeError::BodyCut { got_bytes },
        _ if error.is_incomplete_message() || error.is_canceled() || error.is_closed() => {
            ProbeError::Closed
        }
        _ => {
            ProbeError::Broken { why: cause.map_or_else(|| error.to_string(), ToString::to_string) }
        }
    }
}

fn is_cut_body(error: &hyper::Error) -> bool {
    error.to_string().contains("body")
}
