//! The static methods of `Integer` and `Long` that look at bits, and unsigned numbers.

use super::Called;
use crate::Heap;
use crate::value::{CallError, Value};

/// Calls a method of one number, which is of the receiver's type.
pub(super) fn call(method: &str, number: &Value, heap: &mut Heap) -> Called {
    let int = |count: u32| i32::try_from(count).ok().map(Value::Int);
    Ok(match (method, number) {
        ("toHexString", Value::Int(value)) => Some(heap.text(format!("{value:x}"))?),
        ("toHexString", Value::Long(value)) => Some(heap.text(format!("{value:x}"))?),
        ("toOctalString", Value::Int(value)) => Some(heap.text(format!("{value:o}"))?),
        ("toOctalString", Value::Long(value)) => Some(heap.text(format!("{value:o}"))?),
        ("toBinaryString", Value::Int(value)) => Some(heap.text(format!("{value:b}"))?),
        ("toBinaryString", Value::Long(value)) => Some(heap.text(format!("{value:b}"))?),
        ("toUnsignedString", Value::Int(value)) => {
            Some(heap.text(value.cast_unsigned().to_string())?)
        }
        ("toUnsignedString", Value::Long(value)) => {
            Some(heap.text(value.cast_unsigned().to_string())?)
        }
        ("toUnsignedLong", Value::Int(value)) => {
            Some(Value::Long(i64::from(value.cast_unsigned())))
        }
        ("signum", Value::Int(value)) => Some(Value::Int(value.signum())),
        ("signum", Value::Long(value)) => i32::try_from(value.signum()).ok().map(Value::Int),
        ("bitCount", Value::Int(value)) => int(value.count_ones()),
        ("bitCount", Value::Long(value)) => int(value.count_ones()),
        ("reverse", Value::Int(value)) => Some(Value::Int(value.reverse_bits())),
        ("reverse", Value::Long(value)) => Some(Value::Long(value.reverse_bits())),
        ("reverseBytes", Value::Int(value)) => Some(Value::Int(value.swap_bytes())),
        ("reverseBytes", Value::Long(value)) => Some(Value::Long(value.swap_bytes())),
        ("numberOfLeadingZeros", Value::Int(value)) => int(value.leading_zeros()),
        ("numberOfLeadingZeros", Value::Long(value)) => int(value.leading_zeros()),
        ("numberOfTrailingZeros", Value::Int(value)) => int(value.trailing_zeros()),
        ("numberOfTrailingZeros", Value::Long(value)) => int(value.trailing_zeros()),
        ("highestOneBit", Value::Int(value)) => Some(Value::Int(match value {
            0 => 0,
            value => i32::MIN
                .cast_unsigned()
                .unbounded_shr(value.leading_zeros())
                .cast_signed(),
        })),
        ("highestOneBit", Value::Long(value)) => Some(Value::Long(match value {
            0 => 0,
            value => i64::MIN
                .cast_unsigned()
                .unbounded_shr(value.leading_zeros())
                .cast_signed(),
        })),
        ("lowestOneBit", Value::Int(value)) => Some(Value::Int(value & value.wrapping_neg())),
        ("lowestOneBit", Value::Long(value)) => Some(Value::Long(value & value.wrapping_neg())),
        _ => None,
    })
}

/// Calls a method of two numbers, which are of the receiver's type.
pub(super) fn call_two(method: &str, a: &Value, b: &Value) -> Called {
    let (is_long, a, b) = match (a, b) {
        (Value::Int(a), Value::Int(b)) => {
            let (a, b) = (a.cast_unsigned(), b.cast_unsigned());
            (false, u64::from(a), u64::from(b))
        }
        (Value::Long(a), Value::Long(b)) => (true, a.cast_unsigned(), b.cast_unsigned()),
        _ => return Ok(None),
    };
    let divided = match method {
        "divideUnsigned" => a.checked_div(b),
        "remainderUnsigned" => a.checked_rem(b),
        "compareUnsigned" => return Ok(Some(Value::Int(a.cmp(&b) as i32))),
        _ => return Ok(None),
    };
    let result = divided.ok_or_else(|| CallError::failed("/ by zero"))?;
    Ok(Some(match (is_long, u32::try_from(result)) {
        (false, Ok(result)) => Value::Int(result.cast_signed()),
        _ => Value::Long(result.cast_signed()),
    }))
}

/// `rotateLeft` and `rotateRight`: Java looks at the low bits of the distance alone.
pub(super) fn rotate(method: &str, number: &Value, distance: i32) -> Option<Value> {
    let left = match method {
        "rotateLeft" => distance,
        "rotateRight" => distance.wrapping_neg(),
        _ => return None,
    };
    let left = left.rem_euclid(64).cast_unsigned();
    match number {
        Value::Int(value) => Some(Value::Int(value.rotate_left(left % 32))),
        Value::Long(value) => Some(Value::Long(value.rotate_left(left))),
        _ => None,
    }
}
