//! Methods of `String` that take patterns.

use super::{Called, scalar_text};
use crate::Heap;
use crate::value::{CallError, ListKind, Value};
use regex::{Captures, Match, Regex};
use std::rc::Rc;

pub(super) fn matches(text: &str, pattern: &str, heap: &mut Heap) -> Called {
    let pattern = heap.pattern(&format!("^(?:{pattern})$"))?;
    Ok(Some(Value::Bool(pattern.is_match(text))))
}

/// `replace`: every `old`, read as it stands.
pub(super) fn replace(text: &Rc<str>, old: &str, new: &str, heap: &mut Heap) -> Called {
    if !old.is_empty() && !text.contains(old) {
        return Ok(Some(Value::Text(text.clone())));
    }
    let count = match old.is_empty() {
        true => text.len() + 1,
        false => text.matches(old).count(),
    };
    heap.charge(text.len().saturating_add(count.saturating_mul(new.len())))?;
    Ok(Some(Value::Text(text.replace(old, new).into())))
}

pub(super) fn replace_all(text: &str, pattern: &str, with: &str, heap: &mut Heap) -> Called {
    replace_some(text, pattern, with, usize::MAX, heap)
}

pub(super) fn replace_first(text: &str, pattern: &str, with: &str, heap: &mut Heap) -> Called {
    replace_some(text, pattern, with, 1, heap)
}

fn replace_some(
    text: &str,
    source: &str,
    with: &str,
    rounds_max: usize,
    heap: &mut Heap,
) -> Called {
    let pattern = heap.pattern(source)?;
    let pieces = Piece::parse(with, &pattern);
    let mut out = String::new();
    let mut end = 0;
    let mut next = Some(0);
    for _ in 0..rounds_max {
        let found = next.and_then(|at| pattern.captures_at(text, at));
        let Some(captures) = found else { break };
        heap.step()?;
        let Some(whole) = captures.get(0) else { break };
        next = after(text, &whole);
        out.push_str(text.get(end..whole.start()).unwrap_or_default());
        // Java reads the replacement only when something is replaced.
        for piece in pieces.as_ref().map_err(Clone::clone)? {
            piece.write(&captures, &mut out);
        }
        if out.len() > heap.memory_left() {
            heap.charge(out.len())?;
        }
        end = whole.end();
    }
    out.push_str(text.get(end..).unwrap_or_default());
    Ok(Some(heap.text(out)?))
}

/// Where Java looks for the next match: where this one ends, even if only nothing is found there;
/// one character further when this one is empty.
fn after(text: &str, found: &Match<'_>) -> Option<usize> {
    if !found.is_empty() {
        return Some(found.end());
    }
    let c = text.get(found.end()..)?.chars().next()?;
    Some(found.end() + c.len_utf8())
}

/// A piece of a replacement.
enum Piece {
    Text(String),
    Group(usize),
}

impl Piece {
    /// `$1` is a group, `${name}` too, a backslash takes the meaning from what follows.
    fn parse(with: &str, pattern: &Regex) -> Result<Vec<Self>, CallError> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut chars = with.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some(next) => text.push(next),
                    None => return Err(CallError::failed("character to be escaped is missing")),
                },
                '$' => {
                    pieces.push(Self::Text(std::mem::take(&mut text)));
                    pieces.push(Self::group(&mut chars, pattern)?);
                }
                c => text.push(c),
            }
        }
        pieces.push(Self::Text(text));
        Ok(pieces)
    }

    fn group(
        chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
        pattern: &Regex,
    ) -> Result<Self, CallError> {
        if chars.next_if_eq(&'{').is_some() {
            let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
            let known = pattern
                .capture_names()
                .position(|own| own == Some(name.as_str()));
            return known
                .map(Self::Group)
                .ok_or_else(|| CallError::failed(format!("no group with name {{{name}}}")));
        }
        let first = chars.next().and_then(|c| c.to_digit(10));
        let Some(first) = first else {
            return Err(CallError::failed("illegal group reference"));
        };
        let count = pattern.captures_len();
        let mut group = first as usize;
        if group >= count {
            return Err(CallError::failed(format!("no group {group}")));
        }
        // More digits belong to the number as long as there is such a group.
        while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
            let longer = group * 10 + digit as usize;
            if longer >= count {
                break;
            }
            group = longer;
            chars.next();
        }
        Ok(Self::Group(group))
    }

    fn write(&self, captures: &Captures<'_>, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Group(group) => {
                out.push_str(captures.get(*group).map_or("", |found| found.as_str()));
            }
        }
    }
}

/// `split`: an array; a limit of 0 drops empty texts at the end.
pub(super) fn split(text: &Rc<str>, source: &str, limit: i32, heap: &mut Heap) -> Called {
    let pattern = heap.pattern(source)?;
    let count_max = usize::try_from(limit)
        .ok()
        .filter(|limit| *limit > 0)
        .unwrap_or(usize::MAX);
    let mut parts: Vec<Value> = Vec::new();
    let mut start = 0;
    let mut next = Some(0);
    while let Some(found) = next.and_then(|at| pattern.find_at(text, at)) {
        heap.step()?;
        next = after(text, &found);
        if parts.len() + 1 >= count_max {
            break;
        }
        // An empty match at the beginning makes no empty first part.
        if found.end() == 0 {
            continue;
        }
        // Nor does one at the very end split anything off.
        if found.is_empty() && found.start() == text.len() {
            continue;
        }
        parts.push(heap.text(text.get(start..found.start()).unwrap_or_default())?);
        start = found.end();
    }
    if parts.is_empty() {
        return Ok(Some(
            heap.list(vec![Value::Text(text.clone())], ListKind::Array)?,
        ));
    }
    parts.push(heap.text(text.get(start..).unwrap_or_default())?);
    if limit == 0 {
        while parts.last().is_some_and(|part| part.as_text() == Some("")) {
            parts.pop();
        }
    }
    Ok(Some(heap.list(parts, ListKind::Array)?))
}

/// `String.format` with `%s`, `%d`, `%f`, `%x`, `%c`, `%b`, `%n` and `%%`, widths and flags.
pub(super) fn format(pattern: &str, args: &[Value], heap: &mut Heap) -> Called {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let (spec, tail) = Spec::parse(after)?;
        rest = tail;
        match spec.conversion {
            'n' => out.push('\n'),
            '%' => out.push_str(&spec.padded("%".into())),
            _ => {
                let argument = args
                    .get(next)
                    .ok_or_else(|| CallError::failed("missing format argument"))?;
                next += 1;
                let text = spec.convert(argument)?;
                heap.charge(text.len().max(spec.width))?;
                out.push_str(&spec.padded(text));
            }
        }
    }
    out.push_str(rest);
    Ok(Some(heap.text(out)?))
}

struct Spec {
    flags: String,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

impl Spec {
    fn parse(text: &str) -> Result<(Self, &str), CallError> {
        let invalid = || CallError::failed("unknown format conversion");
        let flags_end = text.find(|c| !"-+0, #(".contains(c)).ok_or_else(invalid)?;
        let (flags, rest) = text.split_at(flags_end);
        let width_end = rest
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(invalid)?;
        let (width, mut rest) = rest.split_at(width_end);
        let mut precision = None;
        if let Some(after) = rest.strip_prefix('.') {
            let end = after
                .find(|c: char| !c.is_ascii_digit())
                .ok_or_else(invalid)?;
            let (digits, tail) = after.split_at(end);
            precision = Some(digits.parse::<usize>().map_err(|_| invalid())?.min(1_000));
            rest = tail;
        }
        let conversion = rest.chars().next().ok_or_else(invalid)?;
        let spec = Self {
            flags: flags.to_owned(),
            width: width.parse::<usize>().unwrap_or(0).min(100_000),
            precision,
            conversion,
        };
        Ok((spec, rest.get(conversion.len_utf8()..).unwrap_or_default()))
    }

    fn convert(&self, argument: &Value) -> Result<String, CallError> {
        let mismatch =
            || CallError::failed(format!("%{} does not fit the argument", self.conversion));
        let text = match self.conversion {
            's' | 'S' => {
                let text = scalar_text(argument);
                match self.precision {
                    Some(count) => text.chars().take(count).collect(),
                    None => text,
                }
            }
            'b' | 'B' => match argument {
                Value::Bool(value) => value.to_string(),
                other => (!other.is_null()).to_string(),
            },
            'c' | 'C' => match argument {
                Value::Char(c) => c.to_string(),
                _ => return Err(mismatch()),
            },
            'd' => self.grouped(match argument {
                Value::Int(value) => i128::from(*value),
                Value::Long(value) => i128::from(*value),
                Value::Big(value) => **value,
                _ => return Err(mismatch()),
            }),
            'x' | 'X' => match argument {
                Value::Int(value) => format!("{value:x}"),
                Value::Long(value) => format!("{value:x}"),
                _ => return Err(mismatch()),
            },
            'f' => match argument {
                Value::Double(value) => self.signed(format!(
                    "{value:.precision$}",
                    precision = self.precision.unwrap_or(6)
                )),
                _ => return Err(mismatch()),
            },
            _ => return Err(CallError::failed("unknown format conversion")),
        };
        Ok(match self.conversion.is_ascii_uppercase() {
            true => text.to_uppercase(),
            false => text,
        })
    }

    fn grouped(&self, value: i128) -> String {
        let mut text = value.to_string();
        if self.flags.contains(',') {
            let digits = text.trim_start_matches('-').len();
            let sign = text.len() - digits;
            for place in (1..digits)
                .filter(|place| place % 3 == 0)
                .collect::<Vec<_>>()
            {
                text.insert(sign + digits - place, ',');
            }
        }
        self.signed(text)
    }

    fn signed(&self, text: String) -> String {
        match self.flags.contains('+') && !text.starts_with('-') {
            true => format!("+{text}"),
            false => text,
        }
    }

    fn padded(&self, text: String) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if missing == 0 {
            return text;
        }
        if self.flags.contains('-') {
            return text + &" ".repeat(missing);
        }
        if self.flags.contains('0') && matches!(self.conversion, 'd' | 'f' | 'x' | 'X') {
            let sign = usize::from(text.starts_with(['-', '+']));
            let (sign, digits) = text.split_at(sign);
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        " ".repeat(missing) + &text
    }
}
