//! The tree of root, organizational units and accounts: who is whose parent, and what is attached
//! where.

use crate::error::{self, Missing};
use crate::page::{self, Wanted};
use crate::record::{AttachedRecord, OrganizationRecord, PolicyType};
use crate::{Organizations, limits};
use api::ServiceError;
use api::organizations as shape;
use ports::Call;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A root, organizational unit or account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    Unit,
    Account,
}

impl Kind {
    /// What an id is of, by its form.
    pub(crate) fn of(id: &str) -> Self {
        match id {
            _ if id.starts_with("r-") => Self::Root,
            _ if id.starts_with("ou-") => Self::Unit,
            _ => Self::Account,
        }
    }

    /// AWS's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Root => "ROOT",
            Self::Unit => "ORGANIZATIONAL_UNIT",
            Self::Account => "ACCOUNT",
        }
    }
}

impl OrganizationRecord {
    /// Whether `id` is the root or an organizational unit.
    pub(crate) fn is_container(&self, id: &str) -> bool {
        self.root.id == id || self.units.contains_key(id)
    }

    /// The parent of a unit or account; none for the root and for strangers.
    pub(crate) fn parent(&self, id: &str) -> Option<&str> {
        let of_unit = self.units.get(id).map(|unit| unit.parent.as_str());
        of_unit.or_else(|| self.accounts.get(id).map(|account| account.parent.as_str()))
    }

    /// From the root down to `id`.
    ///
    /// INVARIANT: units are made below what exists and never moved, so no way is longer than
    /// [`limits::UNIT_DEPTH_MAX`] units, the root and an account.
    pub(crate) fn way<'a>(&'a self, id: &'a str) -> Vec<&'a str> {
        let mut way = vec![id];
        let mut at = id;
        while let Some(parent) = self.parent(at) {
            if way.len() > limits::UNIT_DEPTH_MAX + 1 {
                break;
            }
            way.push(parent);
            at = parent;
        }
        way.reverse();
        way
    }

    /// `o-…/r-…/ou-…/`, down to and with the container `id`.
    pub(crate) fn path(&self, id: &str) -> String {
        format!("{}/{}/", self.id, self.way(id).join("/"))
    }

    /// What is attached to a root, unit or account.
    pub(crate) fn attached(&self, id: &str) -> Option<&AttachedRecord> {
        if self.root.id == id {
            return Some(&self.root.attached);
        }
        let of_unit = self.units.get(id).map(|unit| &unit.attached);
        of_unit.or_else(|| self.accounts.get(id).map(|account| &account.attached))
    }

    /// The same, to change it.
    pub(crate) fn attached_mut(&mut self, id: &str) -> Option<&mut AttachedRecord> {
        if self.root.id == id {
            return Some(&mut self.root.attached);
        }
        let of_unit = self.units.get_mut(id).map(|unit| &mut unit.attached);
        of_unit.or_else(|| {
            let account = self.accounts.get_mut(id);
            account.map(|account| &mut account.attached)
        })
    }

    /// The tags of a root, unit or account, to change them.
    pub(crate) fn tags_mut(&mut self, id: &str) -> Option<&mut BTreeMap<String, String>> {
        if self.root.id == id {
            return Some(&mut self.root.tags);
        }
        let of_unit = self.units.get_mut(id).map(|unit| &mut unit.tags);
        of_unit.or_else(|| self.accounts.get_mut(id).map(|account| &mut account.tags))
    }

    /// The ids of everything that policies attach to.
    pub(crate) fn targets(&self) -> Vec<String> {
        let root = std::iter::once(&self.root.id);
        let below = self.units.keys().chain(self.accounts.keys());
        root.chain(below).cloned().collect()
    }

    /// What a new unit or account comes with: AWS attaches its own policy of each enabled type.
    pub(crate) fn attached_at_first(&self) -> AttachedRecord {
        let enabled = self.root.enabled.iter();
        let all = enabled.map(|kind: &PolicyType| (*kind, vec![kind.default_policy().to_owned()]));
        AttachedRecord(all.collect())
    }

    /// The name of a root, unit or account.
    pub(crate) fn name(&self, id: &str) -> String {
        let of_unit = self.units.get(id).map(|unit| unit.name.clone());
        let of_account = || self.accounts.get(id).map(|account| account.name.clone());
        of_unit
            .or_else(of_account)
            .unwrap_or_else(|| "Root".to_owned())
    }
}

pub(crate) async fn parents(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListParentsRequest,
) -> Result<shape::ListParentsResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let parent = organization.parent(&input.child_id);
    let parent = parent.ok_or_else(|| error::not_found(Missing::Child))?;
    Ok(shape::ListParentsResponse {
        parents: Some(vec![shape::Parent {
            id: Some(parent.to_owned()),
            type_: Some(Kind::of(parent).name().to_owned()),
        }]),
        next_token: None,
    })
}

pub(crate) async fn children(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListChildrenRequest,
) -> Result<shape::ListChildrenResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let parent = input.parent_id.as_str();
    if !organization.is_container(parent) {
        return Err(error::not_found(Missing::Parent));
    }
    let ids: Vec<&String> = match input.child_type.as_str() {
        "ACCOUNT" => {
            let all = organization.accounts.iter();
            all.filter(|(_, one)| one.parent == parent)
                .map(|(id, _)| id)
                .collect()
        }
        _ => {
            let all = organization.units.iter();
            all.filter(|(_, one)| one.parent == parent)
                .map(|(id, _)| id)
                .collect()
        }
    };
    let items = ids.into_iter().map(|id| {
        let child = shape::Child {
            id: Some(id.clone()),
            type_: Some(input.child_type.clone()),
        };
        (id.clone(), child)
    });
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (children, next_token) = page::cut(items.collect(), &wanted)?;
    Ok(shape::ListChildrenResponse {
        children: Some(children),
        next_token,
    })
}
