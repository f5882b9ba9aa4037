//! An account that the program itself set up, with its administrator's key.

use arn::AccountId;
use ports::Secret;

/// What the credential files tell of an account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// Its alias, and the profile's name.
    pub alias: String,
    /// The administrator's access key id.
    pub access_key_id: String,
    /// The administrator's secret.
    pub secret_access_key: Secret,
}

/// The accounts of the developer profile: the two sides of the tutorial.
pub const DEVELOPER_ACCOUNTS: [(&str, &str); 2] =
    [("111111111111", "api"), ("222222222222", "functions")];
