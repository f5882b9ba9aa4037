//! IAM and STS over the query protocol.
#![allow(clippy::unwrap_used)]

mod common;

use api::{iam, sts};
use common::{Request, header, refusal};
use smithy::{Read as _, ServiceError, Timestamp, Write as _};

fn form(text: &str) -> Request {
    Request::new("POST", "/").body(text.as_bytes())
}

const ASSUME: &str =
    "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111111111111%3Arole%2Fr";

#[test]
fn lists_and_structures_are_read_from_dotted_names() {
    let text = format!(
        "{ASSUME}&RoleSessionName=s2&DurationSeconds=900&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.1.Key=a\
         &Tags.member.1.Value=1&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess&TransitiveTagKeys.member.1=a"
    );
    let (operation, input) = form(&text).decode(sts::SERVICE).unwrap();
    assert_eq!(operation.name, "AssumeRole");
    let input = sts::AssumeRoleRequest::read(Some(input));
    assert_eq!(input.duration_seconds, Some(900));
    let tags: Vec<_> = input
        .tags
        .unwrap()
        .into_iter()
        .map(|tag| (tag.key.unwrap(), tag.value.unwrap()))
        .collect();
    assert_eq!(tags, [("a".into(), "1".into()), ("b".into(), "2".into())]);
    assert_eq!(input.transitive_tag_keys, Some(vec!["a".to_owned()]));
    let policy = input.policy_arns.unwrap().remove(0);
    assert_eq!(
        policy.arn.as_deref(),
        Some("arn:aws:iam::aws:policy/ReadOnlyAccess")
    );
}

#[test]
fn a_get_with_a_query_is_as_good_as_a_form() {
    let request =
        Request::new("GET", "/").query("Action=GetUser&Version=2010-05-08&UserName=a%2Bb");
    let (_, input) = request.decode(iam::SERVICE).unwrap();
    assert_eq!(
        iam::GetUserRequest::read(Some(input)).user_name.as_deref(),
        Some("a+b")
    );
}

#[test]
fn numbered_lists_sort_as_numbers() {
    let keys: String = (1..=11)
        .rev()
        .map(|at| format!("&TagKeys.member.{at}=k{at}"))
        .collect();
    let (_, input) = form(&format!(
        "Action=UntagRole&Version=2010-05-08&RoleName=r{keys}"
    ))
    .decode(iam::SERVICE)
    .unwrap();
    let keys = iam::UntagRoleRequest::read(Some(input)).tag_keys;
    assert_eq!(
        keys,
        (1..=11).map(|at| format!("k{at}")).collect::<Vec<_>>()
    );
}

#[test]
fn sts_words_a_pattern_as_observed() {
    assert_eq!(
        refusal(form(&format!("{ASSUME}&RoleSessionName=Session1:2")).decode(sts::SERVICE)),
        "ValidationError: 1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
}

#[test]
fn iam_shows_neither_value_nor_set_of_a_status() {
    let text = "Action=UpdateServiceSpecificCredential&Version=2010-05-08&Status=Wrong&ServiceSpecificCredentialId=ACCA12345678901234567";
    assert_eq!(
        refusal(form(text).decode(iam::SERVICE)),
        "ValidationError: 1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum \
         value set"
    );
}

#[test]
fn numbers_keep_to_their_bounds() {
    for (seconds, is_fine) in [
        ("899", false),
        ("900", true),
        ("43200", true),
        ("43201", false),
    ] {
        let text = format!("{ASSUME}&RoleSessionName=s2&DurationSeconds={seconds}");
        assert_eq!(
            form(&text).decode(sts::SERVICE).is_ok(),
            is_fine,
            "{seconds}"
        );
    }
    let error =
        form(&format!("{ASSUME}&RoleSessionName=s2&DurationSeconds=899")).decode(sts::SERVICE);
    assert_eq!(
        refusal(error),
        "ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must \
         have value greater than or equal to 900"
    );
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    for (text, expected) in [
        ("", "MissingAction: the request names no Action"),
        (
            "Action=Fly&Version=2010-05-08",
            "InvalidAction: Could not find operation Fly for version 2010-05-08",
        ),
        (
            "Action=ListUsers",
            "InvalidAction: Could not find operation ListUsers for version NO_VERSION_SPECIFIED",
        ),
        (
            "Action=ListUsers&Version=2011-06-15",
            "InvalidAction: Could not find operation ListUsers for version 2011-06-15",
        ),
    ] {
        assert_eq!(refusal(form(text).decode(iam::SERVICE)), expected);
    }
    for text in [
        "Action=GetUser&Version=2010-05-08&UserName=%ff",
        "Action=ListUsers&Version=2010-05-08&MaxItems=many",
    ] {
        assert_eq!(
            form(text).decode(iam::SERVICE).unwrap_err().code(),
            "MalformedInput"
        );
    }
    let deep = format!("Action=ListUsers&Version=2010-05-08&{}=x", "a.".repeat(40));
    assert_eq!(
        form(&deep).decode(iam::SERVICE).unwrap_err().code(),
        "MalformedInput"
    );
}

#[test]
fn a_result_stands_in_its_wrapper() {
    let output = sts::GetCallerIdentityResponse {
        user_id: Some("AIDA".into()),
        account: Some("111111111111".into()),
        arn: Some("arn:aws:iam::111111111111:user/a<&>".into()),
    };
    let operation = sts::SERVICE.operation("GetCallerIdentity").unwrap();
    let reply = smithy::encode(sts::SERVICE, operation, output.write().unwrap(), "the-id");
    assert_eq!(
        std::str::from_utf8(&reply.body).unwrap(),
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <UserId>AIDA</UserId><Account>111111111111</Account><Arn>arn:aws:iam::111111111111:user/a&lt;&amp;&gt;</Arn>\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>the-id</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    );
    assert_eq!(header(&reply, "Content-Type"), Some("text/xml"));
    assert_eq!(header(&reply, "x-amzn-RequestId"), Some("the-id"));
}

#[test]
fn lists_times_and_empty_lists_are_written() {
    let user = iam::User {
        user_name: Some("a".into()),
        create_date: Some(Timestamp(1_795_348_566_000)),
        ..Default::default()
    };
    let output = iam::ListUsersResponse {
        users: Some(vec![user]),
        is_truncated: Some(false),
        marker: None,
    };
    let operation = iam::SERVICE.operation("ListUsers").unwrap();
    let reply = smithy::encode(iam::SERVICE, operation, output.write().unwrap(), "i");
    let text = std::str::from_utf8(&reply.body).unwrap();
    assert!(text.contains(
        "<ListUsersResult><Users><member><UserName>a</UserName><CreateDate>2026-11-22T11:56:06Z</CreateDate></member></Users>\
         <IsTruncated>false</IsTruncated></ListUsersResult>"
    ), "{text}");
    let output = iam::ListUsersResponse {
        users: Some(Vec::new()),
        ..Default::default()
    };
    let reply = smithy::encode(iam::SERVICE, operation, output.write().unwrap(), "i");
    assert!(
        std::str::from_utf8(&reply.body)
            .unwrap()
            .contains("<Users></Users>")
    );
}

#[test]
fn maps_are_written_as_entries() {
    let output = iam::GetAccountSummaryResponse {
        summary_map: Some([("Users".to_owned(), 2)].into()),
    };
    let operation = iam::SERVICE.operation("GetAccountSummary").unwrap();
    let reply = smithy::encode(iam::SERVICE, operation, output.write().unwrap(), "i");
    let text = std::str::from_utf8(&reply.body).unwrap();
    assert!(
        text.contains("<SummaryMap><entry><key>Users</key><value>2</value></entry></SummaryMap>"),
        "{text}"
    );
}

#[test]
fn an_operation_without_output_has_only_metadata() {
    let operation = iam::SERVICE.operation("DeleteUser").unwrap();
    let output = iam::DeleteUserOutput::default();
    let reply = smithy::encode(iam::SERVICE, operation, output.write().unwrap(), "i");
    assert_eq!(
        std::str::from_utf8(&reply.body).unwrap(),
        "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata><RequestId>i</RequestId>\
         </ResponseMetadata></DeleteUserResponse>"
    );
}

#[test]
fn errors_have_the_models_code_whatever_name_they_were_given() {
    for name in ["NoSuchEntity", "NoSuchEntityException"] {
        let error = ServiceError::new(name, "The user with name x cannot be found.");
        let reply = smithy::encode_error(iam::SERVICE, &error, "the-id");
        assert_eq!(reply.status, 404);
        assert_eq!(
            std::str::from_utf8(&reply.body).unwrap(),
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
             <Message>The user with name x cannot be found.</Message></Error><RequestId>the-id</RequestId></ErrorResponse>"
        );
    }
    for (code, status, kind) in [
        ("AccessDenied", 403, "Sender"),
        ("SignatureDoesNotMatch", 403, "Sender"),
        ("InvalidClientTokenId", 403, "Sender"),
        ("ValidationError", 400, "Sender"),
        ("NotImplemented", 501, "Receiver"),
        ("InternalFailure", 500, "Receiver"),
    ] {
        let reply = smithy::encode_error(iam::SERVICE, &ServiceError::new(code, "m"), "i");
        assert_eq!(reply.status, status, "{code}");
        assert!(
            std::str::from_utf8(&reply.body)
                .unwrap()
                .contains(&format!("<Type>{kind}</Type>"))
        );
    }
}

#[test]
fn text_that_xml_cannot_carry_is_replaced() {
    let error = ServiceError::new("ValidationError", "a\u{0}b\rc");
    let reply = smithy::encode_error(iam::SERVICE, &error, "i");
    assert!(
        std::str::from_utf8(&reply.body)
            .unwrap()
            .contains("<Message>a\u{fffd}b&#xD;c</Message>")
    );
}
