//! `--account-throttle`: what all APIs of an account have together in a region.

use gateway::limits::ACCOUNT_THROTTLE;
use ports::Throttle;
use std::fmt;
use std::str::FromStr;

/// `RATE:BURST`, or `off`. AWS's own quota unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AccountThrottle(pub Option<Throttle>);

impl Default for AccountThrottle {
    fn default() -> Self {
        Self(Some(ACCOUNT_THROTTLE))
    }
}

impl fmt::Display for AccountThrottle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(throttle) => write!(out, "{}:{}", throttle.rate_per_s, throttle.burst),
            None => out.write_str("off"),
        }
    }
}

impl FromStr for AccountThrottle {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const USAGE: &str = "write RATE:BURST, such as 10000:5000, or `off`";
        if text == "off" {
            return Ok(Self(None));
        }
        let (rate, burst) = text.split_once(':').ok_or(USAGE)?;
        let rate_per_s: f64 = rate.parse().map_err(|_| USAGE)?;
        let burst = burst.parse().map_err(|_| USAGE)?;
        if !rate_per_s.is_finite() || rate_per_s < 0.0 {
            return Err(USAGE);
        }
        Ok(Self(Some(Throttle { rate_per_s, burst })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttles_are_read_as_they_are_written() {
        for text in ["10000:5000", "0.5:1", "0:0", "off"] {
            let read: Result<AccountThrottle, _> = text.parse();
            assert_eq!(read.map(|one| one.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(AccountThrottle::default().to_string(), "10000:5000");
        for text in ["", "10", "10:", ":5", "-1:5", "NaN:5", "1:-5", "on"] {
            assert!(text.parse::<AccountThrottle>().is_err(), "{text}");
        }
    }
}
