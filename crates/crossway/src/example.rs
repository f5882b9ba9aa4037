//! `crossway example`: documents to start from.

use crate::{
    Problem,
    command::{Example, ExampleName},
};

/// Prints the example.
pub fn run(options: &Example) -> Result<(), Problem> {
    let region: arn::Region = options.region.parse()?;
    match options.name {
        ExampleName::Petstore => println!("{}", openapi::petstore(region.as_str())),
    }
    Ok(())
}
