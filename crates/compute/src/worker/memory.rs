//! Peak memory of a worker, for `Max Memory Used`.

use crate::limits::MEMORY_SAMPLE_EVERY;
use nix::unistd::Pid;
use std::time::Duration;
use tokio::time::Instant;

/// The last reading.
#[derive(Debug, Default, Clone)]
pub(crate) struct MemoryGauge {
    read_at: Option<Instant>,
    megabytes: u64,
    /// Since the last reading.
    busy: Duration,
    /// Nanoseconds for which its first thread had a processor or waited for one.
    wanted_ns: Option<u64>,
    share: Option<f64>,
}

impl MemoryGauge {
    /// The last reading, in megabytes.
    pub(crate) fn last(&self) -> u64 {
        self.megabytes
    }

    /// For which part of its busy time it wanted the processor, once that was measured.
    pub(crate) fn computing_share(&self) -> Option<f64> {
        self.share
    }

    /// The peak in megabytes, after one more invocation that took `busy_for`. A reading costs about 20 µs, more than all the rest of a REPORT
    /// line, and a peak only grows: so a short while an old one will do.
    pub(crate) fn megabytes(&mut self, pid: Pid, busy_for: Duration) -> u64 {
        self.busy += busy_for;
        let now = Instant::now();
        if self
            .read_at
            .is_none_or(|at| now - at >= MEMORY_SAMPLE_EVERY)
        {
            self.read_at = Some(now);
            // A process that has ended keeps its last reading.
            self.megabytes = peak_megabytes(pid).unwrap_or(self.megabytes);
            self.measure_share(wanted_ns(pid));
        }
        self.megabytes
    }
}

impl MemoryGauge {
    fn measure_share(&mut self, wanted_ns: Option<u64>) {
        let before = std::mem::replace(&mut self.wanted_ns, wanted_ns);
        let busy = std::mem::take(&mut self.busy);
        if let (Some(before), Some(now)) = (before, wanted_ns)
            && !busy.is_zero()
        {
            let wanted = Duration::from_nanos(now.saturating_sub(before));
            self.share = Some(wanted.as_secs_f64() / busy.as_secs_f64());
        }
    }
}

fn wanted_ns(pid: Pid) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    let mut words = text.split_whitespace();
    let (running, waiting): (u64, u64) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    running.checked_add(waiting)
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
        assert!(MemoryGauge::default().megabytes(Pid::this(), Duration::ZERO) > 0);
    }

    #[test]
    fn share_is_of_the_busy_time_between_two_readings() {
        let mut gauge = MemoryGauge::default();
        gauge.measure_share(Some(1_000));
        assert_eq!(gauge.computing_share(), None);
        gauge.busy = Duration::from_nanos(400);
        gauge.measure_share(Some(1_300));
        assert_eq!(gauge.computing_share(), Some(0.75));
        gauge.measure_share(None);
        assert_eq!(gauge.computing_share(), Some(0.75));
    }
}
