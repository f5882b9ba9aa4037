//! The condition keys of a request, each made when a statement asks for it.
//!
//! Source: "AWS global condition context keys", IAM user guide.

use crate::decisions::control::Control;
use policy::{Context, Found, Keys, Principal, PrincipalKind};
use ports::{RequestFacts, ServiceCaller, Touch};
use std::collections::BTreeMap;

/// The keys of a request: who asks, what organizations say, the request's facts, and what the
/// operation knows of what it touches.
#[derive(Debug)]
pub(crate) struct RequestKeys<'a> {
    pub touch: &'a Touch,
    pub facts: &'a RequestFacts,
    pub control: &'a Control,
    pub who: Who<'a>,
}

/// Who asks, as far as keys tell.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who<'a> {
    Anonymous,
    /// A service, and what causes its call when that is known.
    Service(&'a str, Option<&'a ServiceCaller>),
    /// A principal and the tags of its user or role.
    Principal(&'a Principal, &'a BTreeMap<String, String>),
    /// An identity that a provider vouches for.
    Federated,
}

/// Keys that somebody gives, before those that the request has.
#[derive(Debug)]
pub(crate) struct Given<'a> {
    pub given: &'a Context,
    pub under: &'a dyn Keys,
}

impl Keys for Given<'_> {
    fn find(&self, key: &str) -> Option<Found<'_>> {
        self.given.find(key).or_else(|| self.under.find(key))
    }
}

impl Keys for RequestKeys<'_> {
    fn find(&self, key: &str) -> Option<Found<'_>> {
        if !key.starts_with("aws:") {
            let own = self.touch.context.find(key);
            return own.or_else(|| self.who.find(key));
        }
        self.who
            .find(key)
            .or_else(|| self.control.find(key))
            .or_else(|| self.fact(key))
            .or_else(|| self.touch.context.find(key))
    }
}

/// The names of what [`RequestKeys`] makes, in AWS's writing.
const NAMES: &[&str] = &[
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:userid",
    "aws:username",
    "aws:ViaAWSService",
];

impl RequestKeys<'_> {
    /// Every key of the request, made.
    pub(crate) fn written(&self) -> Context {
        let mut context = self.touch.context.clone();
        write(self, &mut context);
        self.who.write_tags(&mut context);
        context
    }

    fn fact(&self, key: &str) -> Option<Found<'_>> {
        let facts = self.facts;
        Some(match key {
            "aws:currenttime" => Found::made(date_time(facts.now_ms)),
            "aws:epochtime" => Found::made(facts.now_ms.div_euclid(1000).to_string()),
            "aws:securetransport" => truth(facts.is_tls),
            "aws:resourceaccount" => Found::text(self.touch.owner.as_str()),
            "aws:viaawsservice" => truth(false),
            "aws:requestedregion" if !facts.region.is_empty() => Found::text(&facts.region),
            "aws:sourceip" => Found::made(facts.source_ip?.to_canonical().to_string()),
            "aws:useragent" => Found::text(facts.user_agent.as_deref()?),
            "aws:referer" => Found::text(facts.referer.as_deref()?),
            _ => return None,
        })
    }
}

impl Who<'_> {
    /// The keys that say who asks, made.
    pub(crate) fn written(&self) -> Context {
        let mut context = Context::new();
        write(self, &mut context);
        self.write_tags(&mut context);
        context
    }

    fn write_tags(&self, context: &mut Context) {
        let Self::Principal(principal, tags) = self else {
            return;
        };
        let session = principal.session.as_ref();
        let own = session.map(|session| &session.tags).into_iter();
        for (tag, value) in tags.iter().chain(own.flatten()) {
            context.set(&format!("aws:PrincipalTag/{tag}"), value.as_str());
        }
    }
}

impl Keys for Who<'_> {
    fn find(&self, key: &str) -> Option<Found<'_>> {
        match self {
            Self::Principal(principal, tags) => of_principal(principal, tags, key),
            Self::Service(name, source) => of_service(name, *source, key),
            Self::Anonymous if key == "aws:principaltype" => Some(Found::text("Anonymous")),
            Self::Anonymous | Self::Federated => None,
        }
    }
}

/// The keys that say that a service asks on its own.
fn of_service<'a>(
    name: &'a str,
    source: Option<&'a ServiceCaller>,
    key: &str,
) -> Option<Found<'a>> {
    Some(match key {
        "aws:sourcearn" => Found::text(source?.source_arn.as_str()),
        "aws:sourceaccount" => Found::text(source?.source_account.as_str()),
        "aws:principalisawsservice" => truth(true),
        "aws:principalservicename" => Found::text(name),
        "aws:principalservicenameslist" => Found::only(name),
        _ => return None,
    })
}

fn of_principal<'a>(
    principal: &'a Principal,
    tags: &'a BTreeMap<String, String>,
    key: &str,
) -> Option<Found<'a>> {
    let session = principal.session.as_deref();
    Some(match key {
        "aws:principalarn" => Found::text(principal.principal_arn.as_str()),
        "aws:principalaccount" => Found::text(principal.account.as_str()),
        "aws:principaltype" => Found::text(match principal.kind {
            PrincipalKind::Root => "Account",
            PrincipalKind::User => "User",
            PrincipalKind::AssumedRole => "AssumedRole",
            PrincipalKind::FederatedUser => "FederatedUser",
        }),
        "aws:principalisawsservice" => truth(false),
        "aws:userid" => Found::text(&principal.user_id),
        "aws:username" if principal.kind == PrincipalKind::User => {
            let resource = principal.arn.resource();
            Found::text(resource.rsplit_once('/').map_or(resource, |(_, name)| name))
        }
        "aws:tokenissuetime" => Found::made(date_time(session?.issued_ms)),
        "aws:multifactorauthpresent" => truth(session?.is_mfa),
        "aws:sourceidentity" => Found::text(session?.source_identity.as_deref()?),
        _ => {
            let tag = key.strip_prefix("aws:principaltag/")?;
            let named = |tags: &'a BTreeMap<String, String>| {
                let mut all = tags.iter();
                all.find(|(name, _)| name.eq_ignore_ascii_case(tag))
            };
            // Session tags hide those of the role ("Pass session tags in AWS STS").
            let of_session = session.and_then(|session| named(&session.tags));
            Found::text(of_session.or_else(|| named(tags))?.1)
        }
    })
}

fn write(keys: &dyn Keys, context: &mut Context) {
    for name in NAMES {
        if let Some(found) = keys.find(&name.to_ascii_lowercase()) {
            context.put(name, found.into_value());
        }
    }
}

fn truth(is_so: bool) -> Found<'static> {
    Found::text(if is_so { "true" } else { "false" })
}

/// `2026-11-22T11:56:06Z`.
pub(crate) fn date_time(at_ms: i64) -> String {
    jiff::Timestamp::from_second(at_ms.div_euclid(1000))
        .map(|time| time.to_string())
        .unwrap_or_default()
}
