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
        Value::Int(value) => write!(out, "{value}"),
        Value::Long(value) => write!(out, "{value}"),
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
    fn doubles_print_as_java_does() {
        let check = |value: f64, expect: &str| {
            let mut out = String::new();
            write_double(value, &mut out);
            assert_eq!(out, expect);
        };
        check(1.0, "1.0");
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
