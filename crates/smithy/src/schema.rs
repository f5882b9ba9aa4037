//! What a shape looks like on the wire and which constraints its values keep.

/// A shape of a service model, as static data.
#[derive(Debug)]
pub struct Schema {
    /// The model's name for it.
    pub name: &'static str,
    /// What it is made of.
    pub kind: Kind,
    /// Least length (strings, blobs, lists, maps) or least value (numbers).
    pub min: Option<f64>,
    /// Greatest length or value.
    pub max: Option<f64>,
    /// A Java regular expression that the whole text matches.
    pub pattern: Option<&'static str>,
    /// The same pattern in a form that the engine can run, where it cannot run the shown one.
    pub runs: Option<&'static str>,
    /// The enum's values, in the order in which error messages list them; empty means any.
    pub values: &'static [&'static str],
    /// Whether values are kept out of messages and logs.
    pub is_sensitive: bool,
}

/// What a shape is made of.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// 32 bits, signed.
    Integer,
    /// 64 bits, signed.
    Long,
    /// Double precision; the model's floats too.
    Double,
    /// Unicode text; enums too.
    String,
    /// Bytes, base64 inside bodies.
    Blob,
    /// A point in time.
    Timestamp,
    /// A list of the shape.
    List(&'static Schema),
    /// Text keys (the first shape constrains them) to values.
    Map(&'static Schema, &'static Schema),
    /// Named members; unions too.
    Structure(&'static [Member]),
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The model's name, from which error paths are made.
    pub name: &'static str,
    /// The name on the wire, which depends on the location.
    pub wire: &'static str,
    /// Where in the message it travels.
    pub location: Location,
    /// Whether a request without it is refused.
    pub is_required: bool,
    /// Whether an answer without it says `null` instead of nothing.
    pub is_null_when_absent: bool,
    /// Its shape.
    pub target: &'static Schema,
}

/// Where in an HTTP message a member travels. Only rest-json uses other places than the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A field of the body.
    Body,
    /// A label of the path.
    Uri,
    /// A query parameter; a map takes all that no other member names.
    Query,
    /// A header.
    Header,
    /// The body itself.
    Payload,
    /// The status code.
    Status,
}

/// A member that travels in the body under its own name.
pub const fn member(name: &'static str, target: &'static Schema) -> Member {
    Member {
        name,
        wire: name,
        location: Location::Body,
        is_required: false,
        is_null_when_absent: false,
        target,
    }
}

impl Member {
    /// The same member under another name in the body.
    #[must_use]
    pub const fn wire(mut self, wire: &'static str) -> Self {
        self.wire = wire;
        self
    }

    /// The same member as the path's label `label`.
    #[must_use]
    pub const fn uri(mut self, label: &'static str) -> Self {
        self.wire = label;
        self.location = Location::Uri;
        self
    }

    /// The same member as query parameter `parameter`.
    #[must_use]
    pub const fn query(mut self, parameter: &'static str) -> Self {
        self.wire = parameter;
        self.location = Location::Query;
        self
    }

    /// The same member as header `header`.
    #[must_use]
    pub const fn header(mut self, header: &'static str) -> Self {
        self.wire = header;
        self.location = Location::Header;
        self
    }

    /// The same member as the whole body.
    #[must_use]
    pub const fn payload(mut self) -> Self {
        self.location = Location::Payload;
        self
    }

    /// The same member as the status code.
    #[must_use]
    pub const fn status(mut self) -> Self {
        self.location = Location::Status;
        self
    }

    /// The same member, without which a request is refused.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The same member, which answers name even when they have none.
    #[must_use]
    pub const fn null_when_absent(mut self) -> Self {
        self.is_null_when_absent = true;
        self
    }
}

impl Schema {
    /// A shape of `kind` without constraints.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            min: None,
            max: None,
            pattern: None,
            runs: None,
            values: &[],
            is_sensitive: false,
        }
    }

    /// The same shape with a least length or value.
    #[must_use]
    pub const fn min(mut self, min: f64) -> Self {
        self.min = Some(min);
        self
    }

    /// The same shape with a greatest length or value.
    #[must_use]
    pub const fn max(mut self, max: f64) -> Self {
        self.max = Some(max);
        self
    }

    /// The same shape with a pattern.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The same shape whose pattern is run as `runs`.
    #[must_use]
    pub const fn runs(mut self, runs: &'static str) -> Self {
        self.runs = Some(runs);
        self
    }

    /// The same shape, an enum of `values`.
    #[must_use]
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    /// The same shape, kept out of messages and logs.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.is_sensitive = true;
        self
    }

    /// The members of a structure; nothing for other kinds.
    pub const fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }
}
