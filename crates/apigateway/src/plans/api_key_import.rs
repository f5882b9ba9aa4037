//! ImportApiKeys: keys from a file of comma-separated values.
//!
//! Source: "API Gateway API key file format". The first line names the columns, in any case and
//! order; `Name` and `Key` must be there, `Description`, `Enabled` and `UsagePlanIds` may be; others
//! are ignored. A key whose value is known is overwritten.

use crate::{
    ApiGateway, Error, limits,
    plans::{
        record_plans::{ApiKeyRecord, USAGE, USAGE_PLANS, owner_prefix},
        usage_plan, usage_plan_key,
    },
};
use api::apigateway as wire;
use ports::Call;
use smithy::ServiceError;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Tx;

/// ImportApiKeys. A line that cannot be imported is a warning and left out; with `failonwarnings`
/// the first one refuses all.
pub async fn run(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::ImportApiKeysRequest,
) -> Result<wire::ApiKeyIds, ServiceError> {
    let rows = rows(&input.body)?;
    let imported = service.import(&call, rows).await?;
    let fails = input.fail_on_warnings.unwrap_or_default();
    if let Some(warning) = imported.warnings.first().filter(|_| fails) {
        // UNVERIFIED: AWS's text. The transaction is dropped with everything in it.
        return Err(Error::bad(format!("Warnings found during import:\n\t{warning}")).into());
    }
    imported.tx.commit().await.map_err(Error::from)?;
    let prefix = owner_prefix(&call);
    for (key, plans) in &imported.keys {
        service.plans.put_key(&format!("{prefix}{}", key.id), key);
        for plan in plans {
            let plan_key = format!("{prefix}{plan}");
            let at = format!("{plan_key}/{}", key.id);
            let used = service.store.get(&USAGE, &at).await;
            let used = used.map_err(Error::from)?.unwrap_or_default();
            let added = vec![(key.id.clone(), used)];
            service.plans.add_plan_keys(&plan_key, added);
        }
    }
    let ids = imported.keys.into_iter().map(|(key, _)| key.id);
    Ok(wire::ApiKeyIds {
        ids: Some(ids.collect()),
        warnings: Some(imported.warnings),
    })
}

/// The usage plans that a file puts its keys into, each once; none when the file is refused anyway.
pub fn plans(body: &[u8]) -> BTreeSet<String> {
    let rows = rows(body).unwrap_or_default();
    rows.into_iter().flat_map(|row| row.plans).collect()
}

/// What an import made, not yet committed.
struct Imported<'a> {
    tx: Tx,
    /// Keys, and the plans into which each came.
    keys: Vec<(ApiKeyRecord, Vec<String>)>,
    warnings: Vec<String>,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl ApiGateway {
    async fn import(&self, call: &Call, rows: Vec<Row>) -> Result<Imported<'_>, Error> {
        let turn = self.plans_turn.lock().await;
        let held = self.api_keys(call).await?.len();
        let mut imported = Imported {
            tx: self.store.begin().await,
            keys: Vec::new(),
            warnings: Vec::new(),
            _turn: turn,
        };
        // Counted as if every value were new: an import at the bound is refused whole.
        if held + rows.len() > limits::API_KEYS_MAX {
            return Err(Error::LimitExceeded(
                "Maximum number of API keys has been reached. Please contact AWS if you need \
                 additional API keys."
                    .into(),
            ));
        }
        for (number, row) in rows.into_iter().enumerate() {
            let line = number + 2;
            let plans = row.plans;
            let made = self.upsert_api_key(&mut imported.tx, call, row.key).await;
            let key = match made {
                Ok(key) => key,
                Err(Error::BadRequest(why)) => {
                    imported.warnings.push(format!("line {line}: {why}"));
                    continue;
                }
                Err(other) => return Err(other),
            };
            let mut into = Vec::new();
            for plan in plans {
                let added = self
                    .import_into(&mut imported.tx, call, &plan, &key.id)
                    .await?;
                match added {
                    None => into.push(plan),
                    Some(why) => imported.warnings.push(format!("line {line}: {why}")),
                }
            }
            imported.keys.retain(|(known, _)| known.id != key.id);
            imported.keys.push((key, into));
        }
        Ok(imported)
    }

    /// Puts a key into a plan; gives the warning when it cannot be.
    async fn import_into(
        &self,
        tx: &mut Tx,
        call: &Call,
        plan: &str,
        key: &str,
    ) -> Result<Option<String>, Error> {
        let at = format!("{}{plan}", owner_prefix(call));
        let is_known = tx.get(&USAGE_PLANS, &at).await?.is_some();
        if is_known && usage_plan::has_key(tx, call, plan, key).await? {
            return Ok(None);
        }
        match usage_plan_key::add(tx, call, plan, key, self.now_ms()).await {
            Ok(_) => Ok(None),
            Err(error @ (Error::Store(_) | Error::Damaged(_))) => Err(error),
            Err(refused) => Ok(Some(refused.to_string())),
        }
    }
}

/// A line of the file.
#[derive(Debug, PartialEq)]
struct Row {
    key: ApiKeyRecord,
    plans: Vec<String>,
}

/// Every line behind the first; blank ones are left out.
///
/// # Errors
/// UNVERIFIED: AWS's texts.
fn rows(body: &[u8]) -> Result<Vec<Row>, Error> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Error::bad("API key file is not valid UTF-8"))?
        .trim_start_matches('\u{feff}');
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = fields(lines.next().unwrap_or_default());
    let column = |name: &str| {
        let mut columns = header.iter();
        columns.position(|column| column.eq_ignore_ascii_case(name))
    };
    let (Some(name), Some(value)) = (column("name"), column("key")) else {
        return Err(Error::bad(
            "API key file must contain the columns Name and Key",
        ));
    };
    let (description, enabled) = (column("description"), column("enabled"));
    let plans = column("usageplanids");
    let row = |line: &str| {
        let fields = fields(line);
        let at = |column: Option<usize>| {
            let field = column.and_then(|column| fields.get(column)).cloned();
            field.filter(|field| !field.is_empty())
        };
        Row {
            key: ApiKeyRecord {
                value: at(Some(value)).unwrap_or_default(),
                name: at(Some(name)),
                description: at(description),
                enabled: at(enabled).is_none_or(|text| text.eq_ignore_ascii_case("true")),
                ..ApiKeyRecord::default()
            },
            plans: at(plans)
                .unwrap_or_default()
                .split(',')
                .map(|plan| plan.trim().to_owned())
                .filter(|plan| !plan.is_empty())
                .collect(),
        }
    };
    Ok(lines.map(row).collect())
}

/// The fields of a line. A field in single or double quotes may hold commas; a doubled quote in it
/// stands for itself.
fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut quote = None;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match quote {
            Some(open) if character == open && characters.peek() == Some(&open) => {
                characters.next();
                field.push(open);
            }
            Some(open) if character == open => quote = None,
            None if matches!(character, '"' | '\'') && field.trim().is_empty() => {
                field.clear();
                quote = Some(character);
            }
            None if character == ',' => {
                fields.push(std::mem::take(&mut field).trim().to_owned());
            }
            _ => field.push(character),
        }
    }
    fields.push(field.trim().to_owned());
    fields
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn awss_examples_are_read() {
        let read = |text: &str| rows(text.as_bytes()).unwrap();
        let first = read("Key,name\napikey1234abcdefghij0123456789,MyFirstApiKey\n");
        assert_eq!(first[0].key.name.as_deref(), Some("MyFirstApiKey"));
        assert!(first[0].key.enabled, "true when nothing is said");
        let second = read(
            "Enabled,Name,key,UsageplanIds\r\n\
             false,MyFirstApiKey,apikey1234abcdefghij0123456789,\"c7y23b,glvrsr\"\r\n",
        );
        assert_eq!(second[0].plans, ["c7y23b", "glvrsr"]);
        assert!(!second[0].key.enabled);
        let third = read("Other,Name,Key,Description\nx,\"a, \"\"b\"\"\",k,'it, too'");
        assert_eq!(third[0].key.name.as_deref(), Some("a, \"b\""));
        assert_eq!(third[0].key.description.as_deref(), Some("it, too"));
    }

    #[test]
    fn plans_of_a_file_are_told_once_and_those_of_a_broken_file_not() {
        let file = b"Name,Key,UsagePlanIds\na,k1,\"p1,p2\"\nb,k2,p1\n";
        assert_eq!(plans(file), ["p1", "p2"].map(str::to_owned).into());
        assert!(plans(b"no,such,columns\n").is_empty());
    }

    #[test]
    fn files_without_the_two_columns_are_refused() {
        for text in ["", "Name\nx", "Key\nx", "nam,key\nx,y"] {
            assert!(rows(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(rows(&[0xff]).is_err());
    }
}
