//! `crossway runtime`: the AWS SDKs that AWS's runtimes bring, and the debugger for Python.

use crate::Problem;
use clap::{Args, Subcommand, ValueEnum};
use compute::Sdk;
use std::error::Error as _;
use std::path::PathBuf;

/// `crossway runtime`.
#[derive(Args)]
pub struct Runtime {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
    /// The data directory of the server.
    #[arg(long, default_value = ".crossway", global = true)]
    pub data_dir: PathBuf,
}

/// What can be done with them.
#[derive(Subcommand)]
pub enum Task {
    /// Install an SDK for every function, with the language's own package manager.
    Add {
        /// Which one.
        sdk: Name,
        /// Packages of it instead of the usual ones, such as @aws-sdk/client-s3 or boto3==1.34.0.
        packages: Vec<String>,
    },
    /// Say which are installed.
    List,
    /// Remove an SDK.
    Remove {
        /// Which one.
        sdk: Name,
    },
}

/// The SDKs by their names.
#[derive(Clone, Copy, ValueEnum)]
pub enum Name {
    /// The AWS SDK for JavaScript v3; needs npm.
    JavascriptSdk,
    /// boto3; needs pip.
    PythonSdk,
    /// debugpy, for `crossway debug`; needs pip.
    PythonDebugger,
}

impl From<Name> for Sdk {
    fn from(name: Name) -> Self {
        match name {
            Name::JavascriptSdk => Self::JavaScript,
            Name::PythonSdk => Self::Python,
            Name::PythonDebugger => Self::PythonDebugger,
        }
    }
}

/// Does it, and says what is there afterwards.
pub fn run(options: &Runtime) -> Result<(), Problem> {
    let done = match &options.task {
        Task::Add { sdk, packages } => {
            compute::install_sdk(&options.data_dir, (*sdk).into(), packages)
        }
        Task::Remove { sdk } => compute::remove_sdk(&options.data_dir, (*sdk).into()),
        Task::List => Ok(()),
    };
    let whole = |error: compute::SdkError| match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    done.map_err(whole)?;
    let installed = compute::installed_sdks(&options.data_dir).map_err(whole)?;
    if installed.is_empty() {
        println!("no SDK is installed; `crossway runtime add javascript-sdk` installs one");
    }
    for one in installed {
        println!("{}", one.sdk.name());
        for (package, version) in one.packages {
            println!("  {package} {version}");
        }
    }
    Ok(())
}
