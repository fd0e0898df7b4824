//! What the writer does inside one transaction.

use plimsoll_core::digest::Digest;
use plimsoll_core::event::Event;
use plimsoll_engine::ports::{Expect, LedgerError, Snapshot};
use rusqlite::{Connection, Error, params};

use super::queries::{signed, version};
use crate::stored::{Draft, Place, service_of};
use crate::verify::End;

/// Something to be written.
pub(super) enum Work {
    Append {
        drafts: Vec<Draft>,
        expect: Vec<Expect>,
    },
    SaveSnapshot {
        service: String,
        snapshot: Snapshot,
    },
    RemoveSnapshot {
        service: String,
    },
    Beat {
        driver: String,
        now_ms: i64,
    },
    /// The clock was set back behind the driver's last beat: silence counts from now on.
    ClampBeat {
        driver: String,
        now_ms: i64,
    },
}

/// What came of it, before the commit.
pub(super) enum Done {
    Appended(Vec<Place>),
    Noted,
}

/// The end of the chain while a transaction adds to it.
pub(super) struct Tail {
    pub(super) seq: u64,
    pub(super) hash: Digest,
}

/// Why a piece of work was not done; only the second spoils the transaction.
pub(super) enum Refused {
    Conflict(LedgerError),
    Sql(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}

impl Tail {
    pub(super) fn of(end: &End) -> Self {
        Self { seq: end.seq, hash: end.hash }
    }

    pub(super) fn save(&self, connection: &Connection) -> Result<(), Error> {
        connection
            .prepare_cached("UPDATE head SET seq = ?1, hash = ?2 WHERE id = 1")?
            .execute(params![signed(self.seq), self.hash.as_bytes()])?;
        Ok(())
    }
}

/// Does one piece of work.
pub(super) fn perform(
    connection: &Connection,
    tail: &mut Tail,
    work: &Work,
) -> Result<Done, Refused> {
    match work {
        Work::Append { drafts, expect } => {
            check(connection, expect)?;
            drafts
                .iter()
                .map(|draft| Ok(insert(connection, tail, draft)?))
                .collect::<Result<_, _>>()
                .map(Done::Appended)
        }
        Work::SaveSnapshot { service, snapshot } => {
            save_snapshot(connection, service, snapshot)?;
            Ok(Done::Noted)
        }
        Work::RemoveSnapshot { service } => {
            let sql = "DELETE FROM snapshots WHERE service = ?1";
            connection.prepare_cached(sql)?.execute([service])?;
            Ok(Done::Noted)
        }
        Work::Beat { driver, now_ms } => {
            let sql = "INSERT INTO drivers (driver, beat_ms) VALUES (?1, ?2) \
                       ON CONFLICT (driver) DO UPDATE SET beat_ms = excluded.beat_ms";
            connection.prepare_cached(sql)?.execute(params![driver, now_ms])?;
            Ok(Done::Noted)
        }
        Work::ClampBeat { driver, now_ms } => {
            let sql = "UPDATE drivers SET beat_ms = ?2 WHERE driver = ?1 AND beat_ms > ?2";
            connection.prepare_cached(sql)?.execute(params![driver, now_ms])?;
            Ok(Done::Noted)
        }
    }
}

fn check(connection: &Connection, expect: &[Expect]) -> Result<(), Refused> {
    for Expect { stream, version: expected } in expect {
        let found = version(connection, &stream.to_string())?;
        if found != *expected {
            let conflict =
                LedgerError::Conflict { stream: stream.clone(), expected: *expected, found };
            return Err(Refused::Conflict(conflict));
        }
    }
    Ok(())
}

fn insert(connection: &Connection, tail: &mut Tail, draft: &Draft) -> Result<Place, Error> {
    let next = version(connection, &draft.stream)? + 1;
    let place = draft.place_after(tail.seq, tail.hash, next);
    insert_row(connection, draft, place)?;
    *tail = Tail { seq: place.seq, hash: place.hash };
    Ok(place)
}

fn insert_row(connection: &Connection, draft: &Draft, place: Place) -> Result<(), Error> {
    let service = service_of(&draft.event.stream);
    let row = params![
        signed(place.seq),
        draft.stream,
        signed(place.version),
        service,
        draft.tag,
        draft.at,
        draft.actor,
        draft.kind,
        place.prev.as_bytes(),
        place.hash.as_bytes(),
    ];
    connection.prepare_cached(INSERT)?.execute(row)?;
    Ok(())
}

/// A row of `events`, its columns in the order of the table.
pub(super) const INSERT: &str = "INSERT INTO events \
    (seq, stream, stream_version, service, tag, at, actor, kind, prev, hash) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

fn save_snapshot(connection: &Connection, service: &str, snapshot: &Snapshot) -> Result<(), Error> {
    // At the same event another shape may replace it: that is an upgrade.
    let sql = "INSERT INTO snapshots (service, seq, hash, shape, bytes) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (service) DO UPDATE \
               SET seq = excluded.seq, hash = excluded.hash, shape = excluded.shape, bytes = excluded.bytes \
               WHERE excluded.seq >= seq";
    let Snapshot { seq, hash, shape, bytes } = snapshot;
    connection.prepare_cached(sql)?.execute(params![
        service,
        signed(seq.0),
        hash.as_bytes(),
        shape,
        bytes
    ])?;
    Ok(())
}

/// The events of a finished append.
pub(super) fn finished(work: Work, done: Done) -> Vec<Event> {
    match (work, done) {
        (Work::Append { drafts, .. }, Done::Appended(places)) => {
            drafts.into_iter().zip(places).map(|(draft, place)| draft.at_place(place)).collect()
        }
        (
            Work::Append { .. }
            | Work::SaveSnapshot { .. }
            | Work::RemoveSnapshot { .. }
            | Work::Beat { .. }
            | Work::ClampBeat { .. },
            _,
        ) => Vec::new(),
    }
}
