//! Who may call the method: the resource policy of the API joined with the method's authorizer.
//!
//! One stage, because AWS decides both together ("How API Gateway resource policies affect
//! authorization workflow", tables A and B): within one account either the identity's policies or
//! the resource policy must allow and neither may deny; across accounts both must allow; without
//! authorizer the resource policy alone decides. [`ports::Authorize`] follows these rules when it
//! is given both the caller and the resource policy.
//!
//! With a Lambda authorizer there are two phases, as AWS documents them: an explicit deny of the
//! resource policy refuses before the function is asked, and what the function answers is then
//! joined with the resource policy by table A.
//!
//! Cognito and JWT authorizers find out who it is and bring no policy: a resource policy must then
//! allow by itself. An authorizer that is gone or not whole lets nobody in.

use crate::{
    Gateway,
    authorizer::{self, CompiledAuthorizer, Question},
    compiled::{Authorization, CompiledStage, ResourcePolicy},
    context::{Exchange, Made},
    fault::Fault,
    identity::Identity,
    journal::Journal,
    limits,
    phases::{Called, Phase},
    request::{Inbound, Origin},
    route::Route,
    token_authorizer,
    vpc_endpoints::{self, API_ID_HEADER, NamedEndpoint},
};
use ports::{Authorize, Caller, CredentialError, Credentials, Denial, RequestFacts, Touch};
use sigv4::{Claim, ErrorKind, Parts, SignedPath};
use std::sync::Arc;

/// Finds out who calls, and whether they may; the caller is put into the journal.
///
/// # Errors
/// The refusal as the client sees it.
pub(crate) async fn run(
    gateway: &Gateway,
    stage: &CompiledStage,
    inbound: &Inbound,
    route: &Route,
    journal: &mut Journal,
) -> Result<(), Fault> {
    let method_arn = || method_arn(stage, inbound, route);
    // What an open method without policy never asks is boxed, so that its request is not moved
    // about with room for all of it.
    let authorize = gateway.authorize.as_ref();
    match &route.method.authorization {
        Authorization::Open => {
            if !matches!(stage.policy, ResourcePolicy::None) {
                let permit = permit(authorize, stage, inbound, &Identity::Open, method_arn()?);
                Box::pin(permit).await?;
            }
        }
        Authorization::Iam => {
            let asked = signed(gateway, stage, inbound, route, journal);
            Box::pin(asked).await?;
        }
        Authorization::Lambda(authorizer) => {
            let context = Made::new();
            let exchange = unidentified(stage, inbound, route, &context);
            let asked = custom(gateway, &exchange, authorizer, method_arn()?, journal);
            Box::pin(asked).await?;
        }
        Authorization::Token(authorizer, scopes) => {
            let context = Made::new();
            let question = token_authorizer::Question {
                exchange: &unidentified(stage, inbound, route, &context),
                authorizer,
                scopes,
            };
            let asked = token(gateway, question, method_arn()?, journal);
            Box::pin(asked).await?;
        }
        Authorization::Unsupported(kind) => {
            journal.log.error(|| {
                format!(
                    "Execution failed due to configuration error: authorization by {kind} cannot \
                     be asked for, so the method refuses every request"
                )
            });
            return Err(Fault::AuthorizerConfiguration);
        }
    }
    Ok(())
}

/// Finds out who signed, then asks whether they may.
async fn signed(
    gateway: &Gateway,
    stage: &CompiledStage,
    inbound: &Inbound,
    route: &Route,
    journal: &mut Journal,
) -> Result<(), Fault> {
    let method_arn = method_arn(stage, inbound, route)?;
    let clock = gateway.clock.as_ref();
    let since_ms = clock.now_ms();
    let credentials = gateway.backends.credentials.as_ref();
    let authenticated = authenticate(credentials, stage, inbound, route).await;
    let phases = journal.phases();
    phases.ended(Phase::Authenticate, clock, since_ms, &authenticated);
    let principal = authenticated?;
    let membership = gateway.organizations.membership(&principal.account).await;
    let membership = membership.map_err(|_| Fault::Configuration)?;
    let identity = Identity::Signed(principal, membership);
    let since_ms = clock.now_ms();
    let authorize = gateway.authorize.as_ref();
    let permitted = permit(authorize, stage, inbound, &identity, method_arn).await;
    let phases = journal.phases();
    phases.ended(Phase::Authorize, clock, since_ms, &permitted);
    permitted?;
    journal.identity = identity;
    Ok(())
}

/// Verifies the token; then the resource policy must allow by itself (table B), since a token
/// proves who it is and is no policy.
async fn token(
    gateway: &Gateway,
    question: token_authorizer::Question<'_>,
    method_arn: String,
    journal: &mut Journal,
) -> Result<(), Fault> {
    let Exchange { stage, inbound, .. } = *question.exchange;
    let clock = gateway.clock.as_ref();
    let since_ms = clock.now_ms();
    let issuers = gateway.issuers.as_ref();
    let verified = token_authorizer::ask(issuers, question, &mut journal.log).await;
    let phases = journal.phases();
    phases.ended(Phase::Authorizer, clock, since_ms, &verified);
    let identity = Identity::Token(verified?);
    let authorize = gateway.authorize.as_ref();
    permit(authorize, stage, inbound, &identity, method_arn).await?;
    journal.identity = identity;
    Ok(())
}

/// The request as authorizers see it, who find out who calls.
fn unidentified<'a>(
    stage: &'a CompiledStage,
    inbound: &'a Inbound,
    route: &'a Route,
    context: &'a Made,
) -> Exchange<'a> {
    Exchange {
        inbound,
        stage,
        method: &route.method,
        raw_path_parameters: &route.path_parameters,
        identity: &Identity::Open,
        context,
    }
}

/// Asks the method's Lambda authorizer, between the two phases of the resource policy.
async fn custom(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    authorizer: &CompiledAuthorizer,
    method_arn: String,
    journal: &mut Journal,
) -> Result<(), Fault> {
    let Exchange { stage, inbound, .. } = *exchange;
    let facts = facts(stage, inbound);
    let mut touch = touch(stage, inbound, method_arn);
    let is_allowed_by_resource_policy = match &stage.policy {
        ResourcePolicy::None => false,
        ResourcePolicy::Nobody => {
            let text = anonymous_denial(&touch.resource);
            return refuse(gateway, journal, text);
        }
        ResourcePolicy::Document(document) => {
            touch.resource_policy = Some(Arc::clone(document));
            let verdict = gateway
                .authorize
                .authorize(&Caller::Anonymous, &touch, &facts);
            match verdict.await {
                Ok(()) => true,
                Err(denial) if denial.is_explicit => {
                    let text = denial_text(&Caller::Anonymous, &touch, &denial);
                    return refuse(gateway, journal, text);
                }
                Err(_) => false,
            }
        }
    };
    let question = Question {
        exchange,
        authorizer,
        method_arn: &touch.resource,
    };
    let (backends, cache) = (&gateway.backends, &gateway.authorizers);
    let clock = gateway.clock.as_ref();
    let since_ms = clock.now_ms();
    let mut called = Called::default();
    let asked = authorizer::ask(backends, cache, question, &mut called, &mut journal.log).await;
    let phases = journal.phases();
    phases.called = called;
    phases.ended(Phase::Authorizer, clock, since_ms, &asked);
    let authorized = asked?;
    touch.resource_policy = Some(Arc::clone(&authorized.grant.document));
    // Kept for a denial too: gateway responses and access logs show what the function said.
    journal.identity = Identity::Custom(authorized);
    let since_ms = clock.now_ms();
    let verdict = gateway
        .authorize
        .authorize(&Caller::Anonymous, &touch, &facts);
    let weighed = match verdict.await {
        Ok(()) => Ok(()),
        Err(denial) if !denial.is_explicit && is_allowed_by_resource_policy => Ok(()),
        Err(denial) => {
            journal
                .log
                .error(|| "The client is not authorized to perform this operation.".to_owned());
            Err(Fault::AccessDenied(authorizer_denial(&denial)))
        }
    };
    let phases = journal.phases();
    phases.ended(Phase::Authorize, clock, since_ms, &weighed);
    weighed
}

/// The resource policy denies, whatever the authorizer would say.
fn refuse(gateway: &Gateway, journal: &mut Journal, text: String) -> Result<(), Fault> {
    let clock = gateway.clock.as_ref();
    let refused = Err(Fault::AccessDenied(text));
    let phases = journal.phases();
    phases.ended(Phase::Authorize, clock, clock.now_ms(), &refused);
    refused
}

/// AWS's sentence for denials by an authorizer's policy, which names nobody (seen since 2025).
fn authorizer_denial(denial: &Denial) -> String {
    let why = match denial.is_explicit {
        true => "with an explicit deny in an identity-based policy",
        false => "because no identity-based policy allows the execute-api:Invoke action",
    };
    format!("User is not authorized to access this resource {why}")
}

fn facts(stage: &CompiledStage, inbound: &Inbound) -> RequestFacts {
    let facts = inbound.facts.clone();
    RequestFacts {
        region: stage.region.to_string(),
        // A client in a VPC has `aws:VpcSourceIp` instead.
        source_ip: facts.source_ip.filter(|_| inbound.vpc_endpoint.is_none()),
        ..facts
    }
}

/// Invoking the method, from where the client is.
fn touch(stage: &CompiledStage, inbound: &Inbound, method_arn: String) -> Touch {
    let mut touch = Touch::new("execute-api:Invoke", method_arn, stage.account.clone());
    vpc_endpoints::set_keys(&mut touch.context, inbound);
    touch
}

/// `arn:aws:execute-api:{region}:{owner}:{api}/{stage}/{VERB}/{path}` with the client's verb and
/// path; `…/GET/` for the root. Its length is bounded where authorization is asked for, by a method
/// or a resource policy ("Amazon API Gateway quotas and important notes").
fn method_arn(stage: &CompiledStage, inbound: &Inbound, route: &Route) -> Result<String, Fault> {
    let arn = format!(
        "arn:aws:execute-api:{}:{}:{}/{}/{}{}",
        stage.region,
        stage.account,
        stage.api.id,
        stage.settings.name,
        inbound.verb,
        route.matched_path
    );
    match arn.len() <= limits::METHOD_ARN_BYTES_MAX {
        true => Ok(arn),
        false => Err(Fault::UriTooLong),
    }
}

async fn permit(
    authorize: &dyn Authorize,
    stage: &CompiledStage,
    inbound: &Inbound,
    identity: &Identity,
    method_arn: String,
) -> Result<(), Fault> {
    let resource_policy = match &stage.policy {
        ResourcePolicy::Document(document) => Some(Arc::clone(document)),
        ResourcePolicy::Nobody => return Err(Fault::AccessDenied(anonymous_denial(&method_arn))),
        ResourcePolicy::None if identity.principal().is_none() => return Ok(()),
        ResourcePolicy::None => None,
    };
    let caller = match identity {
        Identity::Open | Identity::Custom(_) | Identity::Token(_) => Caller::Anonymous,
        Identity::Signed(principal, _) => Caller::Principal(Arc::clone(principal)),
    };
    let mut touch = touch(stage, inbound, method_arn);
    touch.resource_policy = resource_policy;
    let facts = facts(stage, inbound);
    let verdict = authorize.authorize(&caller, &touch, &facts).await;
    verdict.map_err(|denial| Fault::AccessDenied(denial_text(&caller, &touch, &denial)))
}

/// AWS's sentence, the API's account shown by its last four digits.
fn denial_text(caller: &Caller, touch: &Touch, denial: &Denial) -> String {
    let masked = masked_arn(&touch.resource);
    match caller {
        Caller::Principal(_) => denial.message.replace(&touch.resource, &masked),
        Caller::Anonymous | Caller::Service(_) if denial.is_explicit => format!(
            "{} with an explicit deny in a resource-based policy",
            anonymous_denial(&touch.resource)
        ),
        Caller::Anonymous | Caller::Service(_) => anonymous_denial(&touch.resource),
    }
}

fn anonymous_denial(method_arn: &str) -> String {
    let masked = masked_arn(method_arn);
    format!(
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: {masked}"
    )
}

/// The ARN with its account as `********3333`.
fn masked_arn(arn: &str) -> String {
    let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
    let Some(account) = parts.get(4).copied() else {
        return arn.to_owned();
    };
    let shown = account.len().saturating_sub(4);
    let (hidden, tail) = account.split_at_checked(shown).unwrap_or(("", account));
    let masked = format!("{}{tail}", "*".repeat(hidden.len()));
    if let Some(part) = parts.get_mut(4) {
        *part = &masked;
    }
    parts.join(":")
}

/// Whose key signed the request.
async fn authenticate(
    credentials: &dyn Credentials,
    stage: &CompiledStage,
    inbound: &Inbound,
    route: &Route,
) -> Result<Arc<policy::Principal>, Fault> {
    let Origin::Client(request) = &inbound.origin else {
        return Err(Fault::MissingAuthenticationToken);
    };
    let parts = Parts::of(request.method(), request.uri(), request.headers());
    let now_ms = inbound.facts.now_ms;
    let claim = claim(&parts, stage, inbound)?;
    let found = credentials
        .find(claim.access_key_id(), claim.session_token(), now_ms)
        .await;
    let credential = found.map_err(|error| match error {
        CredentialError::Invalid => Fault::InvalidToken,
        CredentialError::Expired => Fault::ExpiredToken,
        CredentialError::Unavailable => Fault::Configuration,
    })?;
    let body_hash = sigv4::body_hash(&inbound.body);
    let path = sigv4::verify_with(
        &claim,
        &parts,
        &body_hash,
        &credential.secret.0,
        // SDKs generated by API Gateway add the token after they have signed.
        sigv4::TokenRule::MayFollow,
    )
    .map_err(|error| mismatch(error, &claim, &parts, &body_hash))?;
    match is_routed(&path, &route.matched_path) {
        true => Ok(credential.principal),
        false => Err(mismatch(sigv4::Error::Mismatch, &claim, &parts, &body_hash)),
    }
}

/// The signature's claim, when it is whole, timely and made for `execute-api`.
fn claim(parts: &Parts<'_>, stage: &CompiledStage, inbound: &Inbound) -> Result<Claim, Fault> {
    let claim = sigv4::parse(parts).map_err(fault)?;
    claim.check_time(inbound.facts.now_ms).map_err(fault)?;
    let region = Some(stage.region.as_str());
    claim.check_scope("execute-api", region).map_err(fault)?;
    // The override decides what is called, so it must not be put in by others.
    let is_overridden = inbound.verb != parts.method;
    if is_overridden && !claim.signs("x-http-method-override") {
        return Err(unsigned("x-http-method-override"));
    }
    // UNVERIFIED: that AWS asks for it. Without, what was signed for one API could be sent to all.
    let is_named = matches!(inbound.named_endpoint, Some(NamedEndpoint::Own(_)));
    match is_named && !claim.signs(API_ID_HEADER) {
        true => Err(unsigned(API_ID_HEADER)),
        false => Ok(claim),
    }
}

fn unsigned(header: &str) -> Fault {
    let text = format!("'{header}' must be a 'SignedHeader' in the AWS Authorization.");
    Fault::InvalidSignature(text)
}

/// A client may sign its path without dot segments and double slashes. The request is routed by
/// the path as sent, so the signed one must lead to the same place.
fn is_routed(path: &SignedPath, matched_path: &str) -> bool {
    match path {
        SignedPath::AsSent => true,
        SignedPath::Normalised(path) => path
            .trim_end_matches('/')
            .ends_with(matched_path.trim_end_matches('/')),
    }
}

fn fault(error: sigv4::Error) -> Fault {
    match error.kind() {
        ErrorKind::MissingAuthenticationToken => Fault::MissingAuthenticationToken,
        ErrorKind::IncompleteSignature => Fault::IncompleteSignature(error.to_string()),
        ErrorKind::InvalidSignature => Fault::InvalidSignature(error.to_string()),
    }
}

/// A wrong signature is answered with the texts that should have been signed, as AWS does.
fn mismatch(error: sigv4::Error, claim: &Claim, parts: &Parts<'_>, body_hash: &str) -> Fault {
    if error != sigv4::Error::Mismatch {
        return fault(error);
    }
    let canonical = sigv4::canonical_request(claim, parts, body_hash);
    let to_sign = sigv4::string_to_sign(claim, &canonical);
    let canonical = String::from_utf8_lossy(&canonical);
    Fault::InvalidSignature(format!(
        "{error}\n\nThe Canonical String for this request should have been\n'{canonical}'\n\n\
         The String-to-Sign should have been\n'{to_sign}'\n"
    ))
}

/// Whether the `Authorization` header was for the gateway and stops here.
pub(crate) fn hides_authorization(exchange: &Exchange<'_>) -> bool {
    let is_signature = exchange
        .inbound
        .header("Authorization")
        .is_some_and(|value| value.starts_with("AWS4-"));
    is_signature || matches!(exchange.method.authorization, Authorization::Iam)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_masked_but_for_four_digits() {
        let arn = "arn:aws:execute-api:eu-west-1:111111113333:abc/v1/GET/a:b";
        let masked = "arn:aws:execute-api:eu-west-1:********3333:abc/v1/GET/a:b";
        assert_eq!(masked_arn(arn), masked);
    }

    #[test]
    fn only_the_resources_account_is_masked() {
        let resource = "arn:aws:execute-api:us-east-1:111111111111:abc/v1/GET/";
        let denial = Denial {
            message: format!(
                "User: arn:aws:iam::111111111111:user/x is not authorized to perform: \
                 execute-api:Invoke on resource: {resource} because no identity-based policy \
                 allows the execute-api:Invoke action"
            ),
            ..Denial::default()
        };
        let arn: arn::Arn = "arn:aws:iam::111111111111:user/x".parse().expect("an ARN");
        let principal = policy::Principal {
            account: "111111111111".parse().expect("twelve digits"),
            kind: policy::PrincipalKind::User,
            principal_arn: arn.clone(),
            arn,
            user_id: "AIDA".into(),
            access_key_id: "AKIA".into(),
            session: None,
        };
        let owner = principal.account.clone();
        let touch = Touch::new("execute-api:Invoke", resource, owner);
        let text = denial_text(&Caller::Principal(Arc::new(principal)), &touch, &denial);
        let expect = "User: arn:aws:iam::111111111111:user/x is not authorized to perform: \
                      execute-api:Invoke on resource: \
                      arn:aws:execute-api:us-east-1:********1111:abc/v1/GET/ because no \
                      identity-based policy allows the execute-api:Invoke action";
        assert_eq!(text, expect);
    }

    #[test]
    fn normalised_paths_must_lead_to_the_matched_one() {
        let signed = |path: &str| SignedPath::Normalised(path.to_owned());
        let check = |path: &str, matched: &str, expect: bool| {
            assert_eq!(
                is_routed(&signed(path), matched),
                expect,
                "{path} {matched}"
            );
        };
        check("/prod/admin", "/admin", true);
        check("/prod/admin/", "/admin", true);
        check("/prod/admin", "/x/../admin", false);
    }
}
