CREATE TABLE plimsoll.events (
    seq            bigint PRIMARY KEY,
    stream         text COLLATE "C" NOT NULL,
    stream_version bigint NOT NULL,
    service        text COLLATE "C" NOT NULL,
    tag            text COLLATE "C" NOT NULL,
    at             text NOT NULL,
    actor          text NOT NULL,
    kind           text NOT NULL,
    prev           bytea NOT NULL,
    hash           bytea NOT NULL,
    UNIQUE (stream, stream_version)
);

CREATE INDEX events_by_service ON plimsoll.events (service, seq);

CREATE TABLE plimsoll.head (
    id   integer PRIMARY KEY CHECK (id = 1),
    seq  bigint NOT NULL,
    hash bytea NOT NULL
);

INSERT INTO plimsoll.head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE plimsoll.snapshots (
    service text COLLATE "C" PRIMARY KEY,
    seq     bigint NOT NULL,
    hash    bytea NOT NULL,
    shape   bigint NOT NULL,
    bytes   bytea NOT NULL
);

CREATE TABLE plimsoll.drivers (
    driver text COLLATE "C" PRIMARY KEY,
    beat   timestamptz NOT NULL
);

CREATE FUNCTION plimsoll.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of the ledger are never changed or deleted; append one that corrects it';
END
$$;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE OR DELETE ON plimsoll.events
    FOR EACH ROW EXECUTE FUNCTION plimsoll.refuse_change();

CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON plimsoll.events
    FOR EACH STATEMENT EXECUTE FUNCTION plimsoll.refuse_change();
