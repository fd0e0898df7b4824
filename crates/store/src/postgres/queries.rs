//! Reading rows.

use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_engine::ports::{HistoryFilter, LedgerError, Snapshot};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::connect::Server;
use crate::stored::{StoredEvent, digest};
use crate::verify::{End, StreamPlace};

/// The columns that [`stored`] reads, in its order.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, stream, stream_version, service, tag, at, actor, kind, prev, hash FROM plimsoll.events ",
            $rest
        )
    };
}

/// PostgreSQL's integers are signed; positions are not.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn stored(row: &Row) -> StoredEvent {
    StoredEvent {
        seq: unsigned(row.get(0)),
        stream: row.get(1),
        version: unsigned(row.get(2)),
        service: row.get(3),
        tag: row.get(4),
        at: row.get(5),
        actor: row.get(6),
        kind: row.get(7),
        prev: row.get(8),
        hash: row.get(9),
    }
}

async fn events(
    server: &Server,
    sql: &str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Vec<StoredEvent>, LedgerError> {
    Ok(server.rows(sql, params).await?.iter().map(stored).collect())
}

pub(super) async fn service_events(
    server: &Server,
    service: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, LedgerError> {
    let sql = select!("WHERE service = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    events(server, sql, &[&service, &signed(after), &i64::from(limit)]).await
}

pub(super) async fn stream_events(
    server: &Server,
    stream: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, LedgerError> {
    let sql = select!("WHERE stream = $1 AND stream_version > $2 ORDER BY stream_version LIMIT $3");
    events(server, sql, &[&stream, &signed(after), &i64::from(limit)]).await
}

pub(super) async fn page(
    server: &Server,
    after: u64,
    upto: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, LedgerError> {
    let sql = select!("WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3");
    events(server, sql, &[&signed(after), &signed(upto), &i64::from(limit)]).await
}

pub(super) async fn recent(
    server: &Server,
    filter: &HistoryFilter,
    limit: u32,
) -> Result<Vec<StoredEvent>, LedgerError> {
    let before = filter.before.map_or(i64::MAX, |seq| signed(seq.0));
    let service = filter.service.as_ref().map(|service| service.as_str()).unwrap_or_default();
    let limit = i64::from(limit);
    match (service.is_empty(), filter.kinds.is_empty()) {
        (true, true) => {
            let sql = select!("WHERE seq < $1 ORDER BY seq DESC LIMIT $2");
            events(server, sql, &[&before, &limit]).await
        }
        (false, true) => {
            let sql = select!("WHERE seq < $1 AND service = $3 ORDER BY seq DESC LIMIT $2");
            events(server, sql, &[&before, &limit, &service]).await
        }
        (true, false) => {
            let sql =
                select!("WHERE seq < $1 AND tag = ANY($3::text[]) ORDER BY seq DESC LIMIT $2");
            events(server, sql, &[&before, &limit, &filter.kinds]).await
        }
        (false, false) => {
            let sql = select!(
                "WHERE seq < $1 AND service = $4 AND tag = ANY($3::text[]) ORDER BY seq DESC LIMIT $2"
            );
            events(server, sql, &[&before, &limit, &filter.kinds, &service]).await
        }
    }
}

pub(super) async fn event(server: &Server, seq: u64) -> Result<Vec<StoredEvent>, LedgerError> {
    events(server, select!("WHERE seq = $1"), &[&signed(seq)]).await
}

fn damaged(server: &Server) -> LedgerError {
    LedgerError::Unusable {
        reason: format!("the ledger at {} has no head: restore a backup", server.name()),
    }
}

pub(super) async fn end(server: &Server) -> Result<End, LedgerError> {
    let sql = "SELECT head.seq, head.hash, coalesce(events.seq, 0), events.hash \
               FROM plimsoll.head LEFT JOIN plimsoll.events \
               ON events.seq = (SELECT max(seq) FROM plimsoll.events) WHERE id = 1";
    let rows = server.rows(sql, &[]).await?;
    let row = rows.first().ok_or_else(|| damaged(server))?;
    let hash = digest(row.get(1)).ok_or_else(|| damaged(server))?;
    let last_hash = row.get::<_, Option<&[u8]>>(3).and_then(digest);
    Ok(End { seq: unsigned(row.get(0)), hash, last_event: unsigned(row.get(2)), last_hash })
}

pub(super) async fn head(server: &Server) -> Result<(u64, Digest), LedgerError> {
    let rows = server.rows("SELECT seq, hash FROM plimsoll.head WHERE id = 1", &[]).await?;
    let row = rows.first().ok_or_else(|| damaged(server))?;
    let hash = digest(row.get(1)).ok_or_else(|| damaged(server))?;
    Ok((unsigned(row.get(0)), hash))
}

pub(super) async fn stream_page(
    server: &Server,
    after: (&str, u64),
    upto: u64,
    limit: u32,
) -> Result<Vec<StreamPlace>, LedgerError> {
    let sql = "SELECT stream, stream_version, seq FROM plimsoll.events \
               WHERE (stream, stream_version) > ($1, $2) AND seq <= $3 \
               ORDER BY stream, stream_version LIMIT $4";
    let rows =
        server.rows(sql, &[&after.0, &signed(after.1), &signed(upto), &i64::from(limit)]).await?;
    let place = |row: &Row| StreamPlace {
        stream: row.get(0),
        version: unsigned(row.get(1)),
        seq: unsigned(row.get(2)),
    };
    Ok(rows.iter().map(place).collect())
}

pub(super) async fn version(server: &Server, stream: &str) -> Result<u64, LedgerError> {
    let sql = "SELECT max(stream_version) FROM plimsoll.events WHERE stream = $1";
    let rows = server.rows(sql, &[&stream]).await?;
    Ok(rows.first().and_then(|row| row.get::<_, Option<i64>>(0)).map_or(0, unsigned))
}

pub(super) async fn snapshot(
    server: &Server,
    service: &str,
) -> Result<Option<Snapshot>, LedgerError> {
    let sql = "SELECT seq, hash, shape, bytes FROM plimsoll.snapshots WHERE service = $1";
    let rows = server.rows(sql, &[&service]).await?;
    // A snapshot whose hash or shape is none belongs to no history.
    Ok(rows.first().and_then(|row| {
        Some(Snapshot {
            seq: Seq(unsigned(row.get(0))),
            hash: digest(row.get(1))?,
            shape: u32::try_from(row.get::<_, i64>(2)).ok()?,
            bytes: row.get(3),
        })
    }))
}

/// The names under which snapshots stand; what is no name is the snapshot of nothing.
pub(super) async fn snapshot_services(server: &Server) -> Result<Vec<ServiceName>, LedgerError> {
    let sql = "SELECT service FROM plimsoll.snapshots ORDER BY service";
    let rows = server.rows(sql, &[]).await?;
    Ok(rows.iter().filter_map(|row| row.get::<_, String>(0).parse().ok()).collect())
}

pub(super) async fn remove_snapshot(server: &Server, service: &str) -> Result<(), LedgerError> {
    let sql = "DELETE FROM plimsoll.snapshots WHERE service = $1";
    server.rows(sql, &[&service]).await.map(drop)
}

pub(super) async fn save_snapshot(
    server: &Server,
    service: &str,
    snapshot: &Snapshot,
) -> Result<(), LedgerError> {
    // At the same event another shape may replace it: that is an upgrade.
    let sql = "INSERT INTO plimsoll.snapshots AS kept (service, seq, hash, shape, bytes) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (service) DO UPDATE \
               SET seq = excluded.seq, hash = excluded.hash, shape = excluded.shape, bytes = excluded.bytes \
               WHERE excluded.seq >= kept.seq";
    let Snapshot { seq, hash, shape, bytes } = snapshot;
    let hash = hash.as_bytes().as_slice();
    server.rows(sql, &[&service, &signed(seq.0), &hash, &i64::from(*shape), bytes]).await.map(drop)
}

pub(super) async fn beat(server: &Server, driver: &str) -> Result<(), LedgerError> {
    let sql = "INSERT INTO plimsoll.drivers (driver, beat) VALUES ($1, clock_timestamp()) \
               ON CONFLICT (driver) DO UPDATE SET beat = excluded.beat";
    server.rows(sql, &[&driver]).await.map(drop)
}

/// Milliseconds since the driver's last beat; negative when the clock was set back behind it.
pub(super) async fn silent_ms(server: &Server, driver: &str) -> Result<Option<i64>, LedgerError> {
    let sql = "SELECT (extract(epoch FROM clock_timestamp() - beat) * 1000)::bigint \
               FROM plimsoll.drivers WHERE driver = $1";
    Ok(server.rows(sql, &[&driver]).await?.first().map(|row| row.get(0)))
}

/// The clock was set back behind the driver's last beat: silence counts from now on.
pub(super) async fn clamp_beat(server: &Server, driver: &str) -> Result<(), LedgerError> {
    let sql = "UPDATE plimsoll.drivers SET beat = clock_timestamp() WHERE driver = $1 AND beat > clock_timestamp()";
    server.rows(sql, &[&driver]).await.map(drop)
}
