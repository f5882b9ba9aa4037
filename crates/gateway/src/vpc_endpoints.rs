//! VPC endpoints: the networks from which private APIs are reached.
//!
//! Crossway has no VPCs. Which networks stand for which endpoint is the operator's word, and where
//! a client is says its connection alone: nothing that a client can write, neither a host name nor
//! `X-Forwarded-For`, puts it into a network.

use crate::{fault::Fault, request::Inbound};
use policy::Context;
use restapi::RestApi;
use std::{net::IpAddr, str::FromStr, sync::Arc};

/// The VPC endpoints that the operator named.
#[derive(Debug, Clone, Default)]
pub struct VpcEndpoints(Vec<(Network, Arc<VpcEndpoint>)>);

/// A VPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcEndpoint {
    /// `vpce-…`; `aws:SourceVpce`.
    pub id: String,
    /// `vpc-…`; `aws:SourceVpc`.
    pub vpc: String,
}

/// Addresses with a common beginning: `10.0.0.0/8`, `fd00::/8`, or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl VpcEndpoints {
    /// Adds an endpoint that is reached from `networks`.
    ///
    /// # Errors
    /// Ids that are none, no network, and a network that another endpoint has.
    pub fn add(&mut self, endpoint: VpcEndpoint, networks: &[Network]) -> Result<(), String> {
        for (id, kind) in [(&endpoint.id, "vpce-"), (&endpoint.vpc, "vpc-")] {
            let rest = id.strip_prefix(kind).unwrap_or_default();
            let is_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            if rest.is_empty() || !rest.bytes().all(is_id) {
                return Err(format!(
                    "`{id}` is no id; write `{kind}` and letters or digits"
                ));
            }
        }
        if networks.is_empty() {
            return Err(format!("name the networks of {}", endpoint.id));
        }
        let endpoint = Arc::new(endpoint);
        for network in networks {
            if self.0.iter().any(|(known, _)| known.is_same(network)) {
                return Err(format!(
                    "a network of {} has an endpoint already",
                    endpoint.id
                ));
            }
            self.0.push((*network, Arc::clone(&endpoint)));
        }
        Ok(())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The endpoint through which a client at `address` comes: that of the narrowest network that
    /// the address is in.
    pub(crate) fn find(&self, address: IpAddr) -> Option<&Arc<VpcEndpoint>> {
        let of_client = self.0.iter().filter(|(network, _)| network.has(address));
        let narrowest = of_client.max_by_key(|(network, _)| network.prefix);
        narrowest.map(|(_, endpoint)| endpoint)
    }
}

impl Network {
    /// `10.1.2.3/8` is `10.0.0.0/8`.
    fn is_same(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.has(other.address)
    }

    fn has(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => is_same(
                own.to_bits().into(),
                other.to_bits().into(),
                32,
                self.prefix,
            ),
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                is_same(own.to_bits(), other.to_bits(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

/// Whether two numbers of `bits` bits begin with the same `prefix` bits.
fn is_same(one: u128, other: u128, bits: u32, prefix: u32) -> bool {
    (one ^ other).checked_shr(bits - prefix).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("`{text}` is no network; write `10.0.0.0/8` or `fd00::/8`");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| refuse())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => most,
            Some(prefix) => prefix.parse().map_err(|_| refuse())?,
        };
        match prefix <= most {
            true => Ok(Self { address, prefix }),
            false => Err(refuse()),
        }
    }
}

/// The VPC endpoint that a request's host names ("Invoke a private API", API Gateway developer
/// guide).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedEndpoint {
    /// `{api}-{vpce}.execute-api.…`: an alias that there is for endpoints which the API is
    /// associated with.
    Alias(String),
    /// `{vpce}.execute-api.….vpce.…` or `{vpce}-{suffix}.…`: the endpoint's own name, under which
    /// [`API_ID_HEADER`] names the API.
    Own(String),
}

impl NamedEndpoint {
    /// The API and the endpoint that the first label of a host names; `api_ids` are the values of
    /// [`API_ID_HEADER`]. A request that names no API, or more than one, gets the empty id, which
    /// no API has.
    pub(crate) fn find<'a>(
        label: &str,
        mut api_ids: impl Iterator<Item = &'a str>,
    ) -> (String, Option<Self>) {
        if let Some(rest) = label.strip_prefix("vpce-") {
            let id = rest.split('-').next().unwrap_or_default();
            let api_id = match (api_ids.next(), api_ids.next()) {
                (Some(api_id), None) => api_id.to_ascii_lowercase(),
                _ => String::new(),
            };
            return (api_id, Some(Self::Own(format!("vpce-{id}"))));
        }
        let split = label
            .find("-vpce-")
            .and_then(|at| label.split_at_checked(at));
        match split {
            Some((api_id, rest)) => {
                let id = rest.trim_start_matches('-').to_owned();
                (api_id.to_owned(), Some(Self::Alias(id)))
            }
            None => (label.to_owned(), None),
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Alias(id) | Self::Own(id) => id,
        }
    }
}

/// Names the API where the host is a VPC endpoint's own.
pub(crate) const API_ID_HEADER: &str = "x-apigw-api-id";

/// Lets a request to a private API in from a network with a VPC endpoint, and remembers through
/// which it came; passes requests to other APIs.
///
/// # Errors
/// 403 Forbidden, as for an API that there is not: from elsewhere, a private API does not exist.
/// Likewise for a host that names an endpoint through which the client does not come, or an alias
/// for one which the API is not associated with.
pub(crate) fn admit(
    endpoints: &VpcEndpoints,
    api: &RestApi,
    inbound: &mut Inbound,
) -> Result<(), Fault> {
    let named = inbound.named_endpoint.as_ref();
    if !is_private(api) {
        return match named {
            None => Ok(()),
            Some(_) => Err(Fault::UnknownApi),
        };
    }
    let address = inbound.facts.source_ip;
    let found = address.and_then(|address| endpoints.find(address));
    let endpoint = found.ok_or(Fault::UnknownApi)?;
    let is_associated = api.endpoint.vpc_endpoint_ids.contains(&endpoint.id);
    let is_reached = named.is_none_or(|named| match named {
        NamedEndpoint::Alias(_) => named.id() == endpoint.id && is_associated,
        NamedEndpoint::Own(_) => named.id() == endpoint.id,
    });
    if !is_reached {
        return Err(Fault::UnknownApi);
    }
    inbound.vpc_endpoint = Some(Arc::clone(endpoint));
    Ok(())
}

/// Whether clients reach an API from within VPCs alone.
pub(crate) fn is_private(api: &RestApi) -> bool {
    api.endpoint.types.iter().any(|kind| kind == "PRIVATE")
}

/// Sets the keys that say where the client is; a private API's clients have no `aws:SourceIp`
/// ("AWS condition keys that can be used in API Gateway resource policies", API Gateway developer
/// guide).
pub(crate) fn set_keys(context: &mut Context, inbound: &Inbound) {
    if let Some(endpoint) = &inbound.vpc_endpoint {
        context.set("aws:SourceVpce", endpoint.id.clone());
        context.set("aws:SourceVpc", endpoint.vpc.clone());
        context.set("aws:VpcSourceIp", inbound.source_ip.clone());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn endpoint(id: &str) -> VpcEndpoint {
        let vpc = "vpc-1".to_owned();
        VpcEndpoint { id: id.into(), vpc }
    }

    fn networks(texts: &[&str]) -> Vec<Network> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_narrowest_network_says_the_endpoint() {
        let mut endpoints = VpcEndpoints::default();
        assert!(endpoints.is_empty());
        let wide = networks(&["10.0.0.0/8", "fd00::/8"]);
        endpoints.add(endpoint("vpce-wide"), &wide).unwrap();
        let narrow = networks(&["10.1.0.0/16", "10.2.0.9"]);
        endpoints.add(endpoint("vpce-narrow"), &narrow).unwrap();
        for (address, expect) in [
            ("10.0.0.0", Some("vpce-wide")),
            ("10.255.255.255", Some("vpce-wide")),
            ("11.0.0.0", None),
            ("9.255.255.255", None),
            ("10.1.255.255", Some("vpce-narrow")),
            ("10.2.0.9", Some("vpce-narrow")),
            ("10.2.0.8", Some("vpce-wide")),
            ("::ffff:10.2.0.9", Some("vpce-narrow")),
            ("fdff::1", Some("vpce-wide")),
            ("fe00::1", None),
            ("::a00:1", None),
        ] {
            let found = endpoints.find(address.parse().unwrap());
            assert_eq!(found.map(|one| one.id.as_str()), expect, "{address}");
        }
    }

    #[test]
    fn every_address_is_in_a_network_without_prefix_of_its_family() {
        let mut endpoints = VpcEndpoints::default();
        endpoints
            .add(endpoint("vpce-all"), &networks(&["0.0.0.0/0"]))
            .unwrap();
        assert!(endpoints.find("255.1.2.3".parse().unwrap()).is_some());
        assert!(endpoints.find("::1".parse().unwrap()).is_none());
    }

    #[test]
    fn what_is_no_network_or_no_endpoint_is_refused() {
        for text in [
            "",
            "10.0.0.0/33",
            "fd00::/129",
            "10.0.0/8",
            "10.0.0.0/-1",
            "x/8",
            "/8",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let ten = networks(&["10.0.0.0/8"]);
        let mut endpoints = VpcEndpoints::default();
        assert!(endpoints.add(endpoint("vpc-1"), &ten).is_err());
        assert!(endpoints.add(endpoint("vpce-"), &ten).is_err());
        assert!(endpoints.add(endpoint("vpce-A"), &ten).is_err());
        assert!(endpoints.add(endpoint("vpce-a"), &[]).is_err());
        assert!(endpoints.is_empty());
        endpoints.add(endpoint("vpce-a"), &ten).unwrap();
        assert!(endpoints.add(endpoint("vpce-b"), &ten).is_err());
        let same = networks(&["10.1.2.3/8"]);
        assert!(endpoints.add(endpoint("vpce-b"), &same).is_err());
    }

    #[test]
    fn hosts_of_private_apis_name_api_and_endpoint() {
        let check = |label: &str, api_ids: &[&str], expect: (&str, Option<NamedEndpoint>)| {
            let (api_id, named) = NamedEndpoint::find(label, api_ids.iter().copied());
            assert_eq!((api_id.as_str(), named), expect, "{label} {api_ids:?}");
        };
        let alias = Some(NamedEndpoint::Alias("vpce-01".into()));
        let own = Some(NamedEndpoint::Own("vpce-01".into()));
        check("abc123defg", &[], ("abc123defg", None));
        check("abc123defg", &["other"], ("abc123defg", None));
        check("abc123defg-vpce-01", &["other"], ("abc123defg", alias));
        check("vpce-01", &["ABC123defg"], ("abc123defg", own.clone()));
        check("vpce-01-abcdefgh", &["abc"], ("abc", own.clone()));
        check("vpce-01", &[], ("", own.clone()));
        check("vpce-01", &["abc", "abc"], ("", own));
    }
}
