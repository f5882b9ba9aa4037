//! Reads the 24 bytes with which HTTP/2 begins, within a bound of time.
//!
//! The HTTP library waits for them without end, so they are read here and handed on in front.

use crate::limits::HEAD_TIMEOUT;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::timeout;

/// A stream whose first bytes were read before.
pub(crate) struct Prefixed<T> {
    preface: [u8; 24],
    given: usize,
    stream: T,
}

/// Waits for the preface, right or wrong; the HTTP library judges it.
pub(crate) async fn awaited<T: AsyncRead + Unpin>(mut stream: T) -> io::Result<Prefixed<T>> {
    let mut preface = [0; 24];
    timeout(HEAD_TIMEOUT, stream.read_exact(&mut preface)).await??;
    Ok(Prefixed {
        preface,
        given: 0,
        stream,
    })
}

impl<T: AsyncRead + Unpin> AsyncRead for Prefixed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = self.preface.get(self.given..).unwrap_or_default();
        if rest.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let bytes = rest.len().min(buf.remaining());
        buf.put_slice(rest.get(..bytes).unwrap_or_default());
        self.given += bytes;
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Prefixed<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
