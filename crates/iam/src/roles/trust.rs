//! Trust policies: who may assume a role.

use crate::record::{ROLES, RoleRecord, USERS, key};
use crate::{Iam, error};
use api::ServiceError;
use arn::Arn;
use policy::{
    Attached, Context, Document, Policies, PrincipalEntry, Request, Requester, ResourceRule,
    evaluate,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The document by which a role's trust is decided.
///
/// Users and roles that it names are bound to the unique ids they had when it was saved, as AWS
/// does ("AWS JSON policy elements: Principal"): a namesake made later is not trusted.
pub(crate) fn document(role: &RoleRecord) -> Option<Arc<Document>> {
    let mut document = Document::parse(&role.trust).ok()?;
    document.bind_principals(&role.trusted_ids);
    Some(Arc::new(document))
}

/// The trust policy, or one that trusts nobody when it cannot be read.
pub(crate) fn attached(role: &RoleRecord) -> Option<Attached> {
    document(role).map(|document| Attached {
        id: format!("{}-trust", role.name).into(),
        document,
    })
}

/// The users and roles that a trust policy names by ARN.
pub(crate) fn named_principals(document: &Document) -> Vec<String> {
    document
        .statements()
        .iter()
        .filter_map(|statement| statement.principals())
        .flat_map(|(entries, _)| entries)
        .filter_map(|entry| match entry {
            PrincipalEntry::Arn(arn) => Some(arn.clone()),
            _ => None,
        })
        .collect()
}

impl Iam {
    /// The role as clients may read it: in its trust policy, whoever is gone stands by unique id,
    /// as AWS shows it.
    pub(crate) async fn readable(&self, mut role: RoleRecord) -> Result<RoleRecord, ServiceError> {
        let mut gone = BTreeMap::new();
        for (arn, id) in &role.trusted_ids {
            if self.unique_id(arn).await?.as_ref() != Some(id) {
                gone.insert(arn.as_str(), id.as_str());
            }
        }
        if !gone.is_empty()
            && let Ok(mut document) = serde_json::from_str(&role.trust)
        {
            rename_principals(&mut document, &gone);
            role.trust = document.to_string();
        }
        Ok(role)
    }

    /// The unique id of the user or role that an ARN names now.
    async fn unique_id(&self, arn: &str) -> Result<Option<String>, ServiceError> {
        let Ok(parsed) = arn.parse::<Arn>() else {
            return Ok(None);
        };
        let (kind, rest) = parsed.resource().split_once('/').unwrap_or_default();
        let name = rest.rsplit_once('/').map_or(rest, |(_, name)| name);
        let place = key(parsed.account(), name);
        match kind {
            "user" => {
                let found = self.store.get(&USERS, &place).await.map_err(error::store)?;
                Ok(found.map(|user| user.id))
            }
            _ => {
                let found = self.store.get(&ROLES, &place).await.map_err(error::store)?;
                Ok(found.map(|role| role.id))
            }
        }
    }
}

/// Replaces texts of `AWS` principals, in one statement or many.
fn rename_principals(document: &mut Value, names: &BTreeMap<&str, &str>) {
    let rename = |text: &mut Value| {
        if let Some(id) = text.as_str().and_then(|arn| names.get(arn)) {
            *text = Value::from(*id);
        }
    };
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(list)) => list.as_mut_slice(),
        Some(one) => std::slice::from_mut(one),
        None => return,
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            match statement
                .get_mut(element)
                .and_then(|named| named.get_mut("AWS"))
            {
                Some(Value::Array(list)) => list.iter_mut().for_each(rename),
                Some(one) => rename(one),
                None => {}
            }
        }
    }
}

/// Whether the role's trust policy lets a service assume it.
pub(crate) fn trusts_service(role: &RoleRecord, service: &str, arn: &Arn) -> bool {
    let (Some(trust), Ok(owner)) = (attached(role), role.account.parse()) else {
        return false;
    };
    let context = Context::new()
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", service)
        .with("aws:SourceAccount", &role.account)
        .with("aws:ResourceAccount", &role.account);
    evaluate(
        &Request {
            requester: Requester::Service(service),
            action: "sts:AssumeRole",
            resource: arn.as_str(),
            owner: &owner,
            context: &context,
        },
        &Policies {
            resource: Some(&trust),
            resource_rule: ResourceRule::MustAllow,
            ..Policies::default()
        },
    )
    .is_allowed()
}
