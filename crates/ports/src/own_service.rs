//! The service of what AWS has no service for.

use smithy::{OperationMeta, Protocol, ServiceMeta};

/// Its name, which its callers sign for.
pub const OWN_SERVICE: &str = "crossway";

/// A part of it: the operations that one crate answers, REST and JSON.
pub const fn own_service(operations: &'static [&'static OperationMeta]) -> ServiceMeta {
    ServiceMeta {
        name: OWN_SERVICE,
        version: "2026-11-22",
        protocol: Protocol::RestJson,
        names_body_input: false,
        xml_namespace: "",
        target_prefix: "",
        operations,
        errors: &[],
    }
}
