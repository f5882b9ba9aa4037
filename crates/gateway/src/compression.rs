//! Compressed bodies, where the API says so ("Payload compression for REST APIs in API Gateway").
//!
//! `minimumCompressionSize` switches both ways on: bodies of clients are decompressed, and answers
//! from that size on are compressed for clients that take it.

use crate::{answer::Answer, fault::Fault, limits, request::Inbound};
use bytes::Bytes;
use flate2::{
    Compression,
    read::{GzDecoder, ZlibDecoder},
    write::{GzEncoder, ZlibEncoder},
};
use restapi::RestApi;
use std::io::{self, Read, Write};

/// What a body is compressed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
}

/// Decompresses the client's body.
///
/// # Errors
/// 415 for a coding that API Gateway does not know, 400 for a body that is not what its header
/// says, 413 for one that is over the bound when decompressed.
pub(crate) fn decode(inbound: &mut Inbound, api: &RestApi) -> Result<(), Fault> {
    if api.minimum_compression_size.is_none() || inbound.body.is_empty() {
        return Ok(());
    }
    let Some(coding) = inbound.header("Content-Encoding") else {
        return Ok(());
    };
    let coding = coding.trim().to_ascii_lowercase();
    if matches!(coding.as_str(), "" | "identity") {
        return Ok(());
    }
    let decoded = decompressed(&coding, &inbound.body).ok_or(Fault::UnsupportedMediaType)?;
    inbound.body = match decoded {
        Ok(decoded) => decoded,
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            return Err(Fault::RequestTooLarge);
        }
        // UNVERIFIED: what AWS answers to a body that is not what its header says.
        Err(_) => return Err(Fault::BadBody("Could not decompress the body".to_owned())),
    };
    Ok(())
}

/// What `body` is without its `coding`, in lower case; none for a coding that is not known.
///
/// The inner error is `FileTooLarge` over [`limits::PAYLOAD_BYTES_MAX`], another kind for a body
/// that is not what its coding says.
pub(crate) fn decompressed(coding: &str, body: &[u8]) -> Option<io::Result<Bytes>> {
    match coding {
        "gzip" | "x-gzip" => Some(read(GzDecoder::new(body))),
        "deflate" => Some(read(ZlibDecoder::new(body))),
        _ => None,
    }
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

/// Compresses an answer that is large enough, for a client that takes it. An answer that has a
/// coding already keeps it.
pub(crate) fn encode(answer: &mut Answer, inbound: &Inbound, api: &RestApi) {
    let least = api
        .minimum_compression_size
        .and_then(|size| usize::try_from(size).ok());
    let is_large = least.is_some_and(|least| answer.body.len() >= least && !answer.body.is_empty());
    let is_encoded = answer
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    if !is_large || is_encoded {
        return;
    }
    let Some(coding) = inbound.header("Accept-Encoding").and_then(accepted) else {
        return;
    };
    let (encoded, name) = match coding {
        Coding::Gzip => (gzip(&answer.body), "gzip"),
        Coding::Deflate => (deflate(&answer.body), "deflate"),
    };
    if let Ok(encoded) = encoded {
        answer.body = Bytes::from(encoded);
        answer
            .headers
            .push(("Content-Encoding".into(), name.to_owned()));
    }
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

fn deflate(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

/// The best coding that is ours and the client's; gzip where both are as welcome.
fn accepted(accept_encoding: &str) -> Option<Coding> {
    let mut best: Option<(f64, Coding)> = None;
    for part in accept_encoding.split(',') {
        let mut words = part.split(';');
        let coding = match words.next().unwrap_or_default().trim() {
            name if name.eq_ignore_ascii_case("gzip") || name == "*" => Coding::Gzip,
            name if name.eq_ignore_ascii_case("deflate") => Coding::Deflate,
            _ => continue,
        };
        let weight = words.find_map(|word| word.trim().strip_prefix("q=")?.trim().parse().ok());
        let weight: f64 = weight.unwrap_or(1.0);
        let is_better = best.is_none_or(|(known, chosen)| {
            weight > known || (weight >= known && chosen == Coding::Deflate)
        });
        if weight > 0.0 && is_better {
            best = Some((weight, coding));
        }
    }
    best.map(|(_, coding)| coding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_wish_decides() {
        for (accept, expect) in [
            ("gzip", Some(Coding::Gzip)),
            ("deflate, gzip", Some(Coding::Gzip)),
            ("gzip;q=0.5, deflate", Some(Coding::Deflate)),
            ("GZIP;q=0.1", Some(Coding::Gzip)),
            ("*", Some(Coding::Gzip)),
            ("gzip;q=0", None),
            ("br", None),
            ("identity", None),
            ("", None),
        ] {
            assert_eq!(accepted(accept), expect, "{accept}");
        }
    }
}
