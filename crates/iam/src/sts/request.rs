//! What requests for sessions have in common: policies, tags, and the answer's credentials.

use crate::limits::SESSION_POLICY_ARNS_MAX;
use crate::record::{SessionOf, SessionRecord};
use crate::{Iam, decisions::gather::GatherError, error, identifier, policies::saved_policy, view};
use api::ServiceError;
use api::sts as shape;
use policy::{Document, DocumentKind};
use ports::{Call, CredentialError, SessionCredentials};
use std::collections::BTreeMap;

/// The policies passed to a session.
pub(crate) struct Passed {
    pub policy: Option<String>,
    pub policy_arns: Vec<String>,
    /// Percent of the allotted space, none when nothing was passed.
    pub packed_size: Option<i32>,
}

/// Checks passed policies.
///
/// # Errors
/// MalformedPolicyDocument, PackedPolicyTooLarge, or ValidationError for a policy that is not there.
pub(crate) async fn passed(
    iam: &Iam,
    call: &Call,
    policy: Option<String>,
    policy_arns: Option<Vec<shape::PolicyDescriptorType>>,
) -> Result<Passed, ServiceError> {
    let max = policy::limits::SESSION_POLICY_CHARS_MAX;
    let chars = policy.as_ref().map_or(0, |text| text.chars().count());
    // UNVERIFIED: how AWS packs; the plain text counts here.
    let percent = chars * 100 / max;
    if chars > max {
        return Err(ServiceError::new(
            "PackedPolicyTooLarge",
            format!(
                "Packed policy consumes {percent}% of allotted space, please use smaller policy."
            ),
        ));
    }
    if let Some(text) = &policy {
        saved_policy::parse(text, DocumentKind::Session).and_then(no_empty)?;
    }
    let policy_arns: Vec<String> = policy_arns
        .unwrap_or_default()
        .into_iter()
        .filter_map(|described| described.arn)
        .collect();
    if policy_arns.len() > SESSION_POLICY_ARNS_MAX {
        return Err(error::limit("PolicyArns", SESSION_POLICY_ARNS_MAX));
    }
    for arn in &policy_arns {
        check_managed(iam, call, arn).await?;
    }
    let was_passed = policy.is_some() || !policy_arns.is_empty();
    Ok(Passed {
        policy,
        policy_arns,
        packed_size: was_passed.then(|| i32::try_from(percent).unwrap_or(100)),
    })
}

fn no_empty(document: Document) -> Result<(), ServiceError> {
    match document.statements().is_empty() {
        true => Err(error::policy(&policy::PolicyError::Syntax)),
        false => Ok(()),
    }
}

async fn check_managed(iam: &Iam, call: &Call, arn: &str) -> Result<(), ServiceError> {
    let is_own = crate::arns::PolicyArn::parse(arn)
        .is_some_and(|parsed| parsed.account == "aws" || parsed.account == call.account.as_str());
    match iam.managed_policy(arn).await {
        Ok(Some(_)) if is_own => Ok(()),
        Ok(_) => Err(error::validation(format!("{arn} is invalid"))),
        Err(GatherError::Store(error)) => Err(crate::error::store(error)),
        Err(GatherError::Gone | GatherError::Broken) => Err(ServiceError::internal()),
    }
}

/// Session tags, each key once, case aside.
pub(crate) fn tags(
    tags: Option<Vec<shape::Tag>>,
) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut all = BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    for tag in tags.unwrap_or_default() {
        let key = tag.key.unwrap_or_default();
        if !seen.insert(key.to_lowercase()) {
            return Err(ServiceError::new(
                "InvalidParameterValue",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            )
            .status(400));
        }
        all.insert(key, tag.value.unwrap_or_default());
    }
    Ok(all)
}

/// A session that lasts `duration_s` from now and has nothing passed.
pub(crate) fn session(iam: &Iam, call: &Call, who: SessionOf, duration_s: i32) -> SessionRecord {
    SessionRecord {
        secret: identifier::secret(&*iam.ids),
        account: call.account.to_string(),
        issued_ms: call.now_ms,
        expires_ms: call.now_ms + i64::from(duration_s) * 1000,
        is_mfa: false,
        who,
        source_identity: None,
        tags: BTreeMap::new(),
        transitive_tag_keys: Vec::new(),
        policy: None,
        policy_arns: Vec::new(),
    }
}

/// Seals a session; also gives the answer's part.
pub(crate) async fn seal(
    iam: &Iam,
    session: SessionRecord,
) -> Result<(SessionCredentials, shape::Credentials), ServiceError> {
    let made = iam
        .credentials_of(session)
        .await
        .map_err(|error| match error {
            // The role or user went away meanwhile.
            CredentialError::Invalid | CredentialError::Expired => error::denied("Access denied"),
            CredentialError::Unavailable => ServiceError::internal(),
        })?;
    let answer = shape::Credentials {
        access_key_id: Some(made.access_key_id.clone()),
        secret_access_key: Some(made.secret.0.clone()),
        session_token: Some(made.session_token.0.clone()),
        expiration: Some(view::date(made.expires_ms)),
    };
    Ok((made, answer))
}

/// No second factor can be registered here, so that none can be right.
pub(crate) fn no_mfa(serial: Option<&String>, code: Option<&String>) -> Result<(), ServiceError> {
    match serial.or(code) {
        None => Ok(()),
        Some(_) => Err(error::denied(
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
        )),
    }
}

/// A larger token than needed cannot be asked for.
pub(crate) fn no_minimum_size(minimum: Option<i32>) -> Result<(), ServiceError> {
    match minimum {
        None | Some(0) => Ok(()),
        Some(_) => Err(error::validation(
            "MinimumSessionTokenSize is not supported by this implementation",
        )),
    }
}
