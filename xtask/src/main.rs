//! Development tasks. `cargo xtask --help` lists them; none is needed to build a fresh checkout.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod build;
mod codegen;
mod console;
mod coverage;
mod demo;
mod escape;
mod fuzz_parsers;
mod fuzz_vtl;
mod java_bootstrap;
mod official_clients;
mod test;
mod tidy;
mod tools;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Crossway's development tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, start Crossway and walk the cross-account tutorial.
    Demo {
        /// End after the walk instead of leaving the server running.
        #[arg(long)]
        exit: bool,
        /// Port to listen on; 0 takes a free one.
        #[arg(long, default_value_t = 4566)]
        port: u16,
    },
    /// Install what the tests need and run every test there is.
    Test,
    /// Build the console and the program.
    Build {
        /// Optimise.
        #[arg(long)]
        release: bool,
    },
    /// Generate `crates/api` from the pinned AWS models.
    Codegen {
        /// Fail when a file differs instead of writing it.
        #[arg(long)]
        check: bool,
    },
    /// Write COMPATIBILITY.md from the operations tables.
    Coverage {
        /// Fail when the file differs instead of writing it.
        #[arg(long)]
        check: bool,
    },
    /// Compare the template engine with an oracle on random templates.
    FuzzVtl {
        /// Command of the oracle, such as `java -cp … Oracle`: JSON lines in, JSON lines out.
        #[arg(long)]
        oracle: String,
        /// How many templates.
        #[arg(long, default_value_t = 100_000)]
        cases: u64,
        /// Makes the same templates again.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Throw mutated texts at a parser of mapping: no crash, no hang.
    FuzzParsers {
        /// Which one.
        parser: fuzz_parsers::Parser,
        /// Seconds of CPU time.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Number of the first case, to begin where another run ended.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Compile the Java runtime's classes, which are checked in.
    JavaBootstrap {
        /// Fail when they are stale instead of writing them.
        #[arg(long)]
        check: bool,
    },
    /// Attack the isolation of functions, as this user and as one without rights.
    Escape,
    /// Compare our runtimes with AWS's runtime clients, installed unchanged.
    OfficialClients,
    /// Check the rules of the house.
    Tidy,
}

fn main() -> ExitCode {
    let done = match Options::parse().task {
        Task::Demo { exit, port } => demo::run(exit, port),
        Task::Test => test::run(),
        Task::Build { release } => build::run(release),
        Task::Codegen { check } => codegen::run(check),
        Task::Coverage { check } => coverage::run(check),
        Task::FuzzVtl {
            oracle,
            cases,
            seed,
        } => fuzz_vtl::run(&oracle, cases, seed),
        Task::FuzzParsers {
            parser,
            seconds,
            from,
        } => fuzz_parsers::run(parser, seconds, from),
        Task::JavaBootstrap { check } => java_bootstrap::run(check),
        Task::Escape => escape::run(),
        Task::OfficialClients => official_clients::run(),
        Task::Tidy => tidy::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\x1b[1;31merror:\x1b[0m {problem}");
            ExitCode::FAILURE
        }
    }
}
