//! Temporary credentials: made, and turned back into a principal.

use crate::decisions::gather::GatherError;
use crate::record::{ROLES, SessionOf, SessionRecord, USERS, key};
use crate::{Iam, arns, identifier};
use arn::{AccountId, Arn};
use policy::{Attached, Document, Principal, PrincipalKind, Session};
use ports::{CredentialError, Secret, SessionCredentials};
use std::sync::Arc;

impl Iam {
    /// Seals a session into credentials; none when sealing failed, which is our fault.
    pub(crate) async fn credentials_of(
        &self,
        session: SessionRecord,
    ) -> Result<SessionCredentials, CredentialError> {
        let account: AccountId = session
            .account
            .parse()
            .map_err(|_| CredentialError::Unavailable)?;
        let access_key_id = identifier::access_key("ASIA", &account, &*self.ids);
        let seal = self.seal.load();
        let token = seal
            .seal(&access_key_id, &session, &*self.ids)
            .ok_or(CredentialError::Unavailable)?;
        let principal = self.principal_of(&access_key_id, &session).await?;
        Ok(SessionCredentials {
            access_key_id,
            secret: Secret(session.secret),
            session_token: Secret(token),
            expires_ms: session.expires_ms,
            principal: Arc::new(principal),
        })
    }

    /// The identity of a session, as long as its user or role is there.
    pub(crate) async fn principal_of(
        &self,
        access_key_id: &str,
        session: &SessionRecord,
    ) -> Result<Principal, CredentialError> {
        let identity = self.identity_of(session).await?;
        let policies = self.session_policies(session).await?;
        Ok(Principal {
            account: identity.account,
            kind: identity.kind,
            arn: identity.arn,
            principal_arn: identity.principal_arn,
            user_id: identity.user_id,
            access_key_id: access_key_id.to_owned(),
            session: Some(Arc::new(Session {
                issued_ms: session.issued_ms,
                is_sign_in: matches!(session.who, SessionOf::SignedIn { .. }),
                is_mfa: session.is_mfa,
                source_identity: session.source_identity.clone(),
                tags: session.tags.clone(),
                transitive_tag_keys: session.transitive_tag_keys.clone(),
                policies,
                federated_by: identity.federated_by,
            })),
        })
    }

    async fn identity_of(
        &self,
        session: &SessionRecord,
    ) -> Result<SessionIdentity, CredentialError> {
        let account: AccountId = session
            .account
            .parse()
            .map_err(|_| CredentialError::Invalid)?;
        let root = root_arn(&account)?;
        match &session.who {
            SessionOf::Root => Ok(SessionIdentity {
                kind: PrincipalKind::Root,
                principal_arn: root.clone(),
                arn: root,
                user_id: account.to_string(),
                account,
                federated_by: None,
            }),
            SessionOf::User { name, id } | SessionOf::SignedIn { name, id } => {
                let arn = self.living_user(&account, name, id).await?;
                Ok(SessionIdentity {
                    kind: PrincipalKind::User,
                    principal_arn: arn.clone(),
                    arn,
                    user_id: id.clone(),
                    account,
                    federated_by: None,
                })
            }
            SessionOf::Role { name, id, session } => {
                let role = self.store.get(&ROLES, &key(account.as_str(), name)).await;
                let role = role
                    .map_err(|_| CredentialError::Unavailable)?
                    .filter(|role| role.id == *id)
                    .ok_or(CredentialError::Invalid)?;
                let resource = format!("assumed-role/{}/{session}", role.name);
                Ok(SessionIdentity {
                    kind: PrincipalKind::AssumedRole,
                    arn: Arn::new("sts", "", account.as_str(), &resource),
                    principal_arn: parse(&arns::iam(
                        account.as_str(),
                        "role",
                        &role.path,
                        &role.name,
                    ))?,
                    user_id: format!("{id}:{session}"),
                    account,
                    federated_by: None,
                })
            }
            SessionOf::Federated { name, user } => {
                let federated_by = match user {
                    Some((user, id)) => Some(self.living_user(&account, user, id).await?),
                    None => None,
                };
                let resource = format!("federated-user/{name}");
                let arn = Arn::new("sts", "", account.as_str(), &resource);
                Ok(SessionIdentity {
                    kind: PrincipalKind::FederatedUser,
                    principal_arn: arn.clone(),
                    arn,
                    user_id: format!("{account}:{name}"),
                    account,
                    federated_by,
                })
            }
        }
    }

    async fn living_user(
        &self,
        account: &AccountId,
        name: &str,
        id: &str,
    ) -> Result<Arn, CredentialError> {
        let user = self.store.get(&USERS, &key(account.as_str(), name)).await;
        let user = user
            .map_err(|_| CredentialError::Unavailable)?
            .filter(|user| user.id == id)
            .ok_or(CredentialError::Invalid)?;
        parse(&arns::iam(account.as_str(), "user", &user.path, &user.name))
    }

    /// The passed policies; a federated user without any may do nothing.
    async fn session_policies(
        &self,
        session: &SessionRecord,
    ) -> Result<Option<Vec<Attached>>, CredentialError> {
        let mut policies = Vec::new();
        if let Some(text) = &session.policy {
            let document = Document::parse(text).map_err(|_| CredentialError::Invalid)?;
            policies.push(Attached {
                id: "session".into(),
                document: Arc::new(document),
            });
        }
        for arn in &session.policy_arns {
            match self.managed_policy(arn).await {
                Ok(found) => policies.extend(found),
                Err(GatherError::Store(_)) => return Err(CredentialError::Unavailable),
                Err(GatherError::Gone | GatherError::Broken) => {
                    return Err(CredentialError::Invalid);
                }
            }
        }
        let was_passed = session.policy.is_some() || !session.policy_arns.is_empty();
        let is_federated = matches!(session.who, SessionOf::Federated { .. });
        Ok((was_passed || is_federated).then_some(policies))
    }
}

struct SessionIdentity {
    account: AccountId,
    kind: PrincipalKind,
    arn: Arn,
    principal_arn: Arn,
    user_id: String,
    federated_by: Option<Arn>,
}

fn parse(text: &str) -> Result<Arn, CredentialError> {
    text.parse().map_err(|_| CredentialError::Invalid)
}

pub(crate) fn root_arn(account: &AccountId) -> Result<Arn, CredentialError> {
    parse(&format!("arn:aws:iam::{account}:root"))
}
