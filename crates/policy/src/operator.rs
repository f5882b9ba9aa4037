//! The names of condition operators.

/// An operator with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) set: Set,
    pub(crate) base: Base,
    pub(crate) is_if_exists: bool,
}

/// How a multivalued key is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    Single,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// An operator without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) family: Family,
    pub(crate) order: Order,
    pub(crate) is_negated: bool,
}

/// What kind of values an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Exactly.
    Text,
    /// Without case.
    TextIgnoreCase,
    /// With wildcards.
    TextLike,
    Number,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// How two values must stand to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// Reads `[ForAllValues:|ForAnyValue:]Name[IfExists]`, case ignored.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (set, rest) = match lower.split_once(':') {
            None => (Set::Single, lower.as_str()),
            Some(("forallvalues", rest)) => (Set::All, rest),
            Some(("foranyvalue", rest)) => (Set::Any, rest),
            Some(_) => return None,
        };
        let (name, is_if_exists) = match rest.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let base = base(name)?;
        if base.family == Family::Null && is_if_exists {
            return None;
        }
        Some(Self {
            set,
            base,
            is_if_exists,
        })
    }
}

fn base(name: &str) -> Option<Base> {
    let is = |family| Some(Base::new(family, Order::Equal, false));
    let is_not = |family| Some(Base::new(family, Order::Equal, true));
    match name {
        "stringequals" => is(Family::Text),
        "stringnotequals" => is_not(Family::Text),
        "stringequalsignorecase" => is(Family::TextIgnoreCase),
        "stringnotequalsignorecase" => is_not(Family::TextIgnoreCase),
        "stringlike" => is(Family::TextLike),
        "stringnotlike" => is_not(Family::TextLike),
        "bool" => is(Family::Bool),
        "binaryequals" => is(Family::Binary),
        "ipaddress" => is(Family::Ip),
        "notipaddress" => is_not(Family::Ip),
        "arnequals" | "arnlike" => is(Family::Arn),
        "arnnotequals" | "arnnotlike" => is_not(Family::Arn),
        "null" => is(Family::Null),
        _ => {
            if let Some(rest) = name.strip_prefix("numeric") {
                ordered(Family::Number, rest)
            } else {
                ordered(Family::Date, name.strip_prefix("date")?)
            }
        }
    }
}

fn ordered(family: Family, name: &str) -> Option<Base> {
    let order = match name {
        "equals" | "notequals" => Order::Equal,
        "lessthan" => Order::Less,
        "lessthanequals" => Order::LessOrEqual,
        "greaterthan" => Order::Greater,
        "greaterthanequals" => Order::GreaterOrEqual,
        _ => return None,
    };
    Some(Base::new(family, order, name == "notequals"))
}

impl Base {
    fn new(family: Family, order: Order, is_negated: bool) -> Self {
        Self {
            family,
            order,
            is_negated,
        }
    }
}

impl Order {
    /// Whether `given` stands to the policy's value as the operator wants.
    pub(crate) fn holds(self, given_to_policy: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => given_to_policy.is_eq(),
            Self::Less => given_to_policy.is_lt(),
            Self::LessOrEqual => given_to_policy.is_le(),
            Self::Greater => given_to_policy.is_gt(),
            Self::GreaterOrEqual => given_to_policy.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        for known in [
            "StringEquals",
            "stringequals",
            "StringNotEqualsIgnoreCaseIfExists",
            "ForAllValues:StringLike",
            "ForAnyValue:ArnNotLikeIfExists",
            "NumericGreaterThanEquals",
            "DateNotEquals",
            "Null",
            "NotIpAddress",
            "BinaryEquals",
        ] {
            assert!(Operator::parse(known).is_some(), "{known}");
        }
        for unknown in [
            "",
            "Equals",
            "StringEqual",
            "ForSomeValue:StringEquals",
            "ForAllValues:StringEquals:IfExists",
            "NullIfExists",
            "NumericLike",
            "Date",
            "IfExists",
        ] {
            assert!(Operator::parse(unknown).is_none(), "{unknown}");
        }
    }
}
