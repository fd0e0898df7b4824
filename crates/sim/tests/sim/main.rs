//! Stories, told on a whole fleet in memory.

mod after;
mod changed;
mod forges;
mod gone_back;
mod incident_1;
mod incident_2;
mod incident_3;
mod ledger_state;
mod left_open;
mod life;
mod looks;
mod seeds;
mod story;
mod waits;
mod wide;
