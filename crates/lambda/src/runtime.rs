//! Runtime ids: which a function may have. Whether this host can run one is `compute`'s to say.

use crate::error::LambdaError;

/// Runtimes that a function may be created with, in the order in which AWS's error lists them
/// (recorded in November 2025), then those that came later ("Lambda runtimes", 2026).
pub const RUNTIMES: &[&str] = &[
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
    "nodejs26.x",
    "python3.15",
    "ruby4.0",
    "java8.al2023",
    "java11.al2023",
    "java17.al2023",
];

/// Runtimes that AWS once had and refuses by name.
const RETIRED: &[&str] = &[
    "nodejs",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "java8",
    "python2.7",
    "python3.6",
    "python3.7",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "provided",
];

/// Refuses what is no runtime, or no longer one.
///
/// # Errors
/// AWS's texts.
pub fn check(runtime: &str) -> Result<(), LambdaError> {
    if RUNTIMES.contains(&runtime) {
        return Ok(());
    }
    let text = if RETIRED.contains(&runtime) {
        format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating \
             AWS Lambda functions. We recommend you use a supported runtime while creating or \
             updating functions."
        )
    } else if runtime == "custom" {
        "Crossway has no customer-managed runtimes: use one of AWS's runtime ids".to_owned()
    } else {
        format!(
            "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum \
             value set: [{}] or be a valid ARN",
            RUNTIMES.join(", ")
        )
    };
    Err(LambdaError::Invalid(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(runtime: &str) -> String {
        check(runtime).map_or_else(|error| error.to_string(), |()| "ok".to_owned())
    }

    #[test]
    fn runtimes() {
        assert_eq!(text("nodejs24.x"), "ok");
        assert!(text("PYTHON3.9").starts_with(
            "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14, "
        ));
        assert!(text("x").ends_with("] or be a valid ARN"));
        assert_eq!(
            text("java8"),
            "The runtime parameter of java8 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions."
        );
        assert!(text("custom").contains("customer-managed"));
    }
}
