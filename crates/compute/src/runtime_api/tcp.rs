//! The connection to a worker whose runtime speaks HTTP to `AWS_LAMBDA_RUNTIME_API`.

use super::door::{Answer, Door, Exchange};
use super::link::Closed;
use super::request::Request;
use crate::extension::Hub;
use bytes::Bytes;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Requests that wait to be taken; a runtime works on one at a time.
const QUEUE_MAX: usize = 8;

/// The requests that come through a door.
#[derive(Debug)]
pub(crate) struct TcpLink {
    door: Door,
    requests: mpsc::Receiver<Exchange>,
    /// Of the request that was received last.
    reply: Option<oneshot::Sender<Answer>>,
}

impl TcpLink {
    /// With a door at `inside` of the worker's own network, or else at a free port of the host.
    pub(crate) async fn bind(hub: &Arc<Hub>, inside: Option<SocketAddr>) -> io::Result<Self> {
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        Ok(Self {
            door: Door::made(hub, Some(queue), inside).await?,
            requests,
            reply: None,
        })
    }

    /// Through which its requests come.
    pub(crate) fn door(&mut self) -> &mut Door {
        &mut self.door
    }

    /// Answers the request that was received last.
    pub(crate) fn answer(&mut self, answer: Bytes) {
        if let Some(reply) = self.reply.take() {
            let _ = reply.send((answer, Bytes::new()));
        }
    }

    /// Answers the request for an event that was received last.
    pub(crate) fn send(&mut self, head: &str, payload: &Bytes) {
        if let Some(reply) = self.reply.take() {
            let _ = reply.send((Bytes::copy_from_slice(head.as_bytes()), payload.clone()));
        }
    }

    /// A request that has already arrived.
    pub(crate) fn take(&mut self) -> Option<Request> {
        let (request, reply) = self.requests.try_recv().ok()?;
        self.reply = reply;
        Some(request)
    }

    /// The next request. A worker without connections is not closed: it may open another.
    pub(crate) async fn receive(&mut self) -> Result<Request, Closed> {
        let (request, reply) = self.requests.recv().await.ok_or(Closed)?;
        self.reply = reply;
        Ok(request)
    }
}
