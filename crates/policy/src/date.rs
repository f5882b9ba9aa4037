//! Points in time as condition values write them.

/// Milliseconds since 1970 of `2026-11-22`, `2026-11-22T11:56Z`, `2026-11-22T11:56:06.5+01:00`,
/// or of a number of seconds since 1970.
///
/// Numbers too large to be seconds of this age are milliseconds.
/// Source: "IAM JSON policy elements: Condition operators", Date condition operators.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return match number.unsigned_abs() {
            0..=99_999_999_999 => number.checked_mul(1000),
            _ => Some(number),
        };
    }
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let day_ms = days(day)?.checked_mul(86_400_000)?;
    match time {
        None => Some(day_ms),
        Some(time) => day_ms.checked_add(time_ms(time)?),
    }
}

/// Days since 1970-01-01 of `2026-11-22`; a year or a year and month stand for their first day.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let month_days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || !(1..=month_days).contains(&day) {
        return None;
    }
    // Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March.
    let shifted = if month > 2 { year } else { year - 1 };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn time_ms(text: &str) -> Option<i64> {
    let (clock, offset_ms) = match text.find(['Z', '+', '-']) {
        None => (text, 0),
        Some(at) => {
            let (clock, zone) = text.split_at(at);
            (clock, zone_ms(zone)?)
        }
    };
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let (second, millis) = match parts.next() {
        None => (0, 0),
        Some(text) => match text.split_once('.') {
            None => (digits(text, 2)?, 0),
            Some((second, fraction)) => (digits(second, 2)?, fraction_ms(fraction)?),
        },
    };
    let fits = hour < 24 && minute < 60 && second <= 60 && parts.next().is_none();
    fits.then(|| ((hour * 60 + minute) * 60 + second) * 1000 + millis - offset_ms)
}

fn zone_ms(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hour, minute) = zone.get(1..)?.split_once(':')?;
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2)?);
    (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute) * 60_000)
}

fn fraction_ms(text: &str) -> Option<i64> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let mut three: String = text.chars().take(3).collect();
    while three.len() < 3 {
        three.push('0');
    }
    if is_number { three.parse().ok() } else { None }
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let fits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_are_read() {
        for (text, expect) in [
            ("1970-01-01", Some(0)),
            ("2024-01-01", Some(1_704_067_200_000)),
            ("2024-02-29T12:30Z", Some(1_709_209_800_000)),
            ("2024-01-01T00:00:00Z", Some(1_704_067_200_000)),
            ("2024-01-01T01:00:00.250+01:00", Some(1_704_067_200_250)),
            ("1704067200", Some(1_704_067_200_000)),
            ("1704067200001", Some(1_704_067_200_001)),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("2024-01-01T24:00:00Z", None),
            ("a", None),
            ("", None),
            ("2024-01-01T", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse(text), expect, "{text}");
        }
    }
}
