//! `NextToken` and `MaxResults`.

use crate::error;
use crate::limits::PAGE_ITEMS;
use api::ServiceError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What a request says about the page it wants.
pub(crate) struct Wanted {
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// Cuts a page out of items that are in order of their keys; gives the token of the next page.
pub(crate) fn cut<T>(
    items: Vec<(String, T)>,
    wanted: &Wanted,
) -> Result<(Vec<T>, Option<String>), ServiceError> {
    let after = wanted.next_token.as_deref().map(read).transpose()?;
    let asked = wanted.max_results.and_then(|max| usize::try_from(max).ok());
    let max = asked.unwrap_or(PAGE_ITEMS).clamp(1, PAGE_ITEMS);
    let mut rest = items
        .into_iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let mut last = String::new();
    let mut page = Vec::new();
    for (key, item) in rest.by_ref().take(max) {
        last = key;
        page.push(item);
    }
    let next = rest.next().map(|_| URL_SAFE_NO_PAD.encode(last));
    Ok((page, next))
}

fn read(token: &str) -> Result<String, ServiceError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| {
            error::invalid(
                "INVALID_NEXT_TOKEN",
                "You provided an invalid value for the next token.",
            )
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pages_join_to_the_whole() {
        let all = || (100..145).map(|n| (n.to_string(), n)).collect::<Vec<_>>();
        let mut found = Vec::new();
        let mut wanted = Wanted {
            next_token: None,
            max_results: None,
        };
        loop {
            let (page, next) = cut(all(), &wanted).unwrap();
            assert!(page.len() <= PAGE_ITEMS);
            found.extend(page);
            wanted.next_token = next;
            if wanted.next_token.is_none() {
                break;
            }
        }
        assert_eq!(found, (100..145).collect::<Vec<_>>());
        wanted.next_token = Some("%".to_owned());
        let error = cut(all(), &wanted).unwrap_err();
        assert_eq!(error.code(), "InvalidInputException");
    }
}
