//! Processor time, for what must not take too much of it: unlike the clock it stands still while
//! others have the processor.

use std::time::Duration;

/// Processor time that this thread has used so far; none where the system does not say (it is
/// read from Linux's `/proc/thread-self/schedstat`).
pub fn thread_cpu_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time() {
        let start = thread_cpu_time();
        let mut sum = 0u64;
        while thread_cpu_time() == start {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(thread_cpu_time() > start);
    }
}
