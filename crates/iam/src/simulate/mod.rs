//! SimulatePrincipalPolicy, SimulateCustomPolicy and the context keys that policies ask for.
//!
//! The decisions are those of real requests: the same evaluator is asked. What AWS's simulator
//! knows beyond it is refused, not ignored.

mod context_keys;
mod question;
mod sources;

use crate::decisions::keys::{Who, date_time};
use crate::limits::{SIMULATED_PAIRS_MAX, SIMULATED_POLICIES_MAX};
use crate::touches;
use crate::{Iam, error, page};
use api::ServiceError;
use api::iam as shape;
use arn::AccountId;
use context_keys::Keys;
use policy::{Attached, Context, DocumentKind, Principal};
use ports::{Call, Touch, Touches};
use question::Simulation;
use sources::{Sources, stranger};
pub(crate) use sources::{Subject, entity};
use std::sync::Arc;
use stdx::BoxFuture;

pub(crate) async fn custom(
    iam: Arc<Iam>,
    call: Call,
    input: shape::SimulateCustomPolicyRequest,
) -> Result<shape::SimulatePolicyResponse, ServiceError> {
    if input.ordered_organization_policy_input_list.is_some() {
        return Err(not_implemented("OrderedOrganizationPolicyInputList"));
    }
    let caller = caller(&iam, &call, input.caller_arn.as_deref()).await?;
    let mut subject = Subject {
        principal: stranger(&call.account)?,
        tags: Default::default(),
        identity: Sources::default(),
        boundary: None,
    };
    if let Some(caller) = caller {
        subject.principal = caller.principal;
        subject.tags = caller.tags;
    } else if input.resource_policy.is_some() {
        return Err(error::invalid_input(
            "CallerArn is required when ResourcePolicy is given.",
        ));
    }
    let policies = input.policy_input_list;
    wanted!(input, policies).simulate(&call, subject, Vec::new())
}

pub(crate) async fn principal(
    iam: Arc<Iam>,
    call: Call,
    input: shape::SimulatePrincipalPolicyRequest,
) -> Result<shape::SimulatePolicyResponse, ServiceError> {
    if input.policy_exclusion_list.is_some() {
        return Err(not_implemented("PolicyExclusionList"));
    }
    let mut subject = iam.subject(&input.policy_source_arn).await?;
    let (kind, ..) = entity(&input.policy_source_arn)?;
    match caller(&iam, &call, input.caller_arn.as_deref()).await? {
        Some(caller) => {
            subject.principal = caller.principal;
            subject.tags = caller.tags;
        }
        None if input.resource_policy.is_some() && kind != "user" => {
            return Err(error::invalid_input(
                "CallerArn is required when ResourcePolicy is given and PolicySourceArn is no user.",
            ));
        }
        None => {}
    }
    let control = iam.service_control(&subject.principal).await?;
    let policies = input.policy_input_list.unwrap_or_default();
    wanted!(input, policies).simulate(&call, subject, control)
}

impl Iam {
    /// The service control policies of the account of whom a simulation is about, level by level.
    async fn service_control(
        &self,
        principal: &Principal,
    ) -> Result<Vec<Vec<Attached>>, ServiceError> {
        let membership = self.membership(&principal.account).await;
        let membership = membership.map_err(|_| ServiceError::internal())?;
        Ok(membership.map_or_else(Vec::new, |one| one.service_control.clone()))
    }
}

/// "You can specify only the ARN of an IAM user" ("SimulatePrincipalPolicy", IAM API reference);
/// here, one of the caller's own account.
async fn caller(
    iam: &Iam,
    call: &Call,
    arn: Option<&str>,
) -> Result<Option<Subject>, ServiceError> {
    let Some(arn) = arn else { return Ok(None) };
    let (kind, account, _) = entity(arn)?;
    match kind == "user" && account == call.account {
        true => Ok(Some(iam.subject(arn).await?)),
        false => Err(error::invalid_input(
            "CallerArn must be the ARN of an IAM user of this account.",
        )),
    }
}

/// What both operations are asked.
struct Wanted {
    policies: Vec<String>,
    boundaries: Option<Vec<String>>,
    actions: Vec<String>,
    resources: Option<Vec<String>>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    entries: Option<Vec<shape::ContextEntry>>,
    handling: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// What an input of either operation asks; their types are two, their members the same.
macro_rules! wanted {
    ($input:ident, $policies:ident) => {
        Wanted {
            policies: $policies,
            boundaries: $input.permissions_boundary_policy_input_list,
            actions: $input.action_names,
            resources: $input.resource_arns,
            resource_policy: $input.resource_policy,
            resource_owner: $input.resource_owner,
            entries: $input.context_entries,
            handling: $input.resource_handling_option,
            marker: $input.marker,
            max_items: $input.max_items,
        }
    };
}
use wanted;

impl Wanted {
    fn simulate(
        self,
        call: &Call,
        mut subject: Subject,
        service_control: Vec<Vec<Attached>>,
    ) -> Result<shape::SimulatePolicyResponse, ServiceError> {
        if self.handling.is_some() {
            return Err(not_implemented("ResourceHandlingOption"));
        }
        self.check_counts()?;
        let list = "PolicyInputList";
        let identity = &mut subject.identity;
        identity.add_given(list, DocumentKind::Identity, &self.policies)?;
        if let Some(texts) = &self.boundaries {
            let list = "PermissionsBoundaryPolicyInputList";
            let mut given = Sources::default();
            given.add_given(list, DocumentKind::Identity, texts)?;
            subject.boundary = Some(given);
        }
        let mut resource = Sources::default();
        let text = self.resource_policy.as_slice();
        resource.add_given("ResourcePolicy", DocumentKind::Resource, text)?;
        let mut context = Who::Principal(&subject.principal, &subject.tags).written();
        context
            .set("aws:CurrentTime", date_time(call.now_ms))
            .set("aws:EpochTime", call.now_ms.div_euclid(1000).to_string());
        for entry in self.entries.unwrap_or_default() {
            add_entry(&mut context, entry)?;
        }
        let simulation = Simulation {
            owner: owner(self.resource_owner.as_deref(), &subject.principal.account)?,
            subject,
            service_control,
            resource,
            context,
        };
        let resources = self.resources.unwrap_or_else(|| vec!["*".to_owned()]);
        let pairs = self.actions.iter().flat_map(|action| {
            let pair = move |resource| (action, resource);
            resources.iter().map(pair)
        });
        let pairs = pairs
            .enumerate()
            .map(|(place, pair)| (format!("{place:06}"), pair))
            .collect();
        let page = page::cut(pairs, self.marker.as_deref(), self.max_items)?;
        let results = page.items.iter();
        let results = results.map(|(action, resource)| simulation.ask(action, resource));
        Ok(shape::SimulatePolicyResponse {
            evaluation_results: Some(results.collect()),
            is_truncated: Some(page.is_truncated),
            marker: page.marker,
        })
    }

    fn check_counts(&self) -> Result<(), ServiceError> {
        let resources = self.resources.as_ref().map_or(1, Vec::len);
        let boundaries = self.boundaries.as_ref().map_or(0, Vec::len);
        let is_too_much = self.actions.len().saturating_mul(resources) > SIMULATED_PAIRS_MAX
            || self.policies.len() > SIMULATED_POLICIES_MAX
            || boundaries > SIMULATED_POLICIES_MAX;
        if is_too_much {
            return Err(error::invalid_input(format!(
                "One simulation takes {SIMULATED_PAIRS_MAX} pairs of action and resource, and \
                 {SIMULATED_POLICIES_MAX} policies of a kind, at most."
            )));
        }
        for action in &self.actions {
            let is_one = action.split_once(':').is_some_and(|(service, name)| {
                !service.is_empty() && !name.is_empty() && !action.contains(['*', '?'])
            });
            if !is_one {
                return Err(error::invalid_input(format!(
                    "Invalid action {action}: wildcards are not supported and a service prefix is \
                     required."
                )));
            }
        }
        Ok(())
    }
}

/// Twelve digits, or the ARN of an account's root or of anything that an account owns.
fn owner(text: Option<&str>, default: &AccountId) -> Result<AccountId, ServiceError> {
    let Some(text) = text else {
        return Ok(default.clone());
    };
    let by_arn = || text.parse::<arn::Arn>().ok()?.account_id();
    text.parse()
        .ok()
        .or_else(by_arn)
        .ok_or_else(|| error::invalid_input(format!("Invalid resource owner: {text}")))
}

fn add_entry(context: &mut Context, entry: shape::ContextEntry) -> Result<(), ServiceError> {
    let (Some(name), Some(kind)) = (entry.context_key_name, entry.context_key_type) else {
        return Err(error::invalid_input(
            "A context entry needs ContextKeyName and ContextKeyType.",
        ));
    };
    let mut values = entry.context_key_values.unwrap_or_default();
    if kind.ends_with("List") {
        context.set_many(&name, values);
        return Ok(());
    }
    match (values.pop(), values.is_empty()) {
        (Some(one), true) => {
            context.set(&name, one);
            Ok(())
        }
        _ => Err(error::invalid_input(format!(
            "The context key {name} of type {kind} takes one value."
        ))),
    }
}

fn not_implemented(member: &str) -> ServiceError {
    ServiceError::new(
        "NotImplemented",
        format!("The member {member} of a simulation is not implemented."),
    )
    .status(501)
}

pub(crate) async fn keys_of_custom(
    _: Arc<Iam>,
    _: Call,
    input: shape::GetContextKeysForCustomPolicyRequest,
) -> Result<shape::GetContextKeysForPolicyResponse, ServiceError> {
    let mut given = Sources::default();
    // Any kind of policy may be asked about, so only the grammar that all share is.
    for text in &input.policy_input_list {
        policy::Document::parse(text).map_err(|found| error::invalid_input(found.to_string()))?;
        context_keys::add(text, &mut given.keys);
    }
    Ok(shown(given.keys))
}

pub(crate) async fn keys_of_principal(
    iam: Arc<Iam>,
    _: Call,
    input: shape::GetContextKeysForPrincipalPolicyRequest,
) -> Result<shape::GetContextKeysForPolicyResponse, ServiceError> {
    let mut subject = iam.subject(&input.policy_source_arn).await?;
    let texts = input.policy_input_list.unwrap_or_default();
    let list = "PolicyInputList";
    let identity = &mut subject.identity;
    identity.add_given(list, DocumentKind::Identity, &texts)?;
    Ok(shown(subject.identity.keys))
}

fn shown(keys: Keys) -> shape::GetContextKeysForPolicyResponse {
    shape::GetContextKeysForPolicyResponse {
        context_key_names: Some(keys.into_values().collect()),
    }
}

/// Asking about a user, group or role touches it; one of another account is out of reach.
pub(crate) fn touch<'a>(
    call: &'a Call,
    action: &'static str,
    arn: &'a str,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    match entity(arn) {
        Ok((_, owner, _)) => {
            let touch = Touch::new(action, arn, owner);
            Box::pin(std::future::ready(Ok(touch.into())))
        }
        // The operation itself says what is wrong with it.
        Err(_) => touches::any(call, action),
    }
}
