//! The ARN that the gateway presents to a function as `aws:SourceArn`.

use arn::{AccountId, Arn, Region};

/// Whose region the presented ARN names.
///
/// AWS documents the function's region for cross-region *authorizers* ("Configure a cross-account
/// API Gateway Lambda authorizer"); integrations are taken to do the same.
// UNVERIFIED: an execution log of a cross-region Lambda integration on AWS would settle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PresentedRegion {
    /// The region of the function.
    Function,
    /// The region of the API.
    #[allow(dead_code, reason = "the other position of the switch")]
    Api,
}

const PRESENTED_REGION: PresentedRegion = PresentedRegion::Function;

/// What of an API causes a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause<'a> {
    /// The API's owner.
    pub(crate) account: &'a AccountId,
    /// The API's region.
    pub(crate) region: &'a Region,
    /// The API's id.
    pub(crate) api_id: &'a str,
    /// The stage; `test-invoke-stage` for TestInvokeMethod.
    pub(crate) stage: &'a str,
    /// The verb as configured: `ANY` stays `ANY`.
    pub(crate) verb: &'a str,
    /// The resource's template, such as `/pets/{petId}`.
    pub(crate) resource_path: &'a str,
}

/// `arn:aws:execute-api:{region}:{owner}:{api}/{stage}/{VERB}/{resource template}`; none when the
/// parts make no ARN (a stage or resource of impossible length).
///
/// AWS presents the configured verb and the resource's template, not the client's verb and path
/// (observed in execution logs).
pub(crate) fn presented(cause: &Cause<'_>, function_region: &Region) -> Option<Arn> {
    let region = match PRESENTED_REGION {
        PresentedRegion::Function => function_region,
        PresentedRegion::Api => cause.region,
    };
    let Cause {
        account,
        api_id,
        stage,
        verb,
        resource_path,
        ..
    } = cause;
    let path = resource_path.trim_start_matches('/');
    format!("arn:aws:execute-api:{region}:{account}:{api_id}/{stage}/{verb}/{path}")
        .parse()
        .ok()
}

/// `arn:aws:execute-api:{region}:{owner}:{api}/authorizers/{id}`: no stage, since an authorizer
/// belongs to the API ("Configure a cross-account API Gateway Lambda authorizer").
pub(crate) fn of_authorizer(
    account: &AccountId,
    region: &Region,
    api_id: &str,
    authorizer_id: &str,
    function_region: &Region,
) -> Option<Arn> {
    let region = match PRESENTED_REGION {
        PresentedRegion::Function => function_region,
        PresentedRegion::Api => region,
    };
    format!("arn:aws:execute-api:{region}:{account}:{api_id}/authorizers/{authorizer_id}")
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verb: &str, resource_path: &str, function_region: &str, expect: &str) {
        let account: AccountId = "111111111111".parse().expect("twelve digits");
        let cause = Cause {
            account: &account,
            region: &Region::us_east_1(),
            api_id: "abc123defg",
            stage: "test",
            verb,
            resource_path,
        };
        let region = function_region.parse().expect("a region");
        let arn = presented(&cause, &region).expect("an ARN");
        assert_eq!(arn.as_str(), expect);
    }

    #[test]
    fn root_has_a_trailing_slash() {
        let expect = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/test/GET/";
        check("GET", "/", "us-east-1", expect);
    }

    #[test]
    fn configured_verb_and_template_are_presented() {
        let expect = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/test/ANY/{resource+}";
        check("ANY", "/{resource+}", "us-east-1", expect);
    }

    #[test]
    fn region_is_the_functions() {
        let expect = "arn:aws:execute-api:eu-west-1:111111111111:abc123defg/test/GET/";
        check("GET", "/", "eu-west-1", expect);
    }
}
