//! The table of contents: operation, what it touches, who does it.

use crate::touches::{self, Keys};
use crate::{
    Organizations, account, attachment, control_policy, organization, root, tag, tree, unit,
};
use api::organizations::{SERVICE, op};
use ports::{Call, Touches};
use std::sync::Arc;

/// The operations of Organizations, ready for the endpoint.
pub type Operations = api::Operations<Call, Touches>;

/// Every operation that Organizations serves; what is missing here answers 501 by name.
#[rustfmt::skip]
pub fn operations(service: Arc<Organizations>) -> Operations {
    Operations::new(SERVICE, service)
        .on(op::CreateOrganization, |_, c, _| touches::any(c, "organizations:CreateOrganization", Keys::default()), organization::create)
        .on(op::DescribeOrganization, |_, c, _| touches::any(c, "organizations:DescribeOrganization", Keys::default()), organization::describe)
        .on(op::DeleteOrganization, |s, c, _| touches::organization(s, c, "organizations:DeleteOrganization"), organization::delete)
        .on(op::CreateAccount, |_, c, i| touches::any(c, "organizations:CreateAccount", Keys::tags(i.tags.as_deref())), account::create)
        .on(op::DescribeCreateAccountStatus, |_, c, _| touches::any(c, "organizations:DescribeCreateAccountStatus", Keys::default()), account::describe_request)
        .on(op::ListCreateAccountStatus, |_, c, _| touches::any(c, "organizations:ListCreateAccountStatus", Keys::default()), account::list_requests)
        .on(op::ListAccounts, |_, c, _| touches::any(c, "organizations:ListAccounts", Keys::default()), account::list)
        .on(op::ListAccountsForParent, |s, c, i| touches::each(s, c, "organizations:ListAccountsForParent", vec![&i.parent_id], Keys::default()), account::list_for_parent)
        .on(op::DescribeAccount, |s, c, i| touches::each(s, c, "organizations:DescribeAccount", vec![&i.account_id], Keys::default()), account::describe)
        .on(op::MoveAccount, |s, c, i| touches::each(s, c, "organizations:MoveAccount", vec![&i.account_id, &i.source_parent_id, &i.destination_parent_id], Keys::default()), account::r#move)
        .on(op::ListRoots, |_, c, _| touches::any(c, "organizations:ListRoots", Keys::default()), root::list)
        .on(op::EnablePolicyType, |s, c, i| touches::each(s, c, "organizations:EnablePolicyType", vec![&i.root_id], Keys::kind(&i.policy_type)), root::enable)
        .on(op::DisablePolicyType, |s, c, i| touches::each(s, c, "organizations:DisablePolicyType", vec![&i.root_id], Keys::kind(&i.policy_type)), root::disable)
        .on(op::CreateOrganizationalUnit, |s, c, i| touches::each(s, c, "organizations:CreateOrganizationalUnit", vec![&i.parent_id], Keys::tags(i.tags.as_deref())), unit::create)
        .on(op::DescribeOrganizationalUnit, |s, c, i| touches::each(s, c, "organizations:DescribeOrganizationalUnit", vec![&i.organizational_unit_id], Keys::default()), unit::describe)
        .on(op::UpdateOrganizationalUnit, |s, c, i| touches::each(s, c, "organizations:UpdateOrganizationalUnit", vec![&i.organizational_unit_id], Keys::default()), unit::update)
        .on(op::DeleteOrganizationalUnit, |s, c, i| touches::each(s, c, "organizations:DeleteOrganizationalUnit", vec![&i.organizational_unit_id], Keys::default()), unit::delete)
        .on(op::ListOrganizationalUnitsForParent, |s, c, i| touches::each(s, c, "organizations:ListOrganizationalUnitsForParent", vec![&i.parent_id], Keys::default()), unit::list)
        .on(op::ListParents, |s, c, i| touches::each(s, c, "organizations:ListParents", vec![&i.child_id], Keys::default()), tree::parents)
        .on(op::ListChildren, |s, c, i| touches::each(s, c, "organizations:ListChildren", vec![&i.parent_id], Keys::default()), tree::children)
        .on(op::CreatePolicy, |_, c, i| touches::any(c, "organizations:CreatePolicy", Keys { kind: Some(&i.type_), tags: i.tags.as_deref(), removed: &[] }), control_policy::create)
        .on(op::DescribePolicy, |s, c, i| touches::each(s, c, "organizations:DescribePolicy", vec![&i.policy_id], Keys::default()), control_policy::describe)
        .on(op::UpdatePolicy, |s, c, i| touches::each(s, c, "organizations:UpdatePolicy", vec![&i.policy_id], Keys::default()), control_policy::update)
        .on(op::DeletePolicy, |s, c, i| touches::each(s, c, "organizations:DeletePolicy", vec![&i.policy_id], Keys::default()), control_policy::delete)
        .on(op::ListPolicies, |_, c, i| touches::any(c, "organizations:ListPolicies", Keys::kind(&i.filter)), control_policy::list)
        .on(op::AttachPolicy, |s, c, i| touches::each(s, c, "organizations:AttachPolicy", vec![&i.policy_id, &i.target_id], Keys::default()), attachment::attach)
        .on(op::DetachPolicy, |s, c, i| touches::each(s, c, "organizations:DetachPolicy", vec![&i.policy_id, &i.target_id], Keys::default()), attachment::detach)
        .on(op::ListPoliciesForTarget, |s, c, i| touches::each(s, c, "organizations:ListPoliciesForTarget", vec![&i.target_id], Keys::kind(&i.filter)), attachment::policies_of_target)
        .on(op::ListTargetsForPolicy, |s, c, i| touches::each(s, c, "organizations:ListTargetsForPolicy", vec![&i.policy_id], Keys::default()), attachment::targets_of_policy)
        .on(op::TagResource, |s, c, i| touches::each(s, c, "organizations:TagResource", vec![&i.resource_id], Keys::tags(Some(&i.tags))), tag::add)
        .on(op::UntagResource, |s, c, i| touches::each(s, c, "organizations:UntagResource", vec![&i.resource_id], Keys::removed(&i.tag_keys)), tag::remove)
        .on(op::ListTagsForResource, |s, c, i| touches::each(s, c, "organizations:ListTagsForResource", vec![&i.resource_id], Keys::default()), tag::list)
        .finish()
}
