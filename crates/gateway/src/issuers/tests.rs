//! What is asked of an issuer, how often, and what is not asked at all.

use super::*;
use crate::tests::idp::Idp;
use jwt::Algorithm;
use ports::Issuers as _;
use stdx::ManualClock;

const DISCOVERY: &str = "/.well-known/openid-configuration";

struct World {
    idp: Idp,
    issuers: Issuers,
    clock: ManualClock,
}

impl World {
    async fn new() -> Self {
        Self::with(true, true).await
    }

    async fn with(allows_loopback: bool, allows_http: bool) -> Self {
        let clock = ManualClock::at(1_000_000);
        let egress = Egress {
            allows_loopback,
            allows_private: false,
            refused: Vec::new(),
        };
        Self {
            idp: Idp::start().await,
            issuers: Issuers::new(IssuersNeeds {
                egress,
                allows_http,
                user_pools: [("arn:mine".to_owned(), "https://idp.example".to_owned())].into(),
                clock: Arc::new(clock.clone()),
            }),
            clock,
        }
    }

    async fn keys(&self, id: &str) -> Result<bool, IssuerError> {
        let wanted = WantedKey {
            id,
            algorithm: Algorithm::Es256,
        };
        let source = KeySource::Issuer(&self.idp.issuer);
        let keys = self.issuers.keys(source, wanted).await?;
        Ok(keys.has(id, Algorithm::Es256))
    }

    /// How often the key set was asked for.
    fn fetches(&self) -> usize {
        let asked = self.idp.asked();
        asked.iter().filter(|path| *path == "/keys").count()
    }
}

#[tokio::test]
async fn keys_are_asked_for_once_an_hour() {
    let world = World::new().await;
    assert_eq!(world.keys("one").await, Ok(true));
    assert_eq!(world.idp.asked(), [DISCOVERY, "/keys"]);
    world.clock.advance_ms(limits::KEYS_FRESH_MS - 1);
    assert_eq!(world.keys("one").await, Ok(true));
    assert_eq!(world.fetches(), 1);
    world.clock.advance_ms(1);
    assert_eq!(world.keys("one").await, Ok(true));
    assert_eq!(world.fetches(), 2);
}

#[tokio::test]
async fn a_rotated_key_is_found_at_once_and_the_old_one_is_gone() {
    let world = World::new().await;
    assert_eq!(world.keys("one").await, Ok(true));
    world.idp.rotate("two");
    assert_eq!(world.keys("two").await, Ok(true));
    assert_eq!(world.keys("one").await, Ok(false));
}

#[tokio::test]
async fn made_up_keys_do_not_make_the_issuer_busy() {
    let world = World::new().await;
    assert_eq!(world.keys("one").await, Ok(true));
    for n in 0..1_000 {
        assert_eq!(world.keys(&format!("made-up-{n}")).await, Ok(false));
    }
    let most = usize::try_from(limits::REFETCHES_AT_ONCE_MAX).unwrap();
    assert_eq!(world.fetches(), most);
    // Known keys go on working, and a little later one more question is allowed.
    assert_eq!(world.keys("one").await, Ok(true));
    world.idp.rotate("two");
    assert_eq!(world.keys("two").await, Ok(false));
    world.clock.advance_ms(limits::REFETCH_EVERY_MS);
    assert_eq!(world.keys("two").await, Ok(true));
    assert_eq!(world.fetches(), most + 1);
}

#[tokio::test]
async fn many_at_once_ask_once() {
    let world = Arc::new(World::new().await);
    let all: Vec<_> = (0..50)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.keys("one").await })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap(), Ok(true));
    }
    assert_eq!(world.fetches(), 1);
}

#[tokio::test]
async fn keys_outlive_an_outage_by_an_hour() {
    let world = World::new().await;
    assert_eq!(world.keys("one").await, Ok(true));
    world.idp.publish("/keys", 503, "");
    world.clock.advance_ms(limits::KEYS_STALE_MS - 1);
    assert_eq!(world.keys("one").await, Ok(true));
    world.clock.advance_ms(1);
    assert!(
        matches!(world.keys("one").await, Err(IssuerError::Unusable(_, why)) if why == "status 503")
    );
}

#[tokio::test]
async fn answers_that_are_no_documents_are_refused() {
    let world = World::new().await;
    let big = " ".repeat(jwt::limits::DOCUMENT_BYTES_MAX + 1);
    let other = r#"{"issuer":"https://other.example","jwks_uri":"https://other.example/keys"}"#;
    for (status, body) in [
        (404, "{}"),
        (200, "<html>"),
        (200, other),
        (200, &big),
        // Not followed: it could lead anywhere.
        (302, "/elsewhere"),
    ] {
        world.idp.publish(DISCOVERY, status, body);
        let refused = world.issuers.discover(&world.idp.issuer).await;
        assert!(
            matches!(refused, Err(IssuerError::Unusable(..))),
            "{body:.60}"
        );
    }
    assert!(!world.idp.asked().contains(&"/elsewhere".to_owned()));
}

#[tokio::test]
async fn loopback_and_own_ports_are_refused_to_servers() {
    let world = World::with(false, true).await;
    let refused = world.issuers.discover(&world.idp.issuer).await;
    assert!(
        matches!(refused, Err(IssuerError::Unreachable(..))),
        "{refused:?}"
    );
    assert!(world.idp.asked().is_empty());
}

#[tokio::test]
async fn issuers_without_tls_are_refused_to_servers() {
    let world = World::with(true, false).await;
    let refused = world.issuers.discover(&world.idp.issuer).await;
    assert!(
        matches!(refused, Err(IssuerError::Refused(_))),
        "{refused:?}"
    );
    assert!(world.idp.asked().is_empty());
}

#[tokio::test]
async fn a_key_set_elsewhere_obeys_the_same_rules() {
    let world = World::new().await;
    for jwks_uri in [
        "file:///etc/passwd",
        "gopher://x/",
        "/keys",
        "http://u@127.0.0.1/",
    ] {
        let document = format!(
            "{{\"issuer\":\"{}\",\"jwks_uri\":\"{jwks_uri}\"}}",
            world.idp.issuer
        );
        world.idp.publish(DISCOVERY, 200, &document);
        let refused = world.issuers.discover(&world.idp.issuer).await;
        assert_eq!(refused, Err(IssuerError::Refused(jwks_uri.into())));
    }
    let metadata = "http://169.254.169.254/keys";
    let wanted = WantedKey {
        id: "one",
        algorithm: Algorithm::Es256,
    };
    let refused = world.issuers.keys(KeySource::Set(metadata), wanted).await;
    assert!(
        matches!(refused, Err(IssuerError::Unreachable(..))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn user_pools_are_those_of_cognito_unless_named() {
    let world = World::new().await;
    let of = |arn: &str| world.issuers.of_user_pool(arn);
    assert_eq!(of("arn:mine").as_deref(), Some("https://idp.example"));
    assert_eq!(
        of("arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_AbC").as_deref(),
        Some("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC")
    );
    for other in [
        "arn:aws:iam::111111111111:userpool/eu-west-1_AbC",
        "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/x/../y",
        "arn:aws:cognito-idp:eu-west-1:111111111111:pool/eu-west-1_AbC",
        "eu-west-1_AbC",
    ] {
        assert_eq!(of(other), None, "{other}");
    }
}
