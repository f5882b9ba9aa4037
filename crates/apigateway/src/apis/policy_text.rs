//! An API's resource policy, as it is stored: checked, compact, short resources made long.

use crate::{Error, limits};
use restapi::RestApi;
use serde_json::Value;

/// Reads a policy for an API whose id, account and region are set.
///
/// `execute-api:/{stage}/{verb}/{path}` in `Resource` and `NotResource` becomes the full ARN, as
/// AWS does on saving ("API Gateway resource policy examples").
///
/// # Errors
/// AWS's sentence for a document that is no policy.
pub fn read(api: &RestApi, text: &str) -> Result<Option<String>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let refuse = || {
        Error::bad(
            "Invalid policy document. Please check the policy syntax and ensure that Principals \
             are valid.",
        )
    };
    // Clients may send back the text as the API shows it, with its extra backslashes.
    let plain = text.replace("\\\"", "\"");
    let mut document: Value = serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&plain))
        .map_err(|_| refuse())?;
    if let Some(statement) = document.get_mut("Statement") {
        match statement {
            Value::Array(all) => all.iter_mut().for_each(|one| lengthen(api, one)),
            one => lengthen(api, one),
        }
    }
    let text = document.to_string();
    if text.len() > limits::POLICY_BYTES_MAX {
        // UNVERIFIED: AWS's text; the bound is documented.
        return Err(Error::bad(
            "Policy document exceeds the maximum size of 8192 bytes",
        ));
    }
    policy::Document::parse(&text).map_err(|_| refuse())?;
    Ok(Some(text))
}

/// Makes the short resources of a statement long.
fn lengthen(api: &RestApi, statement: &mut Value) {
    for member in ["Resource", "NotResource"] {
        match statement.get_mut(member) {
            Some(Value::String(one)) => *one = long(api, one),
            Some(Value::Array(all)) => {
                for one in all {
                    if let Value::String(text) = one {
                        *text = long(api, text);
                    }
                }
            }
            _ => {}
        }
    }
}

fn long(api: &RestApi, resource: &str) -> String {
    match resource.strip_prefix("execute-api:/") {
        None => resource.to_owned(),
        Some(rest) => format!(
            "arn:aws:execute-api:{}:{}:{}/{rest}",
            api.region, api.account, api.id
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn api() -> RestApi {
        RestApi {
            id: "abc123defg".into(),
            account: "111111111111".into(),
            region: "us-east-1".into(),
            ..RestApi::default()
        }
    }

    #[test]
    fn short_resources_become_arns_and_members_keep_their_order() {
        let text = r#"{ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow",
            "Principal": "*", "Action": "execute-api:Invoke",
            "Resource": ["execute-api:/prod/GET/*", "arn:aws:execute-api:us-east-1:111111111111:x/*"] } ] }"#;
        assert_eq!(
            read(&api(), text).unwrap().unwrap(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":["arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/GET/*","arn:aws:execute-api:us-east-1:111111111111:x/*"]}]}"#
        );
    }

    #[test]
    fn what_the_api_shows_can_be_sent_back() {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}"#;
        let stored = read(&api(), text).unwrap().unwrap();
        let shown = stored.replace('"', "\\\"");
        assert_eq!(read(&api(), &shown).unwrap().unwrap(), stored);
    }

    #[test]
    fn no_policy_and_broken_policies() {
        assert_eq!(read(&api(), "").unwrap(), None);
        assert!(read(&api(), "{").is_err());
    }
}
