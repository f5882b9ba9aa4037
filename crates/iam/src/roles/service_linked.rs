//! Service-linked roles: made for one service, which alone may change them.
//!
//! Source: "Create a service-linked role" and "AWS services that work with IAM", IAM user guide.

use crate::policies::holder::{self, Holder, load};
use crate::record::{DELETIONS, DeletionRecord, HeldPolicies, LAST_USED, ROLES, RoleRecord, key};
use crate::{Iam, error, identifier, sessions::usage, view};
use api::ServiceError;
use api::iam as shape;
use ports::{Call, Touch, Touches};
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::BoxFuture;

/// Below which path they live, each service under its own name.
pub(crate) const PATH: &str = "/aws-service-role/";

/// Seconds of a session.
const MAX_SESSION_S: i32 = 3_600;

/// Services and the names of their roles. Their AWS managed policies are not here, since the
/// services that would use them are not; the roles are made without.
const KNOWN: [(&str, &str); 13] = [
    (
        "apidestinations.events.amazonaws.com",
        "AWSServiceRoleForAmazonEventBridgeApiDestinations",
    ),
    ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"),
    ("config.amazonaws.com", "AWSServiceRoleForConfig"),
    ("ecs.amazonaws.com", "AWSServiceRoleForECS"),
    (
        "elasticloadbalancing.amazonaws.com",
        "AWSServiceRoleForElasticLoadBalancing",
    ),
    ("lambda.amazonaws.com", "AWSServiceRoleForLambda"),
    (
        "lambda.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency",
    ),
    (
        "ops.apigateway.amazonaws.com",
        "AWSServiceRoleForAPIGateway",
    ),
    (
        "organizations.amazonaws.com",
        "AWSServiceRoleForOrganizations",
    ),
    ("rds.amazonaws.com", "AWSServiceRoleForRDS"),
    (
        "replicator.lambda.amazonaws.com",
        "AWSServiceRoleForLambdaReplicator",
    ),
    ("sso.amazonaws.com", "AWSServiceRoleForSSO"),
    ("support.amazonaws.com", "AWSServiceRoleForSupport"),
];

/// The one service of these whose roles may have a suffix.
const SUFFIXED: &str = "autoscaling.amazonaws.com";

/// Refuses to change a role that belongs to a service.
pub(crate) fn check_modifiable(path: &str, name: &str) -> Result<(), ServiceError> {
    match path.starts_with(PATH) {
        false => Ok(()),
        true => Err(ServiceError::new(
            "UnmodifiableEntity",
            format!(
                "Cannot perform the operation on the protected role '{name}' - this role is only \
                 modifiable by AWS"
            ),
        )),
    }
}

/// The role to be made, with `iam:AWSServiceName`.
pub(crate) fn touch_new<'a>(
    call: &'a Call,
    input: &'a shape::CreateServiceLinkedRoleRequest,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    let service = input.aws_service_name.as_str();
    let name = name(service, input.custom_suffix.as_deref()).unwrap_or_else(|_| "*".to_owned());
    let resource = format!("arn:aws:iam::{}:role{PATH}{service}/{name}", call.account);
    let mut touch = Touch::new(
        "iam:CreateServiceLinkedRole",
        resource,
        call.account.clone(),
    );
    touch.context.set("iam:AWSServiceName", service);
    Box::pin(std::future::ready(Ok(touch.into())))
}

/// The role that a task deletes, which the task's id names:
/// `task/aws-service-role/{service}/{role}/{id}`.
pub(crate) fn touch_task<'a>(
    call: &'a Call,
    input: &'a shape::GetServiceLinkedRoleDeletionStatusRequest,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    let named = input.deletion_task_id.strip_prefix("task");
    let role = named.and_then(|named| named.rsplit_once('/'));
    let role = role.filter(|(role, _)| role.starts_with(PATH));
    let resource = role.map(|(role, _)| format!("arn:aws:iam::{}:role{role}", call.account));
    let resource = resource.unwrap_or_else(|| "*".to_owned());
    let action = "iam:GetServiceLinkedRoleDeletionStatus";
    let touch = Touch::new(action, resource, call.account.clone());
    Box::pin(std::future::ready(Ok(touch.into())))
}

/// The name of a service's role.
fn name(service: &str, suffix: Option<&str>) -> Result<String, ServiceError> {
    let known = KNOWN.iter().find(|(known, _)| *known == service);
    let (_, name) = known.ok_or_else(|| {
        // UNVERIFIED: AWS's words for a service that it does not know.
        error::invalid_input(format!("Service {service} has no service-linked role."))
    })?;
    match suffix {
        None => Ok((*name).to_owned()),
        Some(suffix) if service == SUFFIXED => Ok(format!("{name}_{suffix}")),
        Some(_) => Err(error::invalid_input(format!(
            "Custom suffix is not allowed for {service}"
        ))),
    }
}

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateServiceLinkedRoleRequest,
) -> Result<shape::CreateServiceLinkedRoleResponse, ServiceError> {
    let service = input.aws_service_name;
    let name = name(&service, input.custom_suffix.as_deref())?;
    let mut tx = iam.store.begin().await;
    let place = key(call.account.as_str(), &name);
    let taken = tx.get(&ROLES, &place).await.map_err(error::store)?;
    if taken.is_some() {
        return Err(error::invalid_input(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    }
    let (quota, max) = RoleRecord::COUNT_MAX;
    holder::check_quota(&tx, &ROLES, &call.account, quota, max).await?;
    let record = RoleRecord {
        account: call.account.to_string(),
        name,
        path: format!("{PATH}{service}/"),
        id: identifier::unique("AROA", &*iam.ids),
        created_ms: call.now_ms,
        description: input.description,
        max_session_s: MAX_SESSION_S,
        trust: format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{{"Service":["{service}"]}}}}]}}"#
        ),
        trusted_ids: BTreeMap::new(),
        tags: BTreeMap::new(),
        boundary: None,
        policies: HeldPolicies::default(),
    };
    tx.put(&ROLES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateServiceLinkedRoleResponse {
        role: Some(view::created_role(&record)),
    })
}

/// Deletes the role. AWS does so in the background, once the service no longer needs it; no service
/// here needs one.
pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteServiceLinkedRoleRequest,
) -> Result<shape::DeleteServiceLinkedRoleResponse, ServiceError> {
    let mut tx = iam.store.begin().await;
    let record: RoleRecord = load(&tx, &call.account, &input.role_name).await?;
    if !record.path.starts_with(PATH) {
        return Err(error::no_such("role", &input.role_name));
    }
    let account = call.account.as_str();
    let task = format!("task{}{}/{}", record.path, record.name, iam.ids.uuid());
    let deletion = DeletionRecord {
        deleted_ms: call.now_ms,
    };
    tx.put(&DELETIONS, &key(account, &task), &deletion)
        .map_err(error::store)?;
    tx.delete(&ROLES, &key(account, &record.name));
    tx.delete(&LAST_USED, &usage::role_key(&record.id));
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteServiceLinkedRoleResponse {
        deletion_task_id: Some(task),
    })
}

pub(crate) async fn deletion_status(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetServiceLinkedRoleDeletionStatusRequest,
) -> Result<shape::GetServiceLinkedRoleDeletionStatusResponse, ServiceError> {
    let found = iam.deletion(&call, &input.deletion_task_id).await?;
    match found {
        Some(_) => Ok(shape::GetServiceLinkedRoleDeletionStatusResponse {
            status: Some("SUCCEEDED".to_owned()),
            reason: None,
        }),
        None => Err(error::no_entity(format!(
            "The deletion task {} cannot be found.",
            input.deletion_task_id
        ))),
    }
}

impl Iam {
    async fn deletion(
        &self,
        call: &Call,
        task: &str,
    ) -> Result<Option<DeletionRecord>, ServiceError> {
        let place = key(call.account.as_str(), task);
        self.store
            .get(&DELETIONS, &place)
            .await
            .map_err(error::store)
    }
}
