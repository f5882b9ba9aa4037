//! Random templates: they render or fail, they never panic.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use vtl::{Heap, Limits, ListKind, NoHost, Template, Value};

/// SplitMix64, so that a failure can be replayed from its seed.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below as u64).unwrap()
    }
}

const PIECES: [&str; 72] = [
    "$",
    "#",
    "\\",
    "!",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    " ",
    "\n",
    "\r\n",
    "\t",
    ".",
    "..",
    ",",
    ":",
    "$s",
    "$l",
    "$m",
    "$n",
    "$undef",
    "$!s",
    "${s}",
    "$!{m.k}",
    "$l[0]",
    "$m['k']",
    "$l.get(1)",
    "$s.substring(1)",
    "$s.replaceAll(\"(.)\", '$1')",
    "$m.entrySet()",
    "$l.add($l)",
    "$m.put('m', $m)",
    "#if(",
    "#if(true)",
    "#elseif($s)",
    "#else",
    "#{else}",
    "#end",
    "#set($a = ",
    "#set($m.k = 1)",
    "#foreach($i in $l)",
    "#foreach($i in [1..3])",
    "$foreach.count",
    "#break",
    "#stop",
    "#break($foreach)",
    "#macro(f $x)",
    "#f($s)",
    "#@f(1)",
    "#define($b)",
    "$b",
    "#evaluate($s)",
    "#literal()",
    "##",
    "#*",
    "*#",
    "#[[",
    "]]#",
    "1",
    "-2",
    "2.5e3",
    "+",
    "==",
    "&&",
    "not",
    "true",
    "\\u00e9",
    "é😀",
];

#[test]
fn random_templates_never_panic() {
    let limits = Limits {
        steps: 20_000,
        output_bytes: 1 << 20,
        memory_bytes: 1 << 20,
        foreach_rounds: 1_000,
    };
    let mut random = Random(20_261_122);
    for round in 0..40_000 {
        let count = 1 + random.next(24);
        let source: String = (0..count)
            .map(|_| PIECES[random.next(PIECES.len())])
            .collect();
        let Ok(template) = Template::parse(&source) else {
            continue;
        };
        let mut heap = Heap::new(limits);
        let list = heap.free_list(
            vec!["é☃".into(), Value::Int(3), Value::Null],
            ListKind::Json,
        );
        let map = heap.free_map([
            ("k".into(), list.clone()),
            (Value::Int(1), Value::Double(0.5)),
        ]);
        let variables: Vec<(Arc<str>, Value)> = vec![
            ("s".into(), "text 😀 $n".into()),
            ("l".into(), list),
            ("m".into(), map),
            ("n".into(), Value::Int(i32::MAX)),
        ];
        // The round is in the message of a panic through the test's output.
        let _ = (round, template.render(variables, &mut NoHost, &mut heap));
    }
}
