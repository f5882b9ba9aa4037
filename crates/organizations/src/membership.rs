//! Which organization the caller is in, and whether it manages it.

use crate::Organizations;
use crate::error;
use crate::record::{MEMBERS, ORGANIZATIONS, OrganizationRecord};
use api::ServiceError;
use ports::Call;
use store::{StoreError, Tx};

impl Organizations {
    /// The organization that an account is in.
    pub(crate) async fn organization_of(
        &self,
        account: &str,
    ) -> Result<Option<OrganizationRecord>, StoreError> {
        let Some(member) = self.store.get(&MEMBERS, account).await? else {
            return Ok(None);
        };
        self.store.get(&ORGANIZATIONS, &member.organization).await
    }

    /// The organization that the caller manages.
    ///
    /// # Errors
    /// The caller's account is in none, or is not its management account.
    pub(crate) async fn managed(&self, call: &Call) -> Result<OrganizationRecord, ServiceError> {
        let found = self.organization_of(call.account.as_str()).await;
        judged(found.map_err(error::store)?, call)
    }
}

/// The organization that the caller manages, to change it in this transaction.
///
/// # Errors
/// As [`Organizations::managed`].
pub(crate) async fn managed_in(tx: &Tx, call: &Call) -> Result<OrganizationRecord, ServiceError> {
    let member = tx.get(&MEMBERS, call.account.as_str()).await;
    let member = member
        .map_err(error::store)?
        .ok_or_else(error::not_in_use)?;
    let found = tx.get(&ORGANIZATIONS, &member.organization).await;
    judged(found.map_err(error::store)?, call)
}

fn judged(
    found: Option<OrganizationRecord>,
    call: &Call,
) -> Result<OrganizationRecord, ServiceError> {
    let organization = found.ok_or_else(error::not_in_use)?;
    match organization.management == call.account.as_str() {
        true => Ok(organization),
        false => Err(error::not_management()),
    }
}

/// Writes an organization back and ends the transaction.
pub(crate) async fn save(mut tx: Tx, record: &OrganizationRecord) -> Result<(), ServiceError> {
    tx.put(&ORGANIZATIONS, &record.id, record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)
}
