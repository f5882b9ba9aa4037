//! Random templates that mean something, and variables for them.

use super::path;
use super::words::{CONSTANTS, NAMES, STEPS, TEXTS};
use serde_json::{Value as Json, json};

/// SplitMix64, so that a case can be made again from its seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below.max(1) as u64).unwrap_or(0)
    }

    pub(crate) fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts.get(self.number(texts.len())).copied().unwrap_or("")
    }
}

/// A template or a path as pieces that may be left out one by one, and what it is about.
pub(super) struct Case {
    pub(super) pieces: Vec<String>,
    pub(super) kind: Kind,
}

/// What a case is about.
pub(super) enum Kind {
    /// A template of Velocity with these variables.
    Plain { context: Json },
    /// A mapping template over this body.
    Gateway { body: String },
    /// A JSON path over this document.
    Path { document: String },
}

/// Makes a case; `name` makes the names of its macros its own, since the oracle remembers them.
pub(super) fn case(random: &mut Random, name: u64) -> Case {
    let choice = random.number(5);
    if choice == 0 {
        let pieces = path::pieces(random);
        let document = path::document(random, &pieces);
        return Case {
            pieces,
            kind: Kind::Path { document },
        };
    }
    let count = 1 + random.number(7);
    let is_gateway = choice < 3;
    let mut writer = Writer {
        random,
        name,
        macros: 0,
        loops: 0,
        is_gateway,
    };
    let context = writer.context();
    let mut pieces = match is_gateway {
        true => writer.prelude(&context),
        false => Vec::new(),
    };
    pieces.extend((0..count).map(|_| writer.piece(3)));
    let kind = match is_gateway {
        true => Kind::Gateway {
            body: context.to_string(),
        },
        false => Kind::Plain { context },
    };
    Case { pieces, kind }
}

/// Writes the pieces of a template.
pub(super) struct Writer<'r> {
    pub(super) random: &'r mut Random,
    name: u64,
    macros: usize,
    loops: usize,
    is_gateway: bool,
}

impl Writer<'_> {
    fn context(&mut self) -> Json {
        let lists = [
            json!([1, 2, 3]),
            json!([]),
            json!(["a", "b", null]),
            json!([[1], {"a": 2}]),
        ];
        let maps = [
            json!({"a": 1, "b": "two", "c": [1, 2]}),
            json!({}),
            json!({"a": {"b": {"c": "deep"}}, "b": null, "key": 1, "size": 2}),
        ];
        let texts = ["abc", "a,b,,c,", " Ab ", "ünï☃", "1", "$s", "#end"];
        let text = self.random.of(&texts);
        let other = self.random.of(&texts);
        let mut pick = |choices: &[Json]| {
            let at = self.random.number(choices.len());
            choices.get(at).cloned().unwrap_or_default()
        };
        json!({
            "s": text, "t": other, "e": "", "b": pick(&[json!(true), json!(false)]),
            "n": pick(&[json!(0), json!(3), json!(-7), json!(2_147_483_647), json!(5_000_000_000_i64)]),
            "d": pick(&[json!(0.5), json!(-2.0), json!(1e10), json!(0.0001)]),
            "l": pick(&lists), "k": pick(&lists), "m": pick(&maps),
            "r": [{"a": 1, "b": "x"}, {"a": 2}],
        })
    }

    pub(super) fn block(&mut self, depth: usize) -> String {
        (0..=self.random.number(3))
            .map(|_| self.piece(depth))
            .collect()
    }

    fn piece(&mut self, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        if self.is_gateway && depth > 0 && self.random.number(6) == 0 {
            return self.gateway_piece(inner);
        }
        let choices = if depth == 0 { 10 } else { 18 };
        match self.random.number(choices) {
            0..=2 => self.random.of(&TEXTS).to_owned(),
            3..=7 => self.reference(2),
            8 | 9 => {
                let target = match self.random.number(6) {
                    0 => "$m.a".to_owned(),
                    1 => self
                        .random
                        .of(&[
                            "$l[0]",
                            "$l[9]",
                            "$m['z']",
                            "$m.new.x",
                            "$r[0].a",
                            "${v}",
                            "$!v",
                            "$m.get('a')",
                        ])
                        .to_owned(),
                    _ => format!("${}", self.random.of(&["v", "w", "s", "i"])),
                };
                let end = self.random.of(&["", "\n", " ", " \n", "\r\n"]);
                format!("#set({target} = {}){end}", self.expression(2))
            }
            10 | 11 => self.condition(inner),
            12 | 13 => self.repetition(inner),
            14 | 15 => self.definition(inner),
            16 => format!("#define($w){}#end$w", self.block(inner)),
            _ => {
                let text = self.random.of(&[
                    "'$s'",
                    "'#set($v = 1)$v'",
                    "'#if($b)x#end'",
                    "$s",
                    "\"$s#stop\"",
                    "'#foreach($q in $l)$q#break#end'",
                ]);
                format!("#evaluate({text})")
            }
        }
    }

    /// A macro and its call, with or without a block.
    fn definition(&mut self, depth: usize) -> String {
        self.macros += 1;
        let name = format!("m{}x{}", self.name, self.macros);
        let params = self.random.of(&["$v", "$p", "$p $v", "$p $q $v", ""]);
        let end = self
            .random
            .of(&["$v", "$!p", "$p.a", "#set($p = 1)$p", "$!bodyContent", ""]);
        let body = self.block(depth);
        let (first, second) = (self.expression(1), self.expression(0));
        let call = match self.random.number(5) {
            0 => format!("#@{name}({first}){}#end", self.block(0)),
            1 => format!("#{name}({first} {second})"),
            2 => format!("#{name}()"),
            _ => format!("#{name}({first})"),
        };
        match self.random.number(8) {
            0 => format!("{call}#macro({name} {params}){body}{end}#end"),
            _ => format!("#macro({name} {params}){body}{end}#end{call}"),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let mut out = format!("#if({}){}", self.expression(2), self.block(depth));
        if self.random.number(3) == 0 {
            out += &format!("#elseif({}){}", self.expression(2), self.block(depth));
        }
        if self.random.number(2) == 0 {
            out += self.random.of(&["#else", "#{else}", "#else\n"]);
            out += &self.block(depth);
        }
        out + self.random.of(&["#end", "#end\n", "#{end}"])
    }

    fn repetition(&mut self, depth: usize) -> String {
        // Loops inside loops over ranges grow fast.
        self.loops += 1;
        let source = match self.random.number(5) {
            _ if self.loops > 4 => "[1..2]".to_owned(),
            0 => self.reference(1),
            1 => "[1..3]".to_owned(),
            2 => "$m.entrySet()".to_owned(),
            _ => format!("${}", self.random.of(&["l", "k", "m", "r"])),
        };
        let counter = self
            .random
            .of(&["", "$foreach.count", "$velocityCount", "$foreach.hasNext"]);
        let end = self.random.of(&[
            "",
            "#if($foreach.last)!#end",
            "#if($i == 2)#break#end",
            "#break($foreach)",
            "#set($foreach.x = 1)$foreach.x",
            "#if($i == 1)#stop#end",
        ]);
        format!(
            "#foreach($i in {source}){}{counter}{end}#end",
            self.block(depth)
        )
    }

    fn reference(&mut self, steps_max: usize) -> String {
        let mut out = match self.is_gateway && self.random.number(4) == 0 {
            true => self.gateway_reference(),
            false => self.random.of(&NAMES).to_owned(),
        };
        for _ in 0..self.random.number(steps_max + 1) {
            out += self.random.of(&STEPS);
        }
        match self.random.number(8) {
            0 => format!("${{{out}}}"),
            1 => format!("$!{out}"),
            2 => format!("$!{{{out}}}"),
            3 if self.random.number(4) == 0 => format!("\\${out}"),
            _ => format!("${out}"),
        }
    }

    pub(super) fn expression(&mut self, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        let choices = if depth == 0 { 8 } else { 15 };
        match self.random.number(choices) {
            0..=2 => self.operand(),
            3..=7 => self.random.of(&CONSTANTS).to_owned(),
            8 | 9 => {
                let operator = self.random.of(&["+", "-", "*", "/", "%"]);
                format!(
                    "{} {operator} {}",
                    self.expression(inner),
                    self.expression(inner)
                )
            }
            10 | 11 => {
                let operator = self.random.of(&[
                    "==", "!=", "<", ">=", "<=", ">", "eq", "ne", "gt", "lt", "le", "ge",
                ]);
                format!(
                    "{} {operator} {}",
                    self.expression(inner),
                    self.expression(inner)
                )
            }
            12 => {
                let operator = self.random.of(&["&&", "||", "and", "or"]);
                format!(
                    "{} {operator} {}",
                    self.expression(inner),
                    self.expression(inner)
                )
            }
            13 => format!("({})", self.expression(inner)),
            _ => format!(
                "{}({})",
                self.random.of(&["!", "not ", "! "]),
                self.expression(inner)
            ),
        }
    }

    /// A reference that stands in an expression, where no backslash may be.
    pub(super) fn operand(&mut self) -> String {
        let reference = self.reference(1);
        reference.trim_start_matches('\\').to_owned()
    }
}
