//! IAM and STS: accounts, users, roles, policies, sessions.
