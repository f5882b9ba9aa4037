//! The managed policies that AWS owns, as far as this product's services need them.
//!
//! Kept in `managed/policies.json`. Sources: "AWS managed policies" pages of each service and
//! public archives of the documents, 2026. UNVERIFIED: those with `"verified": false` are from
//! documentation that describes rather than quotes, `ReadOnlyAccess` covers this product's services
//! only, and ids other than those of AdministratorAccess and AWSLambdaBasicExecutionRole are ours.

use policy::Document;
use std::sync::{Arc, LazyLock, OnceLock};

/// When all of them were created, as far as IAM's answers go: 2015-02-06T18:39:46Z, the date of the
/// oldest ones. UNVERIFIED for each.
pub(crate) const CREATED_MS: i64 = 1_423_247_986_000;

/// One policy of AWS's.
pub(crate) struct Managed {
    pub arn: String,
    pub name: String,
    pub path: String,
    pub id: String,
    /// The default version's id, and the only one kept.
    pub version: String,
    /// The document as text.
    pub text: String,
    parsed: OnceLock<Arc<Document>>,
}

impl Managed {
    pub(crate) fn document(&self) -> Arc<Document> {
        let parse = || {
            let document = Document::parse(&self.text).expect("built in documents are tested");
            Arc::new(document)
        };
        Arc::clone(self.parsed.get_or_init(parse))
    }
}

static ALL: LazyLock<Vec<Managed>> = LazyLock::new(|| {
    let listed: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("managed/policies.json"))
            .expect("the built in list is tested");
    let text = |policy: &serde_json::Value, name: &str| {
        let value = policy.get(name).and_then(serde_json::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    listed
        .iter()
        .map(|policy| {
            let (name, path) = (text(policy, "name"), text(policy, "path"));
            Managed {
                arn: crate::arns::iam("aws", "policy", &path, &name),
                id: text(policy, "id"),
                version: text(policy, "version"),
                text: policy
                    .get("document")
                    .map(serde_json::Value::to_string)
                    .unwrap_or_default(),
                name,
                path,
                parsed: OnceLock::new(),
            }
        })
        .collect()
});

/// All of them, by name.
pub(crate) fn all() -> &'static [Managed] {
    &ALL
}

/// The one with this ARN.
pub(crate) fn find(arn: &str) -> Option<&'static Managed> {
    ALL.iter().find(|policy| policy.arn == arn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::DocumentKind;

    #[test]
    fn every_document_is_a_valid_identity_policy() {
        assert!(all().len() >= 20);
        for policy in all() {
            policy.document().validate(DocumentKind::Identity).unwrap();
            assert_eq!(policy.id.len(), 21, "{}", policy.name);
            assert!(policy.version.starts_with('v'));
        }
        let basic = find("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
        assert!(basic.is_some_and(|policy| policy.text.contains("logs:PutLogEvents")));
        assert!(find("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole").is_none());
    }
}
