//! Undoing the coding of a proxied answer, whose `Content-Encoding` does not reach the client.

use super::Returned;
use crate::limits;
use bytes::Bytes;
use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::{self, Read};

/// Decodes gzip and deflate. An answer of another coding keeps body and header as they are.
///
/// # Errors
/// When the body is not what the header says, or over [`limits::PAYLOAD_BYTES_MAX`] when decoded.
pub(super) fn decode(returned: &mut Returned) -> io::Result<()> {
    let is_coding = |name: &str| name.eq_ignore_ascii_case("content-encoding");
    let coding = returned
        .headers
        .iter()
        .find(|(name, _)| is_coding(name))
        .map(|(_, value)| value.trim().to_ascii_lowercase());
    let body = returned.body.clone();
    let decoded = match coding.as_deref() {
        _ if body.is_empty() => body,
        Some("gzip" | "x-gzip") => read(GzDecoder::new(body.as_ref()))?,
        Some("deflate") => read(ZlibDecoder::new(body.as_ref()))?,
        _ => return Ok(()),
    };
    returned.body = decoded;
    returned.headers.retain(|(name, _)| !is_coding(name));
    Ok(())
}

fn read(decoder: impl Read) -> io::Result<Bytes> {
    let bound = u64::try_from(limits::PAYLOAD_BYTES_MAX).unwrap_or(u64::MAX);
    let mut out = Vec::new();
    decoder.take(bound + 1).read_to_end(&mut out)?;
    match out.len() > limits::PAYLOAD_BYTES_MAX {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(Bytes::from(out)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzipped(bytes: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        Bytes::from(encoder.finish().unwrap())
    }

    fn returned(coding: &str, body: Bytes) -> Returned {
        Returned {
            status: 200,
            headers: vec![("content-encoding".into(), coding.into())],
            body,
            ..Returned::default()
        }
    }

    #[test]
    fn gzip_is_undone() {
        let mut answer = returned("GZIP", gzipped(b"hello"));
        decode(&mut answer).unwrap();
        assert_eq!(answer.body, "hello");
        assert!(answer.headers.is_empty());
    }

    #[test]
    fn unknown_codings_stay() {
        let mut answer = returned("br", Bytes::from_static(b"x"));
        decode(&mut answer).unwrap();
        assert_eq!((answer.body.as_ref(), answer.headers.len()), (&b"x"[..], 1));
    }

    #[test]
    fn broken_and_oversized_bodies_are_refused() {
        assert!(decode(&mut returned("gzip", Bytes::from_static(b"x"))).is_err());
        let bomb = gzipped(&vec![0; limits::PAYLOAD_BYTES_MAX + 1]);
        assert!(decode(&mut returned("gzip", bomb)).is_err());
        let largest = gzipped(&vec![0; limits::PAYLOAD_BYTES_MAX]);
        assert!(decode(&mut returned("gzip", largest)).is_ok());
    }
}
