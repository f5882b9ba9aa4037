//! Descriptors that this program did not open.

/// Closes every descriptor but standard input, output and error.
///
/// What started the program may have left others open, and those would pass on to every worker.
/// To be called in `main` before anything of ours is open, by whoever starts workers.
pub fn close_inherited_descriptors() {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else {
        return;
    };
    let descriptors: Vec<i32> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|descriptor| *descriptor > 2)
        .collect();
    for descriptor in descriptors {
        // The folder's own descriptor is among them and closed already: that error is expected.
        let _ = nix::unistd::close(descriptor);
    }
}
