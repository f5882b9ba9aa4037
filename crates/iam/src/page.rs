//! `Marker`, `MaxItems`, `IsTruncated`.

use crate::error;
use crate::limits::{PAGE_ITEMS, PAGE_ITEMS_MAX};
use api::ServiceError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One page of a list.
pub(crate) struct Page<T> {
    pub items: Vec<T>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

/// Cuts a page out of items that are in order of their keys.
pub(crate) fn cut<T>(
    items: Vec<(String, T)>,
    marker: Option<&str>,
    max_items: Option<i32>,
) -> Result<Page<T>, ServiceError> {
    let after = marker.map(read).transpose()?;
    let max = max_items
        .and_then(|max| usize::try_from(max).ok())
        .unwrap_or(PAGE_ITEMS)
        .clamp(1, PAGE_ITEMS_MAX);
    let mut rest = items
        .into_iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let mut last = String::new();
    let mut page = Vec::new();
    for (key, item) in rest.by_ref().take(max) {
        last = key;
        page.push(item);
    }
    let is_truncated = rest.next().is_some();
    Ok(Page {
        items: page,
        is_truncated,
        marker: is_truncated.then(|| STANDARD.encode(last)),
    })
}

fn read(marker: &str) -> Result<String, ServiceError> {
    STANDARD
        .decode(marker)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| error::validation(format!("Invalid Marker: {marker}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_join_to_the_whole() {
        let all = || (10..35).map(|n| (n.to_string(), n)).collect::<Vec<_>>();
        let mut found = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let page = cut(all(), marker.as_deref(), Some(10)).unwrap();
            found.extend(page.items);
            assert_eq!(page.is_truncated, page.marker.is_some());
            marker = page.marker;
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(found, (10..35).collect::<Vec<_>>());
        assert!(cut(all(), Some("%"), None).is_err());
        assert!(!cut(all(), None, Some(25)).unwrap().is_truncated);
    }
}
