//! A function's code: taken, checked, changed.

use crate::error::LambdaError;
use crate::name::{FunctionName, LATEST};
use crate::record::{CodeRecord, ConfigRecord, FUNCTIONS};
use crate::{Lambda, bundle, fields, lifecycle, used_layers, version, view};
use api::lambda::{
    FunctionCode, FunctionConfiguration, LayerVersionContentInput, UpdateFunctionCodeRequest,
};
use bytes::Bytes;
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// A zip file as it was uploaded, not yet looked at.
pub struct Source(Bytes);

impl Source {
    /// The code of a new function.
    ///
    /// # Errors
    /// When it is not in the request.
    pub fn of_create(code: &mut FunctionCode) -> Result<Self, LambdaError> {
        fields::refuse(&[
            ("SourceKMSKeyArn", code.source_kms_key_arn.is_some()),
            ("ImageUri", code.image_uri.is_some()),
        ])?;
        Self::of(
            code.zip_file.take(),
            code.s3_bucket.is_some() || code.s3_key.is_some(),
        )
    }

    /// The new code of a function.
    ///
    /// # Errors
    /// When it is not in the request.
    pub fn of_update(input: &mut UpdateFunctionCodeRequest) -> Result<Self, LambdaError> {
        if input.image_uri.is_some() {
            return Err(LambdaError::Invalid(
                "Please don't provide ImageUri when updating a function with packageType Zip."
                    .to_owned(),
            ));
        }
        fields::refuse(&[
            ("SourceKMSKeyArn", input.source_kms_key_arn.is_some()),
            ("PublishTo", input.publish_to.is_some()),
        ])?;
        Self::of(
            input.zip_file.take(),
            input.s3_bucket.is_some() || input.s3_key.is_some(),
        )
    }

    /// The content of a new version of a layer.
    ///
    /// # Errors
    /// When it is not in the request.
    pub fn of_layer(content: &mut LayerVersionContentInput) -> Result<Self, LambdaError> {
        let is_in_s3 = content.s3_bucket.is_some() || content.s3_key.is_some();
        Self::of(content.zip_file.take(), is_in_s3)
    }

    fn of(zip_file: Option<Bytes>, is_in_s3: bool) -> Result<Self, LambdaError> {
        match (zip_file, is_in_s3) {
            (Some(_), true) => Err(LambdaError::Invalid(
                "Please do not provide other FunctionCode parameters when providing a ZipFile."
                    .to_owned(),
            )),
            (Some(zip), false) => Ok(Self(zip)),
            // AWS's words for a bucket that is not there: none is.
            (None, true) => Err(LambdaError::Invalid(
                "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: \
                 The specified bucket does not exist (Crossway has no S3: send the code as \
                 ZipFile)"
                    .to_owned(),
            )),
            (None, false) => Err(LambdaError::Invalid(
                "Please provide a source for function code.".to_owned(),
            )),
        }
    }

    /// Checks the zip file, on a thread that may take its time.
    ///
    /// # Errors
    /// As [`bundle::check`].
    pub async fn read(self) -> Result<(Bytes, CodeRecord), LambdaError> {
        let checked = tokio::task::spawn_blocking(move || {
            let code = bundle::check(&self.0)?;
            Ok((self.0, code))
        });
        match checked.await {
            Ok(result) => result,
            Err(error) => Err(LambdaError::Host(format!("checking a zip file: {error}"))),
        }
    }
}

/// Takes over the one architecture that is wanted, if any.
pub fn set_architecture(config: &mut ConfigRecord, wanted: Option<Vec<String>>) {
    if let Some(architecture) = wanted.and_then(|wanted| wanted.into_iter().next()) {
        fields::without_effect("Architectures");
        config.architecture = architecture;
    }
}

/// UpdateFunctionCode.
pub async fn update(
    lambda: Arc<Lambda>,
    call: Call,
    mut input: UpdateFunctionCodeRequest,
) -> Result<FunctionConfiguration, ServiceError> {
    let name =
        FunctionName::parse(&input.function_name, None, &call.account, &call.region)?.unqualified();
    lambda.require(&name).await?;
    let (bundle, code) = Source::of_update(&mut input)?.read().await?;
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await.map_err(LambdaError::Store)?;
    let mut function = function.ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    lifecycle::check_editable(&name, &function.latest, input.revision_id.as_deref())?;
    function.latest.code = code;
    used_layers::check_size(&function.latest)?;
    set_architecture(&mut function.latest, input.architectures.take());
    if input.dry_run == Some(true) {
        return Ok(view::configuration(
            &name,
            name.arn(),
            LATEST,
            &function.latest,
        ));
    }
    lifecycle::begin_update(&lambda, &mut function.latest);
    let shown = match input.publish {
        Some(true) => {
            let made = version::make(&lambda, &mut tx, &name, &mut function, None).await?;
            let number = made.version.to_string();
            view::configuration(&name, name.qualified_arn(&number), &number, &made.config)
        }
        _ => view::configuration(&name, name.arn(), LATEST, &function.latest),
    };
    tx.put_blob(bundle).map_err(LambdaError::Store)?;
    tx.put(&FUNCTIONS, &key, &function)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    lifecycle::settle_later(&lambda, &name);
    Ok(shown)
}
