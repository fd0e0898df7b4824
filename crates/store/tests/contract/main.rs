//! What every store promises, run on SQLite and on a real PostgreSQL server.

mod appending;
mod backups;
mod blobs;
mod commit_in_doubt;
mod contents;
mod full_disk;
mod ground;
mod postgres_away;
mod presence;
mod processes;
mod refusals;
mod tampering;
