//! Where VPC links lead, in memory, for the data plane.

use crate::links::record_links::VpcLinkRecord;
use ports::VpcLinks;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The VPC links of every account, and the upstreams that the operator named for their targets.
#[derive(Debug, Default)]
pub struct LiveLinks {
    /// `host` or `host:port` by the target's ARN.
    upstreams: BTreeMap<String, Arc<str>>,
    /// Target ARNs by the link's key in the store.
    links: RwLock<HashMap<String, String>>,
}

impl LiveLinks {
    /// No links yet; `upstreams` are those that the operator named.
    pub fn new(upstreams: BTreeMap<String, String>) -> Self {
        let upstreams = upstreams.into_iter();
        Self {
            upstreams: upstreams.map(|(arn, at)| (arn, at.into())).collect(),
            links: RwLock::default(),
        }
    }

    /// The upstream of a target, where the operator named one.
    pub fn upstream_of(&self, target_arn: &str) -> Option<Arc<str>> {
        self.upstreams.get(target_arn).cloned()
    }

    /// Forgets every link, at start and after the store was emptied.
    pub fn clear(&self) {
        self.write().clear();
    }

    /// A link that there is.
    pub fn put(&self, store_key: &str, record: &VpcLinkRecord) {
        let target = record.target_arn.clone();
        self.write().insert(store_key.to_owned(), target);
    }

    /// A link is gone.
    pub fn remove(&self, store_key: &str) {
        self.write().remove(store_key);
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, String>> {
        self.links.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, String>> {
        self.links.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VpcLinks for LiveLinks {
    fn upstream(&self, account: &str, region: &str, id: &str) -> Option<Arc<str>> {
        // An id cannot lead to another account's link: it is one segment of the key.
        let links = self.read();
        let target = links.get(&format!("{account}/{region}/{id}"))?;
        self.upstream_of(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/a/b";

    #[test]
    fn a_link_leads_where_the_operator_says() {
        let named = BTreeMap::from([(TARGET.to_owned(), "10.0.0.5:80".to_owned())]);
        let live = LiveLinks::new(named);
        let record = VpcLinkRecord {
            target_arn: TARGET.into(),
            ..VpcLinkRecord::default()
        };
        live.put("1/us-east-1/abc123", &record);
        let at = |account, id| live.upstream(account, "us-east-1", id);
        assert_eq!(at("1", "abc123").as_deref(), Some("10.0.0.5:80"));
        assert_eq!(at("2", "abc123"), None);
        assert_eq!(at("1", "abc124"), None);
        let elsewhere = VpcLinkRecord::default();
        live.put("1/us-east-1/other1", &elsewhere);
        assert_eq!(at("1", "other1"), None);
        live.remove("1/us-east-1/abc123");
        assert_eq!(at("1", "abc123"), None);
    }
}
