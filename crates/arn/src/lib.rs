//! Amazon Resource Names and the identifiers in them, parsed once at the edge.
//!
//! Start at [`Arn`]. Nothing here holds a `String` that was not checked.

mod account;
mod name;
mod region;

pub use account::AccountId;
pub use name::Arn;
pub use region::{Partition, Region};

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Not six parts separated by `:`, or not starting with `arn`.
    #[error("`{0}` is not an ARN: expected arn:partition:service:region:account:resource")]
    Arn(String),
    /// Not twelve decimal digits.
    #[error("`{0}` is not an account id: expected 12 digits")]
    Account(String),
    /// Not lower-case letters, digits and dashes.
    #[error("`{0}` is not a region name")]
    Region(String),
    /// Not `aws` or a partition that starts with `aws-`.
    #[error("`{0}` is not a partition")]
    Partition(String),
}
