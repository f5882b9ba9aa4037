//! `crossway dev`: loopback only, two accounts ready to use.

use crate::Problem;
use crate::account::DEVELOPER_ACCOUNTS;
use crate::command::Dev;
use crate::config::Issuers;
use crate::rest_apis::{self, RestApis};
use crate::server::{self, FunctionNetwork, Profile, Settings};
use endpoint::HostRule;
use std::net::{Ipv4Addr, SocketAddr};

/// Serves until SIGTERM or SIGINT.
pub fn run(options: &Dev) -> Result<(), Problem> {
    let accounts = DEVELOPER_ACCOUNTS.map(|(id, alias)| (id.to_owned(), alias.to_owned()));
    server::run(Settings {
        profile: Profile::Developer,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)),
        data_dir: options.data_dir.clone(),
        is_ephemeral: options.ephemeral,
        public_url: None,
        hosts: HostRule::Developer(Vec::new()),
        tls: None,
        accounts: accounts.to_vec(),
        account_throttle: options.account_throttle.0,
        isolation_min: options.isolation_min,
        spare_workers: options.spare_workers,
        // A developer's functions talk to databases on this very machine.
        function_network: FunctionNetwork::Host,
        apis: RestApis {
            vpc_upstreams: options.vpc_link.iter().cloned().collect(),
            vpc_endpoints: rest_apis::vpc_endpoints(&options.vpc_endpoint)?,
            integration_timeout_ms_max: options.integration_timeout_ms_max,
        },
        issuers: Issuers::of_developer(&options.user_pool),
    })
}
