//! Verifies AWS Signature Version 4.
