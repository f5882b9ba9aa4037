//! The users and roles that policies name: they must exist, and a namesake made later is somebody
//! else.

use crate::Lambda;
use crate::error::LambdaError;
use crate::record::PolicyRecord;
use crate::statement;
use arn::Arn;
use policy::{Document, PrincipalEntry};
use ports::Named;
use std::collections::{BTreeMap, BTreeSet};

/// The unique ids of those among the principals that have one.
///
/// # Errors
/// AWS's text when somebody does not exist.
pub async fn unique_ids<'a>(
    lambda: &Lambda,
    arns: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, String>, LambdaError> {
    let mut found = BTreeMap::new();
    for text in arns {
        let arn: Arn = text.parse().map_err(|_| statement::bad_principal())?;
        let named = lambda.credentials.named(&arn).await.map_err(|error| {
            LambdaError::Host(format!("looking for a principal failed: {error:?}"))
        })?;
        match named {
            Named::UniqueId(id) => {
                found.insert(text.to_owned(), id);
            }
            Named::ByName => {}
            Named::Nobody => return Err(statement::bad_principal()),
        }
    }
    Ok(found)
}

/// The principals that a document names by ARN.
pub fn named(document: &Document) -> BTreeSet<String> {
    let entries = document
        .statements()
        .iter()
        .filter_map(|statement| statement.principals())
        .flat_map(|(entries, _)| entries);
    let arns = entries.filter_map(|entry| match entry {
        PrincipalEntry::Arn(arn) => Some(arn.clone()),
        _ => None,
    });
    arns.collect()
}

/// Whom a document is about, each once, in the words of AddPermission: an account, an ARN, a
/// service or `*`. With a statement's id only whom that statement is about.
pub fn grantees(document: &Document, sid: Option<&str>) -> BTreeSet<String> {
    let statements = document.statements().iter();
    let chosen = statements.filter(|statement| sid.is_none() || statement.sid() == sid);
    let entries = chosen
        .filter_map(|statement| statement.principals())
        .flat_map(|(entries, _)| entries);
    let texts = entries.map(|entry| match entry {
        PrincipalEntry::Anyone => "*".to_owned(),
        PrincipalEntry::Account(account) => account.to_string(),
        PrincipalEntry::Arn(text)
        | PrincipalEntry::UniqueId(text)
        | PrincipalEntry::Service(text)
        | PrincipalEntry::Federated(text)
        | PrincipalEntry::CanonicalUser(text) => text.clone(),
    });
    texts.collect()
}

/// The policy as it is when some of its names have gone over to others: who had the name before is
/// then shown by unique id, as AWS shows principals that were deleted.
///
/// # Errors
/// When the stored document cannot be read.
pub fn part_from_namesakes(
    mut policy: PolicyRecord,
    newcomers: &BTreeMap<String, String>,
) -> Result<PolicyRecord, LambdaError> {
    for (arn, new_id) in newcomers {
        let old_id = policy.unique_ids.get(arn);
        if let Some(old_id) = old_id.filter(|old_id| *old_id != new_id) {
            policy.document = statement::rename(&policy.document, arn, old_id)?;
            policy.unique_ids.remove(arn);
        }
    }
    Ok(policy)
}
