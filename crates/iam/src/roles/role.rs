//! Roles.

use crate::named::{self, Source};
use crate::policies::holder::{self, load, load_to_change, save};
use crate::record::{HeldPolicies, LAST_USED, PROFILES, ROLES, RoleRecord, key};
use crate::{
    Iam, arns, error, identifier, page,
    policies::{boundary, saved_policy},
    roles::trust,
    sessions::usage,
    tag, view,
};
use api::ServiceError;
use api::iam as shape;
use arn::Arn;
use policy::Document;
use ports::{Call, Named};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{SCAN_MAX, Tx};

/// Paths that only AWS's services make roles under.
const AWS_PATHS: [&str; 2] = ["/aws-service-role/", "/aws-reserved/"];

/// Seconds of a role's longest session when nothing is said ("CreateRole").
const MAX_SESSION_S: i32 = 3_600;

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateRoleRequest,
) -> Result<shape::CreateRoleResponse, ServiceError> {
    let path = holder::path(input.path)?;
    if AWS_PATHS.iter().any(|reserved| path.starts_with(reserved)) {
        return Err(error::validation(format!(
            "The path {path} is reserved for service-linked roles."
        )));
    }
    let tags = tag::checked(input.tags.unwrap_or_default())?;
    let document = saved_policy::trust(&input.assume_role_policy_document)?;
    let mut tx = iam.store.begin().await;
    let place = holder::new_place::<RoleRecord>(&tx, &call.account, &input.role_name).await?;
    boundary::check(&tx, &call.account, input.permissions_boundary.as_deref()).await?;
    let record = RoleRecord {
        account: call.account.to_string(),
        name: input.role_name,
        path,
        id: identifier::unique("AROA", &*iam.ids),
        created_ms: call.now_ms,
        description: input.description,
        max_session_s: input.max_session_duration.unwrap_or(MAX_SESSION_S),
        trusted_ids: trusted_ids(&tx, &document).await?,
        trust: input.assume_role_policy_document,
        tags,
        boundary: input.permissions_boundary,
        policies: HeldPolicies::default(),
    };
    tx.put(&ROLES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateRoleResponse {
        role: Some(view::created_role(&record)),
    })
}

/// The unique ids of the users and roles that a trust policy names.
///
/// # Errors
/// MalformedPolicyDocument when one of them does not exist, as AWS answers.
async fn trusted_ids(
    tx: &Tx,
    document: &Document,
) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut ids = BTreeMap::new();
    for text in trust::named_principals(document) {
        let found = match text.parse::<Arn>() {
            Ok(arn) => named::find(Source::Tx(tx), &arn)
                .await
                .map_err(error::store)?,
            Err(_) => Named::Nobody,
        };
        match found {
            Named::UniqueId(id) => {
                ids.insert(text, id);
            }
            Named::ByName => {}
            Named::Nobody => {
                return Err(error::policy(&policy::PolicyError::Principal(format!(
                    "\"AWS\":\"{text}\""
                ))));
            }
        }
    }
    Ok(ids)
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetRoleRequest,
) -> Result<shape::GetRoleResponse, ServiceError> {
    let record: RoleRecord = iam.read(&call.account, &input.role_name).await?;
    let used = iam
        .store
        .get(&LAST_USED, &usage::role_key(&record.id))
        .await;
    let used = used.map_err(error::store)?;
    let record = iam.readable(record).await?;
    Ok(shape::GetRoleResponse {
        role: Some(view::role(&record, used.as_ref())),
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListRolesRequest,
) -> Result<shape::ListRolesResponse, ServiceError> {
    let prefix = input.path_prefix.as_deref();
    let all = iam.all_under::<RoleRecord>(&call.account, prefix).await?;
    let page = page::cut(all, input.marker.as_deref(), input.max_items)?;
    let mut roles = Vec::new();
    for role in page.items {
        roles.push(view::listed_role(&iam.readable(role).await?));
    }
    Ok(shape::ListRolesResponse {
        roles: Some(roles),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn update(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateRoleRequest,
) -> Result<shape::UpdateRoleResponse, ServiceError> {
    let tx = iam.store.begin().await;
    let mut record: RoleRecord = load_to_change(&tx, &call.account, &input.role_name).await?;
    record.description = input.description;
    record.max_session_s = input.max_session_duration.unwrap_or(MAX_SESSION_S);
    save(tx, &call.account, &record).await?;
    Ok(shape::UpdateRoleResponse {})
}

pub(crate) async fn update_description(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateRoleDescriptionRequest,
) -> Result<shape::UpdateRoleDescriptionResponse, ServiceError> {
    let tx = iam.store.begin().await;
    let mut record: RoleRecord = load(&tx, &call.account, &input.role_name).await?;
    record.description = Some(input.description);
    save(tx, &call.account, &record).await?;
    Ok(shape::UpdateRoleDescriptionResponse {
        role: Some(view::listed_role(&record)),
    })
}

pub(crate) async fn update_trust(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateAssumeRolePolicyRequest,
) -> Result<shape::UpdateAssumeRolePolicyOutput, ServiceError> {
    let document = saved_policy::trust(&input.policy_document)?;
    let tx = iam.store.begin().await;
    let mut record: RoleRecord = load_to_change(&tx, &call.account, &input.role_name).await?;
    record.trusted_ids = trusted_ids(&tx, &document).await?;
    record.trust = input.policy_document;
    save(tx, &call.account, &record).await?;
    Ok(shape::UpdateAssumeRolePolicyOutput {})
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteRoleRequest,
) -> Result<shape::DeleteRoleOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let record: RoleRecord = load_to_change(&tx, &call.account, &input.role_name).await?;
    let profiles = tx
        .scan(&PROFILES, &format!("{}/", call.account), None, SCAN_MAX)
        .await
        .map_err(error::store)?;
    let is_in_profile = profiles
        .iter()
        .any(|(_, profile)| profile.role.as_deref() == Some(&record.name));
    if is_in_profile {
        return Err(error::conflict(
            "Cannot delete entity, must remove roles from instance profile first.",
        ));
    }
    holder::check_has_none(&record.policies)?;
    tx.delete(&ROLES, &key(call.account.as_str(), &record.name));
    tx.delete(&LAST_USED, &usage::role_key(&record.id));
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteRoleOutput {})
}

impl Iam {
    /// The role that an ARN names, path included.
    pub(crate) async fn role_by_arn(&self, arn: &Arn) -> Result<Option<RoleRecord>, ServiceError> {
        let Some((account, path, name)) = arns::role(arn) else {
            return Ok(None);
        };
        let found = self.store.get(&ROLES, &key(account.as_str(), &name)).await;
        let found = found.map_err(error::store)?;
        Ok(found.filter(|role| role.name == name && role.path == path))
    }
}
