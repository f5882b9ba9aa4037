//! Lambda control plane and its front door.
