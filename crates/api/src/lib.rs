//! Generated AWS operations and shapes.
