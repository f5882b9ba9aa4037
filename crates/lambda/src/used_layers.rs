//! The layers of a function: which may be used together, and what they come to.

use crate::error::LambdaError;
use crate::layer_name::LayerVersionName;
use crate::layer_permission::does_not_exist;
use crate::limits::{FUNCTION_LAYERS_MAX, UNZIPPED_BYTES_MAX};
use crate::name::FunctionName;
use crate::record::{CodeRecord, ConfigRecord, UsedLayerRecord};
use crate::{Lambda, layer};

/// The layers under these ARNs, in their order. Whether they may be used was asked before.
///
/// # Errors
/// Too many, two versions of one, one of another region, one that is not there.
pub async fn resolve(
    lambda: &Lambda,
    function: &FunctionName,
    arns: &[String],
) -> Result<Vec<UsedLayerRecord>, LambdaError> {
    if arns.len() > FUNCTION_LAYERS_MAX {
        return Err(LambdaError::Invalid(format!(
            "Cannot reference more than {FUNCTION_LAYERS_MAX} layers."
        )));
    }
    let missing = |arn: &String| LambdaError::Invalid(does_not_exist(arn));
    let mut names: Vec<LayerVersionName> = Vec::new();
    for arn in arns {
        let name = LayerVersionName::of_arn(arn).ok_or_else(|| missing(arn))?;
        if name.layer.region != function.region {
            return Err(LambdaError::Invalid(format!(
                "Layers are not in the same region as the function. Layers are expected to be in \
                 region {}.",
                function.region
            )));
        }
        if let Some(other) = names.iter().find(|other| other.layer == name.layer) {
            return Err(LambdaError::Invalid(format!(
                "Two different versions of the same layer are not allowed to be referenced in the \
                 same function. {} and {arn} are versions of the same layer.",
                other.arn()
            )));
        }
        names.push(name);
    }
    let mut used = Vec::new();
    for (name, arn) in names.iter().zip(arns) {
        let held = layer::stored(lambda, name).await?;
        let held = held.ok_or_else(|| missing(arn))?;
        used.push(UsedLayerRecord {
            arn: name.arn(),
            code: held.code,
        });
    }
    Ok(used)
}

/// Refuses code and layers that are too large together.
///
/// # Errors
/// With both sizes, in AWS's words.
pub fn check_size(config: &ConfigRecord) -> Result<(), LambdaError> {
    check_sum(&config.code, &config.layers)
}

fn check_sum(code: &CodeRecord, layers: &[UsedLayerRecord]) -> Result<(), LambdaError> {
    let each = layers.iter().map(|layer| layer.code.unzipped);
    let unzipped = each.fold(code.unzipped, u64::saturating_add);
    // Without layers the code's own check has spoken.
    if unzipped > UNZIPPED_BYTES_MAX && !layers.is_empty() {
        return Err(LambdaError::Invalid(format!(
            "Function code combined with layers exceeds the maximum allowed size of \
             {UNZIPPED_BYTES_MAX} bytes. The actual size is {unzipped} bytes."
        )));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    fn sum(code: u64, layers: &[u64]) -> Result<(), LambdaError> {
        let bundle = |unzipped| CodeRecord {
            hash: String::new(),
            sha256: String::new(),
            size: 1,
            unzipped,
        };
        let layers: Vec<_> = layers
            .iter()
            .map(|unzipped| UsedLayerRecord {
                arn: String::new(),
                code: bundle(*unzipped),
            })
            .collect();
        check_sum(&bundle(code), &layers)
    }

    #[test]
    fn code_and_layers_have_one_limit() {
        assert!(sum(262_143_997, &[1, 2]).is_ok());
        let error = sum(262_143_997, &[1, 3]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Function code combined with layers exceeds the maximum allowed size of 262144000 \
             bytes. The actual size is 262144001 bytes."
        );
    }
}
