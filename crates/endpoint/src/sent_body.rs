//! An answer's body as the HTTP library sends it.

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use stdx::{Body, Cut};

/// A body that is whole, or sent while it is made. One that breaks off ends its connection (its
/// stream, over HTTP/2), so that the client does not take it for whole.
pub(crate) struct SentBody(Option<Body>);

impl From<Body> for SentBody {
    fn from(body: Body) -> Self {
        Self(match body {
            Body::Whole(bytes) if bytes.is_empty() => None,
            other => Some(other),
        })
    }
}

impl http_body::Body for SentBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let piece = match &mut self.0 {
            None => return Poll::Ready(None),
            Some(Body::Whole(bytes)) => Some(Ok(std::mem::take(bytes))),
            Some(Body::Pieces(pieces)) => {
                let piece = ready!(pieces.poll_piece(cx));
                if let Some(Ok(bytes)) = piece {
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                piece
            }
        };
        self.0 = None;
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            None => SizeHint::with_exact(0),
            Some(Body::Whole(bytes)) => SizeHint::with_exact(bytes.len() as u64),
            Some(Body::Pieces(_)) => SizeHint::default(),
        }
    }
}
