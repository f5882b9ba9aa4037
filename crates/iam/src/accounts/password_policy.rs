//! An account's rules for passwords.
//!
//! Source: "Set an account password policy for IAM users", IAM user guide.

use crate::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PASSWORD_CHARS_MIN_LEAST};
use crate::record::{ACCOUNTS, PASSWORD_POLICIES, PasswordPolicyRecord};
use crate::{Iam, error};
use api::ServiceError;
use api::iam as shape;
use arn::AccountId;
use ports::Call;
use std::sync::Arc;

/// What counts as a symbol.
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

/// Kinds of characters, of four, where the account has no rules of its own.
const KINDS_MIN: usize = 3;

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    _: shape::GetAccountPasswordPolicyInput,
) -> Result<shape::GetAccountPasswordPolicyResponse, ServiceError> {
    let found = iam.password_policy(&call.account).await?;
    let found = found.ok_or_else(|| none(&call.account))?;
    Ok(shape::GetAccountPasswordPolicyResponse {
        password_policy: Some(shape::PasswordPolicy {
            minimum_password_length: Some(found.chars_min),
            require_symbols: Some(found.needs_symbols),
            require_numbers: Some(found.needs_numbers),
            require_uppercase_characters: Some(found.needs_uppercase),
            require_lowercase_characters: Some(found.needs_lowercase),
            allow_users_to_change_password: Some(found.users_may_change),
            expire_passwords: Some(false),
            ..shape::PasswordPolicy::default()
        }),
    })
}

/// What is not said goes back to its default, as AWS's page says.
pub(crate) async fn update(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateAccountPasswordPolicyRequest,
) -> Result<shape::UpdateAccountPasswordPolicyOutput, ServiceError> {
    let is_more = input.max_password_age.is_some()
        || input.password_reuse_prevention.is_some()
        || input.hard_expiry == Some(true);
    if is_more {
        return Err(ServiceError::new(
            "NotImplemented",
            "Passwords do not expire and old ones are not remembered here: MaxPasswordAge, \
             PasswordReusePrevention and HardExpiry are not implemented.",
        )
        .status(501));
    }
    let record = PasswordPolicyRecord {
        chars_min: input
            .minimum_password_length
            .unwrap_or(PASSWORD_CHARS_MIN_LEAST),
        needs_symbols: input.require_symbols.unwrap_or_default(),
        needs_numbers: input.require_numbers.unwrap_or_default(),
        needs_uppercase: input.require_uppercase_characters.unwrap_or_default(),
        needs_lowercase: input.require_lowercase_characters.unwrap_or_default(),
        users_may_change: input.allow_users_to_change_password.unwrap_or_default(),
    };
    let mut tx = iam.store.begin().await;
    tx.put(&PASSWORD_POLICIES, call.account.as_str(), &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::UpdateAccountPasswordPolicyOutput {})
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    _: shape::DeleteAccountPasswordPolicyInput,
) -> Result<shape::DeleteAccountPasswordPolicyOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let found = tx.get(&PASSWORD_POLICIES, call.account.as_str()).await;
    found
        .map_err(error::store)?
        .ok_or_else(|| none(&call.account))?;
    tx.delete(&PASSWORD_POLICIES, call.account.as_str());
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteAccountPasswordPolicyOutput {})
}

fn none(account: &AccountId) -> ServiceError {
    error::no_entity(format!(
        "The Password Policy with domain name {account} cannot be found."
    ))
}

impl Iam {
    /// The account's own rules.
    pub(crate) async fn password_policy(
        &self,
        account: &AccountId,
    ) -> Result<Option<PasswordPolicyRecord>, ServiceError> {
        let found = self.store.get(&PASSWORD_POLICIES, account.as_str()).await;
        found.map_err(error::store)
    }

    /// # Errors
    /// PasswordPolicyViolation.
    pub(crate) async fn check_password(
        &self,
        account: &AccountId,
        password: &str,
    ) -> Result<(), ServiceError> {
        let found = self.store.get(&ACCOUNTS, account.as_str()).await;
        let alias = found.map_err(error::store)?.and_then(|found| found.alias);
        let is_name = alias.as_deref() == Some(password);
        let policy = self.password_policy(account).await?;
        match !is_name && fits(password, policy.as_ref()) {
            true => Ok(()),
            false => Err(ServiceError::new(
                "PasswordPolicyViolation",
                "Password does not conform to the account password policy.",
            )),
        }
    }
}

fn fits(password: &str, policy: Option<&PasswordPolicyRecord>) -> bool {
    let has = |is: fn(char) -> bool| password.chars().any(is);
    let kinds = [
        has(|c| c.is_ascii_uppercase()),
        has(|c| c.is_ascii_lowercase()),
        has(|c| c.is_ascii_digit()),
        has(|c| SYMBOLS.contains(c)),
    ];
    let (chars_min, has_kinds) = match policy {
        None => {
            let count = kinds.iter().filter(|has| **has).count();
            (PASSWORD_CHARS_MIN, count >= KINDS_MIN)
        }
        Some(policy) => {
            let needs = [
                policy.needs_uppercase,
                policy.needs_lowercase,
                policy.needs_numbers,
                policy.needs_symbols,
            ];
            let has_all = needs.iter().zip(kinds).all(|(needs, has)| has || !needs);
            (policy.chars_min, has_all)
        }
    };
    let chars = password.chars().count();
    let chars_min = usize::try_from(chars_min).unwrap_or(PASSWORD_CHARS_MAX);
    has_kinds && (chars_min..=PASSWORD_CHARS_MAX).contains(&chars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_rules_eight_characters_of_three_kinds() {
        for good in ["Abcdef-1", "abcdefg1A", "ABCDEF-1", &"aA1".repeat(42)] {
            assert!(fits(good, None), "{good}");
        }
        let long = "a".repeat(126) + "A1";
        assert!(fits(&long, None));
        for bad in ["", "Abcde-1", "abcdefg1", "ABCDEFGH-", &(long + "x")] {
            assert!(!fits(bad, None), "{bad}");
        }
    }

    #[test]
    fn each_rule_is_held() {
        let none = PasswordPolicyRecord {
            chars_min: 6,
            needs_symbols: false,
            needs_numbers: false,
            needs_uppercase: false,
            needs_lowercase: false,
            users_may_change: false,
        };
        assert!(fits("aaaaaa", Some(&none)));
        assert!(!fits("aaaaa", Some(&none)));
        let change = |change: fn(&mut PasswordPolicyRecord)| {
            let mut policy = none.clone();
            change(&mut policy);
            policy
        };
        for (policy, good, bad) in [
            (change(|p| p.needs_symbols = true), "aaaaa!", "aaaaaa"),
            (change(|p| p.needs_numbers = true), "aaaaa1", "aaaaaa"),
            (change(|p| p.needs_uppercase = true), "aaaaaA", "aaaaaa"),
            (change(|p| p.needs_lowercase = true), "AAAAAa", "AAAAAA"),
            (change(|p| p.chars_min = 7), "aaaaaaa", "aaaaaa"),
        ] {
            assert!(fits(good, Some(&policy)), "{good}");
            assert!(!fits(bad, Some(&policy)), "{bad}");
        }
    }
}
