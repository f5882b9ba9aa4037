//! Bounds of tokens and of what issuers publish.

/// Bytes of a token: 20,000 ("AssumeRoleWithWebIdentity", `WebIdentityToken`); what comes in a
/// header is shorter by the header's own bound.
pub const TOKEN_BYTES_MAX: usize = 20_000;

/// Keys of a set that are looked at; ours, many times what issuers publish.
pub const KEYS_MAX: usize = 100;

/// Bytes of a key set or of a discovery document; ours.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// Bytes of an RSA modulus: 8,192 bits, the longest that the verifier takes; the shortest it takes
/// is 2,048 bits (RFC 7518, 3.3).
pub const RSA_MODULUS_BYTES_MAX: usize = 1_024;

/// Characters of a key's id; ours.
pub const KEY_ID_CHARS_MAX: usize = 1_024;
