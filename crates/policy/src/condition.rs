//! Conditions: an operator, a key and its values.
//!
//! Source: "IAM JSON policy elements: Condition operators" and "Multivalued context keys",
//! IAM user guide.

use crate::operator::{Base, Family, Operator, Set};
use crate::value::Value;
use crate::{Found, Keys, PolicyError, Version};

/// One key under one operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    operator: Operator,
    /// In lower case.
    key: String,
    values: Vec<Value>,
    /// Key and values as they stand in the policy.
    written: Written,
}

/// A condition's key and values as they stand in the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) key: Box<str>,
    pub(crate) values: Box<[String]>,
}

impl Condition {
    pub(crate) fn new(
        operator: &str,
        key: &str,
        texts: Vec<String>,
        version: Version,
    ) -> Result<Self, PolicyError> {
        let operator =
            Operator::parse(operator).ok_or_else(|| PolicyError::Operator(operator.to_owned()))?;
        let values = texts
            .iter()
            .map(|text| Value::new(operator.base.family, text, version))
            .collect();
        let written = Written {
            key: key.into(),
            values: texts.into(),
        };
        Ok(Self {
            operator,
            key: key.to_ascii_lowercase(),
            values,
            written,
        })
    }

    pub(crate) fn written(&self) -> &Written {
        &self.written
    }

    /// Whether the condition holds for the request.
    pub(crate) fn holds(&self, context: &dyn Keys) -> bool {
        let found = context.find(&self.key);
        let base = self.operator.base;
        if base.family == Family::Null {
            return self
                .values
                .iter()
                .any(|value| value.says_absent() == Some(found.is_none()));
        }
        match (found, self.operator.set) {
            (None, _) if self.operator.is_if_exists => true,
            (None, Set::All) => true,
            (None, Set::Any) => false,
            (None, Set::Single) => base.is_negated,
            (Some(Found::One(one)), _) => self.fits(&one, context),
            (Some(Found::Many(many)), Set::All) => many.iter().all(|one| self.fits(one, context)),
            (Some(Found::Many(many)), Set::Any) => many.iter().any(|one| self.fits(one, context)),
            // A multivalued key under an operator for one value: what it would mean is not
            // defined, so nothing matches.
            (Some(Found::Many(_)), Set::Single) => false,
        }
    }

    /// Whether one value of the request satisfies the operator.
    ///
    /// Values of a key are joined by OR; of a negated operator, by NOR. A value that cannot be
    /// compared (no date, an unresolved variable) satisfies neither the operator nor its negation.
    fn fits(&self, given: &str, context: &dyn Keys) -> bool {
        let Base { is_negated, .. } = self.operator.base;
        let mut compared = self
            .values
            .iter()
            .map(|value| value.compares(self.operator.base, given, context));
        match is_negated {
            false => compared.any(|outcome| outcome == Some(true)),
            true => compared.all(|outcome| outcome == Some(false)),
        }
    }
}
