//! `Integer`, `Long`, `BigInteger` and `Double`, with their static methods.

use super::{Called, bits, scalar, scalar_text};
use crate::Heap;
use crate::value::{CallError, Value, compare, double};
use std::cmp::Ordering;

pub(super) fn call(number: &Value, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    match args {
        [] => plain(number, method),
        [argument] => with_one(number, method, argument, heap),
        [first, second] => with_two(number, method, first, second, heap),
        _ => Ok(None),
    }
}

fn plain(number: &Value, method: &str) -> Called {
    Ok(match (method, number) {
        ("intValue", _) => number.int_value().map(Value::Int),
        ("shortValue", _) => number
            .int_value()
            .map(|value| Value::Int(i32::from(value as i16))),
        ("byteValue", _) => number
            .int_value()
            .map(|value| Value::Int(i32::from(value as i8))),
        ("longValue", _) => long(number).map(Value::Long),
        ("doubleValue" | "floatValue", _) => double(number).map(Value::Double),
        ("isNaN", Value::Double(value)) => Some(Value::Bool(value.is_nan())),
        ("isInfinite", Value::Double(value)) => Some(Value::Bool(value.is_infinite())),
        ("abs", Value::Big(value)) => Some(Value::Big(value.saturating_abs().into())),
        ("negate", Value::Big(value)) => Some(Value::Big(value.saturating_neg().into())),
        ("signum", Value::Big(value)) => i32::try_from(value.signum()).ok().map(Value::Int),
        _ => None,
    })
}

fn with_one(number: &Value, method: &str, argument: &Value, heap: &mut Heap) -> Called {
    let same_type = std::mem::discriminant(number) == std::mem::discriminant(argument);
    match (method, argument) {
        ("valueOf", _) if argument.is_number() && matches!(number, Value::Double(_)) => {
            Ok(double(argument).map(Value::Double))
        }
        ("valueOf", Value::Int(value)) if matches!(number, Value::Long(_)) => {
            Ok(Some(Value::Long(i64::from(*value))))
        }
        ("compareTo", _) if same_type => Ok(compare(number, argument).map(order)),
        ("toString" | "valueOf", _) if same_type && method == "valueOf" => {
            Ok(Some(argument.clone()))
        }
        ("toString", Value::Int(_) | Value::Long(_)) if matches!(number, Value::Double(_)) => {
            let widened = double(argument).map_or(Value::Null, Value::Double);
            Ok(Some(heap.text(scalar_text(&widened))?))
        }
        ("toString", Value::Int(_)) if matches!(number, Value::Long(_)) => {
            Ok(Some(heap.text(scalar_text(argument))?))
        }
        ("toString", _) if same_type => Ok(Some(heap.text(scalar_text(argument))?)),
        ("parseInt" | "parseLong" | "parseDouble" | "valueOf", Value::Text(text)) => {
            parse(number, method, text, 10)
        }
        ("decode", Value::Text(text)) if !matches!(number, Value::Double(_)) => {
            parse(number, method, text, 10)
        }
        ("parseInt" | "parseLong" | "parseDouble", Value::Null) => {
            Err(CallError::failed("the argument is null"))
        }
        ("toHexString", _) if matches!(number, Value::Double(_)) => match double(argument) {
            Some(value) => Ok(Some(heap.text(hex_double(value))?)),
            None => Ok(None),
        },
        ("parseUnsignedInt", Value::Text(text)) if matches!(number, Value::Int(_)) => {
            let value = text.strip_prefix('+').unwrap_or(text).parse::<u32>();
            let value = value.map_err(|_| wrong_number(text))?;
            Ok(Some(Value::Int(value.cast_signed())))
        }
        _ => match widened(number, argument) {
            Some(argument) => static_of_one(method, &argument, heap),
            None => Ok(None),
        },
    }
}

/// A static method whose argument is of the receiver's type.
fn static_of_one(method: &str, argument: &Value, heap: &mut Heap) -> Called {
    match (method, argument) {
        ("hashCode", _) => Ok(Some(Value::Int(scalar::hash(argument, heap, 0)?))),
        ("isNaN", Value::Double(value)) => Ok(Some(Value::Bool(value.is_nan()))),
        ("isInfinite", Value::Double(value)) => Ok(Some(Value::Bool(value.is_infinite()))),
        ("isFinite", Value::Double(value)) => Ok(Some(Value::Bool(value.is_finite()))),
        _ => bits::call(method, argument, heap),
    }
}

fn with_two(
    number: &Value,
    method: &str,
    first: &Value,
    second: &Value,
    heap: &mut Heap,
) -> Called {
    match (method, first, second) {
        ("parseInt" | "valueOf" | "parseLong", Value::Text(text), Value::Int(radix)) => {
            parse(number, method, text, radix_of(*radix)?)
        }
        ("toString", Value::Int(value), Value::Int(radix)) => {
            // Java takes 10 for a radix that it does not know.
            let radix = radix_of(*radix).unwrap_or(10);
            Ok(Some(heap.text(in_radix(i64::from(*value), radix))?))
        }
        ("rotateLeft" | "rotateRight", _, Value::Int(distance)) => {
            Ok(widened(number, first).and_then(|value| bits::rotate(method, &value, *distance)))
        }
        _ => match statics_of_two(number, method, first, second) {
            Some(result) => Ok(Some(result)),
            None => match (widened(number, first), widened(number, second)) {
                (Some(a), Some(b)) => bits::call_two(method, &a, &b),
                _ => Ok(None),
            },
        },
    }
}

/// The static methods that `Integer`, `Long` and `Double` share; an argument widens to the
/// receiver's type, never narrows.
fn statics_of_two(number: &Value, method: &str, first: &Value, second: &Value) -> Option<Value> {
    let (a, b) = (widened(number, first)?, widened(number, second)?);
    let order_of_both = compare(&a, &b)?;
    Some(match (method, &a, &b) {
        ("max", ..) if order_of_both == Ordering::Less => b,
        ("min", ..) if order_of_both == Ordering::Greater => b,
        ("max" | "min", ..) => a,
        ("compare", ..) => order(order_of_both),
        ("sum", Value::Int(a), Value::Int(b)) => Value::Int(a.wrapping_add(*b)),
        ("sum", Value::Long(a), Value::Long(b)) => Value::Long(a.wrapping_add(*b)),
        ("sum", Value::Double(a), Value::Double(b)) => Value::Double(a + b),
        _ => return None,
    })
}

fn widened(number: &Value, argument: &Value) -> Option<Value> {
    Some(match (number, argument) {
        (Value::Int(_), Value::Int(_))
        | (Value::Long(_), Value::Long(_))
        | (Value::Double(_), Value::Double(_)) => argument.clone(),
        (Value::Long(_), Value::Int(value)) => Value::Long(i64::from(*value)),
        (Value::Double(_), Value::Int(_) | Value::Long(_)) => Value::Double(double(argument)?),
        _ => return None,
    })
}

/// `Double.toHexString`: `0x1.fep7`.
fn hex_double(value: f64) -> String {
    if !value.is_finite() {
        return scalar_text(&Value::Double(value));
    }
    let bits = value.to_bits();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let fraction = format!("{:013x}", bits & ((1 << 52) - 1));
    let fraction = match fraction.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    match (bits >> 52) & 0x7ff {
        0 if value == 0.0 => format!("{sign}0x0.0p0"),
        0 => format!("{sign}0x0.{fraction}p-1022"),
        exponent => format!("{sign}0x1.{fraction}p{}", exponent as i64 - 1023),
    }
}

fn parse(number: &Value, method: &str, text: &str, radix: u32) -> Called {
    let wrong = || wrong_number(text);
    if method == "decode" {
        let decoded = decode(number, text);
        return decoded.map(Some).ok_or_else(wrong);
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_signed_twice = text.starts_with('+') && digits.starts_with(['+', '-']);
    if is_signed_twice || digits.is_empty() {
        return Err(wrong());
    }
    let value = match (number, method) {
        (Value::Int(_), "parseInt" | "valueOf") => {
            i32::from_str_radix(digits, radix).ok().map(Value::Int)
        }
        (Value::Long(_), "parseLong" | "valueOf") => {
            i64::from_str_radix(digits, radix).ok().map(Value::Long)
        }
        (Value::Double(_), "parseDouble" | "valueOf") => {
            let digits = text.trim().trim_end_matches(['d', 'D', 'f', 'F']);
            digits.parse().ok().map(Value::Double)
        }
        _ => return Ok(None),
    };
    value.map(Some).ok_or_else(wrong)
}

fn wrong_number(text: &str) -> CallError {
    CallError::failed(format!("for input string: \"{text}\""))
}

/// `Integer.decode` and `Long.decode`: a sign, then `0x`, `#` or `0` for another radix than 10.
fn decode(number: &Value, text: &str) -> Option<Value> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = ["0x", "0X", "#"];
    let hex = hex.iter().find_map(|prefix| rest.strip_prefix(prefix));
    let (digits, radix) = match (hex, rest.strip_prefix('0')) {
        (Some(hex), _) => (hex, 16),
        (None, Some(octal)) if !octal.is_empty() => (octal, 8),
        _ => (rest, 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()?;
    match number {
        Value::Int(_) => i32::try_from(value).ok().map(Value::Int),
        Value::Long(_) => Some(Value::Long(value)),
        _ => None,
    }
}

fn radix_of(radix: i32) -> Result<u32, CallError> {
    u32::try_from(radix)
        .ok()
        .filter(|radix| (2..=36).contains(radix))
        .ok_or_else(|| CallError::failed(format!("radix {radix} is out of range")))
}

fn in_radix(value: i64, radix: u32) -> String {
    let mut rest = value.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(rest % u64::from(radix)).unwrap_or(0);
        digits.push(char::from_digit(digit, radix).unwrap_or('0'));
        rest /= u64::from(radix);
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

fn order(order: Ordering) -> Value {
    Value::Int(order as i32)
}

fn long(number: &Value) -> Option<i64> {
    match number {
        Value::Int(value) => Some(i64::from(*value)),
        Value::Long(value) => Some(*value),
        Value::Big(value) => {
            let [a, b, c, d, e, f, g, h, ..] = value.to_le_bytes();
            Some(i64::from_le_bytes([a, b, c, d, e, f, g, h]))
        }
        other => double(other).map(|value| value as i64),
    }
}
