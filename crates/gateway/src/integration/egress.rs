//! Which addresses HTTP integrations may reach.
//!
//! Whoever can write an API could otherwise read what only this host may: cloud metadata, services
//! on loopback and in the private network, and Crossway's own ports. The rule is asked of the
//! address that is connected to, after resolution, so no name and no odd spelling gets around it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What HTTP integrations may reach beside the public internet.
///
/// ```
/// let developer = gateway::Egress {
///     allows_loopback: true,
///     allows_private: true,
///     refused: vec!["127.0.0.1:4566".parse().unwrap()],
/// };
/// assert!(developer.permits("127.0.0.1:8080".parse().unwrap()));
/// assert!(!developer.permits("127.0.0.1:4566".parse().unwrap()));
/// assert!(!developer.permits("169.254.169.254:80".parse().unwrap()));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Egress {
    /// Whether `127.0.0.0/8` and `::1` may be reached; for the developer profile only.
    pub allows_loopback: bool,
    /// Whether private networks (RFC 1918, `fc00::/7`, `100.64.0.0/10`) may be reached.
    pub allows_private: bool,
    /// Addresses that are never reached: Crossway's own. An unspecified IP stands for each address
    /// of this host.
    pub refused: Vec<SocketAddr>,
}

impl Egress {
    /// Whether a connection to `address` may be made. Link-local addresses and the metadata
    /// addresses of clouds are never reached.
    pub fn permits(&self, address: SocketAddr) -> bool {
        let ip = embedded(address.ip());
        let is_permitted = match kind(ip) {
            Kind::Public => true,
            Kind::Loopback => self.allows_loopback,
            Kind::Private => self.allows_private,
            Kind::Never => false,
        };
        is_permitted && !self.is_own(SocketAddr::new(ip, address.port()))
    }

    /// Whether a connection may be made to `address`, which the operator named: not one of
    /// Crossway's own, nor one at which clouds keep what only this host may read.
    pub(crate) fn permits_named(&self, address: SocketAddr) -> bool {
        let ip = embedded(address.ip());
        let is_never = matches!(kind(ip), Kind::Never);
        !is_never && !self.is_own(SocketAddr::new(ip, address.port()))
    }

    fn is_own(&self, address: SocketAddr) -> bool {
        self.refused.iter().any(|own| {
            let own_ip = embedded(own.ip());
            // A listener on loopback is reached by every loopback address on some systems, and
            // one on every interface by the host's own addresses, which are not known here.
            let is_same = own_ip == address.ip()
                || own_ip.is_unspecified()
                || (own_ip.is_loopback() && address.ip().is_loopback());
            is_same && own.port() == address.port()
        })
    }
}

enum Kind {
    Public,
    Loopback,
    Private,
    Never,
}

fn kind(ip: IpAddr) -> Kind {
    match ip {
        IpAddr::V4(ip) => kind_v4(ip),
        IpAddr::V6(ip) => kind_v6(ip),
    }
}

fn kind_v4(ip: Ipv4Addr) -> Kind {
    let [a, b, c, _] = ip.octets();
    match (a, b, c) {
        (127, ..) => Kind::Loopback,
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Kind::Private,
        // This network, link-local, IETF assignments, benchmarks, documentation, multicast and
        // reserved: nothing that an API would call.
        (0 | 224..=255, ..)
        | (169, 254, _)
        | (192, 0, 0 | 2)
        | (198, 18 | 19, _)
        | (198, 51, 100)
        | (203, 0, 113) => Kind::Never,
        _ => Kind::Public,
    }
}

fn kind_v6(ip: Ipv6Addr) -> Kind {
    /// EC2's metadata service.
    const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    let [first, ..] = ip.segments();
    if ip.is_loopback() {
        return Kind::Loopback;
    }
    match first {
        _ if ip == METADATA || ip.is_unspecified() || ip.is_multicast() => Kind::Never,
        0xfc00..=0xfdff => Kind::Private,
        0xfe80..=0xfeff => Kind::Never,
        0x2000..=0x3fff => Kind::Public,
        // Outside global unicast nothing is public.
        _ => Kind::Never,
    }
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address, else the address itself.
fn embedded(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else {
        return ip;
    };
    if v6.is_loopback() || v6.is_unspecified() {
        return ip;
    }
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0 | 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => v4(g, h),
        (0x2002, ..) => v4(b, c),
        _ => ip,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn egress(allows_loopback: bool, allows_private: bool) -> Egress {
        Egress {
            allows_loopback,
            allows_private,
            refused: vec![
                "127.0.0.1:4566".parse().unwrap(),
                "0.0.0.0:9001".parse().unwrap(),
            ],
        }
    }

    fn check(address: &str, server: bool, developer: bool) {
        let socket = address.parse().unwrap();
        assert_eq!(
            egress(false, false).permits(socket),
            server,
            "server {address}"
        );
        assert_eq!(
            egress(true, true).permits(socket),
            developer,
            "developer {address}"
        );
    }

    #[test]
    fn public_addresses_are_reached() {
        check("93.184.216.34:443", true, true);
        check("[2606:2800:220:1::1]:443", true, true);
    }

    #[test]
    fn loopback_and_private_networks_only_for_developers() {
        for address in [
            "127.0.0.1:80",
            "127.1.2.3:80",
            "[::1]:80",
            "[::ffff:127.0.0.1]:80",
            "[::127.0.0.1]:80",
            "[64:ff9b::7f00:1]:80",
            "[2002:7f00:1::]:80",
            "10.0.0.1:80",
            "172.16.0.1:80",
            "172.31.255.255:80",
            "192.168.1.1:80",
            "100.64.0.1:80",
            "[fc00::1]:80",
            "[::ffff:10.0.0.1]:80",
        ] {
            check(address, false, true);
        }
    }

    #[test]
    fn metadata_and_link_local_never() {
        for address in [
            "169.254.169.254:80",
            "[::ffff:169.254.169.254]:80",
            "[64:ff9b::a9fe:a9fe]:80",
            "[2002:a9fe:a9fe::]:80",
            "[fe80::1]:80",
            "[fd00:ec2::254]:80",
            "0.0.0.0:80",
            "[::]:80",
            "255.255.255.255:80",
            "224.0.0.1:80",
        ] {
            check(address, false, false);
        }
    }

    #[test]
    fn own_ports_never() {
        for address in [
            "127.0.0.1:4566",
            "127.0.0.2:4566",
            "[::1]:4566",
            "[::ffff:127.0.0.1]:4566",
            "10.1.2.3:9001",
            "93.184.216.34:9001",
        ] {
            check(address, false, false);
        }
        check("127.0.0.1:4567", false, true);
        check("10.1.2.3:4566", false, true);
    }
}
