//! The two algorithms of Signature Version 4.

/// How a signature is made and judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// `AWS4-HMAC-SHA256`: a key derived for one day, region and service.
    Hmac,
    /// `AWS4-ECDSA-P256-SHA256`, called SigV4a: one key pair, a set of regions.
    Ecdsa,
}

impl Algorithm {
    /// The name that clients write.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hmac => "AWS4-HMAC-SHA256",
            Self::Ecdsa => "AWS4-ECDSA-P256-SHA256",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Hmac, Self::Ecdsa]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}
