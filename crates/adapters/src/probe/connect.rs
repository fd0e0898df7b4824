//! Opening a connection.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rustix::io::Errno;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::{Ours, ProbeError};

/// How long an address may take before the next one is tried beside it (RFC 8305, section 8).
const NEXT_AFTER: Duration = Duration::from_millis(250);

/// The first connection that one of the addresses accepts.
///
/// # Errors
/// That of the address which says most.
pub(super) async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, ProbeError> {
    if let [address] = addresses {
        return TcpStream::connect(address).await.map_err(|error| refusal(*address, &error));
    }
    let mut rest = addresses.iter().copied();
    let mut tried = FuturesUnordered::new();
    let mut worst: Option<ProbeError> = None;
    loop {
        if tried.is_empty() {
            let Some(address) = rest.next() else { break };
            tried.push(attempt(address));
        }
        let more = rest.len() > 0;
        tokio::select! {
            Some(outcome) = tried.next() => match outcome {
                Ok(stream) => return Ok(stream),
                Err(error) => worst = Some(worse(worst, error)),
            },
            () = sleep(NEXT_AFTER), if more => tried.extend(rest.next().map(attempt)),
        }
    }
    Err(worst.unwrap_or_else(|| ProbeError::Broken { why: "there is no address".into() }))
}

async fn attempt(address: SocketAddr) -> Result<TcpStream, ProbeError> {
    TcpStream::connect(address).await.map_err(|error| refusal(address, &error))
}

/// Being overloaded says most, since it may be the cause of the others; that this machine has no
/// address of one family says least.
fn worse(known: Option<ProbeError>, error: ProbeError) -> ProbeError {
    let weight = |error: &ProbeError| match error {
        ProbeError::Ours(Ours::Overloaded { what: PORTS }) => 0,
        ProbeError::Unreachable { .. } => 1,
        ProbeError::Ours(_) => 3,
        _ => 2,
    };
    match known {
        Some(known) if weight(&known) >= weight(&error) => known,
        _ => error,
    }
}

const PORTS: &str = "local ports or addresses";

/// What an error of `connect(2)` or `socket(2)` means.
fn refusal(address: SocketAddr, error: &io::Error) -> ProbeError {
    if let Some(ours) = overload(error) {
        return ours.into();
    }
    let address = address.to_string();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ProbeError::Refused { address },
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => ProbeError::Reset,
        io::ErrorKind::PermissionDenied => Ours::NotPermitted { address }.into(),
        _ => {
            let text = error.to_string();
            let why = text.split(" (os error").next().unwrap_or(&text).to_lowercase();
            ProbeError::Unreachable { address, why }
        }
    }
}

/// Whether an error says that this machine is out of something.
pub(super) fn overload(error: &io::Error) -> Option<Ours> {
    let what = match Errno::from_io_error(error)? {
        Errno::MFILE => "open files for one process (EMFILE)",
        Errno::NFILE => "open files (ENFILE)",
        Errno::NOBUFS | Errno::NOMEM => "memory for connections",
        Errno::ADDRNOTAVAIL | Errno::ADDRINUSE => PORTS,
        _ => return None,
    };
    Some(Ours::Overloaded { what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::Side;

    fn at(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    #[test]
    fn what_this_machine_is_out_of_is_ours_and_what_nobody_answers_is_not() {
        for (errno, side) in [
            (Errno::MFILE, Side::Ours),
            (Errno::NFILE, Side::Ours),
            (Errno::ADDRNOTAVAIL, Side::Ours),
            (Errno::NOBUFS, Side::Ours),
            (Errno::ACCESS, Side::Ours),
            (Errno::CONNREFUSED, Side::Release),
            (Errno::CONNRESET, Side::Release),
            (Errno::NETUNREACH, Side::Release),
            (Errno::HOSTUNREACH, Side::Release),
            (Errno::TIMEDOUT, Side::Release),
        ] {
            assert_eq!(refusal(at(80), &errno.into()).side(), side, "{errno}");
        }
    }

    #[test]
    fn of_several_addresses_the_one_that_says_most_is_reported() {
        let refused = refusal(at(1), &Errno::CONNREFUSED.into());
        let no_ipv6 = refusal(at(2), &Errno::ADDRNOTAVAIL.into());
        assert!(matches!(worse(Some(no_ipv6), refused), ProbeError::Refused { .. }));
        let full = refusal(at(3), &Errno::MFILE.into());
        let refused = refusal(at(1), &Errno::CONNREFUSED.into());
        assert_eq!(worse(Some(refused), full).side(), Side::Ours);
    }
}
