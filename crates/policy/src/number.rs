//! Decimal numbers, compared exactly.

use std::cmp::Ordering;

/// A decimal number of at most 30 digits.
///
/// A float would hold two neighbouring large numbers for equal, and a policy would then decide
/// by rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    /// The number times 10^[`SCALE`].
    scaled: i128,
}

const SCALE: usize = 12;

impl Number {
    /// Reads `-12`, `3.25`, `1e3` is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = !(whole.is_empty() && fraction.is_empty())
            && whole.len() <= 18
            && fraction.len() <= SCALE
            && (whole.bytes().chain(fraction.bytes())).all(|byte| byte.is_ascii_digit());
        if !is_number {
            return None;
        }
        let joined = format!("{whole}{fraction:0<SCALE$}");
        let scaled: i128 = joined.parse().ok()?;
        Some(Self {
            scaled: if is_negative { -scaled } else { scaled },
        })
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        self.scaled.cmp(&other.scaled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        let number = |text| Number::parse(text).unwrap();
        assert_eq!(number("10").compare(number("10.0")), Ordering::Equal);
        assert_eq!(number("-1").compare(number("0.5")), Ordering::Less);
        let (a, b) = (number("9007199254740993"), number("9007199254740992"));
        assert_eq!(a.compare(b), Ordering::Greater);
        for bad in ["", "a", "1e3", ".", "--1", "1.2.3", "NaN", "inf", "1 2"] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }
}
