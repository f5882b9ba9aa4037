//! GenerateCredentialReport and GetCredentialReport.
//!
//! Columns and words: "Generate credential reports for your AWS account", IAM user guide. The
//! report is made when it is asked for; AWS takes a while and says so, which clients wait for.

use crate::decisions::keys::date_time;
use crate::limits::CREDENTIAL_REPORT_MS_MAX;
use crate::record::{
    ACCOUNTS, CREDENTIAL_REPORTS, CredentialReportRecord, KEYS, LAST_USED, USERS, UserRecord,
};
use crate::{Iam, error, view};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::sync::Arc;

const HEAD: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,\
    access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
    access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
    cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

const ABSENT: &str = "N/A";

/// Access keys of one user that the report has columns for.
const KEYS_SHOWN: usize = 2;

pub(crate) async fn generate(
    iam: Arc<Iam>,
    call: Call,
    _: shape::GenerateCredentialReportInput,
) -> Result<shape::GenerateCredentialReportResponse, ServiceError> {
    let found = iam
        .store
        .get(&CREDENTIAL_REPORTS, call.account.as_str())
        .await;
    let found = found.map_err(error::store)?;
    if found.is_some_and(|report| is_fresh(&report, &call)) {
        return Ok(shape::GenerateCredentialReportResponse {
            state: Some("COMPLETE".to_owned()),
            description: None,
        });
    }
    let record = CredentialReportRecord {
        made_ms: call.now_ms,
        text: report(&iam, &call).await?,
    };
    let mut tx = iam.store.begin().await;
    tx.put(&CREDENTIAL_REPORTS, call.account.as_str(), &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::GenerateCredentialReportResponse {
        state: Some("STARTED".to_owned()),
        description: Some("No report exists. Starting a new report generation task".to_owned()),
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    _: shape::GetCredentialReportInput,
) -> Result<shape::GetCredentialReportResponse, ServiceError> {
    let found = iam
        .store
        .get(&CREDENTIAL_REPORTS, call.account.as_str())
        .await;
    let found = found.map_err(error::store)?.ok_or_else(|| {
        ServiceError::new(
            "ReportNotPresent",
            "No report exists. Generate a report first.",
        )
    })?;
    if !is_fresh(&found, &call) {
        return Err(ServiceError::new(
            "ReportExpired",
            "The report has expired. Generate a new report.",
        ));
    }
    Ok(shape::GetCredentialReportResponse {
        content: Some(found.text.into()),
        report_format: Some("text/csv".to_owned()),
        generated_time: Some(view::date(found.made_ms)),
    })
}

fn is_fresh(report: &CredentialReportRecord, call: &Call) -> bool {
    call.now_ms - report.made_ms < CREDENTIAL_REPORT_MS_MAX
}

async fn report(iam: &Iam, call: &Call) -> Result<String, ServiceError> {
    let mut text = HEAD.to_owned();
    text.push_str(&row(&root(iam, call).await?));
    for (_, user) in iam.all(&USERS, &call.account).await? {
        text.push_str(&row(&of_user(iam, call, &user).await?));
    }
    Ok(text)
}

async fn root(iam: &Iam, call: &Call) -> Result<Vec<String>, ServiceError> {
    let found = iam.store.get(&ACCOUNTS, call.account.as_str()).await;
    let found = found.map_err(error::store)?;
    let created = found
        .as_ref()
        .map_or(ABSENT.to_owned(), |found| date(found.created_ms));
    let mut cells = vec![
        "<root_account>".to_owned(),
        format!("arn:aws:iam::{}:root", call.account),
        created,
    ];
    // The root user has no password here.
    cells.extend(
        [
            "not_supported",
            ABSENT,
            "not_supported",
            "not_supported",
            "false",
        ]
        .map(str::to_owned),
    );
    let keys = found.map(|found| found.keys).unwrap_or_default();
    add_keys(iam, &keys, &mut cells).await?;
    Ok(cells)
}

async fn of_user(iam: &Iam, call: &Call, user: &UserRecord) -> Result<Vec<String>, ServiceError> {
    let mut cells = vec![
        user.name.clone(),
        view::user_arn(user),
        date(user.created_ms),
    ];
    match iam.login_profile(&call.account, user).await? {
        Some(profile) => cells.extend([
            "true".to_owned(),
            "no_information".to_owned(),
            date(profile.changed_ms),
            ABSENT.to_owned(),
        ]),
        None => cells.extend(["false", ABSENT, ABSENT, ABSENT].map(str::to_owned)),
    }
    cells.push("false".to_owned());
    add_keys(iam, &user.keys, &mut cells).await?;
    Ok(cells)
}

async fn add_keys(iam: &Iam, ids: &[String], cells: &mut Vec<String>) -> Result<(), ServiceError> {
    for place in 0..KEYS_SHOWN {
        let key = match ids.get(place) {
            Some(id) => iam.store.get(&KEYS, id).await.map_err(error::store)?,
            None => None,
        };
        let Some(key) = key else {
            cells.extend(["false", ABSENT, ABSENT, ABSENT, ABSENT].map(str::to_owned));
            continue;
        };
        let used = iam.store.get(&LAST_USED, &key.id).await;
        cells.push(key.is_active.to_string());
        cells.push(date(key.created_ms));
        match used.map_err(error::store)? {
            Some(used) => cells.extend([date(used.at_ms), used.region, used.service]),
            None => cells.extend([ABSENT, ABSENT, ABSENT].map(str::to_owned)),
        }
    }
    cells.extend(["false", ABSENT, "false", ABSENT].map(str::to_owned));
    Ok(())
}

/// Names may hold commas.
fn row(cells: &[String]) -> String {
    let quoted = cells.iter().map(|cell| match cell.contains(',') {
        true => format!("\"{cell}\""),
        false => cell.clone(),
    });
    format!("\n{}", quoted.collect::<Vec<_>>().join(","))
}

/// `2026-11-22T11:56:06+00:00`.
fn date(at_ms: i64) -> String {
    date_time(at_ms).replace('Z', "+00:00")
}
