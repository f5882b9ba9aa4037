//! DecodeAuthorizationMessage: what the sealed details of a denial say.

use crate::Iam;
use crate::limits::AUTHORIZATION_MESSAGE_CHARS_MAX;
use api::ServiceError;
use api::sts as shape;
use ports::Call;
use std::sync::Arc;

/// Messages do not expire here; AWS's may, and its page does not say when.
pub(crate) async fn decode(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DecodeAuthorizationMessageRequest,
) -> Result<shape::DecodeAuthorizationMessageResponse, ServiceError> {
    let message = Some(input.encoded_message.as_str());
    let message = message.filter(|text| text.len() <= AUTHORIZATION_MESSAGE_CHARS_MAX);
    let opened = message.and_then(|text| iam.seal.load().open_message(&call.account, text));
    let decoded = opened.ok_or_else(|| {
        ServiceError::new(
            "InvalidAuthorizationMessageException",
            "Message is not valid",
        )
    })?;
    Ok(shape::DecodeAuthorizationMessageResponse {
        decoded_message: Some(decoded),
    })
}
