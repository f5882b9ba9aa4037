//! AWS wire protocols over schemas.
