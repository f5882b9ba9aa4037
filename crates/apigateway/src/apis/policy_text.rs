//! An API's resource policy, as it is stored: checked, compact, short resources made long.

use crate::{Error, limits};
use restapi::RestApi;
use serde_json::Value;

/// Reads a policy for an API whose id, account and region are set.
///
/// `execute-api:/{stage}/{verb}/{path}` in `Resource` and `NotResource` becomes the full ARN, as
/// AWS does on saving ("API Gateway resource policy examples"); lists of one text become that text,
/// as policies that AWS gave back were seen to have.
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
            Value::Array(all) => all.iter_mut().for_each(|one| rewrite(api, one)),
            one => rewrite(api, one),
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

fn rewrite(api: &RestApi, statement: &mut Value) {
    lengthen(api, statement);
    if let Value::Object(members) = statement {
        members.values_mut().for_each(shorten);
    }
}

/// Makes lists of one text, in whatever depth of a statement, that text.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(all) => {
            if let [Value::String(one)] = all.as_mut_slice() {
                *value = Value::String(std::mem::take(one));
            }
        }
        // A document is parsed to 128 levels at most, so this ends.
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
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
    fn lists_of_one_text_become_that_text() {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["111111111111"]},"Action":["execute-api:Invoke"],"Resource":["execute-api:/*"],"Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8"]},"StringEquals":{"aws:UserAgent":["a","b"]}}}]}"#;
        let expect = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:111111111111:abc123defg/*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"StringEquals":{"aws:UserAgent":["a","b"]}}}]}"#;
        assert_eq!(read(&api(), text).unwrap().unwrap(), expect);
    }

    #[test]
    fn no_policy_and_broken_policies() {
        assert_eq!(read(&api(), "").unwrap(), None);
        assert!(read(&api(), "{").is_err());
    }
}
