//! Whole requests through the gateway, over test doubles of the ports.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod authorization;
mod authorizer;
mod faults;
mod http_backend;
pub(crate) mod idp;
mod lambda;
mod logs;
mod mapped;
mod private;
mod recorded;
mod recorded_headers;
mod routing;
mod support;
mod test_invoke;
mod token_authorizer;
mod usage_plans;
mod validation;
