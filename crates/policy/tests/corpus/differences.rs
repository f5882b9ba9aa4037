//! Where we decide otherwise than a corpus, and why.
//!
//! A reason is a rule, tried on the case that differs, so that it holds for cases that nobody here
//! has seen; only what no rule can say is listed by name, and that list may only shrink.

use serde_json::Value;

/// API ids in the first place of an execute-api resource may be wildcards. "Control access for
/// invoking an API", API Gateway developer guide, on the format of resources: "api-id is the
/// identifier API Gateway has assigned to the API for the method. (* can be used for all APIs,
/// regardless of the API's identifier.)" The tool that decided the corpus takes whatever stands
/// before the first slash for a resource type, in which "Incorrect wildcard usage" of the page on
/// ARNs allows no wildcard; an execute-api ARN has no resource type.
/// To deny here would refuse what AWS documents as allowed.
///
/// The rule is proved for each case: with patterns for APIs that match nothing, as the tool reads
/// them, we decide as the tool does.
const API_ID: &str = "AWS documents that a wildcard may stand for an API's id";

/// A request is for one resource; that tool also answers for patterns of resources.
const REQUEST_PATTERN: &str = "the request's resource is a pattern";

/// `(suite, part of the case's id, reason)`; none of these may be allowed by us.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "iam-simulate-unit-principal",
        "matching canonical user principal",
        "only S3 knows canonical users, and no caller here has such an id",
    ),
    (
        "iam-simulate-unit-principal",
        "role arn with a path matches an assumed-role session",
        "the case does not give the role's path, which our callers always carry",
    ),
    (
        "iam-policy-validation",
        "Principal or NotPrincipal is not required",
        "AWS refuses a resource policy without a principal",
    ),
];

/// Why a case may differ, found out from the case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// [`API_ID`]
    ApiId,
    /// [`REQUEST_PATTERN`]
    RequestPattern,
}

impl Rule {
    /// A difference where the resource that is asked for is a pattern.
    pub fn of_resource(resource: &Value) -> Option<Self> {
        let is_pattern = resource
            .as_str()
            .is_some_and(|text| text.contains(['*', '?']));
        is_pattern.then_some(Self::RequestPattern)
    }

    fn reason(self) -> &'static str {
        match self {
            Self::ApiId => API_ID,
            Self::RequestPattern => REQUEST_PATTERN,
        }
    }

    /// Whether it excuses that we allow what the corpus denies: AWS's documentation must say so.
    fn may_allow(self) -> bool {
        self == Self::ApiId
    }
}

/// The case with every pattern for an API replaced by one that matches none.
pub fn without_wild_api_ids(case: &Value) -> Value {
    match case {
        Value::String(text) => Value::String(without_wild_api_id(text)),
        Value::Array(all) => all.iter().map(without_wild_api_ids).collect(),
        Value::Object(all) => all
            .iter()
            .map(|(name, value)| (name.clone(), without_wild_api_ids(value)))
            .collect(),
        other => other.clone(),
    }
}

fn without_wild_api_id(text: &str) -> String {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "execute-api", .., last] => match last.split_once('/') {
            Some((api, rest)) if api.contains(['*', '?']) => {
                format!("arn:aws:execute-api:*:*:of-no-api/{rest}")
            }
            _ => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

/// What a run found.
pub struct Differences {
    suite: &'static str,
    wrongly_allowed: Vec<String>,
    unexplained: Vec<String>,
    explained: usize,
}

impl Differences {
    pub fn of(suite: &'static str) -> Self {
        Self {
            suite,
            wrongly_allowed: Vec::new(),
            unexplained: Vec::new(),
            explained: 0,
        }
    }

    pub fn note(&mut self, id: &str, expected: &str, found: &str) {
        self.note_with(id, expected, found, || None);
    }

    /// Like [`Self::note`], with a rule that is looked for when the case differs.
    pub fn note_with(
        &mut self,
        id: &str,
        expected: &str,
        found: &str,
        rule: impl FnOnce() -> Option<Rule>,
    ) {
        let known = KNOWN
            .iter()
            .find(|(suite, part, _)| *suite == self.suite && id.contains(part));
        if expected == found {
            let gone = known.map(|(_, part, _)| *part);
            assert_eq!(
                gone, None,
                "a listed difference is gone, take it off the list"
            );
            return;
        }
        let line = format!("{id}: expected {expected}, found {found}");
        let rule = rule();
        let is_allowed = ["Allowed", "true", "valid"].contains(&found);
        let reason = match (known, rule) {
            (Some((_, _, reason)), _) if found != "Allowed" => Some(*reason),
            (None, Some(rule)) if found != "Allowed" || rule.may_allow() => Some(rule.reason()),
            _ => None,
        };
        if let Some(reason) = reason {
            eprintln!("known difference ({reason}): {line}");
            self.explained += 1;
        } else if is_allowed {
            self.wrongly_allowed.push(line);
        } else {
            self.unexplained.push(line);
        }
    }

    pub fn judge(self, count: usize) {
        assert!(
            self.wrongly_allowed.is_empty() && self.unexplained.is_empty(),
            "{}: of {count} cases {} wrongly allowed, {} unexplained\n{}\n{}",
            self.suite,
            self.wrongly_allowed.len(),
            self.unexplained.len(),
            self.wrongly_allowed.join("\n"),
            self.unexplained.join("\n"),
        );
        eprintln!(
            "{}: {count} cases, {} known differences",
            self.suite, self.explained
        );
    }
}
