//! Function URLs: HTTP addresses of functions and aliases. Here is what the API does with them;
//! [`serve`] answers their requests.

mod answer;
mod cors;
mod event;
mod serve;
mod signature;
mod stream;

pub use serve::{Names, serve};

use crate::Lambda;
use crate::error::LambdaError;
use crate::limits;
use crate::live::children;
use crate::name::FunctionName;
use crate::page::Page;
use crate::record::{
    ALIASES, CorsRecord, FUNCTIONS, URL_IDS, URLS, UrlAuthRecord, UrlIdRecord, UrlRecord, child_key,
};
use api::lambda::{
    Cors, CreateFunctionUrlConfigRequest, CreateFunctionUrlConfigResponse,
    DeleteFunctionUrlConfigOutput, DeleteFunctionUrlConfigRequest, FunctionUrlConfig,
    GetFunctionUrlConfigRequest, GetFunctionUrlConfigResponse, ListFunctionUrlConfigsRequest,
    ListFunctionUrlConfigsResponse, UpdateFunctionUrlConfigRequest,
    UpdateFunctionUrlConfigResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::net::IpAddr;
use std::sync::Arc;
use stdx::TimestampMs;
use store::Tx;

/// `InvokeMode` of a URL whose answers are sent when they are whole.
const BUFFERED: &str = "BUFFERED";

/// `InvokeMode` of a URL whose answers are sent while the function writes them.
const RESPONSE_STREAM: &str = "RESPONSE_STREAM";

/// CreateFunctionUrlConfig. Observed: this and UpdateFunctionUrlConfig show no `InvokeMode` that
/// nobody ever gave, while reading operations always show one.
pub async fn create(
    lambda: Arc<Lambda>,
    call: Call,
    input: CreateFunctionUrlConfigRequest,
) -> Result<CreateFunctionUrlConfigResponse, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let now_ms = lambda.clock.now_ms();
    let url = UrlRecord {
        id: lambda
            .ids
            .text(limits::URL_ID_ALPHABET, limits::URL_ID_LENGTH),
        auth: auth_of(&input.auth_type),
        cors: input.cors.map(cors_record).transpose()?,
        is_mode_given: input.invoke_mode.is_some(),
        is_streamed: input.invoke_mode.as_deref() == Some(RESPONSE_STREAM),
        created_ms: now_ms,
        modified_ms: now_ms,
    };
    let key = name.key();
    let url_key = url_key(&name);
    let mut tx = lambda.store.begin().await;
    if !exists(&tx, &name).await? {
        return Err(no_function().into());
    }
    if tx
        .get(&URLS, &url_key)
        .await
        .map_err(LambdaError::Store)?
        .is_some()
    {
        let arn = name.arn();
        return Err(LambdaError::Conflict(format!(
            "Failed to create function url config for [functionArn = {arn}]. Error message:  \
             FunctionUrlConfig exists for this Lambda function"
        ))
        .into());
    }
    let leads_to = UrlIdRecord { arn: name.arn() };
    tx.put(&URLS, &url_key, &url).map_err(LambdaError::Store)?;
    tx.put(&URL_IDS, &url.id, &leads_to)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    let shown = view(&lambda, &call, &name, &url);
    Ok(CreateFunctionUrlConfigResponse {
        function_url: shown.function_url,
        function_arn: shown.function_arn,
        auth_type: shown.auth_type,
        cors: shown.cors,
        creation_time: shown.creation_time,
        invoke_mode: shown.invoke_mode.filter(|_| url.is_mode_given),
    })
}

/// UpdateFunctionUrlConfig: what is given replaces what was.
pub async fn update(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateFunctionUrlConfigRequest,
) -> Result<UpdateFunctionUrlConfigResponse, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let cors = input.cors.map(cors_record).transpose()?;
    let url_key = url_key(&name);
    let mut tx = lambda.store.begin().await;
    let held = tx.get(&URLS, &url_key).await.map_err(LambdaError::Store)?;
    let mut url = held.ok_or_else(no_url)?;
    if let Some(auth_type) = &input.auth_type {
        url.auth = auth_of(auth_type);
    }
    if cors.is_some() {
        url.cors = cors;
    }
    if let Some(mode) = &input.invoke_mode {
        url.is_mode_given = true;
        url.is_streamed = mode == RESPONSE_STREAM;
    }
    url.modified_ms = lambda.clock.now_ms();
    tx.put(&URLS, &url_key, &url).map_err(LambdaError::Store)?;
    lambda.commit(tx, &name.key()).await?;
    let shown = view(&lambda, &call, &name, &url);
    Ok(UpdateFunctionUrlConfigResponse {
        function_url: shown.function_url,
        function_arn: shown.function_arn,
        auth_type: shown.auth_type,
        cors: shown.cors,
        creation_time: shown.creation_time,
        last_modified_time: shown.last_modified_time,
        invoke_mode: shown.invoke_mode.filter(|_| url.is_mode_given),
    })
}

/// GetFunctionUrlConfig.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionUrlConfigRequest,
) -> Result<GetFunctionUrlConfigResponse, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let url = stored(&lambda, &name).await?.ok_or_else(no_url)?;
    let shown = view(&lambda, &call, &name, &url);
    Ok(GetFunctionUrlConfigResponse {
        function_url: shown.function_url,
        function_arn: shown.function_arn,
        auth_type: shown.auth_type,
        cors: shown.cors,
        creation_time: shown.creation_time,
        last_modified_time: shown.last_modified_time,
        invoke_mode: shown.invoke_mode,
    })
}

/// DeleteFunctionUrlConfig.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionUrlConfigRequest,
) -> Result<DeleteFunctionUrlConfigOutput, ServiceError> {
    let name = named(&call, &input.function_name, input.qualifier.as_deref())?;
    let mut tx = lambda.store.begin().await;
    if !remove(&mut tx, &name).await? {
        return Err(no_url().into());
    }
    lambda.commit(tx, &name.key()).await?;
    Ok(DeleteFunctionUrlConfigOutput {})
}

/// ListFunctionUrlConfigs: the function's own and those of its aliases.
pub async fn list(
    lambda: Arc<Lambda>,
    call: Call,
    input: ListFunctionUrlConfigsRequest,
) -> Result<ListFunctionUrlConfigsResponse, ServiceError> {
    let name = named(&call, &input.function_name, None)?.unqualified();
    let page = Page::read(input.marker.as_deref(), input.max_items)?;
    if lambda.function(&name).await?.is_none() {
        return Err(no_function().into());
    }
    let all = children(&lambda.store, &URLS, &name.key()).await?;
    // The function's own comes first and has no name, which no marker could say.
    let (urls, next_marker) = page.cut(all, |(alias, _)| format!("/{alias}"));
    let views = urls.iter().map(|(alias, url)| {
        let of_alias = FunctionName {
            qualifier: (!alias.is_empty()).then(|| alias.clone()),
            ..name.clone()
        };
        view(&lambda, &call, &of_alias, url)
    });
    Ok(ListFunctionUrlConfigsResponse {
        function_url_configs: Some(views.collect()),
        next_marker,
    })
}

/// The URL under this name, if there is one.
pub async fn stored(
    lambda: &Lambda,
    name: &FunctionName,
) -> Result<Option<UrlRecord>, LambdaError> {
    let function = lambda.function(name).await?;
    let qualifier = name.qualifier.as_deref().unwrap_or_default();
    Ok(function.and_then(|function| function.urls.get(qualifier).cloned()))
}

/// `AuthType` as the API and condition keys spell it.
pub fn auth_type(auth: UrlAuthRecord) -> &'static str {
    match auth {
        UrlAuthRecord::Open => "NONE",
        UrlAuthRecord::Iam => "AWS_IAM",
    }
}

/// Takes the URL under this name away, if there is one.
///
/// # Errors
/// When the store fails.
pub async fn remove(tx: &mut Tx, name: &FunctionName) -> Result<bool, LambdaError> {
    let url_key = url_key(name);
    let Some(url) = tx.get(&URLS, &url_key).await? else {
        return Ok(false);
    };
    tx.delete(&URLS, &url_key);
    tx.delete(&URL_IDS, &url.id);
    Ok(true)
}

fn named(call: &Call, text: &str, qualifier: Option<&str>) -> Result<FunctionName, LambdaError> {
    FunctionName::parse(text, qualifier, &call.account, &call.region)
}

fn url_key(name: &FunctionName) -> String {
    child_key(&name.key(), name.qualifier.as_deref().unwrap_or_default())
}

async fn exists(tx: &Tx, name: &FunctionName) -> Result<bool, LambdaError> {
    let key = name.key();
    if tx.get(&FUNCTIONS, &key).await?.is_none() {
        return Ok(false);
    }
    match &name.qualifier {
        None => Ok(true),
        Some(alias) => Ok(tx.get(&ALIASES, &child_key(&key, alias)).await?.is_some()),
    }
}

fn no_function() -> LambdaError {
    LambdaError::NotFound("Function does not exist".to_owned())
}

fn no_url() -> LambdaError {
    LambdaError::NotFound("The resource you requested does not exist.".to_owned())
}

fn auth_of(auth_type: &str) -> UrlAuthRecord {
    match auth_type {
        "NONE" => UrlAuthRecord::Open,
        _ => UrlAuthRecord::Iam,
    }
}

fn cors_record(cors: Cors) -> Result<CorsRecord, LambdaError> {
    let record = CorsRecord {
        allow_credentials: cors.allow_credentials,
        allow_headers: cors.allow_headers,
        allow_methods: cors.allow_methods,
        allow_origins: cors.allow_origins,
        expose_headers: cors.expose_headers,
        max_age_s: cors.max_age,
    };
    match cors::unsendable(&record) {
        None => Ok(record),
        Some(text) => Err(LambdaError::Invalid(format!(
            "`{text}` in Cors cannot be sent in a header: use printable ASCII characters"
        ))),
    }
}

fn view(lambda: &Lambda, call: &Call, name: &FunctionName, url: &UrlRecord) -> FunctionUrlConfig {
    let configured = lambda.endpoint_url.get().map_or("", String::as_str);
    FunctionUrlConfig {
        function_url: Some(address(&call.base_url, configured, name, &url.id)),
        function_arn: Some(name.arn()),
        creation_time: Some(time(url.created_ms)),
        last_modified_time: Some(time(url.modified_ms)),
        cors: url.cors.clone().map(|cors| Cors {
            allow_credentials: cors.allow_credentials,
            allow_headers: cors.allow_headers,
            allow_methods: cors.allow_methods,
            allow_origins: cors.allow_origins,
            expose_headers: cors.expose_headers,
            max_age: cors.max_age_s,
        }),
        auth_type: Some(auth_type(url.auth).to_owned()),
        invoke_mode: Some(match url.is_streamed {
            true => RESPONSE_STREAM.to_owned(),
            false => BUFFERED.to_owned(),
        }),
    }
}

/// `http://{id}.lambda-url.{region}.localhost:{port}/`, reached as the caller reached us.
///
/// A caller that used an address or `localhost` gets a name below `localhost`; one that used AWS's
/// own host name, which says nothing about our port, the same from the `configured` URL; one that
/// used another name gets a name below that, for which its DNS must have a wildcard.
fn address(base_url: &str, configured: &str, name: &FunctionName, id: &str) -> String {
    let (mut scheme, mut host, mut port) = split(base_url);
    if host.ends_with(".amazonaws.com") {
        (scheme, host, port) = split(configured);
    }
    let is_address = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
    let is_local = is_address || host.is_empty() || host == "localhost";
    let parent = match is_local || host.ends_with(".localhost") {
        true => "localhost",
        false => host,
    };
    format!("{scheme}://{id}.lambda-url.{}.{parent}{port}/", name.region)
}

/// Scheme, host and `:port`.
fn split(url: &str) -> (&str, &str, &str) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => {
            let (host, port) = authority.split_at(colon);
            (scheme, host, port)
        }
        _ => (scheme, authority, ""),
    }
}

/// `2026-11-22T11:56:06.123Z`.
fn time(ms: TimestampMs) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .unwrap_or_default()
        .strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
        .to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn addresses_work_for_who_asked() {
        let arn = "arn:aws:lambda:eu-west-1:222222222222:function:fn:live";
        let name = FunctionName::from_arn(arn).unwrap();
        let check = |base_url: &str, expect: &str| {
            let address = address(base_url, "http://127.0.0.1:4566", &name, "abc");
            assert_eq!(address, expect, "{base_url}");
        };
        let local = "http://abc.lambda-url.eu-west-1.localhost:4566/";
        check("http://127.0.0.1:4566", local);
        check("http://localhost:4566", local);
        check("http://[::1]:4566", local);
        check("http://lambda.eu-west-1.amazonaws.com", local);
        check("http://lambda.localhost:4566", local);
        check(
            "http://localhost:1",
            "http://abc.lambda-url.eu-west-1.localhost:1/",
        );
        check(
            "https://cross.example",
            "https://abc.lambda-url.eu-west-1.cross.example/",
        );
        check(
            "https://cross.example:8443",
            "https://abc.lambda-url.eu-west-1.cross.example:8443/",
        );
    }
}
