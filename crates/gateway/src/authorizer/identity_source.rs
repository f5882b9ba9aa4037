//! Where an authorizer finds who asks.

use crate::context::Exchange;

/// One expression of `identitySource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdentitySource {
    /// `method.request.header.Authorization`, …
    expression: String,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Header(String),
    Querystring(String),
    StageVariable(String),
    Context(String),
}

/// What one expression gave: at least one text, the last of them not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    name: String,
    texts: Vec<String>,
}

impl IdentitySource {
    /// Reads one expression; none when it is not one of the four kinds.
    pub(crate) fn parse(expression: &str) -> Option<Self> {
        let rest = |scope: &str| {
            let name = expression.strip_prefix(scope)?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        let place = rest("method.request.header.")
            .map(Place::Header)
            .or_else(|| rest("method.request.querystring.").map(Place::Querystring))
            .or_else(|| rest("stageVariables.").map(Place::StageVariable))
            .or_else(|| rest("context.").map(Place::Context))?;
        Some(Self {
            expression: expression.to_owned(),
            place,
        })
    }

    /// What the request brings; none when that is nothing or blank.
    ///
    /// All values of a repeated header or parameter belong to the identity: two requests that
    /// differ in one of them are two callers.
    pub(crate) fn value(&self, exchange: &Exchange<'_>) -> Option<Value> {
        let params = &exchange.inbound.params;
        let texts = match &self.place {
            Place::Header(name) => params.header_values(name)?.to_vec(),
            Place::Querystring(name) => params.querystring_values(name)?.to_vec(),
            Place::StageVariable(name) => {
                vec![exchange.stage.settings.variables.get(name)?.clone()]
            }
            Place::Context(name) => vec![mapping::Context::variable(exchange, name)?.into_owned()],
        };
        let is_there = texts.last().is_some_and(|text| !text.trim().is_empty());
        is_there.then(|| Value {
            name: self.expression.clone(),
            texts,
        })
    }
}

impl Value {
    /// The expression that gave it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The last text, which is the one that events show.
    pub(crate) fn last(&self) -> Option<&str> {
        self.texts.last().map(String::as_str)
    }

    /// All texts in order.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn of(name: &str, texts: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_and_paths_are_no_sources() {
        for expression in [
            "method.request.body.a",
            "method.request.path.id",
            "method.request.header.",
            "Authorization",
            "",
        ] {
            assert_eq!(IdentitySource::parse(expression), None, "{expression}");
        }
        for expression in [
            "method.request.header.Authorization",
            "method.request.querystring.token",
            "stageVariables.tenant",
            "context.identity.sourceIp",
        ] {
            assert!(IdentitySource::parse(expression).is_some(), "{expression}");
        }
    }
}
