//! Who gets whom. Nothing here but construction: services meet through `ports` alone.
//!
//! Order: stores, `iam` (credentials, authorization), `logs` (sink), `lambda` (front door),
//! `compute` (which asks `lambda` for code), `apigateway` (what is live), `gateway` (which asks
//! both), `endpoint` (which hears of all).

use crate::Problem;
use crate::account::Account;
use crate::code_download::CodeDownload;
use crate::config::Issuers;
use crate::console_choices::ConsoleChoices;
use crate::health::Health;
use crate::reset::Reset;
use crate::rest_apis::RestApis;
use crate::server::{FunctionNetwork, Profile, Wanted};
use apigateway::{ApiGateway, ApiGatewayNeeds};
use compute::{Compute, ComputeNeeds};
use console::{Choices, Console, ConsoleNeeds};
use endpoint::{Endpoint, EndpointNeeds, Exposure, HostRule, Mount};
use gateway::{Egress, Gateway, GatewayNeeds};
use iam::{AdministeredAccount, AdministratorKey, Iam, IamNeeds};
use lambda::{Lambda, LambdaNeeds};
use logs::{Logs, LogsNeeds};
use organizations::{Organizations, OrganizationsNeeds};
use ports::{Call, Secret, Throttle, Touches};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use stdx::{Clock, RandomIds, SharedIds, SystemClock};
use store::Store;

type Tables = Vec<smithy::Operations<Call, Touches>>;

/// What a server is wired from.
pub struct Needs {
    /// Which profile.
    pub profile: Profile,
    /// Everything but logs.
    pub state: Store,
    /// Log groups and events.
    pub logs: Store,
    /// For code and workers.
    pub data_dir: PathBuf,
    /// How clients, and code in functions, reach the server.
    pub url: String,
    /// Where the server listens; HTTP integrations never reach it.
    pub address: SocketAddr,
    /// Host names that are answered.
    pub hosts: HostRule,
    /// Accounts to set up.
    pub known: Vec<Wanted>,
    /// What all APIs of an account have together in a region.
    pub account_throttle: Option<Throttle>,
    /// The weakest isolation of functions that is good enough.
    pub isolation_min: compute::Isolation,
    /// Interpreters that are kept up for each kind of function.
    pub spare_workers: usize,
    /// What functions reach over the network.
    pub function_network: FunctionNetwork,
    /// What the operator says about REST APIs.
    pub apis: RestApis,
    /// Whose tokens may be verified.
    pub issuers: Issuers,
}

/// The services of a running server.
pub struct Services {
    state: Store,
    log_store: Store,
    iam: Arc<Iam>,
    organizations: Arc<Organizations>,
    logs: Arc<Logs>,
    lambda: Arc<Lambda>,
    apigateway: Arc<ApiGateway>,
    compute: Arc<Compute>,
    endpoint: OnceLock<Arc<Endpoint>>,
    wanted: RwLock<Vec<Wanted>>,
}

/// The control planes, before anything runs.
struct ControlPlanes {
    iam: Arc<Iam>,
    organizations: Arc<Organizations>,
    logs: Arc<Logs>,
    lambda: Arc<Lambda>,
    apigateway: Arc<ApiGateway>,
}

impl ControlPlanes {
    async fn open(
        profile: Profile,
        (state, logs): (&Store, Store),
        apis: &RestApis,
        issuers: &Arc<gateway::Issuers>,
    ) -> Result<Self, Problem> {
        let iam = Iam::open(IamNeeds {
            store: state.clone(),
            clock: clock(),
            ids: ids(),
            is_developer: profile == Profile::Developer,
            issuers: issuers.clone(),
        })
        .await?;
        let organizations = Arc::new(Organizations::new(OrganizationsNeeds {
            store: state.clone(),
            clock: clock(),
            ids: ids(),
            accounts: iam.clone(),
        }));
        iam.set_organizations(&organizations);
        let logs = Logs::start(LogsNeeds {
            store: logs,
            clock: clock(),
            ids: ids(),
        });
        let lambda = Lambda::new(LambdaNeeds {
            store: state.clone(),
            clock: clock(),
            ids: ids(),
            authorize: iam.clone(),
            credentials: iam.clone(),
        });
        iam.add_resources(&lambda);
        let apigateway = Arc::new(ApiGateway::new(ApiGatewayNeeds {
            store: state.clone(),
            clock: clock(),
            ids: ids(),
            issuers: issuers.clone(),
            vpc_upstreams: apis.vpc_upstreams.clone(),
            has_vpc_endpoints: !apis.vpc_endpoints.is_empty(),
            integration_timeout_ms_max: apis.integration_timeout_ms_max,
        }));
        Ok(Self {
            iam,
            organizations,
            logs,
            lambda,
            apigateway,
        })
    }

    fn tables(&self) -> Tables {
        vec![
            apigateway::operations(self.apigateway.clone()),
            apigateway::render_operations(self.apigateway.clone()),
            lambda::operations(self.lambda.clone()),
            lambda::debug_operations(self.lambda.clone()),
            iam::operations(self.iam.clone()),
            iam::sts_operations(self.iam.clone()),
            iam::explain_operations(self.iam.clone()),
            organizations::operations(self.organizations.clone()),
            logs::operations(self.logs.clone()),
        ]
    }
}

impl Services {
    /// Starts everything but the listener.
    pub async fn start(needs: Needs) -> Result<Arc<Self>, Problem> {
        let issuers = needs.issuers.open(needs.address);
        let stores = (&needs.state, needs.logs.clone());
        let planes = ControlPlanes::open(needs.profile, stores, &needs.apis, &issuers).await?;
        let tables = planes.tables();
        let ControlPlanes {
            iam,
            organizations,
            logs,
            lambda,
            apigateway,
        } = planes;
        let (network, is_network_required) = network(needs.function_network, &needs.url)?;
        let compute = Compute::new(ComputeNeeds {
            data_dir: needs.data_dir,
            logs: logs.clone(),
            clock: clock(),
            ids: ids(),
            profile: compute_profile(needs.profile),
            search_path: compute::host_search_path(),
            workers_max: None,
            launcher: compute::OWN_PROGRAM.into(),
            spares: needs.spare_workers,
            isolation_min: needs.isolation_min,
            isolation_max: compute::Isolation::Container,
            network,
            is_network_required,
        })?;
        compute.set_code_source(lambda.clone());
        lambda.set_compute(compute.clone());
        lambda.set_endpoint_url(needs.url.clone());
        let gateway = Arc::new(Gateway::new(GatewayNeeds {
            deployments: apigateway.deployments(),
            invoke: lambda.clone(),
            credentials: iam.clone(),
            authorize: iam.clone(),
            organizations: organizations.clone(),
            logs: logs.clone(),
            clock: clock(),
            ids: ids(),
            egress: egress(needs.profile, needs.address),
            vpc_links: apigateway.vpc_links(),
            vpc_endpoints: needs.apis.vpc_endpoints,
            client_certificates: apigateway.client_certificates(),
            issuers,
            usage_plans: apigateway.usage_plans(),
            account_throttle: needs.account_throttle,
        }));
        iam.add_resources(&gateway);
        apigateway.set_test_invoke(gateway.clone());
        let services = Arc::new(Self {
            state: needs.state,
            log_store: needs.logs,
            iam,
            organizations,
            logs,
            lambda,
            apigateway,
            compute,
            endpoint: OnceLock::new(),
            wanted: RwLock::new(needs.known),
        });
        services.load().await?;
        services.apigateway.start_writing_usage();
        services.lambda.start().await?;
        let endpoint = services.front_door(needs.profile, needs.hosts, tables, &gateway);
        gateway.set_aws_apis(Arc::<Endpoint>::downgrade(&endpoint), needs.url);
        let _ = services.endpoint.set(endpoint);
        Ok(services)
    }

    /// Every service's operations, for the compatibility table.
    pub async fn tables() -> Result<Tables, Problem> {
        let store = Store::in_memory()?;
        let logs = Store::in_memory()?;
        let issuers = Issuers::default().open(SocketAddr::from(([127, 0, 0, 1], 0)));
        let (profile, apis) = (Profile::Developer, RestApis::none());
        let planes = ControlPlanes::open(profile, (&store, logs), &apis, &issuers).await?;
        Ok(planes.tables())
    }

    /// The front door.
    pub fn endpoint(&self) -> Arc<Endpoint> {
        self.endpoint
            .get()
            .expect("start sets the endpoint")
            .clone()
    }

    /// The accounts that were set up, with their administrators' keys.
    pub fn accounts(&self) -> Vec<Account> {
        let wanted = self.wanted.read().unwrap_or_else(PoisonError::into_inner);
        let with_key = wanted
            .iter()
            .filter_map(|one| Some((one, one.key.clone()?)));
        with_key
            .map(|(one, (access_key_id, secret))| Account {
                id: one.id.clone(),
                alias: one.alias.clone(),
                access_key_id,
                secret_access_key: Secret(secret),
            })
            .collect()
    }

    /// Empties the stores and starts over with the same accounts and keys.
    pub async fn reset(&self) -> Result<(), Problem> {
        self.logs.flush().await;
        self.log_store.clear().await?;
        self.state.clear().await?;
        self.organizations.reload();
        self.lambda.reset();
        self.load().await
    }

    /// Ends workers, writes what keys used and the last log lines.
    pub async fn stop(&self) {
        self.compute.shutdown().await;
        if let Err(error) = self.apigateway.write_usage().await {
            tracing::error!(%error, "usage of API keys could not be written");
        }
        self.logs.flush().await;
    }

    /// Sets the accounts up and publishes what is live.
    async fn load(&self) -> Result<(), Problem> {
        let wanted = self
            .wanted
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let keys = self
            .iam
            .ensure_administrators(&administered(&wanted))
            .await?;
        let known = wanted.into_iter().zip(keys).map(|(one, key)| Wanted {
            key: Some((key.access_key_id, key.secret.0)),
            ..one
        });
        *self.wanted.write().unwrap_or_else(PoisonError::into_inner) = known.collect();
        self.apigateway.load().await?;
        Ok(())
    }

    /// The front door over every service.
    fn front_door(
        self: &Arc<Self>,
        profile: Profile,
        hosts: HostRule,
        operations: Tables,
        apis: &Arc<Gateway>,
    ) -> Arc<Endpoint> {
        let console = self.console(profile);
        Arc::new(Endpoint::new(EndpointNeeds {
            operations,
            credentials: self.iam.clone(),
            authorize: self.iam.clone(),
            apis: apis.clone(),
            function_urls: self.lambda.clone(),
            mounts: self.mounts(profile, &console),
            sessions: Some(console),
            browser_home: Some("/console/"),
            hosts,
            clock: clock(),
            ids: ids(),
        }))
    }

    /// The console; one click signs in where only this machine's users reach the server.
    fn console(self: &Arc<Self>, profile: Profile) -> Arc<Console> {
        let choices: Option<Arc<dyn Choices>> = match profile {
            Profile::Developer => Some(Arc::new(ConsoleChoices(Arc::downgrade(self)))),
            Profile::Server => None,
        };
        Arc::new(Console::new(ConsoleNeeds {
            credentials: self.iam.clone(),
            passwords: self.iam.clone(),
            ids: ids(),
            choices,
        }))
    }

    fn mounts(self: &Arc<Self>, profile: Profile, console: &Arc<Console>) -> Vec<Mount> {
        let mut mounts = vec![
            Mount {
                prefix: "/console",
                exposure: Exposure::SameOrigin,
                service: console.clone(),
            },
            Mount {
                prefix: "/_crossway/health",
                exposure: Exposure::Public,
                service: Arc::new(Health(self.compute.clone())),
            },
            Mount {
                prefix: "/_crossway/code",
                exposure: Exposure::SameOrigin,
                service: Arc::new(CodeDownload(self.lambda.clone())),
            },
        ];
        if profile == Profile::Developer {
            let services = Arc::downgrade(self);
            mounts.push(Mount {
                prefix: "/_crossway/reset",
                exposure: Exposure::Local,
                service: Arc::new(Reset { services }),
            });
        }
        mounts
    }
}

/// What HTTP integrations reach: on a developer's machine also what runs beside the server.
fn egress(profile: Profile, own: SocketAddr) -> Egress {
    let is_developer = profile == Profile::Developer;
    Egress {
        allows_loopback: is_developer,
        allows_private: is_developer,
        refused: vec![own],
    }
}

/// Functions always reach the endpoint that they are told of, with their own role.
fn network(wanted: FunctionNetwork, url: &str) -> Result<(compute::Network, bool), Problem> {
    Ok(match wanted {
        FunctionNetwork::Host => (compute::Network::Host, false),
        FunctionNetwork::Own {
            mut reach,
            is_required,
        } => {
            reach.push(compute::Destination::of_url(url)?);
            (
                compute::Network::Own(compute::Reach::of(reach)?),
                is_required,
            )
        }
    })
}

fn administered(wanted: &[Wanted]) -> Vec<AdministeredAccount> {
    let accounts = wanted.iter().map(|one| AdministeredAccount {
        account: one.id.clone(),
        alias: one.alias.clone(),
        key: one
            .key
            .clone()
            .map(|(access_key_id, secret)| AdministratorKey {
                access_key_id,
                secret: Secret(secret),
            }),
    });
    accounts.collect()
}

fn compute_profile(profile: Profile) -> compute::Profile {
    match profile {
        Profile::Developer => compute::Profile::Developer,
        Profile::Server => compute::Profile::Server,
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn ids() -> SharedIds {
    Arc::new(RandomIds)
}
