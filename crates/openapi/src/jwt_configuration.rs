//! What a JWT authorizer believes, between documents and records.

use serde_json::Value;

/// Where an issuer's keys are is found out by asking it: it cannot be set, and is never believed.
pub(crate) fn without_addresses(mut configuration: Value) -> Value {
    let issuers = configuration
        .get_mut("issuers")
        .and_then(Value::as_array_mut);
    for issuer in issuers.into_iter().flatten() {
        if let Some(members) = issuer.as_object_mut() {
            members.shift_remove("jwksUri");
        }
    }
    configuration
}
