//! The one task that appends.
//!
//! 1. It takes everything that waits (at most [`MOST_AT_ONCE`]).
//! 2. It locks the head: other processes wait here, and it sees all that they wrote.
//! 3. It asks for the versions of all streams at once and for the last event, which must be the one
//!    that the head names; refuses what conflicts, and gives the rest their places in memory.
//! 4. One statement inserts all rows, moves the head and tells the listeners.
//! 5. It commits, and answers everyone.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_core::digest::Digest;
use plimsoll_core::event::Event;
use plimsoll_engine::ports::{Expect, LedgerError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_postgres::{Client, Error, Statement, Transaction};

use super::connect::{PATIENCE, Server};
use super::fault::{is_gone, is_rolled_back, ledger_error, too_slow, words};
use super::queries::{signed, unsigned};
use super::tables::connect;
use crate::migration::{MIGRATIONS, steps_from};
use crate::stored::{Draft, Place, digest, service_of};
use crate::verify::End;

const MOST_AT_ONCE: usize = 512;

const LOCK_HEAD: &str = "SELECT head.seq, head.hash, (SELECT max(version) FROM plimsoll.version) \
    FROM plimsoll.head WHERE id = 1 FOR UPDATE";

/// The versions of streams, and, under the empty name that no stream has, the last event. Not asked
/// together with the lock: who waited for that sees the head as it is, and the events as they were.
const VERSIONS: &str = "SELECT stream, coalesce((SELECT stream_version FROM plimsoll.events \
    WHERE events.stream = asked.stream ORDER BY stream_version DESC LIMIT 1), 0), NULL::bytea \
    FROM unnest($1::text[]) AS asked (stream) \
    UNION ALL (SELECT '', seq, hash FROM plimsoll.events ORDER BY seq DESC LIMIT 1)";

const APPEND: &str = "WITH added AS (INSERT INTO plimsoll.events \
    (seq, stream, stream_version, service, tag, at, actor, kind, prev, hash) \
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], \
    $8::text[], $9::bytea[], $10::bytea[])), \
    moved AS (UPDATE plimsoll.head SET seq = $11, hash = $12 WHERE id = 1) \
    SELECT pg_notify('plimsoll', $11::bigint::text)";

type Answer = Result<Vec<Event>, LedgerError>;
type Placed = Result<Vec<Place>, LedgerError>;

struct Request {
    drafts: Vec<Draft>,
    expect: Vec<Expect>,
    answer: oneshot::Sender<Answer>,
}

/// A handle to the task; it ends when this is dropped.
pub(super) struct Writer {
    requests: mpsc::UnboundedSender<Request>,
}

impl Writer {
    pub(super) fn start(server: Arc<Server>) -> Self {
        let (requests, receiver) = mpsc::unbounded_channel();
        tokio::spawn(Task { server, connection: None }.run(receiver));
        Self { requests }
    }

    /// Hands events to the task and waits until they are committed.
    pub(super) async fn append(&self, drafts: Vec<Draft>, expect: Vec<Expect>) -> Answer {
        let (answer, answered) = oneshot::channel();
        let gone =
            || LedgerError::InDoubt { reason: "the task that writes the ledger is gone".into() };
        self.requests.send(Request { drafts, expect, answer }).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

/// A connection with its statements.
struct Connection {
    client: Client,
    lock_head: Statement,
    versions: Statement,
    append: Statement,
}

/// Why nothing of a transaction was answered with its places.
enum Spoiled {
    /// Nothing was written; the connection is gone.
    Gone(LedgerError),
    /// Nothing was written.
    NotWritten(LedgerError),
    /// Nobody knows.
    InDoubt(String),
}

struct Task {
    server: Arc<Server>,
    connection: Option<Connection>,
}

impl Task {
    async fn run(mut self, mut requests: mpsc::UnboundedReceiver<Request>) {
        let mut batch = Vec::new();
        while requests.recv_many(&mut batch, MOST_AT_ONCE).await > 0 {
            self.serve(std::mem::take(&mut batch)).await;
        }
    }

    async fn serve(&mut self, batch: Vec<Request>) {
        let reused = self.connection.is_some();
        let outcome = match self.transact(&batch).await {
            // It had gone away while nobody was looking; another one may do.
            Err(Spoiled::Gone(_)) if reused => self.transact(&batch).await,
            outcome => outcome,
        };
        match outcome {
            Ok(placed) => {
                for (request, placed) in batch.into_iter().zip(placed) {
                    let Request { drafts, answer, .. } = request;
                    let events = placed.map(|places| {
                        drafts
                            .into_iter()
                            .zip(places)
                            .map(|(draft, place)| draft.at_place(place))
                            .collect()
                    });
                    // Who asked may have gone away.
                    let _ = answer.send(events);
                }
            }
            Err(spoiled) => {
                for request in batch {
                    let _ = request.answer.send(Err(spoiled.to_error()));
                }
            }
        }
    }

    async fn transact(&mut self, batch: &[Request]) -> Result<Vec<Placed>, Spoiled> {
        let mut connection = match self.connection.take() {
            Some(connection) if !connection.client.is_closed() => connection,
            Some(_) | None => Connection::open(&self.server).await.map_err(Spoiled::NotWritten)?,
        };
        let outcome = transact_on(&self.server, &mut connection, batch).await;
        // After a failure a fresh connection is the safest to go on with.
        if outcome.is_ok() {
            self.connection = Some(connection);
        }
        outcome
    }
}

impl Connection {
    async fn open(server: &Server) -> Result<Self, LedgerError> {
        let client = connect(server).await?;
        let prepared = timeout(PATIENCE, async {
            Ok::<_, Error>((
                client.prepare(LOCK_HEAD).await?,
                client.prepare(VERSIONS).await?,
                client.prepare(APPEND).await?,
            ))
        });
        let (lock_head, versions, append) = prepared
            .await
            .map_err(|_| too_slow(server.name()))?
            .map_err(|error| ledger_error(server.name(), &error))?;
        Ok(Self { client, lock_head, versions, append })
    }
}

async fn transact_on(
    server: &Server,
    connection: &mut Connection,
    batch: &[Request],
) -> Result<Vec<Placed>, Spoiled> {
    let Connection { client, lock_head, versions, append } = connection;
    let work = async {
        let tx = client.transaction().await.map_err(|error| not_written(server, &error))?;
        let mut chain = Chain::lock(server, &tx, lock_head).await?;
        chain.load_versions(server, &tx, versions, batch).await?;
        let placed: Vec<Placed> = batch.iter().map(|request| chain.place(request)).collect();
        let added = batch
            .iter()
            .zip(&placed)
            .filter_map(|(request, placed)| Some((request, placed.as_ref().ok()?)));
        let rows = Rows::of(added);
        if rows.seq.is_empty() {
            tx.rollback().await.map_err(|error| not_written(server, &error))?;
            return Ok((None, placed));
        }
        rows.insert(&tx, append, &chain).await.map_err(|error| not_written(server, &error))?;
        Ok((Some(tx), placed))
    };
    let (tx, placed) = timeout(PATIENCE, work)
        .await
        .map_err(|_| Spoiled::NotWritten(too_slow(server.name())))??;
    let Some(tx) = tx else { return Ok(placed) };
    match timeout(PATIENCE, tx.commit()).await {
        Ok(Ok(())) => Ok(placed),
        Ok(Err(error)) if is_rolled_back(&error) => Err(not_written(server, &error)),
        Ok(Err(error)) => Err(Spoiled::InDoubt(words(&error))),
        Err(_) => Err(Spoiled::InDoubt("no answer in time".into())),
    }
}

fn not_written(server: &Server, error: &Error) -> Spoiled {
    let words = ledger_error(server.name(), error);
    if is_gone(error) { Spoiled::Gone(words) } else { Spoiled::NotWritten(words) }
}

/// The end of the chain while a transaction adds to it.
struct Chain {
    seq: u64,
    hash: Digest,
    versions: BTreeMap<String, u64>,
}

impl Chain {
    async fn lock(
        server: &Server,
        tx: &Transaction<'_>,
        lock_head: &Statement,
    ) -> Result<Self, Spoiled> {
        let row =
            tx.query_opt(lock_head, &[]).await.map_err(|error| not_written(server, &error))?;
        let unusable = |what: &str| {
            Spoiled::NotWritten(LedgerError::Unusable {
                reason: format!("the ledger at {} {what}", server.name()),
            })
        };
        let row = row.ok_or_else(|| unusable("has no head: restore a backup"))?;
        let version = unsigned(row.get(2));
        steps_from(server.name(), version, MIGRATIONS).map_err(Spoiled::NotWritten)?;
        let hash =
            digest(row.get(1)).ok_or_else(|| unusable("has a damaged head: restore a backup"))?;
        Ok(Self { seq: unsigned(row.get(0)), hash, versions: BTreeMap::new() })
    }

    async fn load_versions(
        &mut self,
        server: &Server,
        tx: &Transaction<'_>,
        versions: &Statement,
        batch: &[Request],
    ) -> Result<(), Spoiled> {
        for request in batch {
            let appended = request.drafts.iter().map(|draft| draft.stream.clone());
            let expected = request.expect.iter().map(|expect| expect.stream.to_string());
            self.versions.extend(appended.chain(expected).map(|stream| (stream, 0)));
        }
        let streams: Vec<&str> = self.versions.keys().map(String::as_str).collect();
        let rows =
            tx.query(versions, &[&streams]).await.map_err(|error| not_written(server, &error))?;
        self.versions = rows.iter().map(|row| (row.get(0), unsigned(row.get(1)))).collect();
        let last_event = self.versions.remove("").unwrap_or(0);
        let last_hash = rows.iter().find_map(|row| row.get::<_, Option<&[u8]>>(2).and_then(digest));
        let end = End { seq: self.seq, hash: self.hash, last_event, last_hash };
        end.check(server.name()).map_err(Spoiled::NotWritten)
    }

    fn version(&self, stream: &str) -> u64 {
        self.versions.get(stream).copied().unwrap_or(0)
    }

    fn place(&mut self, request: &Request) -> Placed {
        for Expect { stream, version: expected } in &request.expect {
            let found = self.version(&stream.to_string());
            if found != *expected {
                return Err(LedgerError::Conflict {
                    stream: stream.clone(),
                    expected: *expected,
                    found,
                });
            }
        }
        Ok(request.drafts.iter().map(|draft| self.place_one(draft)).collect())
    }

    fn place_one(&mut self, draft: &Draft) -> Place {
        let version = self.version(&draft.stream) + 1;
        let place = draft.place_after(self.seq, self.hash, version);
        self.versions.insert(draft.stream.clone(), version);
        (self.seq, self.hash) = (place.seq, place.hash);
        place
    }
}

/// The rows to be inserted, column by column.
#[derive(Default)]
struct Rows<'a> {
    seq: Vec<i64>,
    stream: Vec<&'a str>,
    version: Vec<i64>,
    service: Vec<&'a str>,
    tag: Vec<&'a str>,
    at: Vec<&'a str>,
    actor: Vec<&'a str>,
    kind: Vec<&'a str>,
    prev: Vec<&'a [u8]>,
    hash: Vec<&'a [u8]>,
}

impl<'a> Rows<'a> {
    fn of(added: impl Iterator<Item = (&'a Request, &'a Vec<Place>)>) -> Self {
        let mut rows = Self::default();
        for (draft, place) in added.flat_map(|(request, places)| request.drafts.iter().zip(places))
        {
            rows.seq.push(signed(place.seq));
            rows.stream.push(&draft.stream);
            rows.version.push(signed(place.version));
            rows.service.push(service_of(&draft.event.stream));
            rows.tag.push(&draft.tag);
            rows.at.push(&draft.at);
            rows.actor.push(&draft.actor);
            rows.kind.push(&draft.kind);
            rows.prev.push(place.prev.as_bytes());
            rows.hash.push(place.hash.as_bytes());
        }
        rows
    }

    async fn insert(
        &self,
        tx: &Transaction<'_>,
        append: &Statement,
        chain: &Chain,
    ) -> Result<(), Error> {
        let (seq, hash) = (signed(chain.seq), chain.hash.as_bytes().as_slice());
        let Self { seq: seqs, stream, version, service, tag, at, actor, kind, prev, hash: hashes } =
            self;
        tx.query(
            append,
            &[seqs, stream, version, service, tag, at, actor, kind, prev, hashes, &seq, &hash],
        )
        .await
        .map(drop)
    }
}

impl Spoiled {
    fn to_error(&self) -> LedgerError {
        match self {
            Self::Gone(error) | Self::NotWritten(error) => error.clone(),
            Self::InDoubt(reason) => LedgerError::InDoubt { reason: reason.clone() },
        }
    }
}
