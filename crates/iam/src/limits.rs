//! Every bound of IAM and STS. Source unless said otherwise: "IAM and AWS STS quotas".

/// Users in an account.
pub const USERS_MAX: usize = 5_000;
/// Groups in an account.
pub const GROUPS_MAX: usize = 300;
/// Roles in an account.
pub const ROLES_MAX: usize = 1_000;
/// Customer managed policies in an account.
pub const POLICIES_MAX: usize = 1_500;
/// Instance profiles in an account.
pub const INSTANCE_PROFILES_MAX: usize = 1_000;
/// Access keys of a user, or of the root user.
pub const ACCESS_KEYS_MAX: usize = 2;
/// Groups that one user is in.
pub const GROUPS_PER_USER_MAX: usize = 10;
/// Managed policies attached to one user, group or role.
pub const ATTACHED_MAX: usize = 10;
/// Versions of a managed policy.
pub const POLICY_VERSIONS_MAX: usize = 5;
/// Tags of one user, role, policy or instance profile.
pub const TAGS_MAX: usize = 50;
/// Managed policies passed to one session.
pub const SESSION_POLICY_ARNS_MAX: usize = 10;
/// Seconds of a session of a role assumed by a role ("Roles terms and concepts").
pub const CHAINED_SESSION_S_MAX: i32 = 3_600;
/// Seconds of a session when nothing is asked ("AssumeRole", AWS STS API reference).
pub const ROLE_SESSION_S: i32 = 3_600;
/// Seconds of GetSessionToken and GetFederationToken when nothing is asked.
pub const USER_SESSION_S: i32 = 43_200;
/// Seconds of GetSessionToken and GetFederationToken for the root user.
pub const ROOT_SESSION_S_MAX: i32 = 3_600;
/// Items of a page when nothing is asked ("ListUsers", IAM API reference).
pub const PAGE_ITEMS: usize = 100;
/// Items of the largest page.
pub const PAGE_ITEMS_MAX: usize = 1_000;
/// Bytes of a session token that is looked at; ours: the largest contents are about 12 KB.
pub const SESSION_TOKEN_BYTES_MAX: usize = 32_768;
/// Principals and keys whose policies are kept parsed; ours.
pub const CACHE_ENTRIES_MAX: usize = 10_000;
/// Milliseconds between two writes of a key's or role's last use; ours. UNVERIFIED: how precise
/// AWS is; its documentation says that the data may be up to four hours old.
pub const LAST_USED_GRAIN_MS: i64 = 900_000;
/// Characters of a path.
pub const PATH_CHARS_MAX: usize = 512;
/// Rounds of PBKDF2-HMAC-SHA256 over a password, no fewer than OWASP's "Password Storage Cheat
/// Sheet" asks for. Unoptimized builds, which only tests use, take fewer.
pub const PASSWORD_ROUNDS: u32 = match cfg!(debug_assertions) {
    true => 2_000,
    false => 600_000,
};
/// Characters of a password ("Set an account password policy for IAM users").
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Characters of a password where the account has no rules of its own (as above).
pub const PASSWORD_CHARS_MIN: i32 = 8;
/// Characters of a password where the account's rules do not say ("UpdateAccountPasswordPolicy").
pub const PASSWORD_CHARS_MIN_LEAST: i32 = 6;
/// Milliseconds in which wrong passwords are counted; ours.
pub const SIGN_IN_WINDOW_MS: i64 = 300_000;
/// Wrong passwords for one user in a window; ours.
pub const SIGN_IN_FAILURES_PER_USER_MAX: u32 = 10;
/// Wrong passwords from one address in a window; ours.
pub const SIGN_IN_FAILURES_PER_PEER_MAX: u32 = 50;
/// Users and addresses whose wrong passwords are counted; ours.
pub const SIGN_IN_COUNTERS_MAX: usize = 10_000;
/// Passwords that are checked at the same time, since each check keeps a processor busy; ours.
pub const PASSWORD_CHECKS_MAX: usize = 2;
/// Passwords that wait for a check; ours.
pub const PASSWORD_CHECKS_WAITING_MAX: usize = 32;
/// Seconds of a session that a password begins ("Signing in to the AWS Management Console").
pub const SIGN_IN_SESSION_S: i64 = 43_200;
/// Denials that are remembered for one account; ours.
pub const DENIALS_PER_ACCOUNT_MAX: usize = 500;
/// Characters of an encoded authorization message that is looked at ("DecodeAuthorizationMessage",
/// AWS STS API reference).
pub const AUTHORIZATION_MESSAGE_CHARS_MAX: usize = 10_240;
/// Bytes of the details of one denial; ours. Encoded they are 4 KB of a header, and common clients
/// take 8 KB of headers in all. Conditions that do not fit are left out.
pub const AUTHORIZATION_DETAILS_BYTES_MAX: usize = 3_000;
/// Services whose resources RCPs limit, of those that are served here ("Resource control policies
/// (RCPs)", AWS Organizations user guide). UNVERIFIED: the list of 2026-11; API Gateway and Lambda
/// were not on it when it was last read.
pub const RESOURCE_CONTROLLED_SERVICES: [&str; 2] = ["logs", "sts"];
/// Accounts that denials are remembered for; ours.
pub const DENIAL_ACCOUNTS_MAX: usize = 1_000;
/// Bytes of a remembered resource or message; ours.
pub const DENIED_RESOURCE_BYTES_MAX: usize = 2_048;
/// Pairs of action and resource in one simulation; ours.
pub const SIMULATED_PAIRS_MAX: usize = 10_000;
/// Policies of a kind that one simulation brings; ours.
pub const SIMULATED_POLICIES_MAX: usize = 100;
/// Milliseconds that a credential report is good for ("Generate credential reports for your AWS
/// account", IAM user guide: four hours).
pub const CREDENTIAL_REPORT_MS_MAX: i64 = 14_400_000;
/// OpenID Connect providers in an account.
pub const OIDC_PROVIDERS_MAX: usize = 100;
/// Clients (audiences) of one OpenID Connect provider.
pub const OIDC_CLIENTS_MAX: usize = 100;
/// Thumbprints of one OpenID Connect provider.
pub const OIDC_THUMBPRINTS_MAX: usize = 5;
/// Seconds that an OpenID Connect provider's clock may be ahead of ours; ours: AWS's pages name no
/// leeway, and hosts that are not AWS's differ by moments.
pub const OIDC_AHEAD_S: i64 = 5;
