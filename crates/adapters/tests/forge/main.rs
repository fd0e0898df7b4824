//! Forges: one contract, kept by every kind, against a strict stand-in of each API.

mod app;
mod bed;
mod contract;
mod stand_in;
mod webhooks;
