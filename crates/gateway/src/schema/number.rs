//! Numbers of JSON, compared by value.

use serde_json::Number;
use std::cmp::Ordering;

/// A number as `mantissa × 10^exponent`, exact; the mantissa ends in no zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    fn of(number: &Number) -> Option<Self> {
        let text = number.to_string();
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text.as_str(), 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        let mut exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        while mantissa != 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        if mantissa == 0 {
            exponent = 0;
        }
        Some(Self { mantissa, exponent })
    }
}

/// Whether two numbers are the same number: `1` and `1.0` are.
pub(super) fn equal(a: &Number, b: &Number) -> bool {
    match (Decimal::of(a), Decimal::of(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// A text that two numbers share when they are the same number.
pub(super) fn canonical(number: &Number) -> String {
    match Decimal::of(number) {
        Some(decimal) => format!("{}e{}", decimal.mantissa, decimal.exponent),
        None => number.to_string(),
    }
}

/// Which number is larger; none when they cannot be compared.
pub(super) fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// Whether `value` is a multiple of `divisor`.
pub(super) fn is_multiple(value: &Number, divisor: &Number) -> bool {
    let (Some(value), Some(divisor)) = (Decimal::of(value), Decimal::of(divisor)) else {
        return false;
    };
    if value.mantissa == 0 {
        return true;
    }
    if divisor.mantissa == 0 {
        return false;
    }
    let shift = value.exponent.saturating_sub(divisor.exponent);
    if shift < 0 {
        // Both mantissas end in no zero, so the divisor's further power of ten needs the factors.
        let power = 10i128.checked_pow(shift.unsigned_abs());
        let whole = power.and_then(|power| divisor.mantissa.checked_mul(power));
        return whole.is_some_and(|whole| value.mantissa % whole == 0);
    }
    // The mantissas are below 2^64, so no product is over 2^128.
    let modulus = divisor.mantissa.unsigned_abs();
    let mut rest = value.mantissa.unsigned_abs() % modulus;
    for _ in 0..shift {
        if rest == 0 {
            return true;
        }
        rest = rest * 10 % modulus;
    }
    rest == 0
}

/// Whether JSON wrote it as an integer; draft 4 does not take `1.0` for one.
pub(super) fn is_integer(number: &Number) -> bool {
    integer(number).is_some()
}

fn integer(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn multiples_are_exact() {
        let check = |value: &str, divisor: &str, expect: bool| {
            let is = is_multiple(&number(value), &number(divisor));
            assert_eq!(is, expect, "{value} / {divisor}");
        };
        check("0.0075", "0.0001", true);
        check("0.00751", "0.0001", false);
        check("10", "2", true);
        check("7", "2", false);
        check("4.5", "1.5", true);
        check("0", "1.5", true);
        check("1", "0.01", true);
        check("1e308", "0.123456789", false);
        check("1", "1e-300", true);
        check("1e-300", "1", false);
        check("12391239123", "1e-8", true);
    }

    #[test]
    fn numbers_are_equal_by_value() {
        assert!(equal(&number("1"), &number("1.0")));
        assert!(equal(&number("0"), &number("-0.0")));
        assert!(!equal(
            &number("9007199254740993"),
            &number("9007199254740992")
        ));
        let compare = |a, b| compare(&number(a), &number(b)).unwrap();
        assert_eq!(compare("18446744073709551615", "-1"), Ordering::Greater);
        assert_eq!(compare("1.5", "2"), Ordering::Less);
    }
}
