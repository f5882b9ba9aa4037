//! Every bound of this crate.

/// Bytes of a policy text that are read at all.
///
/// The longest policy of any kind on AWS is Lambda's and S3's of 20,480 bytes ("Lambda quotas"),
/// and white space, which IAM does not count, may come on top.
pub const DOCUMENT_BYTES_MAX: usize = 131_072;

/// Characters of a managed policy without white space ("IAM and AWS STS quotas").
pub const MANAGED_POLICY_CHARS_MAX: usize = 6_144;

/// Characters of all inline policies of a user, white space not counted ("IAM and AWS STS quotas").
pub const USER_INLINE_CHARS_MAX: usize = 2_048;

/// Characters of all inline policies of a role ("IAM and AWS STS quotas").
pub const ROLE_INLINE_CHARS_MAX: usize = 10_240;

/// Characters of all inline policies of a group ("IAM and AWS STS quotas").
pub const GROUP_INLINE_CHARS_MAX: usize = 5_120;

/// Characters of a role's trust policy ("IAM and AWS STS quotas": 2,048 unless raised).
pub const TRUST_POLICY_CHARS_MAX: usize = 2_048;

/// Characters of a session policy ("AssumeRole", AWS STS API reference).
pub const SESSION_POLICY_CHARS_MAX: usize = 2_048;

/// Characters of an SCP or RCP ("Quotas for AWS Organizations").
pub const CONTROL_POLICY_CHARS_MAX: usize = 5_120;
