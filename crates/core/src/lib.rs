//! Words and decisions of plimsoll.
//!
//! Everything here is pure: no clock, file, network, environment, randomness or hash order.
//! `now` is always an argument. Folders stand on each other in this order, each using only those
//! before it:
//!
//! `ids`, `units`, `digest` → [`catalog`] (what exists) → [`record`] (what gets written down) →
//! [`event`] (how it is written down) → [`ledger`] (what is so now, folded from events) →
//! [`gate`] (may it pass?) → [`push`] (may this commit enter a branch?) → [`forge`] (what is a forge
//! told of it?) → [`promote`] (how it is carried out) → [`forensics`] (what is the matter?) → [`say`] (all words for people).

pub mod catalog;
pub mod digest;
pub mod event;
pub mod forensics;
pub mod forge;
pub mod gate;
pub mod ids;
pub mod ledger;
pub mod promote;
pub mod push;
pub mod record;
pub mod say;
pub mod units;

pub use jiff::Timestamp;
