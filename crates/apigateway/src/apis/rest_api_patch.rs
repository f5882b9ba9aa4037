//! UpdateRestApi, path by path.

use crate::{
    Error,
    apis::{policy_text, rest_api},
    patch::{Op, Patch},
};
use restapi::RestApi;

/// Applies one operation.
///
/// # Errors
/// AWS's refusals; the API may be half changed then and must be thrown away.
pub fn apply(api: &mut RestApi, patch: &Patch) -> Result<(), Error> {
    match patch.at().as_slice() {
        ["name"] => {
            patch.only_replace()?;
            let name = patch.some_text();
            api.name = name.ok_or_else(|| Error::bad("Name cannot be empty"))?;
            Ok(())
        }
        ["description"] => description(api, patch),
        ["binaryMediaTypes", media_type] => binary_media_type(api, patch, media_type),
        ["minimumCompressionSize"] => compression(api, patch),
        ["apiKeySource"] => {
            patch.only_replace()?;
            let word = patch.text();
            if !["HEADER", "AUTHORIZER"].contains(&word.as_str()) {
                // UNVERIFIED: AWS's text.
                return Err(Error::bad(format!(
                    "Invalid API key source specified: {word}"
                )));
            }
            api.api_key_source = rest_api::key_source(&word);
            Ok(())
        }
        ["policy"] => {
            patch.only_replace()?;
            api.policy = policy_text::read(api, &patch.text())?;
            Ok(())
        }
        ["disableExecuteApiEndpoint"] => {
            patch.only_replace()?;
            api.disable_execute_api_endpoint = patch.truth();
            Ok(())
        }
        ["securityPolicy"] => {
            patch.only_replace()?;
            api.security_policy = patch.some_text();
            Ok(())
        }
        ["endpointAccessMode"] => {
            patch.only_replace()?;
            api.endpoint_access_mode = patch.some_text();
            Ok(())
        }
        ["endpointConfiguration", rest @ ..] => endpoint(api, patch, rest),
        _ => Err(patch.unknown_path()),
    }
}

fn description(api: &mut RestApi, patch: &Patch) -> Result<(), Error> {
    api.description = match patch.op {
        Op::Add | Op::Replace => {
            let text = patch.some_text();
            Some(text.ok_or_else(|| Error::bad("Description cannot be an empty string"))?)
        }
        Op::Remove => None,
        _ => return Err(patch.unknown_path()),
    };
    Ok(())
}

/// The media type stands in the path; replacing puts the value in its place, at the end of the
/// list, as recorded. `-` is a media type like every other text, not "the end".
fn binary_media_type(api: &mut RestApi, patch: &Patch, media_type: &str) -> Result<(), Error> {
    let types = &mut api.binary_media_types;
    match patch.op {
        Op::Add => {
            if !types.iter().any(|one| one == media_type) {
                types.push(media_type.to_owned());
            }
        }
        Op::Remove => types.retain(|one| one != media_type),
        Op::Replace => {
            let known = types.len();
            types.retain(|one| one != media_type);
            let was_there = types.len() < known;
            let new = patch.some_text().filter(|_| was_there);
            let new = new.unwrap_or_else(|| media_type.to_owned());
            if !types.contains(&new) {
                types.push(new);
            }
        }
        _ => return Err(patch.unknown_path()),
    }
    Ok(())
}

/// An absent value switches compression off.
fn compression(api: &mut RestApi, patch: &Patch) -> Result<(), Error> {
    patch.only_replace()?;
    api.minimum_compression_size = match patch.some_text() {
        None => None,
        // What is no number is out of range.
        Some(text) => Some(rest_api::compression(text.parse().unwrap_or(-1))?),
    };
    Ok(())
}

fn endpoint(api: &mut RestApi, patch: &Patch, path: &[&str]) -> Result<(), Error> {
    match path {
        ["types", _] => {
            patch.only_replace()?;
            let kind = patch.text();
            if !["EDGE", "REGIONAL", "PRIVATE"].contains(&kind.as_str()) {
                return Err(Error::bad(
                    "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
                ));
            }
            if kind == "PRIVATE" {
                api.endpoint.ip_address_type = Some("dualstack".into());
            }
            api.endpoint.types = vec![kind];
        }
        ["ipAddressType"] => {
            patch.only_replace()?;
            let is_private = api.endpoint.types.iter().any(|kind| kind == "PRIVATE");
            let address = patch.text();
            rest_api::check_address_type(&address, is_private)?;
            api.endpoint.ip_address_type = Some(address);
        }
        ["vpcEndpointIds"] => {
            let id = patch.text();
            match patch.op {
                Op::Add if api.endpoint.vpc_endpoint_ids.contains(&id) => {}
                Op::Add => api.endpoint.vpc_endpoint_ids.push(id),
                Op::Remove => api.endpoint.vpc_endpoint_ids.retain(|one| *one != id),
                _ => return Err(patch.unknown_path()),
            }
        }
        _ => return Err(patch.unknown_path()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn patched(api: &mut RestApi, op: &str, path: &str, value: Option<&str>) -> Result<(), String> {
        let patch = Patch::new(
            Some(op.into()),
            Some(path.into()),
            value.map(Into::into),
            None,
        )
        .unwrap();
        apply(api, &patch).map_err(|error| error.to_string())
    }

    #[test]
    fn binary_media_types_are_named_by_the_path() {
        let mut api = RestApi::default();
        patched(&mut api, "add", "/binaryMediaTypes/image~1png", None).unwrap();
        patched(&mut api, "add", "/binaryMediaTypes/image~1jpeg", None).unwrap();
        assert_eq!(api.binary_media_types, ["image/png", "image/jpeg"]);
        patched(
            &mut api,
            "replace",
            "/binaryMediaTypes/image~1png",
            Some("image/gif"),
        )
        .unwrap();
        assert_eq!(api.binary_media_types, ["image/jpeg", "image/gif"]);
        patched(&mut api, "remove", "/binaryMediaTypes/image~1gif", None).unwrap();
        assert_eq!(api.binary_media_types, ["image/jpeg"]);
        for op in ["add", "replace", "remove"] {
            assert_eq!(
                patched(&mut api, op, "/binaryMediaTypes", Some("image/gif")),
                Err("Invalid patch path /binaryMediaTypes".into())
            );
        }
    }

    #[test]
    fn compression_goes_on_off_and_to_zero() {
        let mut api = RestApi::default();
        let path = "/minimumCompressionSize";
        patched(&mut api, "replace", path, Some("10")).unwrap();
        assert_eq!(api.minimum_compression_size, Some(10));
        patched(&mut api, "replace", path, None).unwrap();
        assert_eq!(api.minimum_compression_size, None);
        patched(&mut api, "replace", path, Some("0")).unwrap();
        assert_eq!(api.minimum_compression_size, Some(0));
        for wrong in ["-1", "test", "10485761"] {
            assert_eq!(
                patched(&mut api, "replace", path, Some(wrong)),
                Err("Invalid minimum compression size, must be between 0 and 10485760".into())
            );
        }
        assert_eq!(
            patched(&mut api, "add", path, Some("10")),
            Err("Invalid patch operation specified. Must be one of: [replace]".into())
        );
    }

    #[test]
    fn endpoint_types_are_one_of_three() {
        let mut api = RestApi::default();
        let path = "/endpointConfiguration/types/EDGE";
        patched(&mut api, "replace", path, Some("REGIONAL")).unwrap();
        assert_eq!(api.endpoint.types, ["REGIONAL"]);
        assert!(patched(&mut api, "replace", path, Some("LOCAL")).is_err());
    }
}
