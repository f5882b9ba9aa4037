//! The command line.

use crate::account_throttle::AccountThrottle;
use crate::issuers::UserPool;
use clap::{Args, Parser, Subcommand, ValueEnum};
use compute::Isolation;
use std::path::PathBuf;

/// An API gateway and function platform that you own: AWS-compatible API Gateway and Lambda.
#[derive(Parser)]
#[command(name = "crossway", version)]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve on this machine for development: loopback only, two accounts ready to use.
    Dev(Dev),
    /// Serve for real: TLS, real credentials only.
    Serve(Serve),
    /// Print `export` lines for a shell: eval "$(crossway env api)".
    Env(Env),
    /// Print an example to import.
    Example(Example),
    /// Say why a request would be allowed or refused, or was refused.
    Explain(crate::explain::Explain),
    /// Let a debugger attach to a function, its timeouts paused; docs/debugging.md explains it.
    Debug(crate::debug::Debug),
    /// Render a mapping template as API Gateway would; docs/render.md explains it.
    Render(Render),
    /// Install, list and remove the AWS SDKs that functions find; docs/functions.md explains it.
    Runtime(crate::runtime::Runtime),
    /// Print what the program says of itself, for the compatibility table.
    #[command(hide = true)]
    Inspect(Inspect),
}

/// `crossway dev`.
#[derive(Args)]
pub struct Dev {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 4566)]
    pub port: u16,
    /// Where state and credential files are kept.
    #[arg(long, default_value = ".crossway")]
    pub data_dir: PathBuf,
    /// Keep no state beyond the process.
    #[arg(long)]
    pub ephemeral: bool,
    /// Requests a second and at once that all APIs of an account have in a region; `off` lets them
    /// have all there is.
    #[arg(long, value_name = "RATE:BURST", default_value_t)]
    pub account_throttle: AccountThrottle,
    /// Refuse to start when functions cannot be isolated so far: process, hardened or container.
    #[arg(long, value_name = "LEVEL", default_value = "process")]
    pub isolation_min: Isolation,
    /// Interpreters to keep up for each kind of function, so that a cold start does not wait for
    /// one; 0 for none.
    #[arg(long, value_name = "N", default_value_t = crate::config::SPARE_WORKERS)]
    pub spare_workers: usize,
    /// Where a target of VPC links is; may be given several times.
    #[arg(long, value_name = "ARN=HOST[:PORT]", value_parser = vpc_link)]
    pub vpc_link: Vec<(String, String)>,
    /// A VPC endpoint and the networks from which private APIs are reached through it; may be given
    /// several times. Without one no private API goes live.
    #[arg(long, value_name = "VPCE=VPC=NETWORK[,NETWORK]", value_parser = crate::rest_apis::parse_endpoint)]
    pub vpc_endpoint: Vec<crate::config::ConfiguredEndpoint>,
    /// Milliseconds that an integration of a Regional or private API may take, at most: 29000, as
    /// on AWS before one asks for more, to 300000.
    #[arg(long, value_name = "MS", value_parser = crate::rest_apis::parse_timeout, default_value_t = crate::rest_apis::default_timeout())]
    pub integration_timeout_ms_max: i32,
    /// An issuer of tokens that stands for a Cognito user pool; may be given several times. Other
    /// pools have Cognito's own issuer.
    #[arg(long, value_name = "ARN=ISSUER")]
    pub user_pool: Vec<UserPool>,
}

fn vpc_link(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((arn, at)) if arn.starts_with("arn:") && !at.is_empty() => {
            Ok((arn.to_owned(), at.to_owned()))
        }
        _ => Err("give the load balancer's ARN, `=`, and a host".to_owned()),
    }
}

/// `crossway serve`.
#[derive(Args)]
pub struct Serve {
    /// Configuration file; docs/operators/configuration.md explains it.
    #[arg(long)]
    pub config: PathBuf,
    /// Requests a second and at once that all APIs of an account have in a region; `off` lets them
    /// have all there is.
    #[arg(long, value_name = "RATE:BURST", default_value_t)]
    pub account_throttle: AccountThrottle,
    /// Refuse to start when functions cannot be isolated so far: process, hardened or container.
    /// Goes before the configuration's `isolation_min`; with neither, `hardened`.
    #[arg(long, value_name = "LEVEL")]
    pub isolation_min: Option<Isolation>,
}

/// `crossway env`.
#[derive(Args)]
pub struct Env {
    /// An account's alias, as in the credential files: `api` or `functions`.
    pub account: String,
    /// The data directory of the server.
    #[arg(long, default_value = ".crossway")]
    pub data_dir: PathBuf,
}

/// `crossway example`.
#[derive(Args)]
pub struct Example {
    /// Which one.
    pub name: ExampleName,
    /// Region whose demo backend the API calls.
    #[arg(long, default_value = "us-east-1")]
    pub region: String,
}

/// The examples.
#[derive(Clone, Copy, ValueEnum)]
pub enum ExampleName {
    /// The PetStore API as a Swagger 2.0 document.
    Petstore,
}

/// `crossway render`.
#[derive(Args)]
pub struct Render {
    /// The template's file; `-` is the standard input.
    pub template: PathBuf,
    /// The body that `$input` reads; `-` is the standard input. Without it, the body is empty.
    #[arg(long, value_name = "FILE")]
    pub body: Option<PathBuf>,
    /// Variables of `$context` as a JSON object.
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// A request parameter: path.NAME=VALUE, querystring.NAME=VALUE or header.NAME=VALUE.
    #[arg(long, value_name = "PLACE.NAME=VALUE")]
    pub param: Vec<String>,
    /// A stage variable.
    #[arg(long, value_name = "NAME=VALUE")]
    pub stage_variable: Vec<String>,
    /// The `Content-Type` header of the request.
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// Show every reference that is evaluated, where it stands and its value.
    #[arg(long)]
    pub trace: bool,
}

/// `crossway inspect`.
#[derive(Args)]
pub struct Inspect {
    /// Which table.
    pub what: InspectWhat,
}

/// The tables.
#[derive(Clone, Copy, ValueEnum)]
pub enum InspectWhat {
    /// Every modelled operation and whether it works.
    Operations,
    /// Every field that is accepted without effect.
    NoEffect,
}
