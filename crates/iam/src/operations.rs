//! IAM's table of contents: operation, what it touches, who does it.

use crate::touches::{self, Keys};
use crate::{
    Iam,
    accounts::{account, account_details, credential_report, password_policy, summary},
    policies::{attachment, boundary, inline, managed_policy, policy_version},
    roles::{instance_profile, oidc_provider, role, service_linked},
    simulate, tag,
    users::{access_key, group, login_profile, membership, user},
};
use api::iam::op;
use std::sync::Arc;

/// The operations of IAM and STS.
pub type Operations = smithy::Operations<ports::Call, ports::Touches>;
type Register = smithy::Register<Iam, ports::Call, ports::Touches>;

/// IAM's operations.
pub fn operations(iam: Arc<Iam>) -> Operations {
    let register: Register = Operations::new(api::iam::SERVICE, iam);
    let register = users(register);
    let register = groups(register);
    let register = roles(register);
    let register = policies(register);
    let register = oidc_providers(register);
    profiles_and_account(register).finish()
}

#[rustfmt::skip] // One line an operation.
fn users(register: Register) -> Register {
    register
        .on(op::CreateUser, |iam, call, i| touches::new_user(iam, call, i), user::create)
        .on(op::GetUser, |iam, call, i| touches::user_or_self(iam, call, "iam:GetUser", i.user_name.as_deref()), user::get)
        .on(op::ListUsers, |_, call, i| touches::list(call, "iam:ListUsers", "user", i.path_prefix.as_deref()), user::list)
        .on(op::UpdateUser, |iam, call, i| touches::update_user(iam, call, i), user::update)
        .on(op::DeleteUser, |iam, call, i| touches::user(iam, call, "iam:DeleteUser", &i.user_name, Keys::none()), user::delete)
        .on(op::TagUser, |iam, call, i| touches::user(iam, call, "iam:TagUser", &i.user_name, Keys::tags(&i.tags)), tag::tag_user)
        .on(op::UntagUser, |iam, call, i| touches::user(iam, call, "iam:UntagUser", &i.user_name, Keys::tag_keys(&i.tag_keys)), tag::untag_user)
        .on(op::ListUserTags, |iam, call, i| touches::user(iam, call, "iam:ListUserTags", &i.user_name, Keys::none()), tag::user_tags)
        .on(op::CreateAccessKey, |iam, call, i| touches::user_or_self(iam, call, "iam:CreateAccessKey", i.user_name.as_deref()), access_key::create)
        .on(op::ListAccessKeys, |iam, call, i| touches::user_or_self(iam, call, "iam:ListAccessKeys", i.user_name.as_deref()), access_key::list)
        .on(op::UpdateAccessKey, |iam, call, i| touches::user_or_self(iam, call, "iam:UpdateAccessKey", i.user_name.as_deref()), access_key::update)
        .on(op::DeleteAccessKey, |iam, call, i| touches::user_or_self(iam, call, "iam:DeleteAccessKey", i.user_name.as_deref()), access_key::delete)
        .on(op::GetAccessKeyLastUsed, |iam, call, i| touches::key_owner(iam, call, "iam:GetAccessKeyLastUsed", &i.access_key_id), access_key::last_used)
        .on(op::CreateLoginProfile, |iam, call, i| touches::user_or_self(iam, call, "iam:CreateLoginProfile", i.user_name.as_deref()), login_profile::create)
        .on(op::GetLoginProfile, |iam, call, i| touches::user_or_self(iam, call, "iam:GetLoginProfile", i.user_name.as_deref()), login_profile::get)
        .on(op::UpdateLoginProfile, |iam, call, i| touches::user(iam, call, "iam:UpdateLoginProfile", &i.user_name, Keys::none()), login_profile::update)
        .on(op::DeleteLoginProfile, |iam, call, i| touches::user_or_self(iam, call, "iam:DeleteLoginProfile", i.user_name.as_deref()), login_profile::delete)
        .on(op::ChangePassword, |iam, call, _| login_profile::touches(iam, call), login_profile::change)
        .on(op::PutUserPolicy, |iam, call, i| touches::user(iam, call, "iam:PutUserPolicy", &i.user_name, Keys::none()), inline::put_user)
        .on(op::GetUserPolicy, |iam, call, i| touches::user(iam, call, "iam:GetUserPolicy", &i.user_name, Keys::none()), inline::get_user)
        .on(op::DeleteUserPolicy, |iam, call, i| touches::user(iam, call, "iam:DeleteUserPolicy", &i.user_name, Keys::none()), inline::delete_user)
        .on(op::ListUserPolicies, |iam, call, i| touches::user(iam, call, "iam:ListUserPolicies", &i.user_name, Keys::none()), inline::list_user)
        .on(op::AttachUserPolicy, |iam, call, i| touches::user(iam, call, "iam:AttachUserPolicy", &i.user_name, Keys::policy(&i.policy_arn)), attachment::attach_user)
        .on(op::DetachUserPolicy, |iam, call, i| touches::user(iam, call, "iam:DetachUserPolicy", &i.user_name, Keys::policy(&i.policy_arn)), attachment::detach_user)
        .on(op::ListAttachedUserPolicies, |iam, call, i| touches::user(iam, call, "iam:ListAttachedUserPolicies", &i.user_name, Keys::none()), attachment::list_user)
        .on(op::PutUserPermissionsBoundary, |iam, call, i| touches::user(iam, call, "iam:PutUserPermissionsBoundary", &i.user_name, Keys::boundary(Some(&i.permissions_boundary))), boundary::put_user)
        .on(op::DeleteUserPermissionsBoundary, |iam, call, i| touches::user(iam, call, "iam:DeleteUserPermissionsBoundary", &i.user_name, Keys::none()), boundary::delete_user)
        .on(op::ListGroupsForUser, |iam, call, i| touches::user(iam, call, "iam:ListGroupsForUser", &i.user_name, Keys::none()), membership::groups_of)
}

#[rustfmt::skip] // One line an operation.
fn groups(register: Register) -> Register {
    register
        .on(op::CreateGroup, |_, call, i| touches::new(call, "iam:CreateGroup", "group", i.path.as_deref(), &i.group_name, Keys::none()), group::create)
        .on(op::GetGroup, |iam, call, i| touches::group(iam, call, "iam:GetGroup", &i.group_name, Keys::none()), group::get)
        .on(op::ListGroups, |_, call, i| touches::list(call, "iam:ListGroups", "group", i.path_prefix.as_deref()), group::list)
        .on(op::UpdateGroup, |iam, call, i| touches::update_group(iam, call, i), group::update)
        .on(op::DeleteGroup, |iam, call, i| touches::group(iam, call, "iam:DeleteGroup", &i.group_name, Keys::none()), group::delete)
        .on(op::AddUserToGroup, |iam, call, i| touches::group(iam, call, "iam:AddUserToGroup", &i.group_name, Keys::none()), membership::add)
        .on(op::RemoveUserFromGroup, |iam, call, i| touches::group(iam, call, "iam:RemoveUserFromGroup", &i.group_name, Keys::none()), membership::remove)
        .on(op::PutGroupPolicy, |iam, call, i| touches::group(iam, call, "iam:PutGroupPolicy", &i.group_name, Keys::none()), inline::put_group)
        .on(op::GetGroupPolicy, |iam, call, i| touches::group(iam, call, "iam:GetGroupPolicy", &i.group_name, Keys::none()), inline::get_group)
        .on(op::DeleteGroupPolicy, |iam, call, i| touches::group(iam, call, "iam:DeleteGroupPolicy", &i.group_name, Keys::none()), inline::delete_group)
        .on(op::ListGroupPolicies, |iam, call, i| touches::group(iam, call, "iam:ListGroupPolicies", &i.group_name, Keys::none()), inline::list_group)
        .on(op::AttachGroupPolicy, |iam, call, i| touches::group(iam, call, "iam:AttachGroupPolicy", &i.group_name, Keys::policy(&i.policy_arn)), attachment::attach_group)
        .on(op::DetachGroupPolicy, |iam, call, i| touches::group(iam, call, "iam:DetachGroupPolicy", &i.group_name, Keys::policy(&i.policy_arn)), attachment::detach_group)
        .on(op::ListAttachedGroupPolicies, |iam, call, i| touches::group(iam, call, "iam:ListAttachedGroupPolicies", &i.group_name, Keys::none()), attachment::list_group)
}

#[rustfmt::skip] // One line an operation.
fn roles(register: Register) -> Register {
    register
        .on(op::CreateRole, |iam, call, i| touches::new_role(iam, call, i), role::create)
        .on(op::GetRole, |iam, call, i| touches::role(iam, call, "iam:GetRole", &i.role_name, Keys::none()), role::get)
        .on(op::ListRoles, |_, call, i| touches::list(call, "iam:ListRoles", "role", i.path_prefix.as_deref()), role::list)
        .on(op::UpdateRole, |iam, call, i| touches::role(iam, call, "iam:UpdateRole", &i.role_name, Keys::none()), role::update)
        .on(op::UpdateRoleDescription, |iam, call, i| touches::role(iam, call, "iam:UpdateRoleDescription", &i.role_name, Keys::none()), role::update_description)
        .on(op::UpdateAssumeRolePolicy, |iam, call, i| touches::role(iam, call, "iam:UpdateAssumeRolePolicy", &i.role_name, Keys::none()), role::update_trust)
        .on(op::DeleteRole, |iam, call, i| touches::role(iam, call, "iam:DeleteRole", &i.role_name, Keys::none()), role::delete)
        .on(op::TagRole, |iam, call, i| touches::role(iam, call, "iam:TagRole", &i.role_name, Keys::tags(&i.tags)), tag::tag_role)
        .on(op::UntagRole, |iam, call, i| touches::role(iam, call, "iam:UntagRole", &i.role_name, Keys::tag_keys(&i.tag_keys)), tag::untag_role)
        .on(op::ListRoleTags, |iam, call, i| touches::role(iam, call, "iam:ListRoleTags", &i.role_name, Keys::none()), tag::role_tags)
        .on(op::PutRolePolicy, |iam, call, i| touches::role(iam, call, "iam:PutRolePolicy", &i.role_name, Keys::none()), inline::put_role)
        .on(op::GetRolePolicy, |iam, call, i| touches::role(iam, call, "iam:GetRolePolicy", &i.role_name, Keys::none()), inline::get_role)
        .on(op::DeleteRolePolicy, |iam, call, i| touches::role(iam, call, "iam:DeleteRolePolicy", &i.role_name, Keys::none()), inline::delete_role)
        .on(op::ListRolePolicies, |iam, call, i| touches::role(iam, call, "iam:ListRolePolicies", &i.role_name, Keys::none()), inline::list_role)
        .on(op::AttachRolePolicy, |iam, call, i| touches::role(iam, call, "iam:AttachRolePolicy", &i.role_name, Keys::policy(&i.policy_arn)), attachment::attach_role)
        .on(op::DetachRolePolicy, |iam, call, i| touches::role(iam, call, "iam:DetachRolePolicy", &i.role_name, Keys::policy(&i.policy_arn)), attachment::detach_role)
        .on(op::ListAttachedRolePolicies, |iam, call, i| touches::role(iam, call, "iam:ListAttachedRolePolicies", &i.role_name, Keys::none()), attachment::list_role)
        .on(op::PutRolePermissionsBoundary, |iam, call, i| touches::role(iam, call, "iam:PutRolePermissionsBoundary", &i.role_name, Keys::boundary(Some(&i.permissions_boundary))), boundary::put_role)
        .on(op::DeleteRolePermissionsBoundary, |iam, call, i| touches::role(iam, call, "iam:DeleteRolePermissionsBoundary", &i.role_name, Keys::none()), boundary::delete_role)
        .on(op::CreateServiceLinkedRole, |_, call, i| service_linked::touch_new(call, i), service_linked::create)
        .on(op::DeleteServiceLinkedRole, |iam, call, i| touches::role(iam, call, "iam:DeleteServiceLinkedRole", &i.role_name, Keys::none()), service_linked::delete)
        .on(op::GetServiceLinkedRoleDeletionStatus, |_, call, i| service_linked::touch_task(call, i), service_linked::deletion_status)
        .on(op::ListInstanceProfilesForRole, |iam, call, i| touches::role(iam, call, "iam:ListInstanceProfilesForRole", &i.role_name, Keys::none()), instance_profile::list_for_role)
}

#[rustfmt::skip] // One line an operation.
fn policies(register: Register) -> Register {
    register
        .on(op::CreatePolicy, |_, call, i| touches::new(call, "iam:CreatePolicy", "policy", i.path.as_deref(), &i.policy_name, Keys::maybe_tags(i.tags.as_deref())), managed_policy::create)
        .on(op::GetPolicy, |iam, call, i| touches::policy(iam, call, "iam:GetPolicy", &i.policy_arn, Keys::none()), managed_policy::get)
        .on(op::ListPolicies, |_, call, i| touches::list(call, "iam:ListPolicies", "policy", i.path_prefix.as_deref()), managed_policy::list)
        .on(op::DeletePolicy, |iam, call, i| touches::policy(iam, call, "iam:DeletePolicy", &i.policy_arn, Keys::none()), managed_policy::delete)
        .on(op::ListEntitiesForPolicy, |iam, call, i| touches::policy(iam, call, "iam:ListEntitiesForPolicy", &i.policy_arn, Keys::none()), managed_policy::entities)
        .on(op::CreatePolicyVersion, |iam, call, i| touches::policy(iam, call, "iam:CreatePolicyVersion", &i.policy_arn, Keys::none()), policy_version::create)
        .on(op::GetPolicyVersion, |iam, call, i| touches::policy(iam, call, "iam:GetPolicyVersion", &i.policy_arn, Keys::none()), policy_version::get)
        .on(op::ListPolicyVersions, |iam, call, i| touches::policy(iam, call, "iam:ListPolicyVersions", &i.policy_arn, Keys::none()), policy_version::list)
        .on(op::SetDefaultPolicyVersion, |iam, call, i| touches::policy(iam, call, "iam:SetDefaultPolicyVersion", &i.policy_arn, Keys::none()), policy_version::set_default)
        .on(op::DeletePolicyVersion, |iam, call, i| touches::policy(iam, call, "iam:DeletePolicyVersion", &i.policy_arn, Keys::none()), policy_version::delete)
        .on(op::TagPolicy, |iam, call, i| touches::policy(iam, call, "iam:TagPolicy", &i.policy_arn, Keys::tags(&i.tags)), tag::tag_policy)
        .on(op::UntagPolicy, |iam, call, i| touches::policy(iam, call, "iam:UntagPolicy", &i.policy_arn, Keys::tag_keys(&i.tag_keys)), tag::untag_policy)
        .on(op::ListPolicyTags, |iam, call, i| touches::policy(iam, call, "iam:ListPolicyTags", &i.policy_arn, Keys::none()), tag::policy_tags)
}

#[rustfmt::skip] // One line an operation.
fn oidc_providers(register: Register) -> Register {
    register
        .on(op::CreateOpenIDConnectProvider, |_, call, i| oidc_provider::touch_new(call, i), oidc_provider::create)
        .on(op::GetOpenIDConnectProvider, |iam, call, i| oidc_provider::touch(iam, call, "iam:GetOpenIDConnectProvider", &i.open_id_connect_provider_arn, Keys::none()), oidc_provider::get)
        .on(op::ListOpenIDConnectProviders, |_, call, _| touches::any(call, "iam:ListOpenIDConnectProviders"), oidc_provider::list)
        .on(op::DeleteOpenIDConnectProvider, |iam, call, i| oidc_provider::touch(iam, call, "iam:DeleteOpenIDConnectProvider", &i.open_id_connect_provider_arn, Keys::none()), oidc_provider::delete)
        .on(op::AddClientIDToOpenIDConnectProvider, |iam, call, i| oidc_provider::touch(iam, call, "iam:AddClientIDToOpenIDConnectProvider", &i.open_id_connect_provider_arn, Keys::none()), oidc_provider::add_client)
        .on(op::RemoveClientIDFromOpenIDConnectProvider, |iam, call, i| oidc_provider::touch(iam, call, "iam:RemoveClientIDFromOpenIDConnectProvider", &i.open_id_connect_provider_arn, Keys::none()), oidc_provider::remove_client)
        .on(op::UpdateOpenIDConnectProviderThumbprint, |iam, call, i| oidc_provider::touch(iam, call, "iam:UpdateOpenIDConnectProviderThumbprint", &i.open_id_connect_provider_arn, Keys::none()), oidc_provider::update_thumbprint)
        .on(op::TagOpenIDConnectProvider, |iam, call, i| oidc_provider::touch(iam, call, "iam:TagOpenIDConnectProvider", &i.open_id_connect_provider_arn, Keys::tags(&i.tags)), oidc_provider::tag)
        .on(op::UntagOpenIDConnectProvider, |iam, call, i| oidc_provider::touch(iam, call, "iam:UntagOpenIDConnectProvider", &i.open_id_connect_provider_arn, Keys::tag_keys(&i.tag_keys)), oidc_provider::untag)
        .on(op::ListOpenIDConnectProviderTags, |iam, call, i| oidc_provider::touch(iam, call, "iam:ListOpenIDConnectProviderTags", &i.open_id_connect_provider_arn, Keys::none()), oidc_provider::tags)
}

#[rustfmt::skip] // One line an operation.
fn profiles_and_account(register: Register) -> Register {
    register
        .on(op::CreateInstanceProfile, |_, call, i| touches::new(call, "iam:CreateInstanceProfile", "instance-profile", i.path.as_deref(), &i.instance_profile_name, Keys::maybe_tags(i.tags.as_deref())), instance_profile::create)
        .on(op::GetInstanceProfile, |iam, call, i| touches::profile(iam, call, "iam:GetInstanceProfile", &i.instance_profile_name, Keys::none()), instance_profile::get)
        .on(op::ListInstanceProfiles, |_, call, i| touches::list(call, "iam:ListInstanceProfiles", "instance-profile", i.path_prefix.as_deref()), instance_profile::list)
        .on(op::DeleteInstanceProfile, |iam, call, i| touches::profile(iam, call, "iam:DeleteInstanceProfile", &i.instance_profile_name, Keys::none()), instance_profile::delete)
        .on(op::AddRoleToInstanceProfile, |iam, call, i| touches::add_role_to_profile(iam, call, i), instance_profile::add_role)
        .on(op::RemoveRoleFromInstanceProfile, |iam, call, i| touches::profile(iam, call, "iam:RemoveRoleFromInstanceProfile", &i.instance_profile_name, Keys::none()), instance_profile::remove_role)
        .on(op::TagInstanceProfile, |iam, call, i| touches::profile(iam, call, "iam:TagInstanceProfile", &i.instance_profile_name, Keys::tags(&i.tags)), tag::tag_profile)
        .on(op::UntagInstanceProfile, |iam, call, i| touches::profile(iam, call, "iam:UntagInstanceProfile", &i.instance_profile_name, Keys::tag_keys(&i.tag_keys)), tag::untag_profile)
        .on(op::ListInstanceProfileTags, |iam, call, i| touches::profile(iam, call, "iam:ListInstanceProfileTags", &i.instance_profile_name, Keys::none()), tag::profile_tags)
        .on(op::CreateAccountAlias, |_, call, _| touches::any(call, "iam:CreateAccountAlias"), account::create_alias)
        .on(op::DeleteAccountAlias, |_, call, _| touches::any(call, "iam:DeleteAccountAlias"), account::delete_alias)
        .on(op::ListAccountAliases, |_, call, _| touches::any(call, "iam:ListAccountAliases"), account::aliases)
        .on(op::SimulatePrincipalPolicy, |_, call, i| simulate::touch(call, "iam:SimulatePrincipalPolicy", &i.policy_source_arn), simulate::principal)
        .on(op::SimulateCustomPolicy, |_, call, _| touches::any(call, "iam:SimulateCustomPolicy"), simulate::custom)
        .on(op::GetContextKeysForPrincipalPolicy, |_, call, i| simulate::touch(call, "iam:GetContextKeysForPrincipalPolicy", &i.policy_source_arn), simulate::keys_of_principal)
        .on(op::GetContextKeysForCustomPolicy, |_, call, _| touches::any(call, "iam:GetContextKeysForCustomPolicy"), simulate::keys_of_custom)
        .on(op::GetAccountAuthorizationDetails, |_, call, _| touches::any(call, "iam:GetAccountAuthorizationDetails"), account_details::get)
        .on(op::GenerateCredentialReport, |_, call, _| touches::any(call, "iam:GenerateCredentialReport"), credential_report::generate)
        .on(op::GetCredentialReport, |_, call, _| touches::any(call, "iam:GetCredentialReport"), credential_report::get)
        .on(op::GetAccountPasswordPolicy, |_, call, _| touches::any(call, "iam:GetAccountPasswordPolicy"), password_policy::get)
        .on(op::UpdateAccountPasswordPolicy, |_, call, _| touches::any(call, "iam:UpdateAccountPasswordPolicy"), password_policy::update)
        .on(op::DeleteAccountPasswordPolicy, |_, call, _| touches::any(call, "iam:DeleteAccountPasswordPolicy"), password_policy::delete)
        .on(op::GetAccountSummary, |_, call, _| touches::any(call, "iam:GetAccountSummary"), summary::summary)
}
