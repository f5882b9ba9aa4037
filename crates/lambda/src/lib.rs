//! Lambda's control plane and its one front door.
//!
//! Promise: functions, versions, aliases, layers, permissions, concurrency and the asynchronous queue;
//! and that nobody calls a function but through [`invoke`], which evaluates the function's policy
//! for every caller. This crate never starts a process ([`ports::Compute`] does) and never lets a
//! caller skip the front door.
//!
//! Start at [`operations`], the table of contents, and at `invoke::invoke`.
//!
//! Cost of an invocation, besides the function itself: one shared lock and one map look-up by the
//! function's key, one policy evaluation, one atomic increment, no task of its own; about ten small
//! allocations (key, ARN, ids) and no copy of the payload. No store is read: functions, parsed
//! policies and role sessions are kept in memory by `live`, forgotten by every write and by
//! [`store::Store::changes`]. Measured in `benches/`, when the program is whole.

mod account;
mod alias;
mod bundle;
mod code;
mod code_signing;
mod concurrency;
mod configuration;
mod debug;
mod destination;
mod download;
mod error;
mod event;
mod event_config;
mod fields;
mod function;
mod function_url;
mod held;
mod invoke;
mod invoke_stream;
mod layer;
mod layer_name;
mod layer_permission;
mod lifecycle;
mod limits;
mod live;
mod name;
mod operations;
mod page;
mod payload;
mod permission;
mod principals;
mod provisioned;
mod provisioning;
mod record;
mod recursion;
mod resource_policy;
mod resources;
mod runtime;
mod runtime_management;
mod statement;
mod stream;
mod tag;
mod touches;
mod used_layers;
mod version;
mod view;

pub use debug::operations as debug_operations;
pub use fields::{Effect, FIELDS, Field};
pub use operations::{Operations, operations};
pub use runtime::RUNTIMES;

use crate::concurrency::Counters;
use crate::error::LambdaError;
use crate::invoke::Door;
use crate::live::{LiveFunction, LiveFunctions};
use crate::name::FunctionName;
use bytes::Bytes;
use ports::{Authorize, CodeSource, Compute, Credentials};
use ports::{
    FunctionUrl, Invocation, Invoke, InvokeError, Invoked, InvokedStream, ServeFunctionUrl,
};
use std::sync::{Arc, OnceLock, Weak};
use stdx::{Body, BoxFuture, Clock, SharedIds};
use store::{Store, Tx};
use tokio::sync::broadcast::error::RecvError;

/// What Lambda needs of others.
pub struct LambdaNeeds {
    /// Where functions are kept.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for ids and alias weights.
    pub ids: SharedIds,
    /// Judges every invocation.
    pub authorize: Arc<dyn Authorize>,
    /// Gives sessions of execution roles.
    pub credentials: Arc<dyn Credentials>,
}

/// The Lambda service of every account and region.
pub struct Lambda {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: SharedIds,
    authorize: Arc<dyn Authorize>,
    credentials: Arc<dyn Credentials>,
    compute: OnceLock<Arc<dyn Compute>>,
    endpoint_url: OnceLock<String>,
    live: LiveFunctions,
    url_names: function_url::Names,
    counters: Counters,
    events: event::Queue,
    provisioning: provisioning::Provisioning,
    /// Itself, for the tasks that it starts.
    me: Weak<Lambda>,
}

impl Lambda {
    /// A Lambda that can be configured but not yet invoked; see [`Lambda::set_compute`] and
    /// [`Lambda::start`].
    pub fn new(needs: LambdaNeeds) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            store: needs.store,
            clock: needs.clock,
            ids: needs.ids,
            authorize: needs.authorize,
            credentials: needs.credentials,
            compute: OnceLock::new(),
            endpoint_url: OnceLock::new(),
            live: LiveFunctions::default(),
            url_names: function_url::Names::default(),
            counters: Counters::default(),
            events: event::Queue::default(),
            provisioning: provisioning::Provisioning::default(),
            me: Weak::clone(me),
        })
    }

    /// Says who runs functions. `compute` needs Lambda as its [`CodeSource`], so it comes later;
    /// only the first call counts.
    pub fn set_compute(&self, compute: Arc<dyn Compute>) {
        let _ = self.compute.set(compute);
    }

    /// Says where code in functions reaches AWS's APIs, `http://127.0.0.1:4566`; known once the
    /// listener has its port. Only the first call counts.
    pub fn set_endpoint_url(&self, url: impl Into<String>) {
        let _ = self.endpoint_url.set(url.into());
        self.live.clear();
    }

    /// Follows the store's changes and takes up the asynchronous events that an earlier process
    /// accepted and did not finish. Call once, inside the runtime, when compute is set.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(self: &Arc<Self>) -> Result<(), store::StoreError> {
        self.follow_changes();
        provisioning::follow(self);
        event::take_up(self).await
    }

    /// Forgets what is in memory, after the store was emptied.
    pub fn reset(&self) {
        self.live.clear();
        if let Some(lambda) = self.me.upgrade() {
            tokio::spawn(async move { provisioning::apply_all(&lambda).await });
        }
    }

    /// The bundle behind a download address that GetFunction gave:
    /// `/_crossway/code/{hash}?token={token}`; none when the token is not ours or too old.
    pub async fn code_download(&self, hash: &str, token: &str) -> Option<Bytes> {
        download::open(self, hash, token).await
    }

    fn follow_changes(self: &Arc<Self>) {
        let mut changes = self.store.changes();
        let me = Weak::clone(&self.me);
        tokio::spawn(async move {
            loop {
                let change = changes.recv().await;
                let Some(lambda) = me.upgrade() else { return };
                match change {
                    Ok(change) if change.table.starts_with("lambda.") => {
                        let key = function_key_of(&change.key);
                        lambda.live.forget(key);
                        if lambda.provisioning.concerns(change.table, &change.key) {
                            let (lambda, key) = (Arc::clone(&lambda), key.to_owned());
                            tokio::spawn(async move { provisioning::apply(&lambda, &key).await });
                        }
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => lambda.live.clear(),
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    /// The function, from memory or else from the store.
    async fn function(
        &self,
        name: &FunctionName,
    ) -> Result<Option<Arc<LiveFunction>>, LambdaError> {
        let key = name.key();
        let epoch = match self.live.get(&key) {
            Ok(function) => return Ok(Some(function)),
            Err(epoch) => epoch,
        };
        let Some(function) = live::read(self, name).await? else {
            return Ok(None);
        };
        let function = Arc::new(function);
        if function.is_unsettled() {
            // A process that ended in between left it so.
            lifecycle::settle_later(self, &function.name);
        }
        self.live.keep(epoch, key, Arc::clone(&function));
        Ok(Some(function))
    }

    /// The function, or AWS's `Function not found` with the name as it was asked for.
    async fn require(&self, name: &FunctionName) -> Result<Arc<LiveFunction>, LambdaError> {
        self.function(name)
            .await?
            .ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))
    }

    /// Commits what changes the function with this key, and forgets it.
    ///
    /// A task of its own, so that a client that hangs up cannot leave an old entry in memory.
    async fn commit(&self, tx: Tx, key: &str) -> Result<(), LambdaError> {
        let Some(me) = self.me.upgrade() else {
            return Err(LambdaError::Host("lambda is being shut down".to_owned()));
        };
        let key = key.to_owned();
        let commit = tokio::spawn(async move {
            let done = tx.commit().await;
            me.live.forget(&key);
            done
        });
        match commit.await {
            Ok(done) => Ok(done?),
            Err(error) => Err(LambdaError::Host(format!("a commit was lost: {error}"))),
        }
    }

    fn compute(&self) -> Result<&Arc<dyn Compute>, LambdaError> {
        self.compute
            .get()
            .ok_or_else(|| LambdaError::Host("no compute is connected".to_owned()))
    }

    /// Ends the idle workers of a function whose code or configuration is no longer `keep`.
    fn retire(&self, name: &FunctionName, keep: Option<&str>) {
        if let Some(compute) = self.compute.get() {
            compute.retire(&name.function_arn(), keep);
        }
    }

    /// Lets workers be prepared for a function.
    fn expect(&self, function: Arc<ports::FunctionSpec>) {
        if let Some(compute) = self.compute.get() {
            compute.expect(function);
        }
    }
}

/// `{account}/{region}/{name}` of a key that may go on.
fn function_key_of(key: &str) -> &str {
    match key.match_indices('/').nth(2) {
        Some((end, _)) => &key[..end],
        None => key,
    }
}

impl Invoke for Lambda {
    fn invoke(&self, invocation: Invocation) -> BoxFuture<'_, Result<Invoked, InvokeError>> {
        Box::pin(async move {
            let request_id = self.ids.uuid();
            let invoked = invoke::invoke(self, invocation, request_id).await;
            invoked.map_err(InvokeError::from)
        })
    }

    fn invoke_stream(
        &self,
        invocation: Invocation,
    ) -> BoxFuture<'_, Result<InvokedStream, InvokeError>> {
        Box::pin(async move {
            let request_id = self.ids.uuid();
            let invoked = stream::invoke(self, Door::Invoke, invocation, request_id).await;
            invoked.map_err(InvokeError::from)
        })
    }
}

impl ServeFunctionUrl for Lambda {
    fn serve(
        &self,
        request: http::Request<Bytes>,
        target: FunctionUrl,
    ) -> BoxFuture<'_, http::Response<Body>> {
        Box::pin(function_url::serve(self, request, target))
    }
}

impl CodeSource for Lambda {
    fn bundle<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Option<Bytes>> {
        Box::pin(async move {
            self.store.blob(hash).await.unwrap_or_else(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "reading a bundle");
                None
            })
        })
    }
}

#[cfg(test)]
mod tests;
