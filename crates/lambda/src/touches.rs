//! What each operation touches: the actions and ARNs that must be allowed before it runs.

use crate::error::LambdaError;
use crate::layer_name::{LayerName, LayerVersionName};
use crate::limits::FUNCTION_LAYERS_MAX;
use crate::name::FunctionName;
use crate::{
    Lambda, function_url, layer_permission, lifecycle, permission, principals, resource_policy, tag,
};
use api::lambda::{
    AddPermissionRequest, CreateFunctionRequest, DeleteResourcePolicyRequest,
    GetLayerVersionByArnRequest, GetResourcePolicyRequest, PutResourcePolicyRequest,
    RemovePermissionRequest, UpdateFunctionConfigurationRequest,
};
use arn::Arn;
use policy::Document;
use ports::{Call, Touch, Touches};
use smithy::ServiceError;
use std::collections::{BTreeMap, BTreeSet};
use stdx::BoxFuture;

type Answer<'a> = BoxFuture<'a, Result<Touches, ServiceError>>;

/// The front door decides for itself.
pub fn front_door<'a>() -> Answer<'a> {
    Box::pin(async { Ok(Touches::FrontDoor) })
}

/// An action without a resource, such as ListFunctions.
pub fn account<'a>(call: &'a Call, action: &'a str) -> Answer<'a> {
    let touch = Touch::new(format!("lambda:{action}"), "*", call.account.clone());
    Box::pin(async { Ok(touch.into()) })
}

/// The function itself, whatever the qualifier.
pub fn function<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    action: &'a str,
    text: &'a str,
) -> Answer<'a> {
    Box::pin(async move {
        let name = FunctionName::parse(text, None, &call.account, &call.region)?.unqualified();
        Ok(touch(lambda, action, &name).await?.into())
    })
}

/// The function with the qualifier that is asked for.
pub fn qualified<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    action: &'a str,
    text: &'a str,
    qualifier: Option<&'a str>,
) -> Answer<'a> {
    Box::pin(async move {
        let name = FunctionName::parse(text, qualifier, &call.account, &call.region)?;
        Ok(touch(lambda, action, &name).await?.into())
    })
}

/// A statement for the function's policy: who is let in, and whether by a URL without signature.
pub fn add_permission<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a AddPermissionRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let (text, qualifier) = (&input.function_name, input.qualifier.as_deref());
        let name = FunctionName::parse(text, qualifier, &call.account, &call.region)?;
        let mut touch = touch(lambda, "AddPermission", &name).await?;
        touch
            .context
            .set("lambda:Principal", input.principal.as_str());
        if let Some(auth_type) = &input.function_url_auth_type {
            permission::set_auth_type(&mut touch, auth_type);
        }
        Ok(touch.into())
    })
}

/// The URL of a function or alias: the type that it is given, else the one that it has.
pub fn url<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    action: &'a str,
    text: &'a str,
    qualifier: Option<&'a str>,
    auth_type: Option<&'a str>,
) -> Answer<'a> {
    Box::pin(async move {
        let name = FunctionName::parse(text, qualifier, &call.account, &call.region)?;
        let mut touch = touch(lambda, action, &name).await?;
        let held = function_url::stored(lambda, &name).await?;
        let held = held.map(|url| function_url::auth_type(url.auth));
        if let Some(auth_type) = auth_type.or(held) {
            permission::set_auth_type(&mut touch, auth_type);
        }
        Ok(touch.into())
    })
}

/// UpdateFunctionConfiguration: the function, the role and the layers that it is given.
pub fn update_configuration<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a UpdateFunctionConfigurationRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let text = &input.function_name;
        let name = FunctionName::parse(text, None, &call.account, &call.region)?.unqualified();
        let mut update = touch(lambda, "UpdateFunctionConfiguration", &name).await?;
        set_layers(&mut update, input.layers.as_deref());
        let mut all = vec![update];
        let role = input.role.as_deref();
        all.extend(role.map(|role| pass_role(&name, role)).transpose()?);
        all.extend(used_layers(lambda, input.layers.as_deref()).await?);
        Ok(Touches::All(all))
    })
}

/// CreateFunction: its role is passed to Lambda, its layers are read, its tags are put on it.
pub fn create_function<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a CreateFunctionRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let text = &input.function_name;
        let name = FunctionName::parse(text, None, &call.account, &call.region)?.unqualified();
        let mut create = permission::touch("lambda:CreateFunction", &name, None);
        set_layers(&mut create, input.layers.as_deref());
        let tags = input.tags.as_ref().filter(|tags| !tags.is_empty());
        if let Some(tags) = tags {
            set_request_tags(&mut create, tags);
        }
        let mut all = vec![create, pass_role(&name, &input.role)?];
        if let Some(tags) = tags {
            let mut tag = permission::touch("lambda:TagResource", &name, None);
            set_request_tags(&mut tag, tags);
            all.push(tag);
        }
        all.extend(used_layers(lambda, input.layers.as_deref()).await?);
        Ok(Touches::All(all))
    })
}

/// Who gives layers to a function must be allowed to read each of them ("Managing Lambda
/// dependencies with layers"). More than a function may have are refused by the operation.
async fn used_layers(lambda: &Lambda, arns: Option<&[String]>) -> Result<Vec<Touch>, LambdaError> {
    let mut all = Vec::new();
    for arn in arns.unwrap_or_default().iter().take(FUNCTION_LAYERS_MAX) {
        // What is no layer's ARN is refused by the operation, with its reason.
        if let Some(name) = LayerVersionName::of_arn(arn) {
            all.push(layer_permission::touch(lambda, "GetLayerVersion", &name).await?);
        }
    }
    Ok(all)
}

/// Condition key `lambda:Layer`: every layer that the function is given.
fn set_layers(touch: &mut Touch, arns: Option<&[String]>) {
    if let Some(arns) = arns.filter(|arns| !arns.is_empty()) {
        touch.context.set_many("lambda:Layer", arns.to_vec());
    }
}

/// A layer as a whole.
pub fn layer<'a>(call: &'a Call, action: &'a str, text: &'a str) -> Answer<'a> {
    Box::pin(async move {
        let name = LayerName::parse(text, call)?;
        let action = format!("lambda:{action}");
        Ok(Touch::new(action, name.arn(), name.account.clone()).into())
    })
}

/// One version of a layer.
pub fn layer_version<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    action: &'a str,
    text: &'a str,
    number: i64,
) -> Answer<'a> {
    Box::pin(async move {
        let layer = LayerName::parse(text, call)?;
        let name = layer.version(number)?;
        Ok(layer_permission::touch(lambda, action, &name).await?.into())
    })
}

/// GetLayerVersionByArn asks for the same right as GetLayerVersion.
pub fn layer_version_by_arn<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a GetLayerVersionByArnRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let Some(name) = LayerVersionName::of_arn(&input.arn) else {
            // One of AWS's own, `awslayer`, which nobody here owns.
            let owner = call.account.clone();
            return Ok(Touch::new("lambda:GetLayerVersion", &input.arn, owner).into());
        };
        let touch = layer_permission::touch(lambda, "GetLayerVersion", &name).await?;
        Ok(touch.into())
    })
}

/// RemovePermission: whom the statement is about.
pub fn remove_permission<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a RemovePermissionRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let (text, qualifier) = (&input.function_name, input.qualifier.as_deref());
        let name = FunctionName::parse(text, qualifier, &call.account, &call.region)?;
        let sid = Some(input.statement_id.as_str());
        let held = held_grantees(lambda, &name, sid).await?;
        Ok(Touches::All(
            about(lambda, "RemovePermission", &name, &held).await?,
        ))
    })
}

/// PutResourcePolicy takes the rights to remove what was there and to add what will be.
pub fn put_resource_policy<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a PutResourcePolicyRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let name = resource_policy::named(call, &input.resource_arn)?;
        let held = held_grantees(lambda, &name, None).await?;
        // A document that cannot be read is refused by the operation, with its reason.
        let document = Document::parse(&input.policy).ok();
        let new = document.map(|document| principals::grantees(&document, None));
        let new = new.unwrap_or_default();
        let mut all = about(lambda, "PutResourcePolicy", &name, &new).await?;
        all.extend(about(lambda, "AddPermission", &name, &new).await?);
        all.extend(about(lambda, "RemovePermission", &name, &held).await?);
        Ok(Touches::All(all))
    })
}

/// DeleteResourcePolicy takes the right to remove what is there.
pub fn delete_resource_policy<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a DeleteResourcePolicyRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let name = resource_policy::named(call, &input.resource_arn)?;
        let held = held_grantees(lambda, &name, None).await?;
        let mut all = about(lambda, "DeleteResourcePolicy", &name, &held).await?;
        all.extend(about(lambda, "RemovePermission", &name, &held).await?);
        Ok(Touches::All(all))
    })
}

/// GetResourcePolicy, which shows what GetPolicy shows.
pub fn get_resource_policy<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    input: &'a GetResourcePolicyRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let name = resource_policy::named(call, &input.resource_arn)?;
        let mut all = Vec::new();
        for action in ["GetResourcePolicy", "GetPolicy"] {
            all.push(touch(lambda, action, &name).await?);
        }
        Ok(Touches::All(all))
    })
}

/// The action once for each principal, so that `lambda:Principal` has one value whenever it is
/// asked for: a document about many is allowed only where each of them is.
async fn about(
    lambda: &Lambda,
    action: &str,
    name: &FunctionName,
    grantees: &BTreeSet<String>,
) -> Result<Vec<Touch>, LambdaError> {
    let plain = touch(lambda, action, name).await?;
    if grantees.is_empty() {
        return Ok(vec![plain]);
    }
    let each = grantees.iter().map(|grantee| {
        let mut touch = plain.clone();
        touch.context.set("lambda:Principal", grantee.as_str());
        touch
    });
    Ok(each.collect())
}

/// Whom the stored policy is about, or one statement of it.
async fn held_grantees(
    lambda: &Lambda,
    name: &FunctionName,
    sid: Option<&str>,
) -> Result<BTreeSet<String>, LambdaError> {
    let function = lambda.function(name).await?;
    let policy = function.as_deref().and_then(|found| found.policy(name));
    Ok(policy.map_or_else(BTreeSet::new, |policy| {
        principals::grantees(&policy.document, sid)
    }))
}

/// A resource with tags, and the tags that are put on it or taken from it.
pub fn tagged<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    action: &'a str,
    resource: &'a str,
    tags: Option<&'a BTreeMap<String, String>>,
    keys: Option<&'a [String]>,
) -> Answer<'a> {
    Box::pin(async move {
        let name = tag::named(call, resource)?;
        let mut touch = touch(lambda, action, &name).await?;
        if let Some(tags) = tags {
            set_request_tags(&mut touch, tags);
        }
        if let Some(keys) = keys {
            touch.context.set_many("aws:TagKeys", keys.to_vec());
        }
        Ok(touch.into())
    })
}

async fn touch(lambda: &Lambda, action: &str, name: &FunctionName) -> Result<Touch, LambdaError> {
    let function = lambda.function(name).await?;
    let action = format!("lambda:{action}");
    Ok(permission::touch(action, name, function.as_deref()))
}

/// `iam:PassRole`; a role of another account can never be passed.
fn pass_role(name: &FunctionName, role: &str) -> Result<Touch, LambdaError> {
    let arn: Arn = role
        .parse()
        .map_err(|_| LambdaError::Invalid(lifecycle::ROLE_REFUSED.to_owned()))?;
    match arn.account_id() {
        Some(owner) if owner == name.account => {
            let mut touch = Touch::new("iam:PassRole", role, owner);
            touch
                .context
                .set("iam:PassedToService", lifecycle::LAMBDA_PRINCIPAL)
                .set("iam:AssociatedResourceArn", name.function_arn());
            Ok(touch)
        }
        _ => Err(lifecycle::cross_account_role()),
    }
}

fn set_request_tags(touch: &mut Touch, tags: &BTreeMap<String, String>) {
    for (key, value) in tags {
        touch
            .context
            .set(&format!("aws:RequestTag/{key}"), value.as_str());
    }
    let keys = tags.keys().cloned().collect();
    touch.context.set_many("aws:TagKeys", keys);
}
