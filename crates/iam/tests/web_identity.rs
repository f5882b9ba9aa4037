//! OpenID Connect providers and AssumeRoleWithWebIdentity.

#![allow(clippy::unwrap_used)]

mod support;

use ports::IssuerError;
use serde_json::{Value, json};
use support::idp::{ISSUER, Idp};
use support::{API, Answer, FUNCTIONS, Key, World, refusal};

const NAME: &str = "idp.example/realms/staff";
const PROVIDER: &str = "arn:aws:iam::111111111111:oidc-provider/idp.example/realms/staff";
const ROLE: &str = "arn:aws:iam::111111111111:role/r";
const NOW_S: i64 = 1_795_348_566;
const DENIED: &str = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";

fn trust(actions: Value, condition: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"Federated": PROVIDER}, "Action": actions, "Condition": condition}})
    .to_string()
}

fn claims() -> Value {
    json!({"iss": ISSUER, "sub": "repo:acme/app", "aud": "client1", "exp": NOW_S + 600,
        "iat": NOW_S, "amr": ["pwd", "mfa"]})
}

fn changed(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value.is_null() {
            true => claims.as_object_mut().unwrap().remove(name),
            false => claims
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    claims
}

/// A provider for two clients, and a role that trusts it under this condition.
async fn world(condition: Value) -> World {
    let world = World::new().await;
    provider(&world).await.unwrap();
    let trust = trust(json!("sts:AssumeRoleWithWebIdentity"), condition);
    world.role("r", &trust).await.unwrap();
    world
}

async fn provider(world: &World) -> Answer {
    let parameters = [
        ("Url", ISSUER),
        ("ClientIDList.member.1", "client1"),
        ("ClientIDList.member.2", "client2"),
    ];
    world
        .call(&world.api(), "iam:CreateOpenIDConnectProvider", &parameters)
        .await
}

async fn assume(world: &World, role: &str, token: &str) -> Answer {
    let parameters = [
        ("RoleArn", role),
        ("RoleSessionName", "ann"),
        ("WebIdentityToken", token),
    ];
    world
        .unsigned("AssumeRoleWithWebIdentity", &parameters)
        .await
}

async fn assume_with(world: &World, claims: &Value) -> Answer {
    assume(world, ROLE, &world.idp.sign(claims)).await
}

#[tokio::test]
async fn a_trusted_token_gives_a_session_of_the_role() {
    let world = world(json!({"StringEquals": {
        format!("{NAME}:aud"): "client1", format!("{NAME}:sub"): "repo:acme/app"},
        "ForAnyValue:StringEquals": {format!("{NAME}:amr"): "mfa"}}))
    .await;
    let made = assume_with(&world, &claims()).await.unwrap();
    let session = format!("arn:aws:sts::{API}:assumed-role/r/ann");
    assert_eq!(made.text("Arn"), session);
    assert_eq!(made.text("SubjectFromWebIdentityToken"), "repo:acme/app");
    assert_eq!(made.text("Audience"), "client1");
    assert_eq!(made.text("Provider"), ISSUER);
    assert_eq!(made.text("Expiration"), "2026-11-22T12:56:06Z");
    let key = Key {
        id: made.text("AccessKeyId"),
        token: Some(made.text("SessionToken")),
    };
    let who = world
        .call(&key, "sts:GetCallerIdentity", &[])
        .await
        .unwrap();
    assert_eq!(who.text("Arn"), session);
}

#[tokio::test]
async fn conditions_of_the_trust_policy_are_about_the_token() {
    for (condition, changes, is_good) in [
        (
            json!({"StringLike": {format!("{NAME}:sub"): "repo:acme/*"}}),
            json!({}),
            true,
        ),
        (
            json!({"StringLike": {format!("{NAME}:sub"): "repo:acme/*"}}),
            json!({"sub": "repo:evil/app"}),
            false,
        ),
        (
            json!({"StringEquals": {format!("{NAME}:aud"): "client1"}}),
            json!({"aud": "client2"}),
            false,
        ),
        (
            json!({"StringEquals": {format!("{NAME}:aud"): "client2"}}),
            json!({"azp": "client2"}),
            true,
        ),
        (
            json!({"StringEquals": {format!("{NAME}:oaud"): "client1"}}),
            json!({"azp": "client2"}),
            true,
        ),
        (
            json!({"ForAnyValue:StringEquals": {format!("{NAME}:amr"): "mfa"}}),
            json!({"amr": ["pwd"]}),
            false,
        ),
        (
            json!({"ForAnyValue:StringEquals": {format!("{NAME}:amr"): "mfa"}}),
            json!({"amr": null}),
            false,
        ),
        (
            json!({"StringEquals": {"sts:RoleSessionName": "ann"}}),
            json!({}),
            true,
        ),
        (
            json!({"StringEquals": {"sts:RoleSessionName": "bob"}}),
            json!({}),
            false,
        ),
        (
            json!({"StringEquals": {"other.example:sub": "repo:acme/app"}}),
            json!({}),
            false,
        ),
    ] {
        let world = world(condition.clone()).await;
        let answer = assume_with(&world, &changed(changes)).await;
        match is_good {
            true => assert!(answer.is_ok(), "{condition} {answer:?}"),
            false => assert_eq!(refusal(answer), DENIED, "{condition}"),
        }
    }
}

#[tokio::test]
async fn tokens_that_are_not_good_are_refused_in_awss_words() {
    let world = world(json!({})).await;
    let invalid = |text: &str| format!("400 InvalidIdentityToken: {text}");
    for (changes, expect) in [
        (
            json!({"iss": "https://other.example"}),
            invalid("No OpenIDConnect provider found in your account for https://other.example"),
        ),
        (
            json!({"iss": format!("{ISSUER}/")}),
            invalid(&format!(
                "No OpenIDConnect provider found in your account for {ISSUER}/"
            )),
        ),
        (
            json!({"iss": null}),
            invalid("Missing a required claim: iss"),
        ),
        (
            json!({"sub": null}),
            invalid("Missing a required claim: sub"),
        ),
        (
            json!({"aud": null}),
            invalid("Missing a required claim: aud"),
        ),
        (
            json!({"exp": null}),
            invalid("Missing a required claim: exp"),
        ),
        (
            json!({"aud": "client3"}),
            invalid("Incorrect token audience"),
        ),
        (
            json!({"azp": "client3"}),
            invalid("Incorrect token audience"),
        ),
        (
            json!({"nbf": NOW_S + 60}),
            invalid("Token is not valid yet"),
        ),
        (
            json!({"exp": NOW_S}),
            format!(
                "400 ExpiredTokenException: Token expired: current date/time {NOW_S} must be before the expiration date/time {NOW_S}"
            ),
        ),
    ] {
        let answer = assume_with(&world, &changed(changes.clone())).await;
        assert_eq!(refusal(answer), expect, "{changes}");
    }
    let unreadable = refusal(assume(&world, ROLE, "no.jwt").await);
    assert!(
        unreadable
            .starts_with("400 InvalidIdentityToken: The ID Token provided is not a valid JWT.")
    );
    // Another key under the same name.
    let forged = Idp::new().sign(&claims());
    assert_eq!(
        refusal(assume(&world, ROLE, &forged).await),
        invalid("Couldn't verify the signature of the provided token")
    );
    assert!(assume_with(&world, &claims()).await.is_ok());
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_told_apart() {
    let world = world(json!({})).await;
    world
        .idp
        .fail(IssuerError::Unreachable(ISSUER.into(), "refused".into()));
    let answer = refusal(assume_with(&world, &claims()).await);
    assert!(
        answer.starts_with("400 IDPCommunicationError: "),
        "{answer}"
    );
    world
        .idp
        .fail(IssuerError::Unusable(ISSUER.into(), "status 404".into()));
    let answer = refusal(assume_with(&world, &claims()).await);
    assert!(
        answer.starts_with("400 InvalidIdentityToken: Couldn't retrieve verification key"),
        "{answer}"
    );
}

#[tokio::test]
async fn nobody_is_asked_for_keys_but_configured_providers() {
    let world = world(json!({})).await;
    let other = changed(json!({"iss": "http://169.254.169.254"}));
    assert!(assume_with(&world, &other).await.is_err());
    // The provider is the other account's.
    let role = format!("arn:aws:iam::{FUNCTIONS}:role/r");
    let answer = assume(&world, &role, &world.idp.sign(&claims())).await;
    assert!(refusal(answer).contains("No OpenIDConnect provider found"));
    assert!(world.idp.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn roles_that_trust_others_and_roles_that_are_not_there_read_alike() {
    let world = world(json!({})).await;
    let others = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": API}, "Action": "sts:*"},
        {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111111111111:oidc-provider/other.example"},
            "Action": "sts:AssumeRoleWithWebIdentity"},
        {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRole"},
    ]});
    world.role("other", &others.to_string()).await.unwrap();
    let token = world.idp.sign(&claims());
    for name in ["other", "nobody"] {
        let role = format!("arn:aws:iam::{API}:role/{name}");
        assert_eq!(
            refusal(assume(&world, &role, &token).await),
            DENIED,
            "{name}"
        );
    }
}

#[tokio::test]
async fn session_tags_and_source_identity_need_their_own_permission() {
    let tagged = changed(json!({"https://aws.amazon.com/tags": {
        "principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]}}));
    let flat = changed(json!({
        "https://aws.amazon.com/tags/principal_tags/team": "red",
        "https://aws.amazon.com/tags/transitive_tag_keys": ["team"]}));
    let named = changed(json!({"https://aws.amazon.com/source_identity": "ann@acme"}));
    let world = world(json!({})).await;
    for claims in [&tagged, &flat, &named] {
        assert_eq!(refusal(assume_with(&world, claims).await), DENIED);
    }
    let actions = json!([
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity"
    ]);
    let condition = json!({"StringEqualsIfExists": {"aws:RequestTag/team": "red"}});
    world
        .role("tagged", &trust(actions, condition))
        .await
        .unwrap();
    let role = format!("arn:aws:iam::{API}:role/tagged");
    for claims in [&tagged, &flat] {
        assert!(assume(&world, &role, &world.idp.sign(claims)).await.is_ok());
    }
    let made = assume(&world, &role, &world.idp.sign(&named))
        .await
        .unwrap();
    assert_eq!(made.text("SourceIdentity"), "ann@acme");
    let blue = changed(json!({"https://aws.amazon.com/tags/principal_tags/team": "blue"}));
    assert_eq!(
        refusal(assume(&world, &role, &world.idp.sign(&blue)).await),
        DENIED
    );
    for broken in [
        json!({"https://aws.amazon.com/tags": {}}),
        json!({"https://aws.amazon.com/tags": {"principal_tags": {"team": ["a", "b"]}}}),
        json!({"https://aws.amazon.com/tags/principal_tags/aws:x": "y"}),
        json!({"https://aws.amazon.com/tags/transitive_tag_keys": ["nobody"]}),
        json!({"https://aws.amazon.com/source_identity": "a b"}),
    ] {
        let answer = assume(&world, &role, &world.idp.sign(&changed(broken.clone()))).await;
        assert!(
            refusal(answer).starts_with("400 InvalidIdentityToken"),
            "{broken}"
        );
    }
}

#[tokio::test]
async fn sessions_last_as_long_as_the_role_allows() {
    let world = world(json!({})).await;
    let token = world.idp.sign(&claims());
    let asked = |seconds: &'static str| {
        let parameters = [
            ("RoleArn", ROLE),
            ("RoleSessionName", "ann"),
            ("WebIdentityToken", token.as_str()),
            ("DurationSeconds", seconds),
        ];
        let world = &world;
        async move {
            world
                .unsigned("AssumeRoleWithWebIdentity", &parameters)
                .await
        }
    };
    assert!(asked("3600").await.is_ok());
    assert_eq!(
        refusal(asked("3601").await),
        "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
}

#[tokio::test]
async fn a_provider_is_made_shown_changed_and_deleted() {
    let world = World::new().await;
    let admin = world.api();
    let made = provider(&world).await.unwrap();
    assert_eq!(made.text("OpenIDConnectProviderArn"), PROVIDER);
    assert_eq!(
        refusal(provider(&world).await),
        format!("409 EntityAlreadyExists: Provider with url {ISSUER} already exists.")
    );
    let named = ("OpenIDConnectProviderArn", PROVIDER);
    let call = |action: &'static str, more: &'static [(&'static str, &'static str)]| {
        let parameters: Vec<_> = std::iter::once(named).chain(more.iter().copied()).collect();
        let (world, admin) = (&world, &admin);
        async move { world.call(admin, action, &parameters).await }
    };
    call(
        "iam:AddClientIDToOpenIDConnectProvider",
        &[("ClientID", "client3")],
    )
    .await
    .unwrap();
    call(
        "iam:AddClientIDToOpenIDConnectProvider",
        &[("ClientID", "client3")],
    )
    .await
    .unwrap();
    call(
        "iam:RemoveClientIDFromOpenIDConnectProvider",
        &[("ClientID", "client1")],
    )
    .await
    .unwrap();
    const PRINT: &str = "6938fd4d98bab03faadb97b34396831e3780aea1";
    call(
        "iam:UpdateOpenIDConnectProviderThumbprint",
        &[("ThumbprintList.member.1", PRINT)],
    )
    .await
    .unwrap();
    call(
        "iam:TagOpenIDConnectProvider",
        &[("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")],
    )
    .await
    .unwrap();
    let shown = call("iam:GetOpenIDConnectProvider", &[]).await.unwrap();
    assert_eq!(shown.text("Url"), NAME);
    assert!(
        shown.0.contains(
            "<ClientIDList><member>client2</member><member>client3</member></ClientIDList>"
        )
    );
    assert!(shown.0.contains(PRINT));
    let tags = call("iam:ListOpenIDConnectProviderTags", &[])
        .await
        .unwrap();
    assert_eq!(tags.text("Key"), "k");
    call(
        "iam:UntagOpenIDConnectProvider",
        &[("TagKeys.member.1", "k")],
    )
    .await
    .unwrap();
    let listed = world
        .call(&admin, "iam:ListOpenIDConnectProviders", &[])
        .await
        .unwrap();
    assert_eq!(listed.text("Arn"), PROVIDER);
    let summary = world.call(&admin, "iam:GetAccountSummary", &[]).await;
    let counted = "<key>Providers</key><value>1</value>";
    assert!(summary.unwrap().0.contains(counted));
    // Another account sees none of it.
    let other = world.functions();
    let unseen = world
        .call(&other, "iam:GetOpenIDConnectProvider", &[named])
        .await;
    assert!(refusal(unseen).contains("NoSuchEntity"));
    let theirs = world
        .call(&other, "iam:ListOpenIDConnectProviders", &[])
        .await
        .unwrap();
    assert!(!theirs.has("Arn"));
    call("iam:DeleteOpenIDConnectProvider", &[]).await.unwrap();
    call("iam:DeleteOpenIDConnectProvider", &[]).await.unwrap();
    assert_eq!(
        refusal(call("iam:GetOpenIDConnectProvider", &[]).await),
        format!("404 NoSuchEntity: OpenIDConnect Provider not found for arn {PROVIDER}")
    );
}

#[tokio::test]
async fn a_removed_client_or_provider_is_refused_on_the_next_request() {
    let world = world(json!({})).await;
    assert!(assume_with(&world, &claims()).await.is_ok());
    let client = [
        ("OpenIDConnectProviderArn", PROVIDER),
        ("ClientID", "client1"),
    ];
    let admin = world.api();
    world
        .call(
            &admin,
            "iam:RemoveClientIDFromOpenIDConnectProvider",
            &client,
        )
        .await
        .unwrap();
    assert!(refusal(assume_with(&world, &claims()).await).contains("Incorrect token audience"));
    world
        .call(&admin, "iam:DeleteOpenIDConnectProvider", &client[..1])
        .await
        .unwrap();
    assert!(refusal(assume_with(&world, &claims()).await).contains("No OpenIDConnect provider"));
}

#[tokio::test]
async fn providers_have_bounds() {
    let world = World::new().await;
    let admin = world.api();
    for url in [
        "http://idp.example",
        "https://idp.example?a=b",
        "idp.example",
    ] {
        let answer = world
            .call(&admin, "iam:CreateOpenIDConnectProvider", &[("Url", url)])
            .await;
        assert_eq!(
            refusal(answer),
            "400 ValidationError: Invalid Open ID Connect Provider URL"
        );
    }
    let create = |clients: usize, prints: usize| {
        let clients = (1..=clients).map(|n| (format!("ClientIDList.member.{n}"), format!("c{n}")));
        let prints =
            (1..=prints).map(|n| (format!("ThumbprintList.member.{n}"), format!("{n:040x}")));
        let parameters: Vec<(String, String)> = clients.chain(prints).collect();
        let (world, admin) = (&world, &admin);
        async move {
            let mut all = vec![("Url", "https://bounds.example")];
            all.extend(
                parameters
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            );
            world
                .call(admin, "iam:CreateOpenIDConnectProvider", &all)
                .await
        }
    };
    assert!(refusal(create(101, 0).await).contains("LimitExceeded"));
    assert!(create(0, 6).await.is_err());
    create(100, 5).await.unwrap();
}
