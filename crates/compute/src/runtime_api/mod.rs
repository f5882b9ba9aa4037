//! AWS's Runtime API, the one wire between Crossway and its workers.
//!
//! [`request`] reads what a worker sends ([`streamed`] a response that is handed on while it comes), [`session`] says which call is in order and what it is
//! answered, [`link`] carries both over a connection: a socket pair ([`pair`]) for our own
//! bootstraps, a port ([`tcp`]) for runtimes that bring a client of their own. Extensions come through
//! the same port ([`door`]), or one of theirs alone; [`call`] is what they ask. A hand-written HTTP/1.1 subset, because the
//! peer is one known connection: no keep-alive negotiation, no timeouts, no header map, and an
//! answer that may wait to leave together with the next event.

pub(crate) mod answer;
mod call;
mod door;
mod link;
mod pair;
pub(crate) mod request;
pub(crate) mod session;
mod streamed;
mod tcp;

pub(crate) use call::{Action, Call};
pub(crate) use door::Door;
pub(crate) use link::{Closed, Link};
pub(crate) use pair::PairLink;
pub(crate) use request::Request;
pub(crate) use session::{Session, Step};
pub(crate) use tcp::TcpLink;
