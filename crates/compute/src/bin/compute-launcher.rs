//! The launcher alone, for the tests of this crate; `crossway` is its own launcher.

fn main() {
    compute::launch_if_asked();
}
