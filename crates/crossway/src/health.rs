//! `GET /_crossway/health`: whether the server is ready, and what functions run in.

use bytes::Bytes;
use compute::Compute;
use ports::{ConnectionInfo, HttpService};
use std::sync::Arc;
use stdx::BoxFuture;

/// Answers health checks.
pub struct Health(pub Arc<Compute>);

impl HttpService for Health {
    fn handle(
        &self,
        request: http::Request<Bytes>,
        _connection: ConnectionInfo,
    ) -> BoxFuture<'_, http::Response<Bytes>> {
        Box::pin(async move {
            if request.method() != http::Method::GET {
                return answer(http::StatusCode::METHOD_NOT_ALLOWED, "");
            }
            let isolation = self.0.isolation();
            let refused = isolation.refused.iter().map(|refusal| {
                serde_json::json!({ "level": refusal.level.name(), "reason": refusal.reason })
            });
            let (limits, network) = (self.0.limits(), self.0.network());
            let sdks = self.0.sdks().into_iter().map(|one| {
                let packages: serde_json::Map<String, serde_json::Value> = one
                    .packages
                    .into_iter()
                    .map(|(name, version)| (name, version.into()))
                    .collect();
                (one.sdk.name().to_owned(), packages.into())
            });
            let sdks: serde_json::Map<String, serde_json::Value> = sdks.collect();
            let compute = Arc::clone(&self.0);
            // The first who asks waits for interpreters that say their version.
            let runtimes = tokio::task::spawn_blocking(move || runtimes(&compute));
            let text = serde_json::json!({
                "status": "ready",
                "version": env!("CARGO_PKG_VERSION"),
                "isolation": isolation.level.name(),
                "isolation_refused": refused.collect::<Vec<_>>(),
                "landlock": isolation.landlock,
                "runtimes": runtimes.await.unwrap_or_default(),
                "sdks": sdks,
                "spare_workers": self.0.spares(),
                "limits": {
                    "cgroups": limits.cgroups,
                    "memory": limits.memory.name(),
                    "cpu": limits.cpu.name(),
                    "processes": limits.processes.name(),
                    "refused": limits.refused,
                },
                "network": {
                    "functions": network.network,
                    "reach": network.reach,
                    "refused": network.refused,
                },
            });
            answer(http::StatusCode::OK, &text.to_string())
        })
    }
}

/// Every runtime that a function may have, with what runs it here or why nothing does.
fn runtimes(compute: &Compute) -> Vec<serde_json::Value> {
    let one = |runtime: &&str| match compute.runs_on(runtime) {
        Ok((version, is_exact)) => {
            serde_json::json!({ "runtime": runtime, "runs_on": version, "exact": is_exact })
        }
        Err(ports::ComputeError::RuntimeUnavailable(reason)) => {
            serde_json::json!({ "runtime": runtime, "refused": reason })
        }
        Err(_) => serde_json::json!({ "runtime": runtime, "refused": "it cannot be told" }),
    };
    lambda::RUNTIMES.iter().map(one).collect()
}

/// A short answer of the product's own.
pub fn answer(status: http::StatusCode, json: &str) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::copy_from_slice(json.as_bytes()));
    *response.status_mut() = status;
    if !json.is_empty() {
        let json = http::HeaderValue::from_static("application/json");
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, json);
    }
    response
}
