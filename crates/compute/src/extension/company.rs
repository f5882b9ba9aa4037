//! The extensions of one worker, as its driver has them.

use super::Hub;
use crate::failure::{Failure, exit_text_of};
use crate::log::{Capture, Journal};
use crate::sandbox::CompanionEnds;
use nix::errno::Errno;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use tokio::net::unix::pipe::Receiver;

/// A program that is an external extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its file name, by which it registers.
    pub(crate) name: String,
    /// As the function sees it.
    pub(crate) path: PathBuf,
}

/// The programs in the `extensions` of a folder of layers, which is seen at `shown`: every file, in
/// the order of names.
pub(crate) fn programs(layers: &Path, shown: &Path) -> Vec<Program> {
    let entries = std::fs::read_dir(layers.join("extensions"));
    let files = entries.into_iter().flatten().flatten().filter(|entry| {
        let kind = entry.file_type();
        kind.is_ok_and(|kind| !kind.is_dir())
    });
    let mut all: Vec<Program> = files
        .map(|entry| Program {
            name: entry.file_name().to_string_lossy().into_owned(),
            path: shown.join("extensions").join(entry.file_name()),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// What a worker's driver hears.
#[derive(Debug)]
pub(crate) enum Happened {
    /// An extension has called, or a program has ended.
    Something,
    /// Programs have printed.
    Printed,
    /// The function's process has ended.
    FunctionEnded(ExitStatus),
}

/// The extensions of one worker.
pub(crate) struct Extensions {
    pub(crate) hub: Arc<Hub>,
    company: Option<Company>,
}

/// Programs that were started with the function.
struct Company {
    names: Vec<String>,
    reports: Reports,
    /// Until the function may begin.
    gate: Option<File>,
    capture: Capture,
    ends: Vec<Option<ExitStatus>>,
    unlaunched: Option<Failure>,
    function: Option<ExitStatus>,
}

/// What the launcher tells of the programs.
struct Reports {
    pipe: Receiver,
    /// Read, and not yet a whole line.
    text: Vec<u8>,
}

impl Extensions {
    /// Of a worker that was started with programs of these names, or with none.
    pub(crate) fn of(
        hub: Arc<Hub>,
        programs: &[Program],
        ends: Option<CompanionEnds>,
    ) -> io::Result<Self> {
        let company = match ends {
            None => None,
            Some(ends) => Some(Company {
                names: programs.iter().map(|one| one.name.clone()).collect(),
                reports: Reports {
                    pipe: Receiver::from_owned_fd(ends.reports)?,
                    text: Vec::new(),
                },
                gate: Some(File::from(ends.gate)),
                capture: Capture::of_extensions(ends.output)?,
                ends: vec![None; programs.len()],
                unlaunched: None,
                function: None,
            }),
        };
        Ok(Self { hub, company })
    }

    /// Whether some are programs.
    pub(crate) fn has_programs(&self) -> bool {
        self.company.is_some()
    }

    /// Lets the function begin, once all programs have registered.
    pub(crate) fn begin_if_registered(&mut self) {
        if let Some(company) = &mut self.company
            && self.hub.is_registered()
            && let Some(mut gate) = company.gate.take()
        {
            // A function that is gone shows as such.
            let _ = gate.write_all(&[1]);
        }
    }

    /// Waits for what happens. Safe to cancel.
    pub(crate) async fn happens(&mut self) -> Happened {
        let Some(company) = &mut self.company else {
            self.hub.changed().await;
            return Happened::Something;
        };
        loop {
            if let Some(line) = company.reports.line() {
                return company.take(&self.hub, &line);
            }
            tokio::select! {
                biased;
                is_open = company.reports.read() => if !is_open {
                    // The guardian has ended, and with it the worker.
                    std::future::pending::<()>().await;
                },
                () = self.hub.changed() => return Happened::Something,
                () = company.capture.is_ready() => return Happened::Printed,
            }
        }
    }

    /// Takes what programs have printed, when that has happened.
    pub(crate) fn take_printed(&mut self, journal: &mut Journal) {
        if let Some(company) = &mut self.company {
            company.capture.take_ready(journal);
        }
    }

    /// Takes all that programs have printed so far.
    pub(crate) fn drain(&mut self, journal: &mut Journal) {
        if let Some(company) = &mut self.company {
            company.capture.drain(journal);
        }
    }

    /// Why there can be no more invocations, if that is so.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let company = self.company.as_ref()?;
        if let Some(failure) = &company.unlaunched {
            return Some(failure.clone());
        }
        let status = company.ends.iter().flatten().next()?;
        Some(Failure::Extension {
            kind: self.hub.fatal().unwrap_or("Extension.Crash"),
            text: exit_text_of(*status),
        })
    }

    /// Whether nothing has ended that was to live on; asks the kernel.
    pub(crate) fn are_alive(&mut self) -> bool {
        let Some(company) = &mut self.company else {
            return true;
        };
        company.reports.read_now();
        while let Some(line) = company.reports.line() {
            company.take(&self.hub, &line);
        }
        company.function.is_none() && self.failure().is_none()
    }

    /// Whether a program that was told of the end still runs.
    pub(crate) fn are_leaving(&self) -> bool {
        let Some(company) = &self.company else {
            return false;
        };
        let mut ends = company.ends.iter().enumerate();
        ends.any(|(number, end)| end.is_none() && self.hub.is_told_of_end(number))
    }
}

impl Reports {
    /// A whole line that has been read.
    fn line(&mut self) -> Option<String> {
        let end = self.text.iter().position(|byte| *byte == b'\n')?;
        let line: Vec<u8> = self.text.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// Reads on; false at the end.
    async fn read(&mut self) -> bool {
        if self.pipe.readable().await.is_err() {
            return false;
        }
        let mut bytes = [0u8; 512];
        match self.pipe.try_read(&mut bytes) {
            Ok(0) => false,
            Ok(length) => {
                self.text.extend(bytes.iter().take(length));
                true
            }
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        }
    }

    fn read_now(&mut self) {
        let mut bytes = [0u8; 512];
        while let Ok(length @ 1..) = nix::unistd::read(&self.pipe, &mut bytes) {
            self.text.extend(bytes.iter().take(length));
        }
    }
}

impl Company {
    /// `launch NUMBER ERRNO`, `end NUMBER STATUS` or `function STATUS`, as the launcher says it.
    fn take(&mut self, hub: &Hub, line: &str) -> Happened {
        let mut words = line.split(' ');
        let word = words.next();
        let mut number = || words.next().and_then(|word| word.parse::<i32>().ok());
        let (first, second) = (number().unwrap_or_default(), number());
        let place = usize::try_from(first).unwrap_or_default();
        match word {
            Some("function") => {
                let status = ExitStatus::from_raw(first);
                self.function = Some(status);
                return Happened::FunctionEnded(status);
            }
            Some("launch") => {
                let error = Errno::from_raw(second.unwrap_or_default());
                let kind = match error {
                    Errno::EACCES | Errno::EPERM => "PermissionDenied",
                    _ => "UnknownError",
                };
                hub.note_unlaunched(place, kind);
                let name = self.names.get(place).map_or("", String::as_str);
                // AWS's path, though ours differs below level `container`.
                let text = format!("fork/exec /opt/extensions/{name}: {}", lower(error));
                self.unlaunched.get_or_insert(Failure::Extension {
                    kind: "Extension.LaunchError",
                    text,
                });
            }
            _ => {
                if let Some(end) = self.ends.get_mut(place) {
                    *end = second.map(ExitStatus::from_raw);
                }
            }
        }
        Happened::Something
    }
}

/// What Go's standard library prints, in which AWS's supervisor is written.
fn lower(error: Errno) -> String {
    error.desc().to_lowercase()
}
