//! Java's `toString` of everything but blocks, lists and maps.

use super::Value;
use std::fmt::Write;

/// Appends a scalar as Java prints it. Lists, maps and blocks are printed by the renderer; here
/// they print as what they are.
pub(crate) fn scalar(value: &Value, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = match value {
        Value::Null => out.write_str("null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) => {
            write_integer(i64::from(*value), out);
            Ok(())
        }
        Value::Long(value) => {
            write_integer(*value, out);
            Ok(())
        }
        Value::Big(value) => write!(out, "{value}"),
        Value::Double(value) => {
            write_double(*value, out);
            Ok(())
        }
        Value::Decimal(text) | Value::Text(text) => out.write_str(text),
        Value::Char(value) => out.write_char(*value),
        Value::Iter(_) => out.write_str("java.util.Iterator"),
        _ => Ok(()),
    };
}

/// An integer, faster than what formats anything.
fn write_integer(value: i64, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    write_digits(value.unsigned_abs(), out);
}

fn write_digits(value: u64, out: &mut String) {
    let mut digits = [0; 20];
    let mut rest = value;
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        length += 1;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(digits.len() - length..).unwrap_or_default();
    out.push_str(std::str::from_utf8(digits).unwrap_or_default());
}

/// Appends a number of up to three decimals, as most are; false when it is another one.
///
/// A number of fifteen digits or fewer has no shorter text than its own, so what gives the number
/// again is the text that Java prints.
fn write_short(value: f64, out: &mut String) -> bool {
    const SCALE: u64 = 1_000;
    let size = value.abs();
    let scaled = (size * SCALE as f64 + 0.5) as u64;
    if size >= 1e7 || scaled == 0 || scaled as f64 / SCALE as f64 != size {
        return false;
    }
    if value < 0.0 {
        out.push('-');
    }
    write_digits(scaled / SCALE, out);
    let mut decimals = scaled % SCALE;
    let mut places = SCALE / 10;
    out.push('.');
    loop {
        let digit = u8::try_from(decimals / places).unwrap_or_default();
        out.push(char::from(b'0' + digit));
        decimals %= places;
        places /= 10;
        if decimals == 0 || places == 0 {
            return true;
        }
    }
}

/// Java's `Double.toString`.
pub(crate) fn write_double(value: f64, out: &mut String) {
    if value.is_nan() {
        out.push_str("NaN");
        return;
    }
    if value.is_infinite() {
        out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
        return;
    }
    if write_short(value, out) {
        return;
    }
    let size = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&size) {
        let text = format!("{value}");
        out.push_str(&text);
        if !text.contains('.') {
            out.push_str(".0");
        }
        return;
    }
    // Rust's `1.5e-7` is Java's `1.5E-7`, its `1e10` is `1.0E10`.
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    out.push_str(mantissa);
    if !mantissa.contains('.') {
        out.push_str(".0");
    }
    out.push('E');
    out.push_str(exponent);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_those_of_the_long_way() {
        for thousandths in (0..20_000_000_u32).step_by(7) {
            for value in [
                f64::from(thousandths) / 1_000.0,
                f64::from(thousandths) * 0.001,
            ] {
                let (mut short, mut long) = (String::new(), format!("{value}"));
                write_double(value, &mut short);
                if !long.contains('.') {
                    long.push_str(".0");
                }
                if value == 0.0 || value >= 1e-3 {
                    assert_eq!(short, long);
                }
            }
        }
    }

    #[test]
    fn integers_print_with_their_sign() {
        for value in [0, -1, 9, 10, i64::MIN, i64::MAX] {
            let mut out = String::new();
            write_integer(value, &mut out);
            assert_eq!(out, value.to_string());
        }
    }

    #[test]
    fn doubles_print_as_java_does() {
        let check = |value: f64, expect: &str| {
            let mut out = String::new();
            write_double(value, &mut out);
            assert_eq!(out, expect);
        };
        check(1.0, "1.0");
        check(-249.99, "-249.99");
        check(0.1 + 0.2, "0.30000000000000004");
        check(9999999.999, "9999999.999");
        check(100.05, "100.05");
        check(0.007, "0.007");
        check(12.3456, "12.3456");
        check(10.0, "10.0");
        check(0.001, "0.001");
        check(0.0001, "1.0E-4");
        check(1e7, "1.0E7");
        check(9999999.5, "9999999.5");
        check(1.234e-7, "1.234E-7");
        check(-0.0, "-0.0");
        check(f64::NAN, "NaN");
        check(f64::NEG_INFINITY, "-Infinity");
        check(1.7976931348623157e308, "1.7976931348623157E308");
    }
}
