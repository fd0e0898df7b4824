//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::request::Parts;

/// The address at the other end of a connection; `serve` puts it beside every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Where a request comes from, as far as limits go. A proxy on this very machine is believed when
/// it says for whom it asks; nobody else is. Of an IPv6 address its network counts: who has one
/// address there has them all.
pub(crate) fn address(parts: &Parts) -> IpAddr {
    let peer =
        parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0);
    let said = || {
        let all = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        all.rsplit(',').next()?.trim().parse().ok()
    };
    match if peer.is_loopback() { said().unwrap_or(peer) } else { peer } {
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & (!0 << 64))),
        },
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn from(peer: &str, forwarded: Option<&str>) -> String {
        let mut request = Request::builder().uri("/");
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(Peer(peer.parse().expect("an address")));
        address(&parts).to_string()
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        assert_eq!(from("127.0.0.1", Some("6.6.6.6, 198.51.100.7")), "198.51.100.7");
        assert_eq!(from("127.0.0.1", Some("nonsense")), "127.0.0.1");
        assert_eq!(from("203.0.113.9", Some("198.51.100.7")), "203.0.113.9");
    }

    #[test]
    fn of_a_long_address_the_network_counts() {
        assert_eq!(from("2001:db8:1:2:3:4:5:6", None), "2001:db8:1:2::");
        assert_eq!(from("::ffff:203.0.113.9", None), "203.0.113.9");
    }
}
