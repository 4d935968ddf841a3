//! Peak memory of the process.

/// Returns the peak resident memory of this process so far, in bytes; `None` on systems other than Linux (the figure is
/// `VmHWM` of `/proc/self/status`).
pub fn peak_memory() -> Option<u64> {
    high_water_mark(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::high_water_mark;

    #[test]
    fn parses_the_high_water_mark() {
        assert_eq!(high_water_mark("Name:\tx\nVmHWM:\t   1234 kB\nVmRSS:\t 1 kB\n"), Some(1234 * 1024));
        assert_eq!(high_water_mark("Name:\tx\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn peak_memory_of_this_process_is_plausible() {
        assert!(super::peak_memory().is_some_and(|bytes| bytes > 100_000));
    }
}
