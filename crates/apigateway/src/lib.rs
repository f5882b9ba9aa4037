//! The API Gateway control plane for REST APIs (`apigateway`, 2015-07-09).
//!
//! Promise: it edits REST APIs, makes deployments and publishes what stages serve. It never answers
//! a request to a deployed API; the data plane does, from the values that [`Live`] hands out.
//!
//! An API is one record, changed whole and atomically. A deployment is a copy that nobody changes.
//! Start at [`operations`], the table of contents; each resource has its file with its verbs, in a
//! folder with what belongs to it: `apis`, `methods`, `authorizers`, `stages`, `plans`, `documents`.

mod account;
mod apis;
mod authorizers;
mod certificates;
mod condition_keys;
mod documents;
mod edit;
mod error;
mod existing;
pub mod limits;
mod links;
mod methods;
mod not_enforced;
mod operations;
mod page;
mod patch;
mod plans;
mod record;
mod render;
mod stages;
mod tags;
mod touches;
mod view;

pub use error::Error;
pub use not_enforced::NO_EFFECT;
pub use operations::{Operations, operations};
pub use render::operations as render_operations;
pub use stages::live::Live;

use ports::TestInvoke;
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};
use stdx::{Clock, SharedIds};
use store::Store;

/// What the control plane needs.
pub struct ApiGatewayNeeds {
    /// Where APIs, deployments and account settings are kept.
    pub store: Store,
    /// Says when things were created.
    pub clock: Arc<dyn Clock>,
    /// Gives ids.
    pub ids: SharedIds,
    /// Asks the issuers of JWT authorizers for their discovery documents.
    pub issuers: Arc<dyn ports::Issuers>,
    /// Where the targets of VPC links are: `host` or `host:port` by ARN.
    pub vpc_upstreams: BTreeMap<String, String>,
    /// Whether there are networks from which private APIs are reached; without any, none goes live.
    pub has_vpc_endpoints: bool,
    /// Milliseconds that an integration of a Regional or private API may take, at most: AWS's
    /// default is [`limits::INTEGRATION_TIMEOUT_MS_DEFAULT_MAX`], and it grants up to
    /// [`limits::INTEGRATION_TIMEOUT_MS_MAX`].
    pub integration_timeout_ms_max: i32,
}

/// The control plane of every account and region.
pub struct ApiGateway {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: SharedIds,
    issuers: Arc<dyn ports::Issuers>,
    live: Arc<Live>,
    test_invoke: OnceLock<Arc<dyn TestInvoke>>,
    /// One change of live stages at a time, from reading the record to publishing it, so that two
    /// changes are published in the order in which they were committed.
    turn: tokio::sync::Mutex<()>,
    links: Arc<links::live_links::LiveLinks>,
    has_vpc_endpoints: bool,
    integration_timeout_ms_max: i32,
    certificates: Arc<certificates::live_certificates::LiveCertificates>,
    /// One new key at a time: each takes a processor for a while.
    key_turn: tokio::sync::Mutex<()>,
    plans: Arc<plans::live_plans::LivePlans>,
    /// The same for API keys and usage plans.
    plans_turn: tokio::sync::Mutex<()>,
    renderings: Arc<tokio::sync::Semaphore>,
}

impl ApiGateway {
    /// A control plane over `needs`. Nothing is live until [`ApiGateway::load`].
    pub fn new(needs: ApiGatewayNeeds) -> Self {
        Self {
            store: needs.store,
            clock: needs.clock,
            ids: needs.ids,
            issuers: needs.issuers,
            live: Arc::new(Live::new()),
            test_invoke: OnceLock::new(),
            turn: tokio::sync::Mutex::new(()),
            links: Arc::new(links::live_links::LiveLinks::new(needs.vpc_upstreams)),
            certificates: Arc::default(),
            key_turn: tokio::sync::Mutex::new(()),
            has_vpc_endpoints: needs.has_vpc_endpoints,
            integration_timeout_ms_max: needs.integration_timeout_ms_max,
            plans: Arc::default(),
            plans_turn: tokio::sync::Mutex::new(()),
            renderings: Arc::new(tokio::sync::Semaphore::new(limits::RENDERINGS_MAX)),
        }
    }

    /// What is live, for the data plane.
    pub fn deployments(&self) -> Arc<Live> {
        self.live.clone()
    }

    /// Where VPC links lead, for the data plane.
    pub fn vpc_links(&self) -> Arc<dyn ports::VpcLinks> {
        self.links.clone()
    }

    /// Client certificates, for the data plane.
    pub fn client_certificates(&self) -> Arc<dyn ports::ClientCertificates> {
        self.certificates.clone()
    }

    /// Says who runs TestInvokeMethod. The data plane is built after the control plane, so this
    /// comes later than [`ApiGateway::new`]; the first call counts, later ones change nothing.
    pub fn set_test_invoke(&self, test_invoke: Arc<dyn TestInvoke>) {
        let _ = self.test_invoke.set(test_invoke);
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A new id of `length` characters `[a-z0-9]` that `is_taken` does not know.
    fn id(&self, length: usize, is_taken: impl Fn(&str) -> bool) -> String {
        loop {
            let id = self.ids.text(ID_ALPHABET, length);
            if !is_taken(&id) {
                return id;
            }
        }
    }
}

/// What ids are made of.
const ID_ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Characters of an API's id.
const API_ID_LENGTH: usize = 10;
/// Characters of every other id.
const ID_LENGTH: usize = 6;
