//! Peak memory of a worker, for `Max Memory Used`.

use crate::limits::MEMORY_SAMPLE_EVERY;
use nix::unistd::Pid;
use tokio::time::Instant;

/// The last reading.
#[derive(Debug, Default, Clone)]
pub(crate) struct MemoryGauge {
    read_at: Option<Instant>,
    megabytes: u64,
}

impl MemoryGauge {
    /// The last reading, in megabytes.
    pub(crate) fn last(&self) -> u64 {
        self.megabytes
    }

    /// The peak in megabytes. A reading costs about 20 µs, more than all the rest of a REPORT
    /// line, and a peak only grows: so a short while an old one will do.
    pub(crate) fn megabytes(&mut self, pid: Pid) -> u64 {
        let now = Instant::now();
        if self
            .read_at
            .is_none_or(|at| now - at >= MEMORY_SAMPLE_EVERY)
        {
            self.read_at = Some(now);
            // A process that has ended keeps its last reading.
            self.megabytes = peak_megabytes(pid).unwrap_or(self.megabytes);
        }
        self.megabytes
    }
}

fn peak_megabytes(pid: Pid) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes.div_ceil(1_024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_peak_is_more_than_nothing() {
        assert!(MemoryGauge::default().megabytes(Pid::this()) > 0);
    }
}
