//! How asynchronous events of a function, version or alias are treated: retries, age, and the
//! function that is told what became of them.

use crate::error::LambdaError;
use crate::live::children;
use crate::name::{FunctionName, LATEST, Selection};
use crate::page::Page;
use crate::record::{
    ALIASES, EVENT_CONFIGS, EventConfigRecord, FUNCTIONS, VERSIONS, child_key, version_key,
};
use crate::{Lambda, fields};
use api::lambda::{
    DeleteFunctionEventInvokeConfigOutput, DeleteFunctionEventInvokeConfigRequest,
    DestinationConfig, FunctionEventInvokeConfig, GetFunctionEventInvokeConfigRequest,
    ListFunctionEventInvokeConfigsRequest, ListFunctionEventInvokeConfigsResponse, OnFailure,
    OnSuccess, PutFunctionEventInvokeConfigRequest, UpdateFunctionEventInvokeConfigRequest,
};
use arn::Arn;
use ports::Call;
use smithy::{ServiceError, Timestamp};
use std::sync::Arc;
use store::Tx;

/// PutFunctionEventInvokeConfig: replaces everything.
pub async fn put(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let change = Change {
        retries: input.maximum_retry_attempts,
        age_s: input.maximum_event_age_in_seconds,
        destinations: input.destination_config,
    };
    let config = change
        .apply(&lambda, &name, EventConfigRecord::default())
        .await?;
    save(&lambda, &name, config, Held::Any).await
}

/// UpdateFunctionEventInvokeConfig: what is not given stays.
pub async fn update(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    if lambda.function(&name).await?.is_none() {
        return Err(no_function().into());
    }
    let held = stored(&lambda, &name).await?;
    let change = Change {
        retries: input.maximum_retry_attempts,
        age_s: input.maximum_event_age_in_seconds,
        destinations: input.destination_config,
    };
    let config = change.apply(&lambda, &name, held).await?;
    save(&lambda, &name, config, Held::Required).await
}

/// GetFunctionEventInvokeConfig.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let config = stored(&lambda, &name).await?;
    Ok(view(&name, &config))
}

/// DeleteFunctionEventInvokeConfig.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionEventInvokeConfigRequest,
) -> Result<DeleteFunctionEventInvokeConfigOutput, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let mut tx = lambda.store.begin().await;
    let key = config_key(&name);
    let held = tx.get(&EVENT_CONFIGS, &key).await;
    if held.map_err(LambdaError::Store)?.is_none() {
        return Err(no_config(&name).into());
    }
    tx.delete(&EVENT_CONFIGS, &key);
    lambda.commit(tx, &name.key()).await?;
    Ok(DeleteFunctionEventInvokeConfigOutput {})
}

/// ListFunctionEventInvokeConfigs.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListFunctionEventInvokeConfigsRequest,
) -> Result<ListFunctionEventInvokeConfigsResponse, ServiceError> {
    let name = named(&call, &input.function_name, None)?;
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    if lambda.function(&name).await?.is_none() {
        return Err(no_function().into());
    }
    let all = children(&lambda.store, &EVENT_CONFIGS, &name.key()).await?;
    let (configs, next_marker) = page.cut(all, |(qualifier, _)| qualifier.clone());
    let views = configs.iter().map(|(qualifier, config)| {
        let of = FunctionName {
            qualifier: Some(qualifier.clone()),
            ..name.clone()
        };
        view(&of, config)
    });
    Ok(ListFunctionEventInvokeConfigsResponse {
        function_event_invoke_configs: Some(views.collect()),
        next_marker,
    })
}

/// Takes the configuration of a version or alias away with it.
pub fn remove(tx: &mut Tx, name: &FunctionName) {
    tx.delete(&EVENT_CONFIGS, &config_key(name));
}

/// What a caller wants changed.
struct Change {
    retries: Option<i32>,
    age_s: Option<i32>,
    destinations: Option<DestinationConfig>,
}

impl Change {
    async fn apply(
        self,
        lambda: &Lambda,
        name: &FunctionName,
        mut config: EventConfigRecord,
    ) -> Result<EventConfigRecord, LambdaError> {
        if self.retries.is_none() && self.age_s.is_none() && self.destinations.is_none() {
            return Err(LambdaError::Invalid(
                "You must specify at least one of error handling or destination setting."
                    .to_owned(),
            ));
        }
        // The model bounds both.
        let number = |given: Option<i32>| given.and_then(|number| u32::try_from(number).ok());
        config.retries = number(self.retries).or(config.retries);
        config.age_s = number(self.age_s).or(config.age_s);
        if let Some(destinations) = self.destinations {
            let success = destinations.on_success.and_then(|one| one.destination);
            let failure = destinations.on_failure.and_then(|one| one.destination);
            config.on_success = destination(lambda, name, success).await?;
            config.on_failure = destination(lambda, name, failure).await?;
        }
        config.modified_ms = lambda.clock.now_ms();
        Ok(config)
    }
}

/// A destination that events can be sent to; an empty text is none.
async fn destination(
    lambda: &Lambda,
    name: &FunctionName,
    given: Option<String>,
) -> Result<Option<String>, LambdaError> {
    let Some(given) = given.filter(|arn| !arn.is_empty()) else {
        return Ok(None);
    };
    let invalid = || LambdaError::Invalid(format!("The destination ARN {given} is invalid."));
    let is_lambda = given
        .parse::<Arn>()
        .is_ok_and(|arn| arn.service() == "lambda");
    fields::refuse(&[("DestinationConfig", !is_lambda)])?;
    let target = FunctionName::from_arn(&given).ok_or_else(invalid)?;
    if target.unqualified() == name.unqualified() {
        return Err(LambdaError::Invalid(
            "You can't specify the function as a destination for itself.".to_owned(),
        ));
    }
    // Whether a function of another account exists is told to nobody.
    let is_ours = target.account == name.account;
    if is_ours && lambda.function(&target).await?.is_none() {
        return Err(invalid());
    }
    Ok(Some(given))
}

/// Whether there must be a configuration already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Any,
    Required,
}

async fn save(
    lambda: &Lambda,
    name: &FunctionName,
    config: EventConfigRecord,
    held: Held,
) -> Result<FunctionEventInvokeConfig, ServiceError> {
    let mut tx = lambda.store.begin().await;
    if !exists(&tx, name).await? {
        return Err(no_function().into());
    }
    let key = config_key(name);
    let before = tx.get(&EVENT_CONFIGS, &key).await;
    if before.map_err(LambdaError::Store)?.is_none() && held == Held::Required {
        return Err(no_config(name).into());
    }
    tx.put(&EVENT_CONFIGS, &key, &config)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &name.key()).await?;
    Ok(view(name, &config))
}

async fn stored(lambda: &Lambda, name: &FunctionName) -> Result<EventConfigRecord, LambdaError> {
    let function = lambda.function(name).await?;
    let config = function.and_then(|function| function.event_config(name).cloned());
    config.ok_or_else(|| no_config(name))
}

/// The name with its qualifier; AWS keeps a function's own configuration under `$LATEST`.
fn named(call: &Call, text: &str, qualifier: Option<&str>) -> Result<FunctionName, LambdaError> {
    let name = FunctionName::parse(text, qualifier, &call.account, &call.region)?;
    Ok(FunctionName {
        qualifier: name.qualifier.or_else(|| Some(LATEST.to_owned())),
        ..name
    })
}

fn config_key(name: &FunctionName) -> String {
    child_key(&name.key(), name.qualifier.as_deref().unwrap_or(LATEST))
}

async fn exists(tx: &Tx, name: &FunctionName) -> Result<bool, LambdaError> {
    let key = name.key();
    if tx.get(&FUNCTIONS, &key).await?.is_none() {
        return Ok(false);
    }
    Ok(match name.selection() {
        Selection::Latest => true,
        Selection::Alias(alias) => tx.get(&ALIASES, &child_key(&key, alias)).await?.is_some(),
        Selection::Version(digits) => match digits.parse() {
            Ok(number) => tx
                .get(&VERSIONS, &version_key(&key, number))
                .await?
                .is_some(),
            Err(_) => false,
        },
    })
}

fn no_function() -> LambdaError {
    LambdaError::NotFound("The function doesn't exist.".to_owned())
}

fn no_config(name: &FunctionName) -> LambdaError {
    LambdaError::NotFound(format!(
        "The function {} doesn't have an EventInvokeConfig",
        name.arn()
    ))
}

fn view(name: &FunctionName, config: &EventConfigRecord) -> FunctionEventInvokeConfig {
    let number = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    FunctionEventInvokeConfig {
        last_modified: Some(Timestamp(config.modified_ms)),
        function_arn: Some(name.arn()),
        maximum_retry_attempts: number(config.retries),
        maximum_event_age_in_seconds: number(config.age_s),
        // AWS shows both members, empty ones too.
        destination_config: Some(DestinationConfig {
            on_success: Some(OnSuccess {
                destination: config.on_success.clone(),
            }),
            on_failure: Some(OnFailure {
                destination: config.on_failure.clone(),
            }),
        }),
    }
}
