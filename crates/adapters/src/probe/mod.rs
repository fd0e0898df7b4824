//! One HTTP question, asked and timed.
//!
//! [`fetch`] opens a connection of its own for every question (a kept-alive one would hide a
//! server that accepts no more), over HTTP/1.1, within one time limit over everything:
//!
//! 1. the name is looked up ([`resolve`]);
//! 2. its addresses are tried in order, the next one after a quarter of a second ([`connect`]);
//! 3. with `https`, the handshake is finished with whatever certificate comes, which is then
//!    judged ([`tls`], [`certificate`]); a certificate that is not as asked ends it before a byte
//!    of the request is sent;
//! 4. the request is sent and the answer read, bounded ([`exchange`]);
//! 5. redirects are followed as far as asked, each as a question of its own ([`redirect`]).
//!
//! # Whose fault it is
//! *Failed* says something about the release, *errored* does not. Both refuse.
//!
//! | what happens | outcome | why |
//! |---|---|---|
//! | the name does not exist (NXDOMAIN, no address) | failed | users cannot reach it either |
//! | the resolver fails or does not answer in time | errored | it is our resolver that is asked |
//! | refused, reset, no route, no connection in time | failed | nobody answers where it should |
//! | handshake fails, not TLS, certificate not as asked | failed | users are turned away as well |
//! | no answer in time, too slow, cut off, not HTTP | failed | |
//! | answer head or body too large | failed | an endless answer is none |
//! | redirects: too many, in a circle, to another scheme | failed | |
//! | too many open files (EMFILE, ENFILE), no memory for sockets | errored | our prober is overloaded |
//! | no local address or port left (EADDRNOTAVAIL) | errored | our prober is overloaded |
//! | not permitted here (EACCES, EPERM) | errored | our own firewall |
//! | our own process was late by over a quarter of the limit | errored | the time was lost here |
//! | roots of trust cannot be read | errored | ours to configure |
//! | URL, method or header that cannot be sent | errored | ours to configure |
//!
//! `ProbeError::side` is this table in code.

mod answer;
mod certificate;
mod connect;
mod error;
mod exchange;
mod fetch;
mod lateness;
mod redirect;
mod request;
mod resolve;
mod stream;
mod tls;

pub use answer::{CertificateFacts, ProbeAnswer, Redirected};
pub use error::{Ours, ProbeError, Side};
pub use fetch::fetch;
pub(crate) use request::parse_url;
pub use request::{ProbeHeader, ProbeLimits, ProbeRequest};
