//! What the operator says about REST APIs: where private ones are, and what AWS grants on request.

use crate::Problem;
use crate::config::ConfiguredEndpoint;
use gateway::{Network, VpcEndpoint, VpcEndpoints};
use std::collections::BTreeMap;

/// What the operator says about REST APIs.
#[derive(Debug, Clone)]
pub struct RestApis {
    /// Where the targets of VPC links are, by ARN.
    pub vpc_upstreams: BTreeMap<String, String>,
    /// From where private APIs are reached.
    pub vpc_endpoints: VpcEndpoints,
    /// Milliseconds that an integration of a Regional or private API may take, at most.
    pub integration_timeout_ms_max: i32,
}

impl RestApis {
    /// What holds when the operator says nothing.
    pub fn none() -> Self {
        Self {
            vpc_upstreams: BTreeMap::new(),
            vpc_endpoints: VpcEndpoints::default(),
            integration_timeout_ms_max: default_timeout(),
        }
    }
}

/// Every endpoint with its networks.
///
/// # Errors
/// Ids, networks and overlaps that cannot be.
pub fn vpc_endpoints(configured: &[ConfiguredEndpoint]) -> Result<VpcEndpoints, Problem> {
    let mut endpoints = VpcEndpoints::default();
    for one in configured {
        let networks: Result<Vec<Network>, String> =
            one.networks.iter().map(|text| text.parse()).collect();
        let (id, vpc) = (one.id.clone(), one.vpc.clone());
        endpoints.add(VpcEndpoint { id, vpc }, &networks?)?;
    }
    Ok(endpoints)
}

/// Reads `VPCE=VPC=NETWORK[,NETWORK]`.
///
/// # Errors
/// How to write it.
pub fn parse_endpoint(text: &str) -> Result<ConfiguredEndpoint, String> {
    let parts: Vec<&str> = text.split('=').collect();
    let [id, vpc, networks] = parts.as_slice() else {
        return Err("give the endpoint's id, `=`, its VPC's, `=`, and networks".to_owned());
    };
    Ok(ConfiguredEndpoint {
        id: (*id).to_owned(),
        vpc: (*vpc).to_owned(),
        networks: networks.split(',').map(str::to_owned).collect(),
    })
}

/// Reads milliseconds up to which AWS raises the quota.
///
/// # Errors
/// What may be written.
pub fn parse_timeout(text: &str) -> Result<i32, String> {
    let number: Result<i32, _> = text.parse();
    checked_timeout(number.unwrap_or_default())
}

/// Passes milliseconds up to which AWS raises the quota.
///
/// # Errors
/// What may be written.
pub fn checked_timeout(timeout_ms: i32) -> Result<i32, String> {
    let (least, most) = (
        apigateway::limits::INTEGRATION_TIMEOUT_MS_DEFAULT_MAX,
        apigateway::limits::INTEGRATION_TIMEOUT_MS_MAX,
    );
    match (least..=most).contains(&timeout_ms) {
        true => Ok(timeout_ms),
        false => Err(format!("integration_timeout_ms_max is {least} to {most}")),
    }
}

/// AWS's default.
pub fn default_timeout() -> i32 {
    apigateway::limits::INTEGRATION_TIMEOUT_MS_DEFAULT_MAX
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn endpoints_are_read_from_one_word() {
        let one = parse_endpoint("vpce-1=vpc-1=10.0.0.0/8,fd00::/8").unwrap();
        assert_eq!(one.networks, ["10.0.0.0/8", "fd00::/8"]);
        assert!(!vpc_endpoints(&[one]).unwrap().is_empty());
        for text in ["", "vpce-1", "vpce-1=vpc-1", "vpce-1=vpc-1=10.0.0.0/8=x"] {
            assert!(parse_endpoint(text).is_err(), "{text}");
        }
        let bad = parse_endpoint("vpce-1=vpc-1=").unwrap();
        assert!(vpc_endpoints(&[bad]).is_err());
    }

    #[test]
    fn timeouts_are_what_aws_gives() {
        for (text, fits) in [
            ("28999", false),
            ("29000", true),
            ("300000", true),
            ("300001", false),
            ("x", false),
        ] {
            assert_eq!(parse_timeout(text).is_ok(), fits, "{text}");
        }
    }
}
