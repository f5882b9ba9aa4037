//! Bounds of the console.

/// Sessions at a time in one server; the one that ends soonest makes room.
pub(crate) const SESSIONS_MAX: usize = 1_000;

/// How long a browser stays signed in: twelve hours, as AWS's console does.
///
/// Source: "AWS Management Console": sessions end twelve hours after sign-in.
pub(crate) const SESSION_MS_MAX: i64 = 12 * 60 * 60 * 1_000;

/// Session numbers go from 0 to one below this: one tab each.
pub(crate) const NUMBERS_MAX: u32 = 100;

/// A sign-in's body: a few short texts and a session token, which is below 4 KiB.
pub(crate) const SIGN_IN_BYTES_MAX: usize = 16_384;

/// Random bytes in a session's cookie.
pub(crate) const TOKEN_BYTES: usize = 32;
