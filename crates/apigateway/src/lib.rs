//! API Gateway control plane.
