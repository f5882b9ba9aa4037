//! Java's indexes into texts count UTF-16 units; these functions count so in UTF-8.

/// Number of UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.encode_utf16().count(),
    }
}

/// The units from `start` to `end`; halves of a pair become U+FFFD.
pub(super) fn slice(text: &str, start: usize, end: usize) -> String {
    if text.is_ascii() {
        return text.get(start..end).unwrap_or_default().to_owned();
    }
    let units: Vec<u16> = text
        .encode_utf16()
        .skip(start)
        .take(end.saturating_sub(start))
        .collect();
    String::from_utf16_lossy(&units)
}

/// The character that the unit at `index` begins or ends.
pub(super) fn unit(text: &str, index: usize) -> Option<char> {
    let unit = match text.is_ascii() {
        true => u16::from(*text.as_bytes().get(index)?),
        false => text.encode_utf16().nth(index)?,
    };
    Some(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// The byte offset of the unit at `index`; the text's end beyond it.
pub(super) fn byte_offset(text: &str, index: usize) -> usize {
    if text.is_ascii() {
        return index.min(text.len());
    }
    let mut units = 0;
    for (offset, c) in text.char_indices() {
        if units >= index {
            return offset;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// The index of the unit at a byte offset.
pub(super) fn unit_index(text: &str, offset: usize) -> usize {
    length(text.get(..offset).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_outside_the_basic_plane_count_twice() {
        assert_eq!(length("a😀b"), 4);
        assert_eq!(slice("a😀b", 3, 4), "b");
        assert_eq!(slice("é☃x", 1, 3), "☃x");
        assert_eq!(byte_offset("a😀b", 3), 5);
        assert_eq!(unit_index("a😀b", 5), 3);
        assert_eq!(unit("aé", 1), Some('é'));
        assert_eq!(unit("a", 1), None);
    }
}
