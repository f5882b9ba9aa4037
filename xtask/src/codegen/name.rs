//! Rust names for the models' names.

/// `VpcEndpointIds` to `vpc_endpoint_ids`, `providerARNs` to `provider_arns`, `type` to `type_`.
pub fn field(name: &str) -> String {
    let snake = snake_case(name);
    if KEYWORDS.contains(&snake.as_str()) {
        format!("{snake}_")
    } else {
        snake
    }
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (at, &c) in chars.iter().enumerate() {
        if c.is_ascii_uppercase() && starts_word(&chars, at) && !out.ends_with('_') {
            out.push('_');
        }
        match c {
            '-' | '.' => out.push('_'),
            _ => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

/// Whether the capital at `at` begins a word: it follows a small letter or digit, or it ends a run
/// of capitals (`MFADevice`), unless the run is a plural abbreviation (`ARNs`).
fn starts_word(chars: &[char], at: usize) -> bool {
    if at == 0 {
        return false;
    }
    if !chars[at - 1].is_ascii_uppercase() {
        return true;
    }
    let next = chars.get(at + 1);
    let is_plural = next == Some(&'s') && chars.get(at + 2).is_none_or(char::is_ascii_uppercase);
    next.is_some_and(char::is_ascii_lowercase) && !is_plural
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn names_read_as_rust() {
        for (given, expected) in [
            ("FunctionName", "function_name"),
            ("restApiId", "rest_api_id"),
            ("providerARNs", "provider_arns"),
            ("MFADevices", "mfa_devices"),
            ("KMSKeyArn", "kms_key_arn"),
            ("OpenIDConnectProviderList", "open_id_connect_provider_list"),
            ("CodeSha256", "code_sha256"),
            ("S3Bucket", "s3_bucket"),
            ("type", "type_"),
            ("Arn", "arn"),
        ] {
            assert_eq!(field(given), expected);
        }
    }
}
