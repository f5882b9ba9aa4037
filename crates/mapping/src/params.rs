//! The parameters of the method request.

/// What `$input.params()` and `method.request.*` read: names and values, decoded, in the order
/// in which the client sent them.
///
/// Names are matched exactly. A header that has no exact match is then matched without regard to
/// case, since HTTP/2 clients send every name in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    /// Path parameters by name; a greedy one is named without its `+`.
    pub path: Vec<(String, String)>,
    /// Query parameters, each with all its values in order.
    pub querystring: Vec<(String, Vec<String>)>,
    /// Headers in the client's casing, each with all its values in order.
    pub header: Vec<(String, Vec<String>)>,
}

impl Params {
    /// A path parameter's value.
    pub fn path(&self, name: &str) -> Option<&str> {
        self.path
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The last value of a query parameter.
    pub fn querystring(&self, name: &str) -> Option<&str> {
        self.querystring_values(name)?.last().map(String::as_str)
    }

    /// All values of a query parameter.
    pub fn querystring_values(&self, name: &str) -> Option<&[String]> {
        self.querystring
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, values)| values.as_slice())
    }

    /// The last value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name)?.last().map(String::as_str)
    }

    /// All values of a header.
    pub fn header_values(&self, name: &str) -> Option<&[String]> {
        header_values(&self.header, name)
    }
}

/// All values of header `name` among `headers`.
pub(crate) fn header_values<'a>(
    headers: &'a [(String, Vec<String>)],
    name: &str,
) -> Option<&'a [String]> {
    headers
        .iter()
        .find(|(key, _)| key == name)
        .or_else(|| {
            headers
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
        })
        .map(|(_, values)| values.as_slice())
}
