//! Bad input: the exit code, a sentence that says what to do, and nothing half written.

mod codes;
mod configuration;
mod junit;
mod ledgers;
mod names;
mod people;
mod releases;
mod secrets;
mod waivers;
