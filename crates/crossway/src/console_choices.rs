//! The developer profile's accounts, which a click in the console signs in to.

use crate::wiring::Services;
use console::{Choice, Choices};
use std::sync::Weak;

/// The accounts that were set up, with the keys of their administrators.
pub struct ConsoleChoices(pub Weak<Services>);

impl Choices for ConsoleChoices {
    fn choices(&self) -> Vec<Choice> {
        let Some(services) = self.0.upgrade() else {
            return Vec::new();
        };
        let accounts = services.accounts().into_iter();
        accounts
            .map(|account| Choice {
                account: account.id.to_string(),
                alias: account.alias,
                access_key_id: account.access_key_id,
                secret_access_key: account.secret_access_key,
            })
            .collect()
    }
}
