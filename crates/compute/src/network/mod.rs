//! What functions reach over the network.
//!
//! With a network of its own ([`Network::Own`]) a worker's namespace holds a loopback interface and
//! nothing else. All addresses are routed to that interface, and the launcher listens there on
//! every allowed port; Crossway holds the listening sockets. A connection to `db.internal:5432`
//! thus arrives here with the address that was meant: [`relay`] dials it from the host when a
//! [`Destination`] allows it, and resets the connection otherwise. Ports on which nobody is
//! allowed anywhere refuse by themselves. [`names`] carries DNS questions to the host's resolver.
//! Everything else (UDP, ICMP, other workers, the host's loopback) has no way out at all.
//!
//! So nothing here needs root, a firewall, or the good will of the program inside.

mod addresses;
mod destination;
mod names;
mod relay;

pub use destination::{BadDestination, Destination};
pub(crate) use names::resolver;
pub(crate) use relay::{Doors, Relay};

use crate::limits::DESTINATION_PORTS_MAX;
use std::collections::BTreeSet;

/// What a function's network is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    /// The host's: a function reaches what the host reaches.
    Host,
    /// Its own, from which only these are reached.
    Own(Reach),
}

/// What can be reached from a network of a worker's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    destinations: Vec<Destination>,
}

/// More ports than can be listened on for each worker.
#[derive(Debug, thiserror::Error)]
#[error("functions may reach {0} ports, {DESTINATION_PORTS_MAX} at most")]
pub struct TooManyPorts(usize);

impl Reach {
    /// These and no others.
    ///
    /// # Errors
    /// They have too many different ports.
    pub fn of(destinations: Vec<Destination>) -> Result<Self, TooManyPorts> {
        let reach = Self { destinations };
        match reach.ports().len() {
            ports if ports > DESTINATION_PORTS_MAX => Err(TooManyPorts(ports)),
            _ => Ok(reach),
        }
    }

    /// The ports to listen on.
    pub(crate) fn ports(&self) -> Vec<u16> {
        let ports = self.destinations.iter().map(Destination::port);
        ports.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether a function must be able to ask for names.
    pub(crate) fn has_names(&self) -> bool {
        self.destinations.iter().any(Destination::has_names)
    }

    fn to(&self, port: u16) -> impl Iterator<Item = &Destination> {
        let all = self.destinations.iter();
        all.filter(move |destination| destination.port() == port)
    }
}

/// What functions have, and why not what was wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkReport {
    /// `host` or `own`.
    pub network: &'static str,
    /// What can be reached from a network of a worker's own.
    pub reach: Vec<String>,
    /// What the kernel said, when a network of its own was wished for and is not had.
    pub refused: Option<String>,
}

impl NetworkReport {
    pub(crate) fn of(network: &Network, refused: Option<String>) -> Self {
        let (network, reach) = match network {
            Network::Host => ("host", Vec::new()),
            Network::Own(reach) => (
                "own",
                reach.destinations.iter().map(ToString::to_string).collect(),
            ),
        };
        Self {
            network,
            reach,
            refused,
        }
    }
}
