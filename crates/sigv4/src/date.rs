//! The basic ISO-8601 form in which signatures carry time: `20150830T123600Z`.

/// A moment to the second, as signatures write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignedDate {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    epoch_s: i64,
}

impl SignedDate {
    /// The second in which `epoch_ms` lies.
    pub fn from_ms(epoch_ms: i64) -> Self {
        Self {
            epoch_s: epoch_ms.div_euclid(1000),
        }
    }

    /// Reads `YYYYMMDDTHHMMSSZ`; none for anything else, leap seconds included.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
        let [
            y1,
            y2,
            y3,
            y4,
            m1,
            m2,
            d1,
            d2,
            b'T',
            h1,
            h2,
            n1,
            n2,
            s1,
            s2,
            b'Z',
        ] = *bytes
        else {
            return None;
        };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0i64, |sum, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + i64::from(digit - b'0'))
            })
        };
        let (year, month, day) = (
            number(&[y1, y2, y3, y4])?,
            number(&[m1, m2])?,
            number(&[d1, d2])?,
        );
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
        let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        if !is_date || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days_from_civil(year, month, day);
        Some(Self {
            epoch_s: ((days * 24 + hour) * 60 + minute) * 60 + second,
        })
    }

    /// Seconds since the epoch.
    pub fn epoch_s(self) -> i64 {
        self.epoch_s
    }

    /// The moment `seconds` later, or earlier when negative.
    pub fn plus_s(self, seconds: i64) -> Self {
        Self {
            epoch_s: self.epoch_s.saturating_add(seconds),
        }
    }

    /// `20150830`, the date of the credential scope.
    pub fn day(self) -> String {
        let (year, month, day) = civil_from_days(self.epoch_s.div_euclid(86_400));
        format!("{year:04}{month:02}{day:02}")
    }
}

impl std::fmt::Display for SignedDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of_day = self.epoch_s.rem_euclid(86_400);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(f, "{}T{hour:02}{minute:02}{second:02}Z", self.day())
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March
/// so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn moments_round_trip() {
        for (text, epoch_s) in [
            ("19700101T000000Z", 0),
            ("20150830T123600Z", 1_440_938_160),
            ("20000229T235959Z", 951_868_799),
            ("00010101T000000Z", -62_135_596_800),
            ("99991231T235959Z", 253_402_300_799),
        ] {
            let date = SignedDate::parse(text).unwrap();
            assert_eq!(date.epoch_s(), epoch_s, "{text}");
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "",
            "2015-08-30T12:36:00Z",
            "20150830T123660Z",
            "20150830T126000Z",
            "20150830T240000Z",
            "20150229T000000Z",
            "20151301T000000Z",
            "20150001T000000Z",
            "20150830T123600z",
            "20150830T123600Z ",
            "2015083\u{0660}T123600Z",
            "Sun, 30 Aug 2015 12:36:00 GMT",
        ] {
            assert_eq!(SignedDate::parse(bad), None, "{bad}");
        }
    }
}
