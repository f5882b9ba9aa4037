//! The service from its operations inwards, over fakes of its ports.

mod alias;
mod calls;
mod concurrency;
mod event_config;
mod fake_compute;
mod function;
mod function_url;
mod function_url_calls;
mod invoke;
mod layer;
mod permission;
mod queue;
mod recorded;
mod support;
mod tag;
mod version;
