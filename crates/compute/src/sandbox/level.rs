//! The levels of isolation, and what this host refused.

use std::fmt;
use std::str::FromStr;

/// How far functions are kept apart from the host and each other; a later one includes the
/// earlier. `docs/adr/0004-isolation-levels.md` says what each promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Isolation {
    /// A process of its own: against accidents, not against malice.
    Process,
    /// No new privileges, a list of denied system calls, only chosen files.
    Hardened,
    /// Namespaces of its own, AWS's file layout, a private `/tmp` of the configured size.
    Container,
}

impl Isolation {
    /// From the strongest to the weakest.
    pub const STRONGEST_FIRST: [Self; 3] = [Self::Container, Self::Hardened, Self::Process];

    /// Its name in logs, settings and health.
    pub fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Hardened => "hardened",
            Self::Container => "container",
        }
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A level's name that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an isolation level: use `process`, `hardened` or `container`")]
pub struct UnknownIsolation(String);

impl FromStr for Isolation {
    type Err = UnknownIsolation;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::STRONGEST_FIRST
            .into_iter()
            .find(|level| level.name() == name)
            .ok_or_else(|| UnknownIsolation(name.to_owned()))
    }
}

/// A level that this host cannot give, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The level.
    pub level: Isolation,
    /// What the kernel said to what.
    pub reason: String,
}

/// The level in force, and how it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsolationReport {
    /// What every worker gets; one that cannot get it is not started.
    pub level: Isolation,
    /// How much of Landlock the kernel enforces: `full`, `partial` or `none`.
    pub landlock: String,
    /// Stronger levels that the kernel refused.
    pub refused: Vec<Refusal>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_read_back_and_others_are_refused() {
        for level in Isolation::STRONGEST_FIRST {
            assert_eq!(level.name().parse::<Isolation>().unwrap(), level);
        }
        assert!("Container".parse::<Isolation>().is_err());
        assert!("".parse::<Isolation>().is_err());
    }

    #[test]
    fn stronger_is_greater() {
        assert!(Isolation::Container > Isolation::Hardened);
        assert!(Isolation::Hardened > Isolation::Process);
    }
}
