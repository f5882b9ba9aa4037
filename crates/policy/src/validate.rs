//! What each kind of policy must and must not have when it is saved.
//!
//! Texts: as IAM answers them to CreatePolicy, PutRolePolicy and CreateRole.

use crate::document::{Element, Statement};
use crate::resource::ResourcePattern;
use crate::{Document, Effect, PolicyError, PrincipalEntry, Version};

/// What a document is saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Of a user, group or role; also managed policies and permissions boundaries.
    Identity,
    /// Passed to AssumeRole or GetFederationToken.
    Session,
    /// A role's trust policy.
    Trust,
    /// Of any other resource.
    Resource,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// A VPC endpoint's policy.
    Endpoint,
}

impl Document {
    /// Whether the document may be saved as this kind.
    ///
    /// # Errors
    /// The first rule that it breaks, in AWS's words.
    pub fn validate(&self, kind: DocumentKind) -> Result<(), PolicyError> {
        if self.statements.is_empty() {
            return Err(PolicyError::Syntax);
        }
        if kind == DocumentKind::ResourceControl && !self.is_version_2012_written() {
            return Err(PolicyError::Version);
        }
        if kind == DocumentKind::Identity {
            sids_are_unique(&self.statements)?;
        }
        for statement in &self.statements {
            principals(statement, kind)?;
            actions(statement, kind)?;
            resources(statement, kind)?;
        }
        Ok(())
    }

    fn is_version_2012_written(&self) -> bool {
        self.has_version && self.version == Version::V2012
    }
}

fn sids_are_unique(statements: &[Statement]) -> Result<(), PolicyError> {
    let mut seen = std::collections::HashSet::new();
    for sid in statements.iter().filter_map(Statement::sid) {
        if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(PolicyError::Sid);
        }
        if !sid.is_empty() && !seen.insert(sid) {
            return Err(PolicyError::DuplicateSid);
        }
    }
    Ok(())
}

fn principals(statement: &Statement, kind: DocumentKind) -> Result<(), PolicyError> {
    match (kind, &statement.principals) {
        (
            DocumentKind::Identity | DocumentKind::Session | DocumentKind::ServiceControl,
            Some(_),
        ) => Err(PolicyError::HasPrincipal),
        (DocumentKind::Identity | DocumentKind::Session | DocumentKind::ServiceControl, None) => {
            Ok(())
        }
        (_, None) => Err(PolicyError::Missing("Principal")),
        (DocumentKind::ResourceControl | DocumentKind::Endpoint, Some(element)) => {
            let is_everyone = !element.is_negated && element.values == [PrincipalEntry::Anyone];
            match is_everyone {
                true => Ok(()),
                false => Err(PolicyError::Principal("must be \"*\"".to_owned())),
            }
        }
        (DocumentKind::Trust | DocumentKind::Resource, Some(element)) => well_formed(element),
    }
}

/// An `AWS` principal is an account, an ARN of IAM or STS without wildcards, or a unique id.
fn well_formed(element: &Element<Vec<PrincipalEntry>>) -> Result<(), PolicyError> {
    for entry in &element.values {
        if let PrincipalEntry::Arn(text) = entry {
            let is_identity = text.parse::<arn::Arn>().is_ok_and(|arn| {
                matches!(arn.service(), "iam" | "sts")
                    && arn.account_id().is_some()
                    && !arn.resource().contains(['*', '?'])
            });
            if !is_identity {
                return Err(PolicyError::Principal(format!("\"AWS\":\"{text}\"")));
            }
        }
        if let PrincipalEntry::Service(text) = entry
            && (text.contains(['*', '?']) || !text.contains('.'))
        {
            return Err(PolicyError::Principal(format!("\"SERVICE\":\"{text}\"")));
        }
    }
    Ok(())
}

fn actions(statement: &Statement, kind: DocumentKind) -> Result<(), PolicyError> {
    if statement.actions.is_none() {
        return Err(match kind {
            DocumentKind::Identity => PolicyError::NoActions,
            _ => PolicyError::Missing("Action"),
        });
    }
    for action in statement.actions() {
        if action == "*" {
            if kind == DocumentKind::ResourceControl {
                return Err(PolicyError::Syntax);
            }
            continue;
        }
        let Some((vendor, name)) = action.split_once(':') else {
            return Err(PolicyError::NoVendor);
        };
        let is_vendor = !vendor.is_empty()
            && vendor
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_vendor {
            return Err(PolicyError::Vendor(vendor.to_owned()));
        }
        if name.contains(':') {
            return Err(PolicyError::ManyColons);
        }
        if kind == DocumentKind::Trust && !is_trust_action(vendor, name) {
            return Err(PolicyError::NotAssumeRole);
        }
    }
    Ok(())
}

fn is_trust_action(vendor: &str, name: &str) -> bool {
    let known = [
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "tagsession",
        "setsourceidentity",
        "setcontext",
    ];
    let name = name.to_ascii_lowercase();
    vendor.eq_ignore_ascii_case("sts") && (name.contains('*') || known.contains(&name.as_str()))
}

fn resources(statement: &Statement, kind: DocumentKind) -> Result<(), PolicyError> {
    match (kind, &statement.resources) {
        (DocumentKind::Trust, None) => Ok(()),
        (DocumentKind::Trust, Some(_)) => Err(PolicyError::Prohibited("Resource")),
        (DocumentKind::Identity, None) => Err(PolicyError::NoResources),
        (_, None) => Err(PolicyError::Missing("Resource")),
        // Services that own resource policies have short forms of their own.
        (DocumentKind::Resource | DocumentKind::Endpoint, Some(_)) => Ok(()),
        (_, Some(element)) => element
            .values
            .iter()
            .map(ResourcePattern::as_str)
            .try_for_each(resource),
    }
}

fn resource(text: &str) -> Result<(), PolicyError> {
    if text == "*" {
        return Ok(());
    }
    let Some((partition, _)) = text
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(':'))
    else {
        return Err(PolicyError::Resource(text.to_owned()));
    };
    let is_partition =
        partition == "aws" || partition.starts_with("aws-") || partition.contains(['*', '?']);
    match is_partition {
        true => Ok(()),
        false => Err(PolicyError::Partition {
            partition: partition.to_owned(),
            resource: text.to_owned(),
        }),
    }
}

/// Characters of a policy as IAM counts them: without white space.
pub fn counted_chars(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

impl Document {
    /// Whether some Allow statement names everybody without a condition; consoles warn of it.
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            statement.effect == Effect::Allow
                && statement.conditions.is_empty()
                && statement.principals.as_ref().is_some_and(|element| {
                    !element.is_negated && element.values.contains(&PrincipalEntry::Anyone)
                })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: DocumentKind, statement: &str, expect: Result<(), &str>) {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        let found = Document::parse(&text).and_then(|document| document.validate(kind));
        assert_eq!(
            found.map_err(|error| error.to_string()),
            expect.map_err(str::to_owned),
            "{statement}"
        );
    }

    #[test]
    fn identity_policies() {
        use DocumentKind::Identity;
        let good = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
        check(Identity, good, Ok(()));
        for (bad, why) in [
            (
                r#"{"Effect":"Allow","Resource":"*"}"#,
                "Policy statement must contain actions.",
            ),
            (
                r#"{"Effect":"Allow","Action":"s3:*"}"#,
                "Policy statement must contain resources.",
            ),
            (
                r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}"#,
                "Policy document should not specify a principal.",
            ),
            (
                r#"{"Effect":"Allow","Action":"ListBuckets","Resource":"*"}"#,
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            ),
            (
                r#"{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}"#,
                "Resource bucket must be in ARN format or \"*\".",
            ),
            (
                r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:x:s3:::b"}"#,
                "Partition \"x\" is not valid for resource \"arn:x:s3:::b\".",
            ),
            (
                r#"{"Effect":"Allow","Action":"a:b:c","Resource":"*"}"#,
                "Actions/Condition can contain only one colon.",
            ),
            (
                r#"{"Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies \
                 the regular expression [0-9A-Za-z]*",
            ),
        ] {
            check(Identity, bad, Err(why));
        }
        let twice = r#"{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
        let why = "Statement IDs (SID) in a single policy must be unique.";
        check(Identity, &format!("{twice},{twice}"), Err(why));
    }

    #[test]
    fn trust_policies() {
        use DocumentKind::Trust;
        let with = |rest: &str| format!(r#"{{"Effect":"Allow",{rest}}}"#);
        let lambda = r#""Principal":{"Service":"lambda.amazonaws.com"}"#;
        check(
            Trust,
            &with(&format!(r#"{lambda},"Action":"sts:AssumeRole""#)),
            Ok(()),
        );
        check(
            Trust,
            &with(&format!(
                r#"{lambda},"Action":"sts:AssumeRole","Resource":"*""#
            )),
            Err("Has prohibited field Resource"),
        );
        check(
            Trust,
            &with(r#""Action":"sts:AssumeRole""#),
            Err("Missing required field Principal"),
        );
        check(
            Trust,
            &with(&format!(r#"{lambda},"Action":"s3:GetObject""#)),
            Err("AssumeRole policy may only specify STS AssumeRole actions."),
        );
        check(
            Trust,
            &with(
                r#""Principal":{"AWS":"arn:aws:iam::111111111111:role/*"},"Action":"sts:AssumeRole""#,
            ),
            Err(r#"Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/*""#),
        );
    }

    #[test]
    fn white_space_does_not_count() {
        assert_eq!(counted_chars("{ \"a\" :\n\t1 }"), 7);
    }
}
