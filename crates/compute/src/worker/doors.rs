//! The ways out of a worker's own network.

use crate::host::Host;
use crate::network::{Doors, Relay};
use crate::runtime_api::{Door, Link};
use crate::sandbox::Doorways;
use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;

/// What the launcher is to listen on; none leaves the worker the host's network.
pub(crate) fn wanted(host: &Host) -> Option<Doorways> {
    let reach = host.reach.as_ref()?;
    Some(Doorways {
        has_runtime_api: true,
        has_names: reach.has_names(),
        ports: reach.ports(),
    })
}

/// The door of a worker: its runtime's, or one for extensions alone.
pub(crate) fn of<'a>(link: &'a mut Link, door: &'a mut Option<Door>) -> Option<&'a mut Door> {
    match link {
        Link::Tcp(tcp) => Some(tcp.door()),
        Link::Pair(_) => door.as_mut(),
    }
}

/// Serves what the launcher listens on, but for the Runtime API, which is given back; `sockets` are
/// in the order of [`Doorways`].
pub(crate) fn open(
    host: &Host,
    wanted: Option<Doorways>,
    sockets: Vec<OwnedFd>,
) -> io::Result<(Option<Relay>, Option<TcpListener>)> {
    let (Some(doorways), Some(reach)) = (wanted, &host.reach) else {
        return Ok((None, None));
    };
    let mut sockets = sockets.into_iter();
    let mut next = || {
        let missing = || io::Error::other("the launcher gave too few sockets");
        sockets.next().ok_or_else(missing)
    };
    let api = match doorways.has_runtime_api {
        true => Some(next()?.into()),
        false => None,
    };
    let mut doors = Doors::default();
    if doorways.has_names {
        doors.names = Some((next()?.into(), next()?.into()));
    }
    for _ in &doorways.ports {
        doors.ports.push(next()?.into());
    }
    let relay = Relay::start(doors, reach, host.resolver)?;
    Ok((Some(relay), api))
}
