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
mod provisioned;
mod queue;
mod recorded;
mod settings;
mod support;
mod tag;
mod version;
