//! VPC links: private upstreams that integrations reach by name, never by address.

pub(crate) mod live_links;
pub(crate) mod record_links;
pub(crate) mod vpc_link;
