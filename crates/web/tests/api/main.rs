//! The API, asked through its router, over a whole fleet in memory.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it says")]

mod edges;
mod events;
mod gate;
mod hooks;
mod moves;
mod oidc;
mod once;
mod openapi;
mod people;
mod pushes;
mod reads;
mod results;
mod schema;
mod tokens;
mod world;
