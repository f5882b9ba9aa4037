//! `POST /_crossway/reset`: everything gone but the accounts of the developer profile and their keys.

use crate::{health::answer, wiring::Services};
use bytes::Bytes;
use ports::{ConnectionInfo, HttpService};
use std::sync::{Arc, Weak};
use stdx::BoxFuture;

/// Empties the stores and every cache over them.
pub struct Reset {
    /// Whom to reset; weak, because the services outlive no request.
    pub services: Weak<Services>,
}

impl HttpService for Reset {
    fn handle(
        &self,
        request: http::Request<Bytes>,
        _connection: ConnectionInfo,
    ) -> BoxFuture<'_, http::Response<Bytes>> {
        let services: Option<Arc<Services>> = self.services.upgrade();
        Box::pin(async move {
            if request.method() != http::Method::POST {
                return answer(http::StatusCode::METHOD_NOT_ALLOWED, "");
            }
            let Some(services) = services else {
                return answer(http::StatusCode::SERVICE_UNAVAILABLE, "");
            };
            match services.reset().await {
                Ok(()) => answer(http::StatusCode::NO_CONTENT, ""),
                Err(problem) => {
                    tracing::error!(%problem, "reset failed");
                    answer(http::StatusCode::INTERNAL_SERVER_ERROR, "")
                }
            }
        })
    }
}
