//! Pages of a list: `limit` and `position`.

use crate::limits;

/// One page and where the next one starts.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The next page's `position`; none on the last page.
    pub position: Option<String>,
}

/// Cuts a page out of items that are sorted by key; keys are unique.
///
/// The position is the key of the page's last item, so a page stays right when items come and go
/// between two requests.
pub fn cut<T>(items: Vec<(String, T)>, limit: Option<i32>, position: Option<&str>) -> Page<T> {
    let size = size(limit);
    let mut rest = items
        .into_iter()
        .filter(|(key, _)| position.is_none_or(|after| key.as_str() > after));
    let mut page = Vec::new();
    let mut last = None;
    for (key, item) in rest.by_ref().take(size) {
        page.push(item);
        last = Some(key);
    }
    Page {
        items: page,
        position: rest.next().and(last),
    }
}

/// Items of a page for this `limit`. UNVERIFIED: what AWS does below 1 and above 500; both are
/// brought into range here.
pub fn size(limit: Option<i32>) -> usize {
    limit
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0)
        .map_or(limits::PAGE_DEFAULT, |limit| limit.min(limits::PAGE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(count: u8) -> Vec<(String, u8)> {
        (0..count).map(|n| (format!("k{n:03}"), n)).collect()
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let first = cut(letters(5), Some(2), None);
        assert_eq!(first.items, [0, 1]);
        let second = cut(letters(5), Some(2), first.position.as_deref());
        assert_eq!(second.items, [2, 3]);
        let third = cut(letters(5), Some(2), second.position.as_deref());
        assert_eq!(
            third,
            Page {
                items: vec![4],
                position: None
            }
        );
    }

    #[test]
    fn a_full_last_page_has_no_position() {
        assert_eq!(cut(letters(2), Some(2), None).position, None);
    }

    #[test]
    fn the_default_is_25_and_the_most_is_500() {
        assert_eq!(cut(letters(26), None, None).items.len(), 25);
        assert_eq!(size(Some(500)), 500);
        assert_eq!(size(Some(501)), 500);
        assert_eq!(size(Some(0)), 25);
        assert_eq!(size(Some(-1)), 25);
    }
}
