//! How the phases before a method's integration went, for access logs ("Variables for access
//! logging for API Gateway").
//!
//! Which method has which ("Troubleshooting Amazon API Gateway with enhanced observability
//! variables", AWS Compute Blog): `authenticate` where requests are signed; `authorizer` where
//! a Lambda, Cognito or JWT authorizer is asked; `authorize` where requests are signed or a Lambda
//! authorizer is asked, whose policy is weighed then. The others are not set.

use crate::{fault::Fault, gateway_response};
use mapping::{ContextVariables, PhaseVariables};
use stdx::{Clock, TimestampMs};

/// What is known of the phases that a request has been in.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    authenticate: Option<Ended>,
    authorizer: Option<Ended>,
    authorize: Option<Ended>,
    /// The call of the authorizer's function.
    pub(crate) called: Called,
}

/// A phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Whose signature it is.
    Authenticate,
    /// What the authorizer says.
    Authorizer,
    /// Whether policies allow the method.
    Authorize,
}

/// The call of an authorizer's function; nothing when the answer was cached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Called {
    /// Milliseconds.
    pub(crate) latency_ms: Option<i64>,
    /// Of Lambda's API.
    pub(crate) status: Option<u16>,
    /// Lambda's.
    pub(crate) request_id: Option<String>,
}

#[derive(Debug)]
struct Ended {
    latency_ms: i64,
    status: u16,
    error: Option<String>,
}

impl Phases {
    /// Takes note of how a phase went.
    // UNVERIFIED: that `error` is the sentence that the client is told; an access log of AWS with
    // a denial would settle it.
    pub(crate) fn ended<T>(
        &mut self,
        phase: Phase,
        clock: &dyn Clock,
        since_ms: TimestampMs,
        outcome: &Result<T, Fault>,
    ) {
        let (status, error) = match outcome {
            Ok(_) => (200, None),
            Err(fault) => gateway_response::status_and_message(fault),
        };
        // Behind the first line there are the texts that should have been signed.
        let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
        let ended = Ended {
            latency_ms: clock.now_ms() - since_ms,
            status,
            error: error.map(first_line),
        };
        let place = match phase {
            Phase::Authenticate => &mut self.authenticate,
            Phase::Authorizer => &mut self.authorizer,
            Phase::Authorize => &mut self.authorize,
        };
        *place = Some(ended);
    }

    /// Fills the variables that tell of it.
    pub(crate) fn fill(&self, variables: &mut ContextVariables) {
        if let Some(ended) = &self.authenticate {
            ended.fill(&mut variables.authenticate);
        }
        if let Some(ended) = &self.authorize {
            ended.fill(&mut variables.authorize);
        }
        let authorizer = &mut variables.authorizer;
        if let Some(ended) = &self.authorizer {
            authorizer.latency = Some(ended.latency_ms.to_string());
            authorizer.status = Some(ended.status.to_string());
            authorizer.error = ended.error.clone();
        }
        let Called {
            latency_ms,
            status,
            request_id,
        } = &self.called;
        if let Some(latency_ms) = latency_ms {
            authorizer.integration_latency = Some(latency_ms.to_string());
        }
        authorizer.integration_status = status.map(|status| status.to_string());
        authorizer.request_id = request_id.clone();
    }
}

impl Ended {
    fn fill(&self, variables: &mut PhaseVariables) {
        variables.latency = Some(self.latency_ms.to_string());
        variables.status = Some(self.status.to_string());
        variables.error = self.error.clone();
    }
}
