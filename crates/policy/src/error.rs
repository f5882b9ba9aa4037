//! Why a text is not a policy document.

/// AWS's MalformedPolicyDocument, whose text is this error's.
///
/// Services that store policies answer with this text; the code differs by service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not JSON at all.
    #[error("This policy contains invalid Json")]
    Json,
    /// JSON, but not of the policy grammar.
    #[error("Syntax errors in policy.")]
    Syntax,
    /// An element that this kind of policy must not have.
    #[error("Has prohibited field {0}")]
    Prohibited(&'static str),
    /// An element that this kind of policy must have.
    #[error("Missing required field {0}")]
    Missing(&'static str),
    /// A principal in a policy of a kind that has none.
    #[error("Policy document should not specify a principal.")]
    HasPrincipal,
    /// An action with two colons.
    #[error("Actions/Condition can contain only one colon.")]
    ManyColons,
    /// A statement of an identity policy without Action or NotAction.
    #[error("Policy statement must contain actions.")]
    NoActions,
    /// A statement of an identity policy without Resource or NotResource.
    #[error("Policy statement must contain resources.")]
    NoResources,
    /// An action without a service before its colon.
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    NoVendor,
    /// A service name with characters that no service has.
    #[error("Vendor {0} is not valid")]
    Vendor(String),
    /// A resource that is neither an ARN nor `*`.
    #[error("Resource {0} must be in ARN format or \"*\".")]
    Resource(String),
    /// A partition that does not exist.
    #[error("Partition \"{partition}\" is not valid for resource \"{resource}\".")]
    Partition {
        /// What stands where the partition belongs.
        partition: String,
        /// The resource it stands in.
        resource: String,
    },
    /// A condition operator that does not exist.
    #[error("Invalid Condition type : {0}.")]
    Operator(String),
    /// Two statements share a Sid.
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    DuplicateSid,
    /// A Sid with characters that this kind of policy does not allow.
    #[error(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    )]
    Sid,
    /// A principal that is none.
    #[error("Invalid principal in policy: {0}")]
    Principal(String),
    /// A trust policy whose action is no STS action.
    #[error("AssumeRole policy may only specify STS AssumeRole actions.")]
    NotAssumeRole,
    /// More characters than this kind of policy may have.
    #[error("policy has {size} characters, at most {max} are allowed")]
    TooLong {
        /// Characters counted.
        size: usize,
        /// The bound.
        max: usize,
    },
    /// The version must be 2012-10-17 here.
    #[error("The policy must contain a valid version string")]
    Version,
}
