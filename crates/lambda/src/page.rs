//! Pages of lists: `MaxItems` in, `NextMarker` out.

use crate::error::LambdaError;
use crate::limits::PAGE_ITEMS_MAX;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Which page of a list is wanted.
#[derive(Debug)]
pub struct Page {
    /// The last item of the page before.
    pub after: Option<String>,
    /// Items of this page at most.
    pub limit: usize,
}

impl Page {
    /// Reads `Marker` and `MaxItems`. Like AWS, gives never more than 50 items.
    ///
    /// # Errors
    /// When the marker is none of ours.
    pub fn read(marker: Option<&str>, max_items: Option<i32>) -> Result<Self, LambdaError> {
        let after = match marker {
            None | Some("") => None,
            Some(marker) => Some(decode(marker).ok_or_else(|| {
                LambdaError::Invalid("The provided Marker is not valid.".to_owned())
            })?),
        };
        let limit = max_items
            .and_then(|wanted| usize::try_from(wanted).ok())
            .unwrap_or(PAGE_ITEMS_MAX)
            .clamp(1, PAGE_ITEMS_MAX);
        Ok(Self { after, limit })
    }

    /// Cuts a list that is sorted by `key_of` down to this page, and gives the marker of the next.
    pub fn cut<T>(&self, all: Vec<T>, key_of: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let mut rest = all.into_iter().filter(|item| match &self.after {
            Some(after) => key_of(item) > *after,
            None => true,
        });
        let page: Vec<T> = rest.by_ref().take(self.limit).collect();
        let has_more = rest.next().is_some();
        let next = page
            .last()
            .filter(|_| has_more)
            .map(|last| marker(&key_of(last)));
        (page, next)
    }
}

/// The marker of the page that follows `last`.
pub fn marker(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(last)
}

fn decode(marker: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(marker).ok()?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let all = || vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let (first, next) = Page::read(None, Some(2)).unwrap().cut(all(), String::clone);
        assert_eq!(first, ["a", "b"]);
        let (second, end) = Page::read(next.as_deref(), Some(2))
            .unwrap()
            .cut(all(), String::clone);
        assert_eq!((second, end), (vec!["c".to_owned()], None));
        let (all, end) = Page::read(None, Some(3)).unwrap().cut(all(), String::clone);
        assert_eq!((all.len(), end), (3, None));
    }

    #[test]
    fn a_foreign_marker_is_refused() {
        assert!(Page::read(Some("%%%"), None).is_err());
    }
}
