//! Decimal numbers of any size, compared and printed as Java's `BigDecimal`.

use std::cmp::Ordering;

/// `digits` times ten to the power of minus `scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    is_negative: bool,
    /// Without leading zeros; empty for zero.
    digits: String,
    scale: i64,
}

impl Decimal {
    /// Reads what Java's `BigDecimal` reads.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let scale = i64::try_from(fraction.len()).ok()? - i64::from(exponent);
        Some(Self {
            is_negative,
            digits: digits.trim_start_matches('0').to_owned(),
            scale,
        })
    }

    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Power of ten of the first digit.
    fn magnitude(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX) - self.scale
    }

    /// `compareTo`: by value, `1.0` and `1` are equal.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let sign = |value: &Self| match (value.is_zero(), value.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let order = sign(self).cmp(&sign(other));
        if order != Ordering::Equal || self.is_zero() {
            return order;
        }
        let size = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            let bare = |value: &'_ str| value.trim_end_matches('0').to_owned();
            bare(&self.digits).cmp(&bare(&other.digits))
        });
        if self.is_negative {
            size.reverse()
        } else {
            size
        }
    }

    /// `toString`.
    pub(crate) fn print(&self) -> String {
        let sign = if self.is_negative && !self.is_zero() {
            "-"
        } else {
            ""
        };
        let digits = if self.is_zero() { "0" } else { &self.digits };
        let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let adjusted = count - 1 - self.scale;
        if self.scale == 0 {
            return format!("{sign}{digits}");
        }
        if self.scale > 0 && adjusted >= -6 {
            let point = count - self.scale;
            return match usize::try_from(point) {
                Ok(point) if point > 0 => {
                    let (whole, fraction) = digits.split_at(point);
                    format!("{sign}{whole}.{fraction}")
                }
                _ => {
                    let zeros = usize::try_from(-point).unwrap_or(0);
                    format!("{sign}0.{}{digits}", "0".repeat(zeros))
                }
            };
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let plus = if adjusted > 0 { "+" } else { "" };
        match adjusted {
            0 => format!("{sign}{first}{point}{rest}"),
            _ => format!("{sign}{first}{point}{rest}E{plus}{adjusted}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn decimals_compare_by_value() {
        let compare = |a: &str, b: &str| {
            Decimal::parse(a)
                .unwrap()
                .compare(&Decimal::parse(b).unwrap())
        };
        assert_eq!(compare("1.0", "1"), Ordering::Equal);
        assert_eq!(compare("-0.123e2", "-12.3"), Ordering::Equal);
        assert_eq!(compare("42", "42.0001"), Ordering::Less);
        assert_eq!(compare("-2", "-10"), Ordering::Greater);
        assert_eq!(compare("1e400", "9e399"), Ordering::Greater);
        assert_eq!(compare("0", "-0.0"), Ordering::Equal);
    }

    #[test]
    fn decimals_print_as_java_does() {
        let print = |text: &str| Decimal::parse(text).unwrap().print();
        assert_eq!(print("100"), "100");
        assert_eq!(print("1E2"), "1E+2");
        assert_eq!(print("12.50"), "12.50");
        assert_eq!(print("0.000001"), "0.000001");
        assert_eq!(print("0.0000001"), "1E-7");
        assert_eq!(print("1.0E7"), "1.0E+7");
        assert_eq!(print("-0.5"), "-0.5");
        assert!(Decimal::parse("1-2").is_none());
        assert!(Decimal::parse("").is_none());
    }
}
