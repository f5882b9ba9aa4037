//! Numbers of a document.

use crate::Number;

/// Digits that always fit 32 bits.
const SHORT_DIGITS: u32 = 9;

/// Digits that a double holds exactly, as it does ten to the power of as many.
pub(crate) const EXACT_DIGITS: u32 = 15;

/// The number that a few digits are: `point` says behind how many of them the point stands.
pub(crate) fn short_number(value: u64, digits: u32, point: Option<u32>) -> Option<Number> {
    match point {
        None if (1..=SHORT_DIGITS).contains(&digits) => i32::try_from(value).ok().map(Number::Int),
        Some(point) if point < digits => {
            // Both are held exactly, so the quotient is the double nearest to the number.
            let divisor = 10_u64.pow(digits - point);
            Some(Number::Double(value as f64 / divisor as f64))
        }
        _ => None,
    }
}

/// The number that a text is, as json-smart reads it; none when it is a text.
pub(crate) fn to_number(text: &str, is_float: bool) -> Option<Number> {
    if is_float {
        if text.len() > 18 {
            return crate::decimal::Decimal::parse(text).map(|_| Number::Decimal(text.to_owned()));
        }
        return text.parse().ok().map(Number::Double);
    }
    if let Ok(value) = text.parse::<i64>() {
        return Some(match i32::try_from(value) {
            Ok(value) => Number::Int(value),
            Err(_) => Number::Long(value),
        });
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() {
        return Some(Number::Int(0));
    }
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| {
        let sign = if digits.len() < text.len() { "-" } else { "" };
        Number::Big(format!("{sign}{}", digits.trim_start_matches('0')))
    })
}
