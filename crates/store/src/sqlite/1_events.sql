CREATE TABLE events (
    seq            INTEGER PRIMARY KEY,
    stream         TEXT NOT NULL,
    stream_version INTEGER NOT NULL,
    service        TEXT NOT NULL,
    tag            TEXT NOT NULL,
    at             TEXT NOT NULL,
    actor          TEXT NOT NULL,
    kind           TEXT NOT NULL,
    prev           BLOB NOT NULL,
    hash           BLOB NOT NULL,
    UNIQUE (stream, stream_version)
) STRICT;

CREATE INDEX events_by_service ON events (service, seq);

CREATE TABLE head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

INSERT INTO head (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE snapshots (
    service TEXT PRIMARY KEY,
    seq     INTEGER NOT NULL,
    hash    BLOB NOT NULL,
    shape   INTEGER NOT NULL,
    bytes   BLOB NOT NULL
) STRICT;

CREATE TABLE drivers (
    driver  TEXT PRIMARY KEY,
    beat_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events of the ledger are never changed; append one that corrects it');
END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events of the ledger are never deleted; append one that corrects it');
END;
