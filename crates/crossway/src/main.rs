//! The program: command line, configuration, wiring, shutdown. It holds no logic of its own; each
//! subcommand is one module.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod account;
mod account_throttle;
mod code_download;
mod command;
mod config;
mod console_choices;
mod credential_files;
mod data_dir;
mod debug;
mod dev;
mod env;
mod example;
mod explain;
mod health;
mod inspect;
mod issuers;
mod render;
mod reset;
mod rest_apis;
mod runtime;
mod serve;
mod server;
mod signed_call;
mod wiring;

/// A request makes a hundred short texts; this one gives and takes them for a third of what the
/// system's takes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::Parser;
use command::{Command, Options};
use std::process::ExitCode;

fn main() -> ExitCode {
    compute::launch_if_asked();
    let command = Options::parse().command;
    // Servers alone: workers would get them. What the others read may be a shell's pipe.
    if matches!(command, Command::Dev(_) | Command::Serve(_)) {
        compute::close_inherited_descriptors();
    }
    let done = match command {
        Command::Dev(options) => dev::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Env(options) => env::run(&options),
        Command::Example(options) => example::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Debug(options) => debug::run(&options),
        Command::Render(options) => render::run(&options),
        Command::Runtime(options) => runtime::run(&options),
        Command::Inspect(options) => inspect::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("crossway: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// What ends the program, told to the person at the terminal: what is wrong and what to do next.
type Problem = Box<dyn std::error::Error + Send + Sync>;
