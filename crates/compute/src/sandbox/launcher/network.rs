//! A network of a worker's own: a loopback interface to which every address leads, and listeners on
//! it that Crossway serves from outside.

use super::{Doing, Refused};
use crate::sandbox::plan::Doorways;
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv,
    sendmsg, sendto, socket,
};
use std::fs::File;
use std::io::{IoSlice, Write};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// The interface that every network has, as its first.
const LOOPBACK: u32 = 1;

/// Where AWS's runtimes find their API.
pub(crate) const RUNTIME_API: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 9001);

const DNS_PORT: u16 = 53;

/// Sets the network up; gives the sockets in the order in which Crossway expects them: the Runtime
/// API, names by TCP and UDP, the ports.
pub(super) fn open(doorways: &Doorways) -> Result<Vec<OwnedFd>, Refused> {
    bring_up()?;
    let mut sockets = Vec::new();
    if doorways.has_runtime_api {
        let listener = TcpListener::bind(RUNTIME_API).doing("listening for the Runtime API")?;
        sockets.push(listener.into());
    }
    if doorways.has_names {
        sockets.push(listen(DNS_PORT)?);
        let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, DNS_PORT))
            .or_else(|_| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, DNS_PORT)));
        sockets.push(socket.doing("listening for names")?.into());
    }
    for port in &doorways.ports {
        sockets.push(listen(*port)?);
    }
    Ok(sockets)
}

/// Both versions of IP, or the one that this kernel has.
fn listen(port: u16) -> Result<OwnedFd, Refused> {
    let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port))
        .or_else(|_| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)));
    listener
        .map(OwnedFd::from)
        .doing(format!("listening on port {port}"))
}

/// Tells Crossway `text`, and gives it `sockets`.
pub(super) fn hand_over(control: RawFd, text: &str, sockets: &[OwnedFd]) -> Result<(), Refused> {
    let numbers: Vec<RawFd> = sockets.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&numbers)];
    let rights = if sockets.is_empty() { &[] } else { &rights[..] };
    let words = [IoSlice::new(text.as_bytes())];
    sendmsg::<()>(control, &words, rights, MsgFlags::empty(), None)
        .doing("handing the sockets over")
        .map(drop)
}

/// Gives Crossway a socket of this network, for a connection to one of its ports.
pub(super) fn give_socket(mut control: &File) {
    let made = socket(
        AddressFamily::Inet,
        SockType::Stream,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .doing("socket")
    .and_then(|socket| hand_over(control.as_raw_fd(), "ok\n", &[socket]));
    if let Err(refused) = made {
        let _ = writeln!(control, "no {}", refused.replace('\n', " "));
    }
}

fn bring_up() -> Result<(), Refused> {
    let route = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )
    .doing("netlink")?;
    ask(&route, libc::RTM_NEWLINK, 0, &interface_up()).doing("loopback interface")?;
    let create = libc::NLM_F_CREATE | libc::NLM_F_REPLACE;
    for family in [libc::AF_INET, libc::AF_INET6] {
        let routing = ask(&route, libc::RTM_NEWROUTE, create, &all_local(family));
        // A kernel without version 6 has no addresses of it to lead anywhere.
        if family == libc::AF_INET {
            routing.doing("loopback route")?;
        }
    }
    Ok(())
}

/// `struct ifinfomsg`: up.
fn interface_up() -> Vec<u8> {
    let up = u32::try_from(libc::IFF_UP)
        .unwrap_or_default()
        .to_ne_bytes();
    [[0; 4], LOOPBACK.to_ne_bytes(), up, up].concat()
}

/// `struct rtmsg` and its interface: every address is one of this host.
fn all_local(family: i32) -> Vec<u8> {
    const PROTOCOL_STATIC: u8 = 4;
    let family = u8::try_from(family).unwrap_or_default();
    let mut message = vec![
        family,
        0,
        0,
        0,
        libc::RT_TABLE_LOCAL,
        PROTOCOL_STATIC,
        libc::RT_SCOPE_HOST,
        libc::RTN_LOCAL,
    ];
    message.extend(0u32.to_ne_bytes());
    message.extend(8u16.to_ne_bytes());
    message.extend(libc::RTA_OIF.to_ne_bytes());
    message.extend(LOOPBACK.to_ne_bytes());
    message
}

/// One request of rtnetlink, and whether it was done.
fn ask(route: &OwnedFd, kind: u16, flags: i32, body: &[u8]) -> std::io::Result<()> {
    const HEAD_BYTES: usize = 16;
    let flags = flags | libc::NLM_F_REQUEST | libc::NLM_F_ACK;
    let length = u32::try_from(HEAD_BYTES + body.len()).unwrap_or_default();
    let mut message = Vec::new();
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(u16::try_from(flags).unwrap_or_default().to_ne_bytes());
    message.extend(1u32.to_ne_bytes());
    message.extend(0u32.to_ne_bytes());
    message.extend(body);
    let kernel = NetlinkAddr::new(0, 0);
    sendto(route.as_raw_fd(), &message, &kernel, MsgFlags::empty())?;
    let mut answer = [0u8; 1_024];
    let length = recv(route.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    let error = answer.get(..length).and_then(|it| it.get(HEAD_BYTES..));
    let error = error.and_then(|it| it.first_chunk::<4>());
    match error.map(|bytes| i32::from_ne_bytes(*bytes)) {
        Some(0) => Ok(()),
        Some(error) => Err(std::io::Error::from_raw_os_error(-error)),
        None => Err(std::io::Error::other("netlink said nothing")),
    }
}
