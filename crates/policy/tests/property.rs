//! The evaluator against a second, deliberately simple one, over generated requests.
//!
//! Seeded: a failure names its case, and the same seed gives the same cases. `CROSSWAY_CASES`
//! raises the count, `CROSSWAY_SEED` moves the seed.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "property/generate.rs"]
mod generate;
#[path = "property/reference.rs"]
mod reference;

use generate::{Case, Dice, Pool, Shared};
use policy::{
    Attached, Context, Decision, Outcome, Policies, Principal, PrincipalKind, Request, Requester,
    ResourceRule, evaluate,
};
use serde_json::Value;

const CASES: u64 = 100_000;

/// Policies of each kind that the cases draw from.
const POOL: usize = 5_000;

#[test]
fn both_evaluators_agree() {
    let from_env = |name: &str, default| {
        let text = std::env::var(name).ok();
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let cases = from_env("CROSSWAY_CASES", CASES);
    let seed = from_env("CROSSWAY_SEED", 20_261_122);
    let mut counts = [0u64; 3];
    let pool = Pool::new(&mut Dice::new(seed), POOL);
    for number in 0..cases {
        let case = Case::generate(&mut Dice::new(seed.wrapping_add(number)), &pool);
        let expected = reference::decide(&case);
        let found = decide(&case);
        counts[match expected {
            Outcome::Allowed => 0,
            Outcome::ImplicitlyDenied => 1,
            Outcome::ExplicitlyDenied => 2,
        }] += 1;
        assert_eq!(
            found.outcome, expected,
            "seed {seed}, case {number}: {found:?}\n{case:#?}"
        );
        assert_eq!(found.is_allowed(), found.cause.is_none());
        assert!(found.outcome != Outcome::ExplicitlyDenied || !found.statements.is_empty());
    }
    eprintln!("{cases} cases: allowed, implicitly, explicitly denied: {counts:?}");
    // Cases that are all denied would show little.
    assert!(counts.iter().all(|count| count * 20 > cases), "{counts:?}");
}

fn decide(case: &Case) -> Decision {
    let principal = case.principal.as_ref().map(|who| Principal {
        account: who.account.parse().unwrap(),
        kind: match () {
            () if who.arn.contains(":assumed-role/") => PrincipalKind::AssumedRole,
            () => PrincipalKind::User,
        },
        arn: who.arn.parse().unwrap(),
        principal_arn: who.principal_arn.parse().unwrap(),
        user_id: "AIDAEXAMPLEEXAMPLE".to_owned(),
        access_key_id: "AKIAEXAMPLEEXAMPLE".to_owned(),
        session: None,
    });
    let mut context = Context::new();
    for (key, values) in &case.context {
        match values {
            Value::Array(many) => {
                let many = many.iter().map(|one| one.as_str().unwrap().to_owned());
                context.set_many(key, many.collect());
            }
            one => {
                context.set(key, one.as_str().unwrap());
            }
        }
    }
    let identity = attached(&case.identity);
    let boundary = case.boundary.as_deref().map(attached);
    let session = case.session.as_deref().map(attached);
    let resource = case
        .resource_policy
        .as_ref()
        .map(|one| one.attached.clone());
    let service_control: Vec<_> = case.service_control.iter().map(|l| attached(l)).collect();
    let resource_control: Vec<_> = case.resource_control.iter().map(|l| attached(l)).collect();
    evaluate(
        &Request {
            requester: match (&principal, &case.service) {
                (Some(principal), _) => Requester::Principal(principal),
                (None, Some(service)) => Requester::Service(service),
                (None, None) => Requester::Anonymous,
            },
            action: &case.action,
            resource: &case.resource,
            owner: &case.owner.parse().unwrap(),
            context: &context,
        },
        &Policies {
            identity: &identity,
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            resource: resource.as_ref(),
            resource_rule: match case.must_allow {
                true => ResourceRule::MustAllow,
                false => ResourceRule::MayAllow,
            },
            service_control: &service_control,
            resource_control: &resource_control,
            endpoint: None,
        },
    )
}

fn attached(policies: &[Shared]) -> Vec<Attached> {
    policies.iter().map(|one| one.attached.clone()).collect()
}
