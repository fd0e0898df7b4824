//! How the outside is touched: processes, directories, HTTP.
//!
//! [`fleet::RealFleet`] is the engine's fleet port on the real world. It fills templates
//! ([`values`]), resolves and hides secrets ([`secrets`]), and hands on to what does the work:
//! [`deploy`], [`observe`], [`check`]. Those stand on [`process`] (commands), [`probe`] (HTTP)
//! and [`artifacts`] (what a release is made of), and do not know each other.
//!
//! [`forge`] tells forges how commits stand, and reads their webhooks.
//!
//! [`git`] and [`folder`] read files as they were and are, for comparing them.

pub mod artifacts;
pub mod browser;
pub mod calendar;
pub mod check;
pub mod deploy;
pub mod fleet;
pub mod folder;
pub mod forge;
pub mod git;
pub mod ground;
pub mod observe;
pub mod probe;
pub mod process;
pub mod secrets;
pub mod twins;
pub mod values;

#[cfg(test)]
mod testing;
