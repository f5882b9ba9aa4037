//! What this host runs a runtime on, for those who ask before they make a function.

use crate::Compute;
use ports::ComputeError;

impl Compute {
    /// The version of the interpreter that runs `runtime` here, and whether it is the one asked for.
    ///
    /// Waits, the first time, for a few processes that say their version.
    ///
    /// # Errors
    /// [`ComputeError::RuntimeUnavailable`] when functions of this runtime do not run here.
    pub fn runs_on(&self, runtime: &str) -> Result<(String, bool), ComputeError> {
        let found = self.host.catalog().choose(runtime, self.host.profile)?;
        Ok((found.version, found.note.is_none()))
    }
}
