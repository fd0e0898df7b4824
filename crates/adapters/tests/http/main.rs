//! The prober and the `http` check on real sockets.

mod check;
mod faults;
mod servers;
mod tls;
