//! JSON Web Tokens (RFC 7519) signed by an issuer whose keys are published as a key set (RFC 7517).
//!
//! Pure: it fetches nothing and knows no clock. Start at [`Token::parse`], then [`Token::verify`]
//! with the issuer's [`KeySet`], which alone gives the [`Claims`]; [`Token::unverified`] exists to
//! find out whose keys to fetch, and for nothing else.
//!
//! What a token says about itself is never believed: keys come from the key set alone (`jwk`,
//! `jku`, `x5u` and `x5c` of a token's head are not looked at), the algorithm must be one of
//! [`Algorithm`]'s, which are all asymmetric, and the key must be of the algorithm's kind. So
//! neither `none` nor an HMAC with a public key as secret can pass.

mod algorithm;
mod base64url;
mod claims;
mod discovery;
mod error;
mod key;
pub mod limits;
mod token;

pub use algorithm::Algorithm;
pub use claims::Claims;
pub use discovery::Discovery;
pub use error::{DocumentError, TimeError, TokenError};
pub use key::KeySet;
pub use token::Token;
