//! What the kind of an API's endpoint bounds in its requests.

use crate::{fault::Fault, limits, request::Inbound};
use restapi::RestApi;

/// Refuses heads and URLs that the API's endpoint would not take.
///
/// # Errors
/// 431 for the head, 414 for the URL.
// UNVERIFIED: what AWS answers; its quotas name the bounds alone. That the URL is counted with
// scheme and host, as CloudFront's limit is named.
pub(crate) fn check(api: &RestApi, inbound: &Inbound) -> Result<(), Fault> {
    let is = |kind: &str| api.endpoint.types.iter().any(|one| one == kind);
    let is_private = is("PRIVATE");
    if is_private && inbound.head_bytes > limits::PRIVATE_HEAD_BYTES_MAX {
        return Err(Fault::HeadTooLarge);
    }
    let is_bounded = is_private || is("EDGE");
    match is_bounded && url_chars(inbound) > limits::URL_CHARS_MAX {
        true => Err(Fault::UriTooLong),
        false => Ok(()),
    }
}

/// `https://{host}{path}?{query}`.
fn url_chars(inbound: &Inbound) -> usize {
    let query = match inbound.raw_query.len() {
        0 => 0,
        chars => chars + 1,
    };
    "https://".len() + inbound.domain_name.len() + inbound.request_path.len() + query
}
