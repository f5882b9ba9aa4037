//! The types of policies that decide about permissions.

use crate::error;
use crate::record::PolicyType;
use api::ServiceError;
use policy::DocumentKind;

impl PolicyType {
    pub(crate) const ALL: [Self; 2] = [Self::ServiceControl, Self::ResourceControl];

    /// AWS's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// The type as ARNs have it.
    pub(crate) fn in_arn(self) -> String {
        self.name().to_ascii_lowercase()
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The type to make or enable a policy of.
    ///
    /// # Errors
    /// One of AWS's other types, which decide about no permission.
    pub(crate) fn parse(name: &str) -> Result<Self, ServiceError> {
        Self::find(name).ok_or_else(|| error::not_implemented(&format!("Policies of type {name}")))
    }

    /// What AWS attaches everywhere when the type is enabled.
    pub(crate) fn default_policy(self) -> &'static str {
        match self {
            Self::ServiceControl => "p-FullAWSAccess",
            Self::ResourceControl => "p-RCPFullAWSAccess",
        }
    }

    /// The grammar of its documents.
    pub(crate) fn grammar(self) -> DocumentKind {
        match self {
            Self::ServiceControl => DocumentKind::ServiceControl,
            Self::ResourceControl => DocumentKind::ResourceControl,
        }
    }
}
