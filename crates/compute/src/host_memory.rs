//! How much memory this host has, and has left.

use crate::limits::{MEMORY_SHORT_SHARE, SPARE_MEMORY_LEFT_SHARE, WORKER_MEMORY_BYTES};

/// All of it, in bytes; 0 where the kernel does not say.
pub(crate) fn total_bytes() -> u64 {
    field(&meminfo(), "MemTotal:").unwrap_or(0)
}

/// Whether what is left is enough for one more worker that nobody needs yet.
pub(crate) fn has_room_for_spare() -> bool {
    let text = meminfo();
    let (Some(total), Some(available)) = (field(&text, "MemTotal:"), field(&text, "MemAvailable:"))
    else {
        return true;
    };
    has_room(total, available)
}

/// Whether so little is left that what is only kept in case has to go.
pub(crate) fn is_short() -> bool {
    let text = meminfo();
    match (field(&text, "MemTotal:"), field(&text, "MemAvailable:")) {
        (Some(total), Some(available)) => is_short_of(total, available),
        _ => false,
    }
}

fn is_short_of(total: u64, available: u64) -> bool {
    available < total / MEMORY_SHORT_SHARE
}

fn has_room(total: u64, available: u64) -> bool {
    available > total / SPARE_MEMORY_LEFT_SHARE + WORKER_MEMORY_BYTES
}

fn meminfo() -> String {
    std::fs::read_to_string("/proc/meminfo").unwrap_or_default()
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_s_table_is_read_in_bytes() {
        let text = "MemTotal:       2 kB\nMemFree: 1 kB\nMemAvailable:   1 kB\n";
        assert_eq!(field(text, "MemTotal:"), Some(2_048));
        assert_eq!(field(text, "SwapTotal:"), None);
        assert!(total_bytes() > 0);
    }

    #[test]
    fn room_ends_where_a_tenth_and_one_worker_are_left() {
        let total = 100 * WORKER_MEMORY_BYTES;
        let least = 11 * WORKER_MEMORY_BYTES;
        assert!(!has_room(total, least));
        assert!(has_room(total, least + 1));
        assert!(is_short_of(total, 5 * WORKER_MEMORY_BYTES - 1));
        assert!(!is_short_of(total, 5 * WORKER_MEMORY_BYTES));
    }
}
