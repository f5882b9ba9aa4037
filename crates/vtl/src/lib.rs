//! Velocity 1.7 templates, rendered under limits.
