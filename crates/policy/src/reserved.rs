//! What AWS keeps to itself, whatever policies say.

/// Whether only AWS may do this: change its managed policies, the roles under `aws-reserved/`, or
/// the key aliases under `alias/aws/`.
///
/// Source: "AWS managed policies for job functions" (customers cannot change them) and "Aliases
/// in AWS KMS" (`alias/aws/` is reserved).
pub(crate) fn is_aws_only(action: &str, resource: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else {
        return false;
    };
    let reads = ["Get", "List", "Generate", "Simulate"];
    let is_read = reads.iter().any(|prefix| name.starts_with(prefix));
    if is_read {
        return false;
    }
    if service.eq_ignore_ascii_case("iam") {
        return resource.starts_with("arn:aws:iam::aws:policy/")
            || is_in(resource, "arn:aws:iam::", ":role/aws-reserved/");
    }
    service.eq_ignore_ascii_case("kms") && is_in(resource, "arn:aws:kms:", ":alias/aws/")
}

fn is_in(resource: &str, start: &str, part: &str) -> bool {
    resource.starts_with(start) && resource.contains(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stay_open_writes_do_not() {
        let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert!(!is_aws_only("iam:GetPolicy", policy));
        assert!(is_aws_only("iam:DeletePolicy", policy));
        let role = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/x";
        assert!(is_aws_only("iam:PassRole", role));
        assert!(!is_aws_only(
            "iam:PassRole",
            "arn:aws:iam::111111111111:role/x"
        ));
        assert!(is_aws_only(
            "kms:CreateAlias",
            "arn:aws:kms:us-east-1:1:alias/aws/s3"
        ));
        assert!(!is_aws_only(
            "kms:CreateAlias",
            "arn:aws:kms:us-east-1:1:alias/x"
        ));
    }
}
