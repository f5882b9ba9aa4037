//! Who may do what with a function: the statements of its policy, and the question itself.

use crate::error::{LambdaError, STALE_POLICY};
use crate::invoke::Door;
use crate::live::LiveFunction;
use crate::name::{FunctionName, LATEST, Selection};
use crate::record::{
    ALIASES, FUNCTIONS, FunctionRecord, POLICIES, PolicyRecord, VERSIONS, child_key, version_key,
};
use crate::statement::{self, Grantee, Permission};
use crate::{Lambda, function_url, principals};
use api::lambda::{
    AddPermissionRequest, AddPermissionResponse, GetPolicyRequest, GetPolicyResponse,
    RemovePermissionOutput, RemovePermissionRequest,
};
use policy::{Document, DocumentKind};
use ports::{Call, Caller, RequestFacts, Touch};
use smithy::ServiceError;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Tx;

/// Who calls a function, and how.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// Facts for condition keys.
    pub facts: &'a RequestFacts,
    /// How.
    pub door: Door,
}

/// Whether the caller may invoke the function under this name. The question is the same for a
/// function that does not exist, so that the answer does not tell whether it does.
///
/// A call of a function URL needs two permissions since October 2025 ("Control access to Lambda
/// function URLs").
pub async fn check(
    lambda: &Lambda,
    name: &FunctionName,
    function: Option<&LiveFunction>,
    by: By<'_>,
) -> Result<(), LambdaError> {
    let action = match by.door {
        Door::Invoke | Door::FunctionUrl(_) => "lambda:InvokeFunction",
        Door::InvokeAsync => "lambda:InvokeAsync",
    };
    let mut invoke = touch(action, name, function);
    if let Door::FunctionUrl(auth) = by.door {
        invoke.context.set("lambda:InvokedViaFunctionUrl", "true");
        let mut call = touch("lambda:InvokeFunctionUrl", name, function);
        set_auth_type(&mut call, function_url::auth_type(auth));
        allowed(lambda, by, &call).await?;
    }
    allowed(lambda, by, &invoke).await
}

async fn allowed(lambda: &Lambda, by: By<'_>, touch: &Touch) -> Result<(), LambdaError> {
    let verdict = lambda.authorize.authorize(by.caller, touch, by.facts).await;
    verdict.map_err(|denial| LambdaError::Denied(denial.message))
}

/// Sets the condition key that tells function URLs of type `NONE` from others.
pub fn set_auth_type(touch: &mut Touch, auth_type: &str) {
    touch.context.set("lambda:FunctionUrlAuthType", auth_type);
}

/// `action` on the function under this name, with its policy and tags.
pub fn touch(
    action: impl Into<String>,
    name: &FunctionName,
    function: Option<&LiveFunction>,
) -> Touch {
    let mut touch = Touch::new(action, name.arn(), name.account.clone());
    touch.context.set("lambda:FunctionArn", name.function_arn());
    if let Some(function) = function {
        touch.resource_policy = function
            .policy(name)
            .map(|policy| Arc::clone(&policy.document));
        for (key, value) in &function.record.tags {
            touch
                .context
                .set(&format!("aws:ResourceTag/{key}"), value.as_str());
        }
    }
    touch
}

/// AddPermission.
pub async fn add(
    lambda: Arc<Lambda>,
    call: Call,
    input: AddPermissionRequest,
) -> Result<AddPermissionResponse, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    if name.qualifier.as_deref() == Some(LATEST) {
        return Err(LambdaError::Invalid(
            "We currently do not support adding policies for $LATEST.".to_owned(),
        )
        .into());
    }
    let permission = Permission {
        statement_id: input.statement_id,
        action: input.action,
        principal: input.principal,
        source_arn: input.source_arn,
        source_account: input.source_account,
        event_source_token: input.event_source_token,
        function_url_auth_type: input.function_url_auth_type,
        principal_org_id: input.principal_org_id,
        is_via_function_url: input.invoked_via_function_url.unwrap_or_default(),
    };
    let grantee = Grantee::parse(&permission.principal)?;
    let unique_ids = match &grantee {
        Grantee::Aws(arn) => principals::unique_ids(&lambda, [arn.as_str()]).await?,
        Grantee::Anyone | Grantee::Service(_) => BTreeMap::new(),
    };
    let rendered = statement::render(&permission, &grantee, &name.arn());
    let text = rendered.to_string();
    let revision_id = input.revision_id.as_deref();
    change(&lambda, &name, revision_id, unique_ids, |document| {
        statement::append(document, rendered).map(Some)
    })
    .await?;
    Ok(AddPermissionResponse {
        statement: Some(text),
    })
}

/// RemovePermission.
pub async fn remove(
    lambda: Arc<Lambda>,
    call: Call,
    input: RemovePermissionRequest,
) -> Result<RemovePermissionOutput, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    if lambda.function(&name).await?.is_none() {
        let text = format!("No policy found for: {}", name.arn());
        return Err(LambdaError::NotFound(text).into());
    }
    let sid = input.statement_id;
    let revision_id = input.revision_id.as_deref();
    change(&lambda, &name, revision_id, BTreeMap::new(), |document| {
        let document = document.ok_or_else(|| {
            LambdaError::NotFound("No policy is associated with the given resource.".to_owned())
        })?;
        statement::remove(document, &sid)
    })
    .await?;
    Ok(RemovePermissionOutput {})
}

/// GetPolicy.
pub async fn policy(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetPolicyRequest,
) -> Result<GetPolicyResponse, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let policy = stored(&lambda, &name).await?;
    Ok(GetPolicyResponse {
        policy: Some(policy.document),
        revision_id: Some(policy.revision_id),
    })
}

/// The policy under this name, or AWS's 404, which is the same for a missing function.
pub async fn stored(lambda: &Lambda, name: &FunctionName) -> Result<PolicyRecord, LambdaError> {
    let function = lambda.function(name).await?;
    let policy = function.and_then(|function| {
        let qualifier = name.qualifier.as_deref().unwrap_or_default();
        let policy = function.policies.get(qualifier)?;
        Some(policy.record.clone())
    });
    policy.ok_or_else(|| {
        LambdaError::NotFound("The resource you requested does not exist.".to_owned())
    })
}

fn named(call: &Call, text: &str, qualifier: Option<&str>) -> Result<FunctionName, LambdaError> {
    FunctionName::parse(text, qualifier, &call.account, &call.region)
}

/// A resource policy that may be stored.
///
/// # Errors
/// The first rule of the grammar that it breaks.
pub fn parse(document: &str) -> Result<Document, LambdaError> {
    let invalid = |error: policy::PolicyError| LambdaError::Invalid(error.to_string());
    let parsed = Document::parse(document).map_err(invalid)?;
    parsed.validate(DocumentKind::Resource).map_err(invalid)?;
    Ok(parsed)
}

/// Changes the document under this name: `edit` gets it, if there is one, and gives what it
/// becomes, none for no policy at all. `unique_ids` are those of the users and roles that are
/// new in it. Answers the new record.
///
/// A RevisionId may be the policy's or that of what it hangs on; both change with it.
pub async fn change(
    lambda: &Lambda,
    name: &FunctionName,
    revision_id: Option<&str>,
    unique_ids: BTreeMap<String, String>,
    edit: impl FnOnce(Option<&str>) -> Result<Option<String>, LambdaError>,
) -> Result<Option<PolicyRecord>, LambdaError> {
    let key = name.key();
    let policy_key = child_key(&key, name.qualifier.as_deref().unwrap_or_default());
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await?;
    let function = function.ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    let held = tx.get(&POLICIES, &policy_key).await?;
    let new_revision = lambda.ids.uuid();
    let old_revision = stamp(&mut tx, name, function, &new_revision).await?;
    if let Some(expected) = revision_id {
        let of_policy = held.as_ref().map(|policy| policy.revision_id.as_str());
        if expected != old_revision && Some(expected) != of_policy {
            return Err(LambdaError::Stale(STALE_POLICY));
        }
    }
    let held = held.map(|policy| principals::part_from_namesakes(policy, &unique_ids));
    let held = held.transpose()?;
    let document = edit(held.as_ref().map(|policy| policy.document.as_str()))?;
    let record = match document {
        Some(document) => {
            let parsed = parse(&document)?;
            let mut all = held.map(|policy| policy.unique_ids).unwrap_or_default();
            all.extend(unique_ids);
            let named = principals::named(&parsed);
            all.retain(|arn, _| named.contains(arn));
            let record = PolicyRecord {
                document,
                revision_id: new_revision,
                unique_ids: all,
            };
            tx.put(&POLICIES, &policy_key, &record)?;
            Some(record)
        }
        None => {
            tx.delete(&POLICIES, &policy_key);
            None
        }
    };
    lambda.commit(tx, &key).await?;
    Ok(record)
}

/// Gives the function, version or alias under this name a new RevisionId; answers the old one.
async fn stamp(
    tx: &mut Tx,
    name: &FunctionName,
    mut function: FunctionRecord,
    new_revision: &str,
) -> Result<String, LambdaError> {
    let key = name.key();
    let new_revision = new_revision.to_owned();
    match name.selection() {
        Selection::Latest => {
            let old = std::mem::replace(&mut function.latest.revision_id, new_revision);
            tx.put(&FUNCTIONS, &key, &function)?;
            Ok(old)
        }
        Selection::Version(digits) => {
            let missing = || LambdaError::FunctionNotFound(name.arn());
            let number = digits.parse().map_err(|_| missing())?;
            let version_key = version_key(&key, number);
            let mut version = tx.get(&VERSIONS, &version_key).await?.ok_or_else(missing)?;
            let old = std::mem::replace(&mut version.config.revision_id, new_revision);
            tx.put(&VERSIONS, &version_key, &version)?;
            Ok(old)
        }
        Selection::Alias(alias) => {
            let alias_key = child_key(&key, alias);
            let found = tx.get(&ALIASES, &alias_key).await?;
            let mut found = found.ok_or_else(|| match alias.contains('$') {
                // Observed: a qualifier that can be no alias is looked for among the versions.
                true => LambdaError::FunctionNotFound(name.arn()),
                false => LambdaError::AliasNotFound(name.arn()),
            })?;
            let old = std::mem::replace(&mut found.revision_id, new_revision);
            tx.put(&ALIASES, &alias_key, &found)?;
            Ok(old)
        }
    }
}
