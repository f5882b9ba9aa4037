//! The ways out of a worker's own network.

use crate::host::Host;
use crate::network::{Doors, Relay};
use crate::runtime::Language;
use crate::runtime_api::Link;
use crate::sandbox::Doorways;
use std::io;
use std::os::fd::OwnedFd;

/// What the launcher is to listen on; none leaves the worker the host's network.
pub(crate) fn wanted(host: &Host, language: Language) -> Option<Doorways> {
    let reach = host.reach.as_ref()?;
    Some(Doorways {
        has_runtime_api: language == Language::Provided,
        has_names: reach.has_names(),
        ports: reach.ports(),
    })
}

/// Serves what the launcher listens on; `sockets` are in the order of [`Doorways`].
pub(crate) fn open(
    host: &Host,
    wanted: Option<Doorways>,
    sockets: Vec<OwnedFd>,
    link: &mut Link,
) -> io::Result<Option<Relay>> {
    let (Some(doorways), Some(reach)) = (wanted, &host.reach) else {
        return Ok(None);
    };
    let mut sockets = sockets.into_iter();
    let mut next = || {
        let missing = || io::Error::other("the launcher gave too few sockets");
        sockets.next().ok_or_else(missing)
    };
    if let (true, Link::Tcp(tcp)) = (doorways.has_runtime_api, link) {
        tcp.open(next()?.into())?;
    }
    let mut doors = Doors::default();
    if doorways.has_names {
        doors.names = Some((next()?.into(), next()?.into()));
    }
    for _ in &doorways.ports {
        doors.ports.push(next()?.into());
    }
    Relay::start(doors, reach, host.resolver).map(Some)
}
