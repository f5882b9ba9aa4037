//! Mapping templates and parameter mappings of API Gateway.
