//! What is live: the deployments that stages point to.

use restapi::{RestApi, Stage};
use std::sync::Arc;

/// A stage and the deployment it serves, as one immutable value.
#[derive(Debug)]
pub struct LiveStage {
    /// The API as it was when the deployment was made.
    pub api: Arc<RestApi>,
    /// The stage with its variables and settings.
    pub stage: Arc<Stage>,
    /// Grows with every change of stage or deployment; equal means identical.
    pub revision: u64,
}

/// What an address leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// A stage that serves.
    Live(Arc<LiveStage>),
    /// The API exists, the stage does not.
    UnknownStage,
    /// No API has this id, in any account.
    UnknownApi,
}

/// Gives live stages. Implemented by `apigateway`; never waits, never reads the store.
pub trait Deployments: Send + Sync {
    /// The stage of the API with this id, whatever account owns it.
    fn find(&self, api_id: &str, stage: &str) -> Found;
}
