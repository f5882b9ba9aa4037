//! Lambda data plane: workers, runtimes, Runtime API.
