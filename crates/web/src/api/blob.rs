//! `/blobs`: content that releases are made of, kept by its hash.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::put;
use futures_util::StreamExt as _;
use plimsoll_core::digest::Digest;
use plimsoll_core::record::{BlobRef, Permission};
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_wire::BlobView;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, Named, Nothing};
use super::{Route, RouteDoc};

/// The largest file that is taken.
///
/// # Units
/// Bytes.
const LARGEST: u64 = 4 << 30;

/// What is kept in memory while it comes; beyond that it goes to a file.
///
/// # Units
/// Bytes.
const IN_MEMORY: usize = 1 << 20;

/// For how long nothing may come of a body.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How many are taken at once: each may fill as much of the disk as the largest file.
static PLACES: Semaphore = Semaphore::const_new(8);

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "putBlob",
        "Uploads content that a release is made of. It is kept only when it has the digest that it is sent under.",
    );
    let doc = RouteDoc::new("put", "/blobs/{digest}", words, Some(Permission::Report))
        .path(
            "digest",
            "The SHA-256 of the content.",
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        )
        .bytes_body("abc")
        .answers::<BlobView>(201, "It is kept.");
    vec![Route { handler: put(keep), doc }]
}

async fn keep(
    State(site): State<Web>,
    caller: Caller,
    Named(digest): Named<Digest>,
    Asked(Nothing {}): Asked<Nothing>,
    request: Request,
) -> Result<Response, Problem> {
    caller.may_somewhere(Permission::Report)?;
    let place = PLACES.try_acquire().map_err(|_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many uploads at once")
            .hint("try again in a moment")
    })?;
    let desk = site.desk();
    let came = Coming::default().take(request.into_body(), &digest).await?;
    let kept = came.keep(&desk).await.map_err(Problem::from)?;
    drop(place);
    let view = BlobView { digest: kept.digest.to_string(), bytes: kept.bytes };
    shape::made(&desk, StatusCode::CREATED, &format!("blobs/{digest}"), &view)
}

/// Content on its way in.
#[derive(Default)]
struct Coming {
    start: Vec<u8>,
    file: Option<(NamedTempFile, tokio::fs::File)>,
}

impl Coming {
    /// Takes all of the body, and makes sure that it is what it says.
    async fn take(mut self, body: Body, expected: &Digest) -> Result<Self, Problem> {
        let mut chunks = body.into_data_stream();
        let mut hasher = Sha256::new();
        let mut bytes = 0_u64;
        loop {
            let next = tokio::time::timeout(LONGEST_PAUSE, chunks.next()).await;
            let Some(chunk) = next.map_err(|_| too_slow())? else { break };
            let chunk =
                chunk.map_err(|error| Problem::wrong(format!("the body broke off: {error}")))?;
            bytes += chunk.len() as u64;
            if bytes > LARGEST {
                return Err(Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too-large",
                    format!("a file may have {LARGEST} bytes"),
                ));
            }
            hasher.update(&chunk);
            self.add(&chunk).await.map_err(no_room)?;
        }
        let found = Digest::from_bytes(hasher.finalize().into());
        if found != *expected {
            return Err(Problem::wrong(format!("what came is {found}, not {expected}"))
                .hint("nothing was kept; send it under its own digest"));
        }
        if let Some((_, file)) = &mut self.file {
            file.flush().await.map_err(no_room)?;
        }
        Ok(self)
    }

    async fn add(&mut self, chunk: &[u8]) -> std::io::Result<()> {
        if let Some((_, file)) = &mut self.file {
            return file.write_all(chunk).await;
        }
        self.start.extend_from_slice(chunk);
        if self.start.len() > IN_MEMORY {
            let named = NamedTempFile::new()?;
            let mut file = tokio::fs::File::from_std(named.reopen()?);
            file.write_all(&std::mem::take(&mut self.start)).await?;
            self.file = Some((named, file));
        }
        Ok(())
    }

    async fn keep(self, desk: &Desk) -> Result<BlobRef, DeskError> {
        let blobs = &desk.parts().blobs;
        Ok(match &self.file {
            None => blobs.put(&self.start).await?,
            Some((named, _)) => blobs.put_file(named.path()).await?,
        })
    }
}

fn too_slow() -> Problem {
    let words = format!("nothing came for {} seconds", LONGEST_PAUSE.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", words)
}

fn no_room(error: std::io::Error) -> Problem {
    let words = format!("what came could not be put aside: {error}");
    Problem::new(StatusCode::INSUFFICIENT_STORAGE, "no-room", words)
}
