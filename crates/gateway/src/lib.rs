//! API Gateway data plane.
