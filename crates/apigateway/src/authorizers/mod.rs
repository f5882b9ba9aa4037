//! Who may call methods: functions, user pools and issuers of tokens that are asked.

pub(crate) mod authorizer;
pub(crate) mod jwt_configuration;
