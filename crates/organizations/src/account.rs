//! Accounts: made, listed, moved.

use crate::error::{self, Missing};
use crate::membership::{managed_in, save};
use crate::page::{self, Wanted};
use crate::record::{
    AccountRecord, MEMBERS, MemberRecord, OrganizationRecord, REQUESTS, RequestRecord, key,
};
use crate::{Organizations, limits, tag, view};
use api::ServiceError;
use api::organizations as shape;
use arn::AccountId;
use ports::{Call, NewAccount, NewAccountError};
use std::sync::{Arc, Once};
use store::SCAN_MAX;

/// The role in a new account when the request names none ("CreateAccount").
const ROLE: &str = "OrganizationAccountAccessRole";

/// Makes an account with a role that the management account may assume.
///
/// AWS makes it in the background and answers `IN_PROGRESS`; so does this, though the account is
/// there when the answer is. `IamUserAccessToBilling` has no effect: there is no billing.
pub(crate) async fn create(
    service: Arc<Organizations>,
    call: Call,
    input: shape::CreateAccountRequest,
) -> Result<shape::CreateAccountResponse, ServiceError> {
    let tags = tag::checked(input.tags)?;
    if input.iam_user_access_to_billing.is_some() {
        warn_of_billing();
    }
    let organization = service.managed(&call).await?;
    if organization.accounts.len() >= limits::ACCOUNTS_MAX {
        return Err(error::violation(
            "ACCOUNT_NUMBER_LIMIT_EXCEEDED",
            "You have exceeded the allowed number of AWS accounts.",
        ));
    }
    let role_name = input.role_name.unwrap_or_else(|| ROLE.to_owned());
    let outcome = match has_email(&organization, &input.email) {
        true => Err("EMAIL_ALREADY_EXISTS".to_owned()),
        false => Ok(service.make(&call, role_name).await?.to_string()),
    };
    let request = RequestRecord {
        id: format!("car-{}", service.id(32)),
        account_name: input.account_name.clone(),
        requested_ms: call.now_ms,
        completed_ms: service.clock.now_ms(),
        outcome,
    };
    let mut tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    if let Ok(digits) = &request.outcome {
        let account = AccountRecord {
            name: input.account_name,
            email: input.email,
            parent: organization.root.id.clone(),
            joined_ms: call.now_ms,
            is_created: true,
            attached: organization.attached_at_first(),
            tags,
        };
        organization.accounts.insert(digits.clone(), account);
        let member = MemberRecord {
            organization: organization.id.clone(),
        };
        tx.put(&MEMBERS, digits, &member).map_err(error::store)?;
    }
    let place = key(&organization.id, &request.id);
    tx.put(&REQUESTS, &place, &request).map_err(error::store)?;
    save(tx, &organization).await?;
    Ok(shape::CreateAccountResponse {
        create_account_status: Some(shape::CreateAccountStatus {
            state: Some("IN_PROGRESS".to_owned()),
            completed_timestamp: None,
            account_id: None,
            failure_reason: None,
            ..view::request(&request)
        }),
    })
}

fn has_email(organization: &OrganizationRecord, email: &str) -> bool {
    let mut accounts = organization.accounts.values();
    accounts.any(|account| account.email.eq_ignore_ascii_case(email))
}

/// Once in a process.
fn warn_of_billing() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let member = "CreateAccount.IamUserAccessToBilling";
        tracing::warn!(member, "accepted without effect, see COMPATIBILITY.md");
    });
}

impl Organizations {
    /// An account under digits that nobody has. Should the program end before the organization
    /// hears of it, an account is left that nobody is in.
    async fn make(&self, call: &Call, role_name: String) -> Result<AccountId, ServiceError> {
        for _ in 0..limits::NUMBER_TRIES_MAX {
            let digits = self.ids.text(b"0123456789", 12);
            let account: AccountId = digits.parse().map_err(|_| ServiceError::internal())?;
            let wanted = NewAccount {
                account: account.clone(),
                role_name: role_name.clone(),
                trusted: call.account.clone(),
                now_ms: call.now_ms,
            };
            match self.accounts.create(&wanted).await {
                Ok(()) => return Ok(account),
                Err(NewAccountError::Taken) => {}
                Err(NewAccountError::Unavailable) => return Err(ServiceError::internal()),
            }
        }
        Err(ServiceError::internal())
    }
}

pub(crate) async fn describe_request(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DescribeCreateAccountStatusRequest,
) -> Result<shape::DescribeCreateAccountStatusResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let place = key(&organization.id, &input.create_account_request_id);
    let found = service.store.get(&REQUESTS, &place).await;
    let found = found.map_err(error::store)?;
    let request = found.ok_or_else(|| error::not_found(Missing::Request))?;
    Ok(shape::DescribeCreateAccountStatusResponse {
        create_account_status: Some(view::request(&request)),
    })
}

pub(crate) async fn list_requests(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListCreateAccountStatusRequest,
) -> Result<shape::ListCreateAccountStatusResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let prefix = key(&organization.id, "");
    let all = service.store.scan(&REQUESTS, &prefix, None, SCAN_MAX).await;
    let all = all.map_err(error::store)?.into_iter();
    let all = all.map(|(place, request)| (place, view::request(&request)));
    let is_wanted = |status: &shape::CreateAccountStatus| {
        let states = input.states.as_deref().unwrap_or_default();
        states.is_empty()
            || states
                .iter()
                .any(|state| Some(state) == status.state.as_ref())
    };
    let items = all.filter(|(_, status)| is_wanted(status)).collect();
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (statuses, next_token) = page::cut(items, &wanted)?;
    Ok(shape::ListCreateAccountStatusResponse {
        create_account_statuses: Some(statuses),
        next_token,
    })
}

pub(crate) async fn list(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListAccountsRequest,
) -> Result<shape::ListAccountsResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (accounts, next_token) = listed(&organization, None, &wanted)?;
    Ok(shape::ListAccountsResponse {
        accounts: Some(accounts),
        next_token,
    })
}

pub(crate) async fn list_for_parent(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListAccountsForParentRequest,
) -> Result<shape::ListAccountsForParentResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    if !organization.is_container(&input.parent_id) {
        return Err(error::not_found(Missing::Parent));
    }
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (accounts, next_token) = listed(&organization, Some(&input.parent_id), &wanted)?;
    Ok(shape::ListAccountsForParentResponse {
        accounts: Some(accounts),
        next_token,
    })
}

fn listed(
    organization: &OrganizationRecord,
    parent: Option<&str>,
    wanted: &Wanted,
) -> Result<(Vec<shape::Account>, Option<String>), ServiceError> {
    let all = organization.accounts.iter();
    let all = all.filter(|(_, account)| parent.is_none_or(|parent| account.parent == parent));
    let items = all.map(|(id, account)| (id.clone(), view::account(organization, id, account)));
    page::cut(items.collect(), wanted)
}

pub(crate) async fn describe(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DescribeAccountRequest,
) -> Result<shape::DescribeAccountResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let found = organization.accounts.get(&input.account_id);
    let account = found.ok_or_else(|| error::not_found(Missing::Account))?;
    Ok(shape::DescribeAccountResponse {
        account: Some(view::account(&organization, &input.account_id, account)),
    })
}

/// Moves an account; what is attached above it changes with its place.
pub(crate) async fn r#move(
    service: Arc<Organizations>,
    call: Call,
    input: shape::MoveAccountRequest,
) -> Result<shape::MoveAccountOutput, ServiceError> {
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    let (from, to) = (input.source_parent_id, input.destination_parent_id);
    if !organization.accounts.contains_key(&input.account_id) {
        return Err(error::not_found(Missing::Account));
    }
    if organization.parent(&input.account_id) != Some(&from) {
        return Err(error::not_found(Missing::SourceParent));
    }
    if !organization.is_container(&to) {
        return Err(error::not_found(Missing::DestinationParent));
    }
    if from == to {
        return Err(ServiceError::new(
            "DuplicateAccountException",
            "That account is already present in the specified destination.",
        ));
    }
    if let Some(account) = organization.accounts.get_mut(&input.account_id) {
        account.parent = to;
    }
    save(tx, &organization).await?;
    Ok(shape::MoveAccountOutput {})
}
