//! Which spare worker can become which function's.

use crate::environment;
use crate::runtime::{Interpreter, Language};
use ports::FunctionSpec;
use std::fmt;
use std::path::Path;

/// Functions that spare workers of one kind can become: what an interpreter is told at its start,
/// and what cannot be changed later.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    pub(crate) interpreter: Interpreter,
    /// Node.js is told at its start how large its heap may become, and does not listen later.
    pub(crate) memory_mb: Option<u32>,
}

impl Class {
    /// The class of a function; none where it needs a start of its own.
    pub(crate) fn of(spec: &FunctionSpec, interpreter: &Interpreter) -> Option<Self> {
        let memory_mb = match interpreter.language {
            Language::Node => Some(spec.memory_mb),
            Language::Python | Language::Ruby => None,
            // Java reads its variables once, and cannot change those that its children inherit.
            Language::Java | Language::Provided => return None,
        };
        fits(spec).then(|| Self {
            interpreter: interpreter.clone(),
            memory_mb,
        })
    }

    /// Whether its interpreters can run the bundle in `code`: gems that a bundle brings go before those
    /// that Ruby has, of which some are loaded already.
    pub(crate) fn suits(&self, code: &Path) -> bool {
        self.interpreter.language != Language::Ruby || !code.join("vendor/bundle").exists()
    }

    fn parts(&self) -> (&Path, Option<u32>) {
        (&self.interpreter.path, self.memory_mb)
    }
}

impl PartialEq for Class {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Class {}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.interpreter.label())?;
        match self.memory_mb {
            Some(memory_mb) => write!(f, " with {memory_mb} MB"),
            None => Ok(()),
        }
    }
}

/// Whether the function's variables mean the same to an interpreter that is up already.
fn fits(spec: &FunctionSpec) -> bool {
    // Layers are put in place before the interpreter starts.
    spec.layers.is_empty() && !spec.environment.keys().any(|name| is_read_at_start(name))
}

/// Beginnings of names that the C library, V8, libuv, OpenSSL, CPython or Ruby read when they start,
/// and what must come before the interpreter.
const PREFIXES: [&str; 18] = [
    "_CROSSWAY_",
    "AWS_LAMBDA_EXEC_WRAPPER",
    "BUNDLE",
    "GCONV_",
    "GEM_",
    "GLIBC_",
    "ICU_",
    "LANGUAGE",
    "LC_",
    "LD_",
    "LOCPATH",
    "MALLOC_",
    "NODE_",
    "OPENSSL_",
    "PYTHON",
    "RUBY",
    "SSL_",
    "UV_",
];

/// Read by the resolver of the C library at its first use, whoever is first.
const NAMES: [&str; 6] = [
    "HOSTALIASES",
    "LOCALDOMAIN",
    "NLSPATH",
    "RES_OPTIONS",
    "TZDIR",
    "TMPDIR",
];

fn is_read_at_start(name: &str) -> bool {
    // Libraries look at it when they are loaded; Node.js itself does not.
    name != "NODE_ENV"
        && (PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || NAMES.contains(&name)
            || environment::STARTUP.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_are_read_at_the_start_want_a_start() {
        for name in [
            "NODE_OPTIONS",
            "NODE_PATH",
            "NODE_EXTRA_CA_CERTS",
            "PYTHONPATH",
            "PYTHONSTARTUP",
            "PYTHONHASHSEED",
            "RUBYOPT",
            "RUBY_GC_HEAP_GROWTH_FACTOR",
            "GEM_HOME",
            "BUNDLE_GEMFILE",
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "AWS_LAMBDA_EXEC_WRAPPER",
            "GLIBC_TUNABLES",
            "MALLOC_ARENA_MAX",
            "OPENSSL_CONF",
            "SSL_CERT_FILE",
            "UV_THREADPOOL_SIZE",
            "LC_ALL",
            "LANG",
            "TZ",
            "PATH",
            "_CROSSWAY_SPARE",
        ] {
            assert!(is_read_at_start(name), "{name}");
        }
        for name in [
            "TABLE",
            "NODE_ENV",
            "NODEJS",
            "HTTP_PROXY",
            "AWS_ENDPOINT_URL_S3",
            "LOG_LEVEL",
        ] {
            assert!(!is_read_at_start(name), "{name}");
        }
    }
}
