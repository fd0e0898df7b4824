//! `/console`: a command line that this server carries out for a plimsoll at another machine. What is
//! printed comes as it is printed, a frame of JSON a line; when the connection breaks the command
//! goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use plimsoll_wire::{CommandLine, Frame, Reply};
use tokio::sync::mpsc;

use crate::caller::{Caller, Secret};
use crate::problem::Problem;
use crate::site::Web;

use super::shape::Sent;

/// How often a silent command says that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// How many frames wait for a slow reader.
const WAITING: usize = 256;

/// The longest command line: one may carry a JUnit file.
///
/// # Units
/// Bytes.
pub(super) const LONGEST_LINE: usize = 96 << 20;

/// How many commands are carried out at once.
const AT_ONCE: usize = 256;

/// What carries command lines out.
#[async_trait]
pub trait Console: Send + Sync {
    /// Carries one out, tells what is printed, and gives the exit code. A receiver that is gone is
    /// no reason to stop.
    async fn carry_out(
        &self,
        line: CommandLine,
        caller: Caller,
        frames: mpsc::Sender<Frame>,
        replies: mpsc::Receiver<Reply>,
    ) -> u8;
}

/// The commands that are being carried out, by number.
#[derive(Default)]
pub struct Commands(Mutex<HashMap<String, Command>>);

struct Command {
    caller: Caller,
    replies: mpsc::Sender<Reply>,
}

pub(super) fn router() -> Router<Web> {
    Router::new()
        .route("/console", post(begin).layer(DefaultBodyLimit::max(LONGEST_LINE)))
        .route("/console/{id}", post(reply))
}

async fn begin(
    State(site): State<Web>,
    caller: Caller,
    Sent(line): Sent<CommandLine>,
) -> Result<Response, Problem> {
    caller.person()?;
    let console = site.console().ok_or_else(|| Problem::not_found("there is no console here"))?;
    let id = Secret::random("c-").map_err(|error| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", error.to_string())
    })?;
    let id = id.reveal().to_owned();
    let (frames, told) = mpsc::channel(WAITING);
    let (replies, said) = mpsc::channel(4);
    {
        let mut commands = site.commands.0.lock().unwrap_or_else(PoisonError::into_inner);
        if commands.len() >= AT_ONCE {
            let busy = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many commands");
            return Err(busy.hint("try again in a moment"));
        }
        commands.insert(id.clone(), Command { caller: caller.clone(), replies });
    }
    let commands = Listed { site: site.clone(), id: id.clone() };
    tokio::spawn(async move {
        let _ = frames.send(Frame::Begun(id)).await;
        let code = console.carry_out(line, caller, frames.clone(), said).await;
        let _ = frames.send(Frame::Exit(code)).await;
        drop(commands);
    });
    let stopped = Box::pin(site.stopped());
    let lines =
        futures_util::stream::unfold((told, stopped), |(mut told, mut stopped)| async move {
            let frame = tokio::select! {
                biased;
                told = tokio::time::timeout(HEARTBEAT, told.recv()) => match told {
                    Ok(Some(frame)) => frame,
                    Ok(None) => return None,
                    Err(_) => Frame::Alive,
                },
                // Whoever reads this sees a connection that ends early, and says what goes on.
                () = &mut stopped => return None,
            };
            let mut line = serde_json::to_vec(&frame).unwrap_or_default();
            line.push(b'\n');
            let line = Ok::<_, std::convert::Infallible>(Bytes::from(line));
            Some((line, (told, stopped)))
        });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(lines)).into_response())
}

async fn reply(
    State(site): State<Web>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(reply): Sent<Reply>,
) -> Result<StatusCode, Problem> {
    caller.person()?;
    let replies = {
        let commands = site.commands.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = commands.get(&id).filter(|command| command.caller.token == caller.token);
        mine.map(|command| command.replies.clone())
    };
    let gone = || Problem::not_found("that command is over");
    replies.ok_or_else(gone)?.try_send(reply).map_err(|_| gone())?;
    Ok(StatusCode::NO_CONTENT)
}

/// A command among those that are carried out, until it is over.
struct Listed {
    site: Web,
    id: String,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.site.commands.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// What carries command lines out here, if anything does.
pub type SharedConsole = Arc<dyn Console>;
