//! `GET /_crossway/code/{hash}?token=…`: the package behind GetFunction's `Code.Location`.

use crate::health::answer;
use bytes::Bytes;
use lambda::Lambda;
use ports::{ConnectionInfo, HttpService};
use std::sync::Arc;
use stdx::BoxFuture;

/// Gives packages to whoever holds the address that GetFunction gave.
pub struct CodeDownload(pub Arc<Lambda>);

impl HttpService for CodeDownload {
    fn handle(
        &self,
        request: http::Request<Bytes>,
        _connection: ConnectionInfo,
    ) -> BoxFuture<'_, http::Response<Bytes>> {
        Box::pin(async move {
            let hash = request.uri().path().rsplit('/').next().unwrap_or_default();
            let query = request.uri().query().unwrap_or_default();
            let token = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("token="));
            let found = match token {
                Some(token) => self.0.code_download(hash, token).await,
                None => None,
            };
            let Some(zip) = found else {
                return answer(http::StatusCode::FORBIDDEN, "");
            };
            let mut response = http::Response::new(zip);
            let kind = http::HeaderValue::from_static("application/zip");
            response
                .headers_mut()
                .insert(http::header::CONTENT_TYPE, kind);
            response
        })
    }
}
