//! Host and path say where a request goes.

use crate::session::SessionAddress;
use arn::Region;

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A deployed REST API.
    ExecuteApi(ApiAddress),
    /// A function URL.
    FunctionUrl(UrlAddress),
    /// An AWS API, called by one of the console's pages.
    Session(SessionAddress),
    /// The mount with this index.
    Mount(usize),
    /// An AWS API.
    AwsApi,
}

/// Which API, stage and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiAddress {
    pub(crate) api_id: String,
    pub(crate) region: Option<Region>,
    pub(crate) stage: String,
    /// What follows the stage; starts with `/`.
    pub(crate) raw_path: String,
    /// Stage included.
    pub(crate) request_path: String,
    /// Whether the path named the API, so that its pages share this server's origin.
    pub(crate) is_by_path: bool,
}

/// Which function URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UrlAddress {
    pub(crate) url_id: String,
    pub(crate) region: Option<Region>,
    /// The host name without its port.
    pub(crate) domain_name: String,
}

/// Finds the destination; `host` is the `Host` header, `mounts` are path prefixes.
pub(crate) fn find(host: &str, path: &str, mounts: &[&str]) -> Destination {
    match labels(host) {
        Host::Api { api_id, region } => {
            return Destination::ExecuteApi(address(api_id, region, path));
        }
        Host::FunctionUrl(address) => return Destination::FunctionUrl(address),
        Host::Other => {}
    }
    if let Some(address) = by_path(path) {
        return Destination::ExecuteApi(address);
    }
    if let Some(address) = SessionAddress::parse(path) {
        return Destination::Session(address);
    }
    let mount = mounts.iter().position(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
    });
    mount.map_or(Destination::AwsApi, Destination::Mount)
}

enum Host {
    Api {
        api_id: String,
        region: Option<Region>,
    },
    FunctionUrl(UrlAddress),
    Other,
}

/// `{api}.execute-api.{region}.…`, `{api}.execute-api.…`, `{id}.lambda-url.{region}.…`.
fn labels(host: &str) -> Host {
    let name = crate::host::without_port(host);
    let mut labels = name.split('.');
    match (labels.next(), labels.next(), labels.next()) {
        (Some(api_id), Some(kind), third) if kind.eq_ignore_ascii_case("execute-api") => {
            Host::Api {
                api_id: api_id.to_ascii_lowercase(),
                region: third.and_then(region),
            }
        }
        (Some(url_id), Some(kind), Some(third)) if kind.eq_ignore_ascii_case("lambda-url") => {
            Host::FunctionUrl(UrlAddress {
                url_id: url_id.to_ascii_lowercase(),
                region: region(third),
                domain_name: name.to_ascii_lowercase(),
            })
        }
        _ => Host::Other,
    }
}

/// A label that looks like a region: `us-east-1`, not `localhost` or `example`.
fn region(label: &str) -> Option<Region> {
    let looks = label.contains('-') && label.ends_with(|last: char| last.is_ascii_digit());
    looks
        .then(|| label.to_ascii_lowercase().parse().ok())
        .flatten()
}

/// `/{stage}/{path}`.
fn address(api_id: String, region: Option<Region>, path: &str) -> ApiAddress {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let (stage, raw_path) = split_segment(rest);
    ApiAddress {
        api_id,
        region,
        stage: stage.to_owned(),
        raw_path: or_root(raw_path),
        request_path: path.to_owned(),
        is_by_path: false,
    }
}

/// `/_aws/execute-api/{api}/{stage}/{path}` and `/restapis/{api}/{stage}/_user_request_/{path}`.
fn by_path(path: &str) -> Option<ApiAddress> {
    if let Some(rest) = path.strip_prefix("/_aws/execute-api/") {
        let (api_id, rest) = split_segment(rest);
        let is_named = !api_id.is_empty();
        return is_named.then(|| ApiAddress {
            is_by_path: true,
            ..address(api_id.to_ascii_lowercase(), None, rest)
        });
    }
    let rest = path.strip_prefix("/restapis/")?;
    let (api_id, rest) = split_segment(rest);
    let (stage, rest) = split_segment(rest.strip_prefix('/')?);
    let rest = rest.strip_prefix("/_user_request_")?;
    (rest.is_empty() || rest.starts_with('/')).then(|| ApiAddress {
        api_id: api_id.to_ascii_lowercase(),
        region: None,
        stage: stage.to_owned(),
        raw_path: or_root(rest),
        request_path: format!("/{stage}{rest}"),
        is_by_path: true,
    })
}

/// The first segment, and what follows it with its slash.
fn split_segment(path: &str) -> (&str, &str) {
    let end = path.find('/').unwrap_or(path.len());
    path.split_at(end)
}

fn or_root(path: &str) -> String {
    if path.is_empty() { "/" } else { path }.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    const MOUNTS: [&str; 2] = ["/_crossway/", "/console"];

    /// `api region stage raw_path request_path` of a deployed API.
    fn check(host: &str, path: &str, expect: &str) {
        let Destination::ExecuteApi(found) = find(host, path, &MOUNTS) else {
            panic!("{host} {path} is no API");
        };
        let region = found
            .region
            .map_or("-".to_owned(), |region| region.to_string());
        let stage = if found.stage.is_empty() {
            "-"
        } else {
            &found.stage
        };
        let text = format!(
            "{} {region} {stage} {} {}",
            found.api_id, found.raw_path, found.request_path
        );
        assert_eq!(text, expect, "{host} {path}");
    }

    #[test]
    fn apis_are_found_by_host() {
        check(
            "abc123.execute-api.us-east-1.localhost:4566",
            "/prod/pets/1",
            "abc123 us-east-1 prod /pets/1 /prod/pets/1",
        );
        check(
            "ABC123.execute-api.us-east-1.amazonaws.com",
            "/prod",
            "abc123 us-east-1 prod / /prod",
        );
        check(
            "abc123.execute-api.localhost:1",
            "/prod/",
            "abc123 - prod / /prod/",
        );
        check("abc123.execute-api.example.com", "/", "abc123 - - / /");
        check(
            "abc123.execute-api.localhost",
            "/prod//a%2Fb/",
            "abc123 - prod //a%2Fb/ /prod//a%2Fb/",
        );
        // Mounts and control planes do not exist on an API's host.
        check(
            "abc123.execute-api.localhost",
            "/_crossway/reset",
            "abc123 - _crossway /reset /_crossway/reset",
        );
    }

    #[test]
    fn apis_are_found_by_path() {
        check(
            "127.0.0.1:4566",
            "/_aws/execute-api/abc/prod/x/",
            "abc - prod /x/ /prod/x/",
        );
        check(
            "127.0.0.1:4566",
            "/_aws/execute-api/abc/prod",
            "abc - prod / /prod",
        );
        check("127.0.0.1:4566", "/_aws/execute-api/abc", "abc - - / ");
        check(
            "localhost",
            "/restapis/abc/prod/_user_request_/x//y",
            "abc - prod /x//y /prod/x//y",
        );
        check(
            "localhost",
            "/restapis/abc/prod/_user_request_",
            "abc - prod / /prod",
        );
    }

    #[test]
    fn everything_else_is_a_mount_or_an_aws_api() {
        let find = |host, path| find(host, path, &MOUNTS);
        assert_eq!(
            find("localhost", "/restapis/abc/stages"),
            Destination::AwsApi
        );
        assert_eq!(
            find("localhost", "/restapis/a/b/_user_request_x"),
            Destination::AwsApi
        );
        assert_eq!(
            find("lambda.us-east-1.amazonaws.com", "/"),
            Destination::AwsApi
        );
        assert_eq!(
            find("localhost", "/_crossway/health"),
            Destination::Mount(0)
        );
        assert_eq!(find("localhost", "/_crossway"), Destination::AwsApi);
        assert_eq!(find("localhost", "/console"), Destination::Mount(1));
        assert_eq!(find("localhost", "/console/x"), Destination::Mount(1));
        assert_eq!(find("localhost", "/consolex"), Destination::AwsApi);
        assert_eq!(
            find("localhost", "/console/s/0/api/iam/us-east-1/"),
            Destination::Session(SessionAddress::parse("/console/s/0/api/iam/us-east-1/").unwrap())
        );
        // Nothing else answers on the host of a function URL.
        for path in ["/", "/_crossway/health", "/_aws/execute-api/abc/prod"] {
            assert_eq!(
                find("XYZ.lambda-url.us-east-1.localhost:4566", path),
                Destination::FunctionUrl(UrlAddress {
                    url_id: "xyz".into(),
                    region: Some(Region::us_east_1()),
                    domain_name: "xyz.lambda-url.us-east-1.localhost".into(),
                })
            );
        }
    }
}
