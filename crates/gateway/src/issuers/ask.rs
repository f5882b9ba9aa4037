//! One small document over HTTP, within bounds of time and size; redirects are not followed.

use crate::{
    integration::{Connector, Egress},
    limits,
};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioTimer},
};
use ports::IssuerError;
use std::{error::Error, time::Duration};

/// Asks issuers.
pub(super) struct Client(legacy::Client<Connector, Empty<Bytes>>);

impl Client {
    /// A client that connects where `egress` permits.
    pub(super) fn new(egress: Egress) -> Self {
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(limits::IDLE_CONNECTION_S))
            .pool_max_idle_per_host(1)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(limits::HTTP1_BUFFER_BYTES_MAX)
            .build(Connector::new(egress));
        Self(client)
    }

    /// The document at `url`.
    ///
    /// # Errors
    /// [`IssuerError`] unless it comes with status 200, whole and in time.
    pub(super) async fn get(&self, url: &str) -> Result<Bytes, IssuerError> {
        let timeout = Duration::from_millis(limits::ISSUER_TIMEOUT_MS);
        match tokio::time::timeout(timeout, self.exchange(url)).await {
            Ok(answer) => answer,
            Err(_) => Err(IssuerError::Unreachable(
                url.to_owned(),
                "no answer in time".into(),
            )),
        }
    }

    async fn exchange(&self, url: &str) -> Result<Bytes, IssuerError> {
        let unusable = |why: String| IssuerError::Unusable(url.to_owned(), why);
        let request = http::Request::get(url)
            .header(http::header::ACCEPT, "application/json")
            .header(http::header::USER_AGENT, "AmazonAPIGateway")
            .body(Empty::new())
            .map_err(|_| IssuerError::Refused(url.to_owned()))?;
        let answer = self.0.request(request).await;
        let answer =
            answer.map_err(|error| IssuerError::Unreachable(url.to_owned(), cause(&error)))?;
        if answer.status() != http::StatusCode::OK {
            return Err(unusable(format!("status {}", answer.status().as_u16())));
        }
        let body = Limited::new(answer.into_body(), jwt::limits::DOCUMENT_BYTES_MAX);
        let whole = body
            .collect()
            .await
            .map_err(|error| unusable(error.to_string()))?;
        Ok(whole.to_bytes())
    }
}

/// The innermost cause, which names what happened.
fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(next) = innermost.source() {
        innermost = next;
    }
    innermost.to_string()
}
