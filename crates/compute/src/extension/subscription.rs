//! What an extension wants to be told, and where: the body of `PUT /2022-07-01/telemetry`.

use crate::limits::{
    TELEMETRY_BYTES, TELEMETRY_ITEMS, TELEMETRY_ITEMS_DEFAULT, TELEMETRY_TIMEOUT_DEFAULT_MS,
    TELEMETRY_TIMEOUT_MS,
};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;
use std::time::Duration;

/// A kind of telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// What the platform tells.
    Platform,
    /// What the runtime's process prints.
    Function,
    /// What programs beside it print.
    Extension,
}

impl Category {
    const ALL: [Self; 3] = [Self::Platform, Self::Function, Self::Extension];

    /// AWS's word in a subscription.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Function => "function",
            Self::Extension => "extension",
        }
    }

    /// The same in the `TELEMETRY` line.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Platform => "Platform",
            Self::Function => "Function",
            Self::Extension => "Extension",
        }
    }
}

/// A subscription. The destination is in the worker's own sandbox, whatever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) categories: Vec<Category>,
    pub(crate) items_max: usize,
    pub(crate) bytes_max: usize,
    pub(crate) timeout: Duration,
    pub(crate) destination: Destination,
}

/// How a batch is handed over, at a port inside of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// As the body of a request, a JSON array; the path is with the query, if there is one.
    Http { port: u16, path: String },
    /// Over a connection that stays, one JSON object a line.
    Tcp { port: u16 },
}

/// The names of the sandbox itself.
const HOSTS: [&str; 2] = ["sandbox.localdomain", "sandbox"];

/// The versions of AWS's schema whose events are those that are sent; the newest "is backward
/// compatible with Lambda (default) functions" (Lambda guide, "Lambda Telemetry API reference").
const SCHEMAS: [&str; 3] = ["2022-07-01", "2022-12-13", "2025-01-29"];

impl Subscription {
    /// Reads one; all that is wrong with it, else.
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let body = body.as_object().ok_or("the body is not a JSON object")?;
        let mut wrong = Vec::new();
        let schema = body.get("schemaVersion").and_then(Value::as_str);
        if !schema.is_some_and(|schema| SCHEMAS.contains(&schema)) {
            wrong.push(format!(
                "schemaVersion should be one of {}",
                SCHEMAS.join(", ")
            ));
        }
        let categories = categories(body).unwrap_or_else(|text| {
            wrong.push(text);
            Vec::new()
        });
        let destination = destination(body).unwrap_or_else(|text| {
            wrong.push(text);
            Destination::Tcp { port: 0 }
        });
        let mut number = |name: &str, bounds: RangeInclusive<u64>, default: u64| {
            bounded(body, name, bounds, default).unwrap_or_else(|text| {
                wrong.push(text);
                default
            })
        };
        let items = number("maxItems", TELEMETRY_ITEMS, TELEMETRY_ITEMS_DEFAULT);
        let bytes = number("maxBytes", TELEMETRY_BYTES, *TELEMETRY_BYTES.start());
        let ms = TELEMETRY_TIMEOUT_DEFAULT_MS;
        let timeout_ms = number("timeoutMs", TELEMETRY_TIMEOUT_MS, ms);
        if !wrong.is_empty() {
            return Err(wrong.join("; "));
        }
        Ok(Self {
            categories,
            items_max: usize::try_from(items).unwrap_or(usize::MAX),
            bytes_max: usize::try_from(bytes).unwrap_or(usize::MAX),
            timeout: Duration::from_millis(timeout_ms),
            destination,
        })
    }
}

fn categories(body: &Map<String, Value>) -> Result<Vec<Category>, String> {
    let names = body.get("types").and_then(Value::as_array);
    let names = names.filter(|names| !names.is_empty());
    let names = names.ok_or("types should not be empty")?;
    let mut all = Vec::new();
    for name in names {
        let mut known = Category::ALL.into_iter();
        let found = known.find(|one| name.as_str() == Some(one.name()));
        let found = found.ok_or_else(|| format!("{name} is not a supported type"))?;
        if !all.contains(&found) {
            all.push(found);
        }
    }
    Ok(all)
}

fn destination(body: &Map<String, Value>) -> Result<Destination, String> {
    let destination = body.get("destination").and_then(Value::as_object);
    let destination = destination.ok_or("destination should not be empty")?;
    let text = |name: &str| destination.get(name).and_then(Value::as_str);
    match text("protocol") {
        Some("HTTP") => http(text("URI").unwrap_or_default()),
        // UNVERIFIED: the port's name; AWS's guide names the protocol, and the port only in the schema
        // of the Logs API before it. A subscription on AWS would settle it.
        Some("TCP") => {
            let port = destination.get("port").and_then(Value::as_u64);
            let port = port.ok_or("port is not provided")?;
            let port = u16::try_from(port).ok().filter(|port| *port != 0);
            let port = port.ok_or("port is not a port")?;
            Ok(Destination::Tcp { port })
        }
        _ => Err("protocol should be HTTP or TCP".to_owned()),
    }
}

fn http(uri: &str) -> Result<Destination, String> {
    let rest = uri
        .strip_prefix("http://")
        .ok_or("URI scheme should be http")?;
    let (authority, path) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let (host, port) = authority
        .split_once(':')
        .ok_or("URI port is not provided")?;
    if !HOSTS.contains(&host) {
        return Err(format!("URI host should be {}", HOSTS.join(" or ")));
    }
    let port = port.parse().ok().filter(|port| *port != 0);
    let port = port.ok_or("URI port is not a port")?;
    // INVARIANT: a path cannot add a header line to the requests that carry telemetry.
    if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("URI path has characters that a URI does not have".to_owned());
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = format!("{slash}{path}");
    Ok(Destination::Http { port, path })
}

fn bounded(
    body: &Map<String, Value>,
    name: &str,
    bounds: RangeInclusive<u64>,
    default: u64,
) -> Result<u64, String> {
    let buffering = body.get("buffering").filter(|value| !value.is_null());
    let value = buffering.and_then(|buffering| buffering.get(name));
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(default);
    };
    let value = value.as_u64().filter(|value| bounds.contains(value));
    value.ok_or_else(|| {
        format!(
            "{name} should be between {} and {}",
            bounds.start(),
            bounds.end()
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn body(change: impl FnOnce(&mut Value)) -> Result<Subscription, String> {
        let mut body = json!({
            "schemaVersion": "2022-12-13",
            "types": ["platform", "function", "platform"],
            "destination": { "protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/t?x=1" },
        });
        change(&mut body);
        Subscription::read(body.to_string().as_bytes())
    }

    fn at(port: u16, path: &str) -> Destination {
        let path = path.to_owned();
        Destination::Http { port, path }
    }

    #[test]
    fn subscription_without_buffering_has_aws_defaults() {
        let read = body(|_| {}).unwrap();
        assert_eq!(read.categories, [Category::Platform, Category::Function]);
        assert_eq!(read.destination, at(8080, "/t?x=1"));
        assert_eq!((read.items_max, read.bytes_max), (10_000, 262_144));
        assert_eq!(read.timeout, Duration::from_secs(1));
    }

    #[test]
    fn bounds_are_kept_at_them_and_one_over() {
        for (name, least, most) in [
            ("maxItems", 1_000, 10_000),
            ("maxBytes", 262_144, 1_048_576),
            ("timeoutMs", 25, 30_000),
        ] {
            for (value, is_good) in [
                (least - 1, false),
                (least, true),
                (most, true),
                (most + 1, false),
            ] {
                let read = body(|body| body["buffering"] = json!({ name: value }));
                assert_eq!(read.is_ok(), is_good, "{name} {value}");
            }
        }
    }

    #[test]
    fn destination_is_the_sandbox_and_nothing_else() {
        for uri in [
            "http://169.254.169.254:80",
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://sandbox.localdomain.evil:8080",
            "http://sandbox@evil:8080",
            "https://sandbox:8080",
            "http://sandbox",
            "http://sandbox:0",
            "http://sandbox:65536",
            "http://sandbox:80/a b",
            "http://sandbox:80/\r\nX: 1",
            "",
        ] {
            let read = body(|body| body["destination"]["URI"] = json!(uri));
            assert!(read.is_err(), "{uri}");
        }
        let read = body(|body| body["destination"]["URI"] = json!("http://sandbox:80"));
        assert_eq!(read.unwrap().destination, at(80, "/"));
    }

    #[test]
    fn destination_may_be_a_port_for_lines() {
        let tcp = |port: Value| {
            body(|body| body["destination"] = json!({"protocol": "TCP", "port": port}))
        };
        for (port, is_good) in [
            (json!(0), false),
            (json!(1), true),
            (json!(65_535), true),
            (json!(65_536), false),
            (json!(-1), false),
            (json!("80"), false),
            (Value::Null, false),
        ] {
            assert_eq!(tcp(port.clone()).is_ok(), is_good, "{port}");
        }
        assert_eq!(
            tcp(json!(80)).unwrap().destination,
            Destination::Tcp { port: 80 }
        );
        assert!(body(|body| body["destination"]["protocol"] = json!("UDP")).is_err());
    }

    #[test]
    fn schemas_are_those_of_aws() {
        for (schema, is_good) in [
            ("2022-07-01", true),
            ("2025-01-29", true),
            ("2020-08-15", false),
        ] {
            let read = body(|body| body["schemaVersion"] = json!(schema));
            assert_eq!(read.is_ok(), is_good, "{schema}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let read = body(|body| {
            body["types"] = json!([]);
            body["destination"]["URI"] = json!("http://sandbox");
        });
        assert_eq!(
            read.unwrap_err(),
            "types should not be empty; URI port is not provided"
        );
        assert!(Subscription::read(b"no json").is_err());
    }
}
