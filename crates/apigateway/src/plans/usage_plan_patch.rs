//! UpdateUsagePlan, path by path.

use crate::{
    Error, limits,
    patch::{Op, Patch},
    plans::{
        quota,
        record_plans::{ApiStageRecord, QuotaRecord, ThrottleRecord, UsagePlanRecord},
    },
};
use std::collections::BTreeMap;

/// The paths that AWS names for a `remove` that it does not know (boto/boto3 issue 2629).
const KNOWN_REMOVE: &str = "/apiStages, /quota, /throttle, /productCode, \
    /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, \
    /apiStages/<apidId:stageName>/throttle";
/// UNVERIFIED: the order; "UsagePlan patch operations" names these paths.
const KNOWN_ADD: &str = "/apiStages, /quota/limit, /quota/offset, /quota/period, \
    /throttle/burstLimit, /throttle/rateLimit, /productCode, \
    /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, \
    /apiStages/<apidId:stageName>/throttle";
/// UNVERIFIED: as above.
const KNOWN_REPLACE: &str = "/name, /description, /quota/limit, /quota/offset, /quota/period, \
    /throttle/burstLimit, /throttle/rateLimit, /productCode, \
    /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, \
    /apiStages/<apidId:stageName>/throttle";

/// Applies one operation; what only makes sense whole is checked by [`check_whole`] afterwards.
///
/// # Errors
/// AWS's refusals; the plan may be half changed then and must be thrown away.
pub fn apply(plan: &mut UsagePlanRecord, patch: &Patch) -> Result<(), Error> {
    let path = patch.at();
    match (patch.op, path.as_slice()) {
        (Op::Replace, ["name"]) => plan.name = patch.text(),
        (Op::Replace, ["description"]) => plan.description = patch.some_text(),
        (Op::Add | Op::Replace, ["productCode"]) => plan.product_code = patch.some_text(),
        (Op::Remove, ["productCode"]) => plan.product_code = None,
        (Op::Remove, ["quota"]) => plan.quota = None,
        (Op::Remove, ["throttle"]) => plan.throttle = None,
        (Op::Add | Op::Replace, ["quota", leaf]) => set_quota(plan, patch, leaf)?,
        (Op::Add | Op::Replace, ["throttle", leaf]) => {
            let throttle = plan.throttle.get_or_insert_default();
            set_throttle(throttle, patch, leaf)?;
        }
        (Op::Add, ["apiStages"]) => add_stage(plan, patch)?,
        (Op::Remove, ["apiStages"]) => remove_stage(plan, patch)?,
        (_, ["apiStages", stage, "throttle", method @ ..]) => {
            let stage = stage_of(plan, stage)?;
            set_methods(stage, patch, method)?;
        }
        _ => return Err(refuse(patch)),
    }
    Ok(())
}

/// Passes a plan that can be enforced as it says.
///
/// # Errors
/// UNVERIFIED: AWS's texts but for the quota's offset.
pub fn check_whole(plan: &UsagePlanRecord) -> Result<(), Error> {
    if plan.name.trim().is_empty() {
        return Err(Error::bad("Usage Plan name cannot be blank"));
    }
    if plan.api_stages.len() > limits::API_STAGES_OF_PLAN_MAX {
        return Err(Error::bad("Too many API stages in one usage plan"));
    }
    let throttles = plan.api_stages.iter().map(|one| one.throttle.len());
    if throttles.max().unwrap_or(0) > limits::METHOD_THROTTLES_MAX {
        return Err(Error::bad("Too many method throttles in one usage plan"));
    }
    plan.quota.as_ref().map_or(Ok(()), quota::check)
}

/// Passes a throttle that is no nonsense.
///
/// # Errors
/// UNVERIFIED: AWS's text.
pub fn check_throttle(throttle: &ThrottleRecord) -> Result<(), Error> {
    if throttle.burst_limit < 0 {
        return Err(Error::bad(
            "Usage Plan throttle burst limit must not be negative",
        ));
    }
    if !throttle.rate_limit.is_finite() || throttle.rate_limit < 0.0 {
        return Err(Error::bad(
            "Usage Plan throttle rate limit must not be negative",
        ));
    }
    Ok(())
}

/// `{resource path}/{VERB}` as it is stored: `/pets/GET`, `//GET` for the root.
///
/// # Errors
/// For keys that no method can have: accepting them would promise a limit that is none.
/// UNVERIFIED: AWS's text.
pub fn method_key(text: &str) -> Result<String, Error> {
    const VERBS: [&str; 8] = [
        "GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY",
    ];
    let refuse = || Error::bad(format!("Invalid method specified for throttle: {text}"));
    let (path, verb) = text.rsplit_once('/').ok_or_else(refuse)?;
    let path = if path.is_empty() { "/" } else { path };
    if !path.starts_with('/') || !VERBS.contains(&verb) {
        return Err(refuse());
    }
    Ok(format!("{path}/{verb}"))
}

fn refuse(patch: &Patch) -> Error {
    patch.refuse_path_widely(match patch.op {
        Op::Remove => KNOWN_REMOVE,
        Op::Add => KNOWN_ADD,
        _ => KNOWN_REPLACE,
    })
}

fn set_quota(plan: &mut UsagePlanRecord, patch: &Patch, leaf: &str) -> Result<(), Error> {
    let quota = plan.quota.get_or_insert_with(|| QuotaRecord {
        limit: 0,
        offset: 0,
        period: String::new(),
    });
    match leaf {
        "limit" => quota.limit = number(patch)?,
        "offset" => quota.offset = number(patch)?,
        "period" => quota.period = patch.text(),
        _ => return Err(refuse(patch)),
    }
    Ok(())
}

fn set_throttle(throttle: &mut ThrottleRecord, patch: &Patch, leaf: &str) -> Result<(), Error> {
    match leaf {
        "burstLimit" => throttle.burst_limit = number(patch)?,
        "rateLimit" => throttle.rate_limit = number(patch)?,
        _ => return Err(refuse(patch)),
    }
    check_throttle(throttle)
}

/// UNVERIFIED: AWS's text for values that are no numbers.
fn number<N: std::str::FromStr>(patch: &Patch) -> Result<N, Error> {
    let text = patch.text();
    text.parse()
        .map_err(|_| Error::bad(format!("Invalid value for {}", patch.path)))
}

/// `{api id}:{stage}`.
fn split_stage(text: &str) -> Result<(&str, &str), Error> {
    text.split_once(':')
        .filter(|(api, stage)| !api.is_empty() && !stage.is_empty())
        .ok_or_else(|| Error::bad("Invalid API Stage specified"))
}

fn add_stage(plan: &mut UsagePlanRecord, patch: &Patch) -> Result<(), Error> {
    let text = patch.text();
    let (api_id, stage) = split_stage(&text)?;
    let mut known = plan.api_stages.iter();
    if known.any(|one| one.api_id == api_id && one.stage == stage) {
        return Ok(());
    }
    plan.api_stages.push(ApiStageRecord {
        api_id: api_id.to_owned(),
        stage: stage.to_owned(),
        throttle: BTreeMap::new(),
    });
    Ok(())
}

fn remove_stage(plan: &mut UsagePlanRecord, patch: &Patch) -> Result<(), Error> {
    let text = patch.text();
    let (api_id, name) = split_stage(&text)?;
    stage_of(plan, &text)?;
    plan.api_stages
        .retain(|one| one.api_id != api_id || one.stage != name);
    Ok(())
}

fn stage_of<'a>(
    plan: &'a mut UsagePlanRecord,
    text: &str,
) -> Result<&'a mut ApiStageRecord, Error> {
    let (api_id, stage) = split_stage(text)?;
    let id = plan.id.clone();
    let mut stages = plan.api_stages.iter_mut();
    let found = stages.find(|one| one.api_id == api_id && one.stage == stage);
    found.ok_or_else(|| {
        Error::not_found(format!(
            "Invalid API Stage {{api: {api_id}, stage: {stage}}} specified for usageplan {id}"
        ))
    })
}

/// Below `…/throttle`: all methods, one method, or one number of one method.
///
/// Clients escape the resource's path (`~1pets/GET/rateLimit`) or do not
/// (`/pets/GET/rateLimit`, Terraform); joined again, both read alike.
fn set_methods(stage: &mut ApiStageRecord, patch: &Patch, method: &[&str]) -> Result<(), Error> {
    match (patch.op, method) {
        (Op::Remove, []) => stage.throttle.clear(),
        (Op::Add | Op::Replace, []) => {
            let read: BTreeMap<String, serde_json::Value> = json(patch)?;
            let mut throttle = BTreeMap::new();
            for (method, settings) in read {
                throttle.insert(method_key(&method)?, settings_of(patch, &settings)?);
            }
            stage.throttle = throttle;
        }
        (Op::Add | Op::Replace, [path @ .., leaf @ ("rateLimit" | "burstLimit")]) => {
            let key = method_key(&path.join("/"))?;
            let throttle = stage.throttle.entry(key).or_default();
            set_throttle(throttle, patch, leaf)?;
        }
        (Op::Add | Op::Replace, path) => {
            let settings = settings_of(patch, &json(patch)?)?;
            stage
                .throttle
                .insert(method_key(&path.join("/"))?, settings);
        }
        (Op::Remove, path) => {
            let key = method_key(&path.join("/"))?;
            let gone = stage.throttle.remove(&key);
            // UNVERIFIED: AWS's text.
            gone.ok_or_else(|| Error::not_found("Invalid Method identifier specified"))?;
        }
        _ => return Err(refuse(patch)),
    }
    Ok(())
}

fn json<T: serde::de::DeserializeOwned>(patch: &Patch) -> Result<T, Error> {
    serde_json::from_str(&patch.text())
        .map_err(|_| Error::bad(format!("Invalid value for {}", patch.path)))
}

fn settings_of(patch: &Patch, value: &serde_json::Value) -> Result<ThrottleRecord, Error> {
    let bad = || Error::bad(format!("Invalid value for {}", patch.path));
    let members = value.as_object().ok_or_else(bad)?;
    let mut record = ThrottleRecord::default();
    for (name, value) in members {
        match name.as_str() {
            "burstLimit" => {
                let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
                record.burst_limit = number.ok_or_else(bad)?;
            }
            "rateLimit" => record.rate_limit = value.as_f64().ok_or_else(bad)?,
            _ => return Err(bad()),
        }
    }
    check_throttle(&record)?;
    Ok(record)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn plan() -> UsagePlanRecord {
        UsagePlanRecord {
            id: "plan12".into(),
            name: "p".into(),
            api_stages: vec![ApiStageRecord {
                api_id: "api1".into(),
                stage: "dev".into(),
                throttle: BTreeMap::new(),
            }],
            ..UsagePlanRecord::default()
        }
    }

    fn patched(
        plan: &mut UsagePlanRecord,
        op: &str,
        path: &str,
        value: Option<&str>,
    ) -> Result<(), String> {
        let patch = Patch::new(
            Some(op.into()),
            Some(path.into()),
            value.map(Into::into),
            None,
        )
        .unwrap();
        apply(plan, &patch).map_err(|error| error.to_string())
    }

    #[test]
    fn methods_are_throttled_in_every_spelling() {
        let mut plan = plan();
        for (path, value) in [
            (
                "/apiStages/api1:dev/throttle/~1pets~1{id}/GET/rateLimit",
                "2.5",
            ),
            (
                "/apiStages/api1:dev/throttle/~1pets~1{id}/GET/burstLimit",
                "3",
            ),
            ("/apiStages/api1:dev/throttle//shops/POST/burstLimit", "4"),
            ("/apiStages/api1:dev/throttle/~1/GET/burstLimit", "5"),
            (
                "/apiStages/api1:dev/throttle/~1all/ANY",
                r#"{"rateLimit": 1, "burstLimit": 6}"#,
            ),
        ] {
            patched(&mut plan, "replace", path, Some(value)).unwrap();
        }
        let throttle = &plan.api_stages[0].throttle;
        let seen: Vec<_> = throttle
            .iter()
            .map(|(method, one)| (method.as_str(), one.rate_limit, one.burst_limit))
            .collect();
        let expect = [
            ("//GET", 0.0, 5),
            ("/all/ANY", 1.0, 6),
            ("/pets/{id}/GET", 2.5, 3),
            ("/shops/POST", 0.0, 4),
        ];
        assert_eq!(seen, expect);
        let path = "/apiStages/api1:dev/throttle/~1all/ANY";
        patched(&mut plan, "remove", path, None).unwrap();
        assert!(patched(&mut plan, "remove", path, None).is_err());
        patched(&mut plan, "remove", "/apiStages/api1:dev/throttle", None).unwrap();
        assert!(plan.api_stages[0].throttle.is_empty());
    }

    #[test]
    fn methods_that_cannot_be_are_refused() {
        let mut plan = plan();
        for path in [
            "*/*/rateLimit",
            "~1pets/get/rateLimit",
            "pets/GET/rateLimit",
        ] {
            let path = format!("/apiStages/api1:dev/throttle/{path}");
            assert!(
                patched(&mut plan, "add", &path, Some("1")).is_err(),
                "{path}"
            );
        }
        assert_eq!(method_key("/GET").unwrap(), "//GET");
        let unknown = "/apiStages/api1:prod/throttle/~1/GET/rateLimit";
        assert_eq!(
            patched(&mut plan, "add", unknown, Some("1")).unwrap_err(),
            "Invalid API Stage {api: api1, stage: prod} specified for usageplan plan12"
        );
    }

    #[test]
    fn unknown_paths_are_refused_as_seen_on_aws() {
        let refused = patched(&mut plan(), "remove", "/apiStages/api1:dev", None).unwrap_err();
        assert_eq!(
            refused,
            "Invalid patch path  '/apiStages/api1:dev' specified for op 'remove'. Must be one of: \
             [/apiStages, /quota, /throttle, /productCode, \
             /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, \
             /apiStages/<apidId:stageName>/throttle]"
        );
        for (op, path) in [
            ("replace", "/apiStages"),
            ("remove", "/quota/limit"),
            ("add", "/name"),
            ("replace", "/id"),
            ("add", "/quota/x"),
            ("replace", "/throttle"),
        ] {
            assert!(
                patched(&mut plan(), op, path, Some("1")).is_err(),
                "{op} {path}"
            );
        }
    }

    #[test]
    fn quota_and_throttle_grow_member_by_member() {
        let mut plan = plan();
        for (path, value) in [
            ("/quota/limit", "5000"),
            ("/quota/period", "MONTH"),
            ("/throttle/rateLimit", "200"),
            ("/throttle/burstLimit", "100"),
        ] {
            patched(&mut plan, "replace", path, Some(value)).unwrap();
        }
        check_whole(&plan).unwrap();
        let quota = plan.quota.as_ref().unwrap();
        assert_eq!((quota.limit, quota.offset), (5_000, 0));
        patched(&mut plan, "replace", "/quota/offset", Some("28")).unwrap();
        assert!(check_whole(&plan).is_err());
        for value in ["-1", "NaN", "x"] {
            let path = "/throttle/rateLimit";
            assert!(
                patched(&mut plan, "replace", path, Some(value)).is_err(),
                "{value}"
            );
        }
        patched(&mut plan, "remove", "/quota", None).unwrap();
        patched(&mut plan, "remove", "/throttle", None).unwrap();
        assert_eq!((plan.quota, plan.throttle), (None, None));
    }

    #[test]
    fn stages_come_and_go() {
        let mut plan = plan();
        patched(&mut plan, "add", "/apiStages", Some("api2:dev")).unwrap();
        patched(&mut plan, "add", "/apiStages", Some("api2:dev")).unwrap();
        assert_eq!(plan.api_stages.len(), 2);
        patched(&mut plan, "remove", "/apiStages", Some("api1:dev")).unwrap();
        assert_eq!(plan.api_stages.len(), 1);
        for value in [None, Some("api1"), Some(":dev"), Some("api1:")] {
            assert_eq!(
                patched(&mut plan, "add", "/apiStages", value).unwrap_err(),
                "Invalid API Stage specified"
            );
        }
    }
}
