//! Reading rows.

use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_engine::ports::{HistoryFilter, Snapshot};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, OptionalExtension as _, Params, Row, params};

use crate::stored::{StoredEvent, digest};
use crate::verify::{End, StreamPlace};

/// The columns that [`stored`] reads, in its order.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT seq, stream, stream_version, service, tag, at, actor, kind, prev, hash FROM events ", $rest)
    };
}

/// SQLite's integers are signed; positions are not.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn text(row: &Row<'_>, index: usize) -> Result<String, Error> {
    // Text that is no UTF-8 was changed by hand; its hash will say so.
    Ok(match row.get_ref(index)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => String::new(),
    })
}

fn stored(row: &Row<'_>) -> Result<StoredEvent, Error> {
    Ok(StoredEvent {
        seq: unsigned(row.get(0)?),
        stream: text(row, 1)?,
        version: unsigned(row.get(2)?),
        service: text(row, 3)?,
        tag: text(row, 4)?,
        at: text(row, 5)?,
        actor: text(row, 6)?,
        kind: text(row, 7)?,
        prev: row.get(8)?,
        hash: row.get(9)?,
    })
}

fn rows(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<StoredEvent>, Error> {
    connection.prepare_cached(sql)?.query_map(params, stored)?.collect()
}

pub(super) fn service_events(
    connection: &Connection,
    service: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, Error> {
    let sql = select!("WHERE service = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    rows(connection, sql, params![service, signed(after), limit])
}

pub(super) fn stream_events(
    connection: &Connection,
    stream: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, Error> {
    let sql = select!("WHERE stream = ?1 AND stream_version > ?2 ORDER BY stream_version LIMIT ?3");
    rows(connection, sql, params![stream, signed(after), limit])
}

pub(super) fn page(
    connection: &Connection,
    after: u64,
    upto: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, Error> {
    let sql = select!("WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3");
    rows(connection, sql, params![signed(after), signed(upto), limit])
}

pub(super) fn recent(
    connection: &Connection,
    filter: &HistoryFilter,
    limit: u32,
) -> Result<Vec<StoredEvent>, Error> {
    let before = filter.before.map_or(i64::MAX, |seq| signed(seq.0));
    let kinds = serde_json::Value::from(filter.kinds.clone()).to_string();
    let service = filter.service.as_ref().map(|service| service.as_str());
    let sql = match (service.is_some(), filter.kinds.is_empty()) {
        (false, true) => select!("WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2"),
        (true, true) => select!("WHERE seq < ?1 AND service = ?3 ORDER BY seq DESC LIMIT ?2"),
        (false, false) => {
            select!(
                "WHERE seq < ?1 AND tag IN (SELECT value FROM json_each(?4)) ORDER BY seq DESC LIMIT ?2"
            )
        }
        (true, false) => select!(
            "WHERE seq < ?1 AND service = ?3 AND tag IN (SELECT value FROM json_each(?4)) ORDER BY seq DESC LIMIT ?2"
        ),
    };
    let mut statement = connection.prepare_cached(sql)?;
    statement.raw_bind_parameter(1, before)?;
    statement.raw_bind_parameter(2, limit)?;
    if let Some(service) = service {
        statement.raw_bind_parameter(3, service)?;
    }
    if !filter.kinds.is_empty() {
        statement.raw_bind_parameter(4, kinds)?;
    }
    statement.raw_query().mapped(stored).collect()
}

pub(super) fn event(connection: &Connection, seq: u64) -> Result<Vec<StoredEvent>, Error> {
    rows(connection, select!("WHERE seq = ?1"), params![signed(seq)])
}

fn head_digest(bytes: &[u8]) -> Result<Digest, Error> {
    digest(bytes).ok_or(Error::InvalidQuery)
}

pub(super) fn head(connection: &Connection) -> Result<(u64, Digest), Error> {
    connection
        .prepare_cached("SELECT seq, hash FROM head WHERE id = 1")?
        .query_row([], |row| Ok((unsigned(row.get(0)?), head_digest(row.get_ref(1)?.as_bytes()?)?)))
}

pub(super) fn end(connection: &Connection) -> Result<End, Error> {
    let sql = "SELECT head.seq, head.hash, coalesce(events.seq, 0), events.hash \
               FROM head LEFT JOIN events ON events.seq = (SELECT max(seq) FROM events) WHERE id = 1";
    connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(End {
            seq: unsigned(row.get(0)?),
            hash: head_digest(row.get_ref(1)?.as_bytes()?)?,
            last_event: unsigned(row.get(2)?),
            last_hash: row.get_ref(3)?.as_blob().ok().and_then(digest),
        })
    })
}

pub(super) fn stream_page(
    connection: &Connection,
    after: (&str, u64),
    upto: u64,
    limit: u32,
) -> Result<Vec<StreamPlace>, Error> {
    let sql = "SELECT stream, stream_version, seq FROM events \
               WHERE (stream, stream_version) > (?1, ?2) AND seq <= ?3 \
               ORDER BY stream, stream_version LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let places =
        statement.query_map(params![after.0, signed(after.1), signed(upto), limit], |row| {
            Ok(StreamPlace {
                stream: text(row, 0)?,
                version: unsigned(row.get(1)?),
                seq: unsigned(row.get(2)?),
            })
        })?;
    places.collect()
}

pub(super) fn version(connection: &Connection, stream: &str) -> Result<u64, Error> {
    let version = connection
        .prepare_cached("SELECT max(stream_version) FROM events WHERE stream = ?1")?
        .query_row([stream], |row| row.get::<_, Option<i64>>(0))?;
    Ok(version.map_or(0, unsigned))
}

pub(super) fn snapshot(connection: &Connection, service: &str) -> Result<Option<Snapshot>, Error> {
    connection
        .prepare_cached("SELECT seq, hash, shape, bytes FROM snapshots WHERE service = ?1")?
        .query_row([service], |row| {
            let hash = digest(row.get_ref(1)?.as_bytes()?);
            let shape = u32::try_from(row.get::<_, i64>(2)?).ok();
            let (seq, bytes) = (Seq(unsigned(row.get(0)?)), row.get(3)?);
            // A snapshot whose hash or shape is none belongs to no history.
            Ok(hash.zip(shape).map(|(hash, shape)| Snapshot { seq, hash, shape, bytes }))
        })
        .optional()
        .map(Option::flatten)
}

/// The names under which snapshots stand; what is no name is the snapshot of nothing.
pub(super) fn snapshot_services(connection: &Connection) -> Result<Vec<ServiceName>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT service FROM snapshots ORDER BY service")?;
    let names: Vec<String> =
        statement.query_map([], |row| text(row, 0))?.collect::<Result<_, _>>()?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

pub(super) fn beat_ms(connection: &Connection, driver: &str) -> Result<Option<i64>, Error> {
    connection
        .prepare_cached("SELECT beat_ms FROM drivers WHERE driver = ?1")?
        .query_row([driver], |row| row.get(0))
        .optional()
}
