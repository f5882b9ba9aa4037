//! Inline policies of users, groups and roles.

use crate::policies::holder::{Holder, load_to_change, save};
use crate::record::{GroupRecord, RoleRecord, UserRecord};
use crate::{Iam, error, page, policies::saved_policy, view};
use api::ServiceError;
use api::iam as shape;
use policy::{DocumentKind, counted_chars};
use ports::Call;
use std::sync::Arc;

async fn put<H: Holder>(
    iam: &Iam,
    call: &Call,
    name: &str,
    policy_name: String,
    text: String,
) -> Result<(), ServiceError> {
    saved_policy::parse(&text, DocumentKind::Identity)?;
    let tx = iam.store.begin().await;
    let mut holder: H = load_to_change(&tx, &call.account, name).await?;
    let inline = &mut holder.policies_mut().inline;
    inline.insert(policy_name, text);
    let chars: usize = inline.values().map(|text| counted_chars(text)).sum();
    if chars > H::INLINE_CHARS_MAX {
        return Err(api::ServiceError::new(
            "LimitExceeded",
            format!(
                "Maximum policy size of {} bytes exceeded for {} {name}",
                H::INLINE_CHARS_MAX,
                H::KIND
            ),
        ));
    }
    save(tx, &call.account, &holder).await
}

async fn get<H: Holder>(
    iam: &Iam,
    call: &Call,
    name: &str,
    policy_name: &str,
) -> Result<String, ServiceError> {
    let holder: H = iam.read(&call.account, name).await?;
    let found = holder.policies().inline.get(policy_name);
    found
        .map(|text| view::document(text))
        .ok_or_else(|| missing::<H>(policy_name))
}

async fn delete<H: Holder>(
    iam: &Iam,
    call: &Call,
    name: &str,
    policy_name: &str,
) -> Result<(), ServiceError> {
    let tx = iam.store.begin().await;
    let mut holder: H = load_to_change(&tx, &call.account, name).await?;
    if holder.policies_mut().inline.remove(policy_name).is_none() {
        return Err(missing::<H>(policy_name));
    }
    save(tx, &call.account, &holder).await
}

async fn list<H: Holder>(
    iam: &Iam,
    call: &Call,
    name: &str,
    marker: Option<String>,
    max_items: Option<i32>,
) -> Result<page::Page<String>, ServiceError> {
    let holder: H = iam.read(&call.account, name).await?;
    let names = holder.policies().inline.keys();
    let keyed = names.map(|name| (name.clone(), name.clone())).collect();
    page::cut(keyed, marker.as_deref(), max_items)
}

fn missing<H: Holder>(policy_name: &str) -> ServiceError {
    error::no_such(&format!("{} policy", H::KIND), policy_name)
}

macro_rules! inline_policies {
    ($record:ident, $name:ident, $put:ident $put_in:ident $put_out:ident,
     $get:ident $get_in:ident $get_out:ident, $delete:ident $delete_in:ident $delete_out:ident,
     $list:ident $list_in:ident $list_out:ident) => {
        pub(crate) async fn $put(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$put_in,
        ) -> Result<shape::$put_out, ServiceError> {
            let (policy, text) = (input.policy_name, input.policy_document);
            put::<$record>(&iam, &call, &input.$name, policy, text).await?;
            Ok(shape::$put_out {})
        }

        pub(crate) async fn $get(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$get_in,
        ) -> Result<shape::$get_out, ServiceError> {
            let text = get::<$record>(&iam, &call, &input.$name, &input.policy_name).await?;
            Ok(shape::$get_out {
                $name: Some(input.$name),
                policy_name: Some(input.policy_name),
                policy_document: Some(text),
            })
        }

        pub(crate) async fn $delete(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$delete_in,
        ) -> Result<shape::$delete_out, ServiceError> {
            delete::<$record>(&iam, &call, &input.$name, &input.policy_name).await?;
            Ok(shape::$delete_out {})
        }

        pub(crate) async fn $list(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$list_in,
        ) -> Result<shape::$list_out, ServiceError> {
            let (marker, max) = (input.marker, input.max_items);
            let page = list::<$record>(&iam, &call, &input.$name, marker, max).await?;
            Ok(shape::$list_out {
                policy_names: Some(page.items),
                is_truncated: Some(page.is_truncated),
                marker: page.marker,
            })
        }
    };
}

inline_policies!(
    UserRecord, user_name,
    put_user PutUserPolicyRequest PutUserPolicyOutput,
    get_user GetUserPolicyRequest GetUserPolicyResponse,
    delete_user DeleteUserPolicyRequest DeleteUserPolicyOutput,
    list_user ListUserPoliciesRequest ListUserPoliciesResponse
);
inline_policies!(
    GroupRecord, group_name,
    put_group PutGroupPolicyRequest PutGroupPolicyOutput,
    get_group GetGroupPolicyRequest GetGroupPolicyResponse,
    delete_group DeleteGroupPolicyRequest DeleteGroupPolicyOutput,
    list_group ListGroupPoliciesRequest ListGroupPoliciesResponse
);
inline_policies!(
    RoleRecord, role_name,
    put_role PutRolePolicyRequest PutRolePolicyOutput,
    get_role GetRolePolicyRequest GetRolePolicyResponse,
    delete_role DeleteRolePolicyRequest DeleteRolePolicyOutput,
    list_role ListRolePoliciesRequest ListRolePoliciesResponse
);
