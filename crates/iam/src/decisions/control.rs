//! What the organizations of requester and owner have to say about a request.

use crate::Iam;
use crate::limits::RESOURCE_CONTROLLED_SERVICES;
use policy::{Found, Keys, Policies, Principal};
use ports::{Caller, Membership, Touch, Unknown};
use std::sync::{Arc, Weak};

/// The memberships that a decision looks at.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// Of the principal, or of the account for which a service asks.
    asking: Option<Arc<Membership>>,
    owner: Option<Arc<Membership>>,
    asks: Asks,
    is_resource_controlled: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Principal,
    /// No control policy limits a service-linked role ("Service control policies (SCPs)",
    /// "Resource control policies (RCPs)", AWS Organizations user guide).
    ServiceLinkedRole,
    #[default]
    Other,
}

impl Iam {
    /// Connects the service that knows organizations; later calls change nothing. That service
    /// holds this one, so it is not held.
    pub fn set_organizations(&self, organizations: &Arc<impl ports::Organizations + 'static>) {
        let organizations: Weak<dyn ports::Organizations> = Arc::downgrade(organizations) as _;
        let _ = self.organizations.set(organizations);
    }

    /// What applies to a caller's touch.
    pub(crate) async fn control(&self, caller: &Caller, touch: &Touch) -> Result<Control, Unknown> {
        match caller {
            Caller::Principal(principal) => self.control_of(principal, touch).await,
            Caller::Service(service) => {
                let mut control = self.control_of_owner(touch).await?;
                if let Ok(account) = service.source_account.as_str().parse() {
                    control.asking = self.membership(&account).await?;
                }
                Ok(control)
            }
            Caller::Anonymous => self.control_of_owner(touch).await,
        }
    }

    /// What applies to a principal's touch.
    pub(crate) async fn control_of(
        &self,
        principal: &Principal,
        touch: &Touch,
    ) -> Result<Control, Unknown> {
        let asking = self.membership(&principal.account).await?;
        let role = principal.principal_arn.resource();
        let asks = match role.starts_with("role/aws-service-role/") {
            true => Asks::ServiceLinkedRole,
            false => Asks::Principal,
        };
        let owner = match touch.owner == principal.account {
            true => asking.clone(),
            false => self.membership(&touch.owner).await?,
        };
        Ok(Control {
            asking,
            owner,
            asks,
            is_resource_controlled: is_resource_controlled(&touch.action),
        })
    }

    async fn control_of_owner(&self, touch: &Touch) -> Result<Control, Unknown> {
        Ok(Control {
            owner: self.membership(&touch.owner).await?,
            is_resource_controlled: is_resource_controlled(&touch.action),
            ..Control::default()
        })
    }

    /// The organization that an account is in, and what comes with it.
    pub(crate) async fn membership(
        &self,
        account: &arn::AccountId,
    ) -> Result<Option<Arc<Membership>>, Unknown> {
        match self.organizations.get() {
            None => Ok(None),
            Some(organizations) => {
                let organizations = organizations.upgrade().ok_or(Unknown)?;
                organizations.membership(account).await
            }
        }
    }
}

fn is_resource_controlled(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    RESOURCE_CONTROLLED_SERVICES.contains(&service)
}

impl Control {
    /// The policies with the control policies beside them.
    pub(crate) fn beside<'a>(&'a self, policies: Policies<'a>) -> Policies<'a> {
        let limits_principal = self.asks == Asks::Principal;
        let service_control = self.asking.as_ref().filter(|_| limits_principal);
        let limits_resource = self.is_resource_controlled && self.asks != Asks::ServiceLinkedRole;
        let resource_control = self.owner.as_ref().filter(|_| limits_resource);
        Policies {
            service_control: service_control.map_or(&[], |one| &one.service_control),
            resource_control: resource_control.map_or(&[], |one| &one.resource_control),
            ..policies
        }
    }
}

/// The keys that say which organizations are involved ("AWS global condition context keys").
impl Keys for Control {
    fn find(&self, key: &str) -> Option<Found<'_>> {
        let is_principal = self.asks != Asks::Other;
        let (membership, is_id) = match key {
            "aws:principalorgid" if is_principal => (&self.asking, true),
            "aws:principalorgpaths" if is_principal => (&self.asking, false),
            "aws:sourceorgid" if !is_principal => (&self.asking, true),
            "aws:sourceorgpaths" if !is_principal => (&self.asking, false),
            "aws:resourceorgid" => (&self.owner, true),
            "aws:resourceorgpaths" => (&self.owner, false),
            _ => return None,
        };
        let membership = membership.as_ref()?;
        Some(match is_id {
            true => Found::text(&membership.organization),
            false => Found::only(&membership.path),
        })
    }
}
