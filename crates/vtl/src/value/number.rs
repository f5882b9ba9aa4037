//! Arithmetic as Velocity's `MathUtils` does it.

use super::Value;
use std::cmp::Ordering;

/// The five operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// The result for two numbers: [`Value::Null`] when the divisor is zero, none when a number is
/// too large to compute with, or Java cannot compute it either.
///
/// Java computes with as many digits as it needs where a decimal meets a number beyond 64 bits;
/// here the result is the nearest `Double`.
pub(crate) fn self_operation(operation: Operation, left: &Value, right: &Value) -> Option<Value> {
    let divides = matches!(operation, Operation::Divide | Operation::Modulo);
    if let (Some(a), Some(b)) = (integer(left), integer(right)) {
        if divides && b == 0 {
            return Some(Value::Null);
        }
        return integers(operation, a, b, width(left).max(width(right)));
    }
    let (a, b) = (double(left)?, double(right)?);
    if divides && b == 0.0 {
        return Some(Value::Null);
    }
    // Java makes `BigDecimal`s of these, which know no remainder.
    let is_wide = |value: &Value| matches!(value, Value::Big(_) | Value::Decimal(_));
    if operation == Operation::Modulo && (is_wide(left) || is_wide(right)) {
        return None;
    }
    Some(Value::Double(match operation {
        Operation::Add => a + b,
        Operation::Subtract => a - b,
        Operation::Multiply => a * b,
        Operation::Divide => a / b,
        Operation::Modulo => a % b,
    }))
}

/// How two numbers compare; none when one is not a number (NaN counts as equal, as in Java's
/// comparison by two `<`).
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (integer(left), integer(right)) {
        return Some(a.cmp(&b));
    }
    let (a, b) = (double(left)?, double(right)?);
    Some(a.partial_cmp(&b).unwrap_or(Ordering::Equal))
}

fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::Long(value) => Some(i128::from(*value)),
        Value::Big(value) => Some(**value),
        _ => None,
    }
}

pub(crate) fn double(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(f64::from(*value)),
        Value::Long(value) => Some(*value as f64),
        Value::Big(value) => Some(**value as f64),
        Value::Double(value) => Some(*value),
        Value::Decimal(text) => text.parse().ok(),
        _ => None,
    }
}

/// The wider operand decides the type of the result, which widens further when it must.
fn width(value: &Value) -> u8 {
    match value {
        Value::Int(_) => 0,
        Value::Long(_) => 1,
        _ => 2,
    }
}

fn integers(operation: Operation, a: i128, b: i128, width: u8) -> Option<Value> {
    let result = match operation {
        Operation::Add => a.checked_add(b),
        Operation::Subtract => a.checked_sub(b),
        Operation::Multiply => a.checked_mul(b),
        Operation::Divide => a.checked_div(b),
        // `BigInteger.mod` has no negative results, `%` has.
        Operation::Modulo if width == 2 && b < 0 => None,
        Operation::Modulo if width == 2 => a.checked_rem_euclid(b),
        Operation::Modulo => a.checked_rem(b),
    }?;
    let narrow = match width {
        0 => i32::try_from(result).ok().map(Value::Int),
        _ => None,
    };
    Some(match (narrow, i64::try_from(result)) {
        (Some(value), _) => value,
        (None, Ok(value)) if width < 2 => Value::Long(value),
        _ => Value::Big(result.into()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(operation: Operation, a: Value, b: Value, expect: &str) {
        let got = self_operation(operation, &a, &b).unwrap();
        assert_eq!(format!("{got:?}"), expect);
    }

    #[test]
    fn integers_widen_when_they_overflow() {
        check(
            Operation::Add,
            Value::Int(i32::MAX),
            Value::Int(1),
            "Long(2147483648)",
        );
        check(Operation::Add, Value::Int(1), Value::Long(1), "Long(2)");
        let big = "Big(9223372036854775808)";
        check(Operation::Add, Value::Long(i64::MAX), Value::Int(1), big);
        assert!(
            self_operation(
                Operation::Multiply,
                &Value::Big(i128::MAX.into()),
                &Value::Int(2)
            )
            .is_none()
        );
    }

    #[test]
    fn remainders_that_java_refuses_are_none() {
        let big = Value::Big((1 << 63).into());
        for divisor in [Value::Int(-3), Value::Double(2.5)] {
            assert!(self_operation(Operation::Modulo, &big, &divisor).is_none());
        }
        check(Operation::Modulo, big.clone(), Value::Int(0), "Null");
        check(
            Operation::Modulo,
            Value::Big((-7).into()),
            Value::Int(5),
            "Big(3)",
        );
    }

    #[test]
    fn division_keeps_integers_and_zero_gives_null() {
        check(Operation::Divide, Value::Int(7), Value::Int(2), "Int(3)");
        check(Operation::Divide, Value::Int(-7), Value::Int(2), "Int(-3)");
        check(Operation::Modulo, Value::Int(-7), Value::Int(2), "Int(-1)");
        check(Operation::Divide, Value::Int(7), Value::Int(0), "Null");
        check(Operation::Divide, Value::Double(7.0), Value::Int(0), "Null");
        check(
            Operation::Divide,
            Value::Int(7),
            Value::Double(2.0),
            "Double(3.5)",
        );
    }
}
