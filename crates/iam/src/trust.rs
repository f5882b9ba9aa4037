//! Trust policies: who may assume a role.

use crate::record::RoleRecord;
use arn::Arn;
use policy::{
    Attached, Context, Document, Policies, PrincipalEntry, Request, Requester, ResourceRule,
    evaluate,
};
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
