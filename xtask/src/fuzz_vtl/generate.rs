//! Random templates that mean something, and variables for them.

use serde_json::{Value as Json, json};

/// SplitMix64, so that a case can be made again from its seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below.max(1) as u64).unwrap_or(0)
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts.get(self.number(texts.len())).copied().unwrap_or("")
    }
}

/// A template as pieces that may be left out one by one, and its variables.
pub(super) struct Case {
    pub(super) pieces: Vec<String>,
    pub(super) context: Json,
}

/// Makes a case; `name` makes the names of its macros its own, since the oracle remembers them.
pub(super) fn case(random: &mut Random, name: u64) -> Case {
    let count = 1 + random.number(7);
    let mut writer = Writer {
        random,
        name,
        macros: 0,
        loops: 0,
    };
    Case {
        pieces: (0..count).map(|_| writer.piece(3)).collect(),
        context: writer.context(),
    }
}

const TEXTS: [&str; 20] = [
    "a", " ", "\n", " \n\t", "x y", "\"q\": ", ",", "{", "}", "é😀", "#", "$", "\\", "\\\\", "$5",
    "##c\n", "#*c*#", "#[[$s]]#", "a.b", "!",
];
const NAMES: [&str; 14] = [
    "s", "t", "e", "n", "d", "b", "l", "k", "m", "r", "undef", "v", "w", "i",
];
const STEPS: [&str; 58] = [
    ".a",
    ".b",
    ".c",
    ".size()",
    ".length()",
    ".isEmpty()",
    "[0]",
    "[1]",
    "[-1]",
    "['a']",
    ".get(0)",
    ".get('a')",
    ".toUpperCase()",
    ".toLowerCase()",
    ".trim()",
    ".substring(1)",
    ".substring(0, 2)",
    ".indexOf('b')",
    ".lastIndexOf('b')",
    ".contains('b')",
    ".contains(2)",
    ".startsWith('a')",
    ".endsWith('c')",
    ".replace('b', 'X')",
    ".replaceAll('[ab]', '<$0>')",
    ".replaceFirst('b', '')",
    ".split(',')",
    ".matches('a.*')",
    ".equals('abc')",
    ".equalsIgnoreCase('ABC')",
    ".charAt(0)",
    ".concat('z')",
    ".toString()",
    ".hashCode()",
    ".add(7)",
    ".remove(0)",
    ".indexOf(2)",
    ".contains($n)",
    ".keySet()",
    ".values()",
    ".entrySet()",
    ".containsKey('a')",
    ".containsValue(1)",
    ".put('z', 1)",
    ".remove('a')",
    ".get('nope')",
    ".intValue()",
    ".compareTo('abd')",
    ".equals($s)",
    ".addAll([1, 2])",
    ".set(0, 'q')",
    ".clear()",
    ".isEmpty",
    ".nothing",
    ".nothing()",
    ".key",
    ".value",
    ".count",
];

struct Writer<'r> {
    random: &'r mut Random,
    name: u64,
    macros: usize,
    loops: usize,
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
        let texts = ["abc", "a,b,,c,", " Ab ", "ünï😀", "1", "$s", "#end"];
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

    fn block(&mut self, depth: usize) -> String {
        (0..=self.random.number(3))
            .map(|_| self.piece(depth))
            .collect()
    }

    fn piece(&mut self, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        let choices = if depth == 0 { 10 } else { 17 };
        match self.random.number(choices) {
            0..=2 => self.random.of(&TEXTS).to_owned(),
            3..=7 => self.reference(2),
            8 | 9 => {
                let target = match self.random.number(6) {
                    0 => "$m.a".to_owned(),
                    1 => "$l[0]".to_owned(),
                    _ => format!("${}", self.random.of(&["v", "w", "s", "i"])),
                };
                let end = self.random.of(&["", "\n", " "]);
                format!("#set({target} = {}){end}", self.expression(2))
            }
            10 | 11 => self.condition(inner),
            12 | 13 => self.repetition(inner),
            14 => {
                self.macros += 1;
                let name = format!("m{}x{}", self.name, self.macros);
                let (body, argument) = (self.block(inner), self.expression(1));
                format!("#macro({name} $v){body}$v#end#{name}({argument})")
            }
            15 => format!("#define($w){}#end$w", self.block(inner)),
            _ => {
                let text = self
                    .random
                    .of(&["$s", "#set($v = 1)$v", "#if($b)x#end", "$m.a"]);
                format!("#evaluate('{text}')")
            }
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
        let end = self
            .random
            .of(&["", "#if($foreach.last)!#end", "#if($i == 2)#break#end"]);
        format!(
            "#foreach($i in {source}){}{counter}{end}#end",
            self.block(depth)
        )
    }

    fn reference(&mut self, steps_max: usize) -> String {
        let mut out = self.random.of(&NAMES).to_owned();
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

    fn expression(&mut self, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        let choices = if depth == 0 { 8 } else { 14 };
        match self.random.number(choices) {
            0..=2 => self.operand(),
            3 => self
                .random
                .of(&["0", "1", "-3", "2.5", "true", "false"])
                .to_owned(),
            4 => format!("'{}'", self.random.of(&["", "abc", "a$s", "1", "it''s"])),
            5 => format!(
                "\"{}\"",
                self.random
                    .of(&["", "x$s", "${n}px", "a#if($b)b#end", "$m.a."])
            ),
            6 => "[1..3]".to_owned(),
            7 => self
                .random
                .of(&["[]", "{}", "['a', 1]", "{'a': 1}"])
                .to_owned(),
            8 | 9 => {
                let operator = self.random.of(&["+", "-", "*", "/", "%"]);
                format!(
                    "{} {operator} {}",
                    self.expression(inner),
                    self.expression(inner)
                )
            }
            10 | 11 => {
                let operator = self.random.of(&["==", "!=", "<", ">=", "eq", "gt"]);
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
            _ => format!("!({})", self.expression(inner)),
        }
    }

    /// A reference that stands in an expression, where no backslash may be.
    fn operand(&mut self) -> String {
        let reference = self.reference(1);
        reference.trim_start_matches('\\').to_owned()
    }
}
