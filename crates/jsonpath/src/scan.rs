//! Where texts of a document end, looked for eight bytes at a time: most of a document is text.

/// Bytes before the next quote; none when a backslash comes first, or no quote comes.
pub(crate) fn plain_length(text: &[u8], quote: u8) -> Option<usize> {
    let mut length = 0;
    let (words, tail) = text.as_chunks();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let found = (marks(word, quote) | marks(word, b'\\')) & HIGH_BITS;
        if found != 0 {
            length += found.trailing_zeros() as usize / 8;
            return (text.get(length) == Some(&quote)).then_some(length);
        }
        length += size_of_val(&word);
    }
    let found = tail
        .iter()
        .position(|byte| *byte == quote || *byte == b'\\')?;
    (tail.get(found) == Some(&quote)).then_some(length + found)
}

/// Bytes before the next quote, backslash or control.
pub(crate) fn kept_length(text: &[u8], quote: u8) -> usize {
    let mut length = 0;
    let (words, tail) = text.as_chunks();
    for word in words {
        let word = u64::from_le_bytes(*word);
        // What is below a blank has one of its high bits set by taking the blank away.
        let controls = word.wrapping_sub(u64::from_le_bytes([b' '; 8])) & !word;
        let ends = marks(word, quote) | marks(word, b'\\') | marks(word, 0x7f);
        let found = (ends | controls) & HIGH_BITS;
        if found != 0 {
            return length + found.trailing_zeros() as usize / 8;
        }
        length += size_of_val(&word);
    }
    let ends = |byte: u8| byte == quote || byte == b'\\' || byte < b' ' || byte == 0x7f;
    let found = tail.iter().position(|byte| ends(*byte));
    length + found.unwrap_or(tail.len())
}

const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);

/// Marks the high bit of the first byte of `word` that is `byte`, and maybe of later ones; the
/// other bits say nothing.
fn marks(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let zero_where_equal = word ^ u64::from_le_bytes([byte; 8]);
    zero_where_equal.wrapping_sub(ONES) & !zero_where_equal
}
