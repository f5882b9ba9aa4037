//! Requests as clients send them, and what comes of them.
#![allow(dead_code, reason = "each test file uses its part")]

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use smithy::{OperationMeta, Reply, RequestParts, ServiceError, ServiceMeta, Value};

/// A request under construction.
pub struct Request {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub fn query(mut self, query: &str) -> Self {
        self.query = query.to_owned();
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = Bytes::copy_from_slice(body);
        self
    }

    pub fn json(self, body: serde_json::Value) -> Self {
        self.body(body.to_string().as_bytes())
    }

    pub fn find(&self, service: &ServiceMeta) -> Result<&'static OperationMeta, ServiceError> {
        smithy::find(service, &self.parts())
    }

    pub fn decode(
        &self,
        service: &ServiceMeta,
    ) -> Result<(&'static OperationMeta, Value), ServiceError> {
        let operation = self.find(service)?;
        Ok((
            operation,
            smithy::decode(service, operation, &self.parts())?,
        ))
    }

    fn parts(&self) -> RequestParts<'_> {
        RequestParts {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: self.body.clone(),
        }
    }
}

pub fn refusal<T>(result: Result<T, ServiceError>) -> String {
    result.err().unwrap().to_string()
}

pub fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    let found = reply
        .headers
        .iter()
        .find(|(given, _)| given.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

pub fn body(reply: &Reply) -> serde_json::Value {
    serde_json::from_slice(&reply.body).unwrap()
}
