//! `cargo xtask demo`: the cross-account tutorial with the unmodified AWS CLI, step by step.

mod server;
mod walk;

use crate::workspace::{root, say};
use crate::{build, tools};

/// Installs what is missing, builds, starts the server and walks.
///
/// # Errors
/// At the first step that does not go as the tutorial says.
pub fn run(exit: bool, port: u16) -> Result<(), String> {
    let path = tools::path_with_node()?;
    let aws = tools::aws()?;
    say("building Crossway");
    build::run(false)?;
    let data = root().join("target").join("demo");
    let mut server = server::Server::start(&build::program(false), &data, port, &path)?;
    let walked = walk::walk(&server, &aws);
    if let (Ok(url), false) = (&walked, exit) {
        say(&format!("the API answers at {url}"));
        say(&format!("AWS endpoint: {}", server.url));
        say(&format!(
            "use it: export AWS_CONFIG_FILE={d}/aws/config AWS_SHARED_CREDENTIALS_FILE={d}/aws/credentials; aws --profile api apigateway get-rest-apis",
            d = data.display()
        ));
        say("Ctrl-C ends it");
        server.wait();
    }
    server.stop();
    walked.map(|_| ())
}
