//! Undoing the coding of a proxied answer, whose `Content-Encoding` does not reach the client.

use super::Returned;
use crate::compression::decompressed;
use std::io;

/// Decodes gzip and deflate. An answer of another coding keeps body and header as they are.
///
/// # Errors
/// When the body is not what the header says, or over [`crate::limits::PAYLOAD_BYTES_MAX`] when decoded.
pub(super) fn decode(returned: &mut Returned) -> io::Result<()> {
    let is_coding = |name: &str| name.eq_ignore_ascii_case("content-encoding");
    let coding = returned
        .headers
        .iter()
        .find(|(name, _)| is_coding(name))
        .map(|(_, value)| value.trim().to_ascii_lowercase());
    if !returned.body.is_empty() {
        let coding = coding.unwrap_or_default();
        let Some(decoded) = decompressed(&coding, &returned.body) else {
            return Ok(());
        };
        returned.body = decoded?;
    }
    returned.headers.retain(|(name, _)| !is_coding(name));
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::limits;
    use bytes::Bytes;
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
