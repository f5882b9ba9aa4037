//! What the launcher is told, and how that travels.
//!
//! It goes over a socket, not as arguments: it holds the function's variables and credentials, and
//! arguments can be read by every user of the host. On the way everything is a list of byte
//! strings, each behind its length.

use super::Isolation;
use crate::limits::PLAN_BYTES_MAX;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A file or folder of the host that the function sees, read-only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) source: PathBuf,
    /// Where it is seen, at level `container`; elsewhere it keeps its own path.
    pub(crate) target: PathBuf,
}

/// A symbolic link to make in the function's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) path: PathBuf,
    pub(crate) text: PathBuf,
}

/// What is listened on in a network of the worker's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Doorways {
    pub(crate) has_runtime_api: bool,
    pub(crate) has_names: bool,
    pub(crate) ports: Vec<u16>,
}

/// Programs that run beside the function, in its sandbox: its external extensions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Companions {
    pub(crate) programs: Vec<PathBuf>,
    /// The same for all of them.
    pub(crate) variables: Vec<(OsString, OsString)>,
}

/// What a worker is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Ends after everything has been put in force, instead of running the program.
    Probe,
    /// A function's, from the start.
    Run,
    /// Some function's, whose files come later; only at level `container`.
    Spare,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Probe, Self::Run, Self::Spare];

    fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Run => "run",
            Self::Spare => "spare",
        }
    }
}

/// One worker to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) level: Isolation,
    pub(crate) purpose: Purpose,
    /// A folder of this worker alone; its root is mounted on it.
    pub(crate) scratch: PathBuf,
    /// Files of control groups by which the launcher enters them, before all else.
    pub(crate) entrances: Vec<PathBuf>,
    /// The one folder that the function may write to, as the function sees it.
    pub(crate) temporary: PathBuf,
    pub(crate) temporary_bytes: u64,
    pub(crate) shown: Vec<Shown>,
    pub(crate) links: Vec<Link>,
    /// None leaves it the host's network; only level `container` has another.
    pub(crate) network: Option<Doorways>,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) variables: Vec<(OsString, OsString)>,
    pub(crate) working_directory: PathBuf,
    /// With none the function begins at once; else when Crossway says so.
    pub(crate) companions: Companions,
}

impl Plan {
    /// The bytes that [`Plan::receive`] reads.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.text(self.level.name());
        out.text(self.purpose.name());
        out.path(&self.scratch);
        out.paths(&self.entrances);
        out.path(&self.temporary);
        out.text(&self.temporary_bytes.to_string());
        out.path(&self.program);
        out.path(&self.working_directory);
        out.shown(&self.shown);
        out.text(&self.links.len().to_string());
        for link in &self.links {
            out.path(&link.path);
            out.path(&link.text);
        }
        out.network(self.network.as_ref());
        out.text(&self.arguments.len().to_string());
        self.arguments.iter().for_each(|text| out.bytes(text));
        out.variables(&self.variables);
        out.paths(&self.companions.programs);
        out.variables(&self.companions.variables);
        out.whole()
    }

    /// Reads one plan.
    pub(crate) fn receive(from: impl Read) -> io::Result<Self> {
        let bytes = receive(from)?;
        Self::decode(&bytes).ok_or_else(|| io::Error::other("the plan cannot be read"))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        let plan = Self {
            level: from.text()?.parse().ok()?,
            purpose: from.purpose()?,
            scratch: from.path()?,
            entrances: from.list(Reader::path)?,
            temporary: from.path()?,
            temporary_bytes: from.text()?.parse().ok()?,
            program: from.path()?,
            working_directory: from.path()?,
            shown: from.shown()?,
            links: from.list(|from| {
                let (path, text) = (from.path()?, from.path()?);
                Some(Link { path, text })
            })?,
            network: from.network()?,
            arguments: from.list(Reader::os)?,
            variables: from.variables()?,
            companions: Companions {
                programs: from.list(Reader::path)?,
                variables: from.variables()?,
            },
        };
        from.0.is_empty().then_some(plan)
    }
}

/// Reads what [`Writer::whole`] gave.
pub(super) fn receive(mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut size = [0u8; 4];
    from.read_exact(&mut size)?;
    let size = u64::from(u32::from_be_bytes(size));
    if size > PLAN_BYTES_MAX {
        return Err(io::Error::other("the plan is too long"));
    }
    let mut bytes = Vec::new();
    from.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn length(bytes: usize) -> [u8; 4] {
    // INVARIANT: what is longer than the reader takes is cut off by its own check there.
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}

#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// All of it, behind its length.
    pub(super) fn whole(self) -> Vec<u8> {
        let mut whole = length(self.0.len()).to_vec();
        whole.extend(self.0);
        whole
    }

    fn bytes(&mut self, text: &OsStr) {
        self.0.extend(length(text.len()));
        self.0.extend(text.as_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(OsStr::new(text));
    }

    fn path(&mut self, path: &Path) {
        self.bytes(path.as_os_str());
    }

    fn paths(&mut self, all: &[PathBuf]) {
        self.text(&all.len().to_string());
        all.iter().for_each(|path| self.path(path));
    }

    pub(super) fn shown(&mut self, all: &[Shown]) {
        self.text(&all.len().to_string());
        for shown in all {
            self.path(&shown.source);
            self.path(&shown.target);
        }
    }

    fn variables(&mut self, variables: &[(OsString, OsString)]) {
        self.text(&variables.len().to_string());
        for (name, value) in variables {
            self.bytes(name);
            self.bytes(value);
        }
    }

    fn network(&mut self, network: Option<&Doorways>) {
        let Some(doorways) = network else {
            return self.text("host");
        };
        self.text("own");
        for has in [doorways.has_runtime_api, doorways.has_names] {
            self.text(&has.to_string());
        }
        self.text(&doorways.ports.len().to_string());
        for port in &doorways.ports {
            self.text(&port.to_string());
        }
    }
}

pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    fn os(&mut self) -> Option<OsString> {
        let (size, rest) = self.0.split_first_chunk::<4>()?;
        let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
        let (text, rest) = rest.split_at_checked(size)?;
        self.0 = rest;
        Some(OsString::from_vec(text.to_vec()))
    }

    pub(super) fn text(&mut self) -> Option<String> {
        self.os()?.into_string().ok()
    }

    fn path(&mut self) -> Option<PathBuf> {
        self.os().map(PathBuf::from)
    }

    fn purpose(&mut self) -> Option<Purpose> {
        let name = self.text()?;
        Purpose::ALL.into_iter().find(|one| one.name() == name)
    }

    pub(super) fn shown(&mut self) -> Option<Vec<Shown>> {
        self.list(|from| {
            let (source, target) = (from.path()?, from.path()?);
            Some(Shown { source, target })
        })
    }

    fn variables(&mut self) -> Option<Vec<(OsString, OsString)>> {
        self.list(|from| Some((from.os()?, from.os()?)))
    }

    fn network(&mut self) -> Option<Option<Doorways>> {
        if self.text()? == "host" {
            return Some(None);
        }
        Some(Some(Doorways {
            has_runtime_api: self.text()?.parse().ok()?,
            has_names: self.text()?.parse().ok()?,
            ports: self.list(|from| from.text()?.parse().ok())?,
        }))
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count: usize = self.text()?.parse().ok()?;
        (0..count).map(|_| one(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn plan() -> Plan {
        Plan {
            level: Isolation::Container,
            purpose: Purpose::Spare,
            scratch: "/s".into(),
            entrances: vec!["/sys/fs/cgroup/g/tasks".into()],
            temporary: "/tmp".into(),
            temporary_bytes: 5,
            shown: vec![Shown {
                source: "/a".into(),
                target: "/b".into(),
            }],
            links: vec![Link {
                path: "/bin".into(),
                text: "usr/bin".into(),
            }],
            network: Some(Doorways {
                has_runtime_api: true,
                has_names: false,
                ports: vec![80, 443],
            }),
            program: OsString::from_vec(vec![b'/', 0xff]).into(),
            arguments: vec!["".into(), "x\ny".into()],
            variables: vec![("N".into(), "v=w".into())],
            working_directory: "/".into(),
            companions: Companions {
                programs: vec!["/opt/extensions/e".into()],
                variables: vec![("M".into(), "".into())],
            },
        }
    }

    #[test]
    fn plan_reads_back() {
        assert_eq!(Plan::receive(plan().encode().as_slice()).unwrap(), plan());
        let on_host = Plan {
            network: None,
            ..plan()
        };
        let read = Plan::receive(on_host.encode().as_slice()).unwrap();
        assert_eq!(read, on_host);
    }

    #[test]
    fn plan_cut_short_anywhere_is_refused() {
        let bytes = plan().encode();
        for end in 0..bytes.len() {
            assert!(Plan::receive(&bytes[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn plan_over_the_limit_is_refused() {
        assert!(Plan::receive([0xff; 8].as_slice()).is_err());
    }
}
