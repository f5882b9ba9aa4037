//! The compiled form of a Lambda authorizer.

use super::identity_source::IdentitySource;
use crate::{
    compiled::CompiledStage,
    compiled_integration::{self, IntegrationCredentials, LambdaEndpoint},
    limits, source_arn,
};
use regex::{Regex, RegexBuilder};
use restapi::Authorizer;

/// A Lambda authorizer, ready to ask; stage variables are filled in.
#[derive(Debug)]
pub(crate) struct CompiledAuthorizer {
    /// The authorizer's id.
    pub(crate) id: String,
    /// What its function is told.
    pub(super) kind: Kind,
    /// The function; none when the URI leads nowhere.
    pub(super) endpoint: Option<LambdaEndpoint>,
    /// In whose name it is called.
    pub(super) credentials: IntegrationCredentials,
    /// Where the identity is.
    pub(super) sources: Vec<IdentitySource>,
    /// What a token must look like.
    pub(super) validation: Validation,
    /// Seconds that an answer is kept; 0 for not at all.
    pub(super) ttl_s: u32,
}

/// What an authorizer's function is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The token.
    Token,
    /// The whole request but its body.
    Request,
}

/// `identityValidationExpression`.
#[derive(Debug)]
pub(crate) enum Validation {
    /// Every token passes.
    Anything,
    /// The whole token must match.
    // UNVERIFIED: AWS's examples are anchored at both ends, so whether a part may match is open.
    Matches(Regex),
    /// No token passes: the expression cannot be run in linear time (look-around, references).
    Nothing,
}

impl CompiledAuthorizer {
    /// Compiles `authorizer` for a stage; none when it is no Lambda authorizer, or when it does
    /// not say where the identity is.
    pub(crate) fn compile(stage: &CompiledStage, authorizer: &Authorizer) -> Option<Self> {
        let kind = match authorizer.kind.as_str() {
            "TOKEN" => Kind::Token,
            "REQUEST" => Kind::Request,
            _ => return None,
        };
        let sources = authorizer.identity_source.as_deref().unwrap_or_default();
        let sources: Vec<IdentitySource> = sources
            .split(',')
            .map(str::trim)
            .filter(|source| !source.is_empty())
            .map(IdentitySource::parse)
            .collect::<Option<_>>()?;
        let ttl_s = authorizer
            .result_ttl_s
            .unwrap_or(limits::AUTHORIZER_TTL_S_DEFAULT);
        let ttl_s = u32::try_from(ttl_s).ok()?.min(limits::AUTHORIZER_TTL_S_MAX);
        let needs_source = kind == Kind::Token || ttl_s > 0;
        if needs_source && sources.is_empty() {
            return None;
        }
        let expand = |text: &str| {
            mapping::expand_stage_variables(text, &stage.settings.variables).into_owned()
        };
        let credentials = authorizer.credentials.as_deref().map(expand);
        Some(Self {
            id: authorizer.id.clone(),
            kind,
            endpoint: authorizer
                .uri
                .as_deref()
                .map(expand)
                .and_then(|uri| endpoint(stage, &authorizer.id, &uri)),
            credentials: IntegrationCredentials::of(credentials.as_deref()),
            sources,
            validation: Validation::of(authorizer.identity_validation_expression.as_deref()),
            ttl_s,
        })
    }

    /// Whether answers are kept.
    pub(super) fn is_caching(&self) -> bool {
        self.ttl_s > 0
    }
}

fn endpoint(stage: &CompiledStage, id: &str, uri: &str) -> Option<LambdaEndpoint> {
    let function = compiled_integration::lambda_function(uri)?;
    let region = function.region_id()?;
    let source_arn =
        source_arn::of_authorizer(&stage.account, &stage.region, &stage.api.id, id, &region)?;
    Some(LambdaEndpoint {
        function,
        source_arn,
    })
}

impl Validation {
    /// Compiles an expression; none lets everything pass.
    pub(crate) fn of(expression: Option<&str>) -> Self {
        let Some(expression) = expression.filter(|expression| !expression.is_empty()) else {
            return Self::Anything;
        };
        let compiled = RegexBuilder::new(&format!("^(?:{expression})$"))
            .size_limit(limits::SELECTION_PATTERN_BYTES_MAX)
            .build();
        match compiled {
            Ok(regex) => Self::Matches(regex),
            Err(reason) => {
                tracing::warn!(expression, %reason, "no token passes this expression");
                Self::Nothing
            }
        }
    }

    /// Whether this token (or the audience of one) is good enough to be looked at.
    pub(crate) fn passes(&self, token: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Matches(regex) => regex.is_match(token),
            Self::Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_tokens_must_match() {
        let check = |expression: &str, token: &str, expect: bool| {
            let validation = Validation::of(Some(expression));
            assert_eq!(validation.passes(token), expect, "{expression} {token}");
        };
        check("^Bearer [-0-9a-zA-z\\.]*$", "Bearer a.b-c", true);
        check("^Bearer [-0-9a-zA-z\\.]*$", "Basic abc", false);
        check("allow|deny", "allow", true);
        check("allow|deny", "allow!", false);
        check("", "anything", true);
    }

    #[test]
    fn what_cannot_run_in_linear_time_lets_nobody_pass() {
        for expression in ["(?=a)a", "(a)\\1", "(", &"(a{1000}){1000}".repeat(9)] {
            assert!(
                !Validation::of(Some(expression)).passes("a"),
                "{expression}"
            );
        }
        // Exponential for a back-tracking engine.
        let long = "a".repeat(10_000) + "!";
        assert!(!Validation::of(Some("(a+)+")).passes(&long));
    }
}
