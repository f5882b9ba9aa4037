//! How a layer and its versions are named: by name, or by ARN.

use crate::error::LambdaError;
use crate::record::version_key;
use arn::{AccountId, Arn, Region};
use ports::Call;

/// A layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerName {
    /// The owner.
    pub account: AccountId,
    /// Where it lives.
    pub region: Region,
    /// The bare name.
    pub name: String,
}

impl LayerName {
    /// Reads a name or an ARN, as a path of the API holds it.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str, call: &Call) -> Result<Self, LambdaError> {
        if !text.contains(':') {
            return Ok(Self {
                account: call.account.clone(),
                region: call.region.clone(),
                name: text.to_owned(),
            });
        }
        match Self::of_arn(text) {
            Some((layer, None)) => Ok(layer),
            _ => Err(LambdaError::NotAName(text.to_owned())),
        }
    }

    /// A layer by its ARN, and the version at its end.
    fn of_arn(text: &str) -> Option<(Self, Option<&str>)> {
        let arn: Arn = text.parse().ok()?;
        let rest = text.split_once(":layer:").map(|(_, rest)| rest)?;
        let (name, version) = match rest.split_once(':') {
            Some((name, version)) => (name, Some(version)),
            None => (rest, None),
        };
        let layer = Self {
            account: arn.account_id()?,
            region: arn.region().parse().ok()?,
            name: name.to_owned(),
        };
        (arn.service() == "lambda").then_some((layer, version))
    }

    /// `{account}/{region}/{name}`.
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.account, self.region, self.name)
    }

    /// `arn:aws:lambda:{region}:{account}:layer:{name}`.
    pub fn arn(&self) -> String {
        let resource = format!("layer:{}", self.name);
        let (region, account) = (self.region.as_str(), self.account.as_str());
        Arn::new("lambda", region, account, &resource).to_string()
    }

    /// One version of it.
    ///
    /// # Errors
    /// AWS's text for numbers below 1.
    pub fn version(self, number: i64) -> Result<LayerVersionName, LambdaError> {
        match u64::try_from(number) {
            Ok(version @ 1..) => Ok(LayerVersionName {
                layer: self,
                version,
            }),
            _ => Err(LambdaError::Invalid(
                "Layer Version Cannot be less than 1".to_owned(),
            )),
        }
    }
}

/// One version of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerVersionName {
    /// The layer.
    pub layer: LayerName,
    /// 1, 2, …
    pub version: u64,
}

impl LayerVersionName {
    /// Reads a version's ARN.
    pub fn of_arn(text: &str) -> Option<Self> {
        let (layer, version) = LayerName::of_arn(text)?;
        let version = version?.parse().ok().filter(|number| *number > 0)?;
        Some(Self { layer, version })
    }

    /// The layer's key and the number.
    pub fn key(&self) -> String {
        version_key(&self.layer.key(), self.version)
    }

    /// The layer's ARN and the number.
    pub fn arn(&self) -> String {
        format!("{}:{}", self.layer.arn(), self.version)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_by_arn() {
        let arn = "arn:aws:lambda:us-east-1:222222222222:layer:tools:3";
        let name = LayerVersionName::of_arn(arn).unwrap();
        assert_eq!((name.layer.name.as_str(), name.version), ("tools", 3));
        assert_eq!(name.arn(), arn);
        assert_eq!(name.key(), "222222222222/us-east-1/tools/0000000003");
        for bad in [
            "arn:aws:lambda:us-east-1:222222222222:layer:tools",
            "arn:aws:lambda:us-east-1:222222222222:layer:tools:0",
            "arn:aws:lambda:us-east-1:222222222222:layer:tools:x",
            "arn:aws:lambda:us-east-1:222222222222:function:tools:1",
            "arn:aws:lambda:::awslayer:AmazonLinux1803",
            "tools",
        ] {
            assert_eq!(LayerVersionName::of_arn(bad), None, "{bad}");
        }
    }
}
