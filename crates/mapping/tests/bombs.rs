//! Templates and paths that are made to harm: each ends with an error, soon and in little memory.
//!
//! The bounds here are for debug builds; a release build is some twenty times faster. This file is
//! a program of its own, so that its peak of memory is that of the bombs.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use mapping::{ContextVariables, Params, Scope, Template};
use std::collections::BTreeMap;

/// CPU seconds of one bomb in a debug build.
const SECONDS_MAX: f64 = 15.0;

/// Peak of memory of all bombs, the documents they are given included.
const PEAK_BYTES_MAX: u64 = 384 * 1024 * 1024;

fn render(template: &str, body: &str) -> Result<String, String> {
    let (params, context, variables) = (
        Params::default(),
        ContextVariables::default(),
        BTreeMap::new(),
    );
    let mut scope = Scope::new(body, &params, &context, &variables);
    let rendered = Template::parse(template).and_then(|template| template.render(&mut scope));
    rendered.map_err(|error| error.to_string())
}

/// A field of `/proc/self/status`, in bytes.
fn status_bytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        * 1024
}

/// CPU seconds of this thread, which do not count what others do.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// Name, template, body.
fn bombs() -> Vec<(&'static str, String, String)> {
    let open: String = (0..5)
        .map(|n| format!("#foreach($i{n} in [1..1000])"))
        .collect();
    let megabyte = format!("[{}1]", "[1,2],".repeat((1 << 20) / 6));
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let text = "a".repeat(100_000);
    let path = |path: &str| format!("$input.path(\"{path}\")");
    let own = "#set($m = $input.path('$'))#set($m.m = $m)";
    vec![
        (
            "loops in loops",
            open + "x" + &"#end".repeat(5),
            String::new(),
        ),
        (
            "a range without end",
            "#foreach($i in [1..2000000000])x#end".into(),
            String::new(),
        ),
        (
            "a text that doubles",
            "#set($s = 'x')#foreach($i in [1..64])#set($s = \"$s$s\")#end$s".into(),
            String::new(),
        ),
        (
            "a list that doubles",
            "#set($l = [1])#foreach($i in [1..64])#set($ok = $l.addAll($l))#end".into(),
            String::new(),
        ),
        (
            "a macro in itself",
            "#macro(m)#m()#m()#end#m()".into(),
            String::new(),
        ),
        (
            "a template that writes itself",
            "#set($s = '#evaluate($s)#evaluate($s)')#evaluate($s)".into(),
            String::new(),
        ),
        (
            "300 KB of beginnings",
            "#if(".repeat(300 * 256),
            String::new(),
        ),
        (
            "10,000 brackets",
            format!("#set($x = {}1{})", "(".repeat(10_000), ")".repeat(10_000)),
            String::new(),
        ),
        (
            "scans of a megabyte",
            path("$..*..*..*..*"),
            megabyte.clone(),
        ),
        (
            "a pattern with groups in groups",
            path("$[?(@ =~ /((a{1,1000}){1,1000}){1,1000}$/)]"),
            format!("[\"{text}!\"]"),
        ),
        ("a document of 100,000 levels", path("$"), deep),
        (
            "an index beyond 64 bits",
            path("$[99999999999999999999]"),
            megabyte,
        ),
        (
            "a body in itself, searched",
            format!("{own}{}", path("$..x")),
            "{}".into(),
        ),
        ("a body in itself, printed", format!("{own}$m"), "{}".into()),
        (
            "a body in itself, as JSON",
            format!("{own}$input.json('$')"),
            "{}".into(),
        ),
        (
            "a body in itself, hashed",
            format!("{own}$m.hashCode()"),
            "{}".into(),
        ),
    ]
}

#[test]
fn bombs_end_with_an_error_in_bounded_time_and_memory() {
    for (name, template, body) in bombs() {
        let start = cpu_seconds();
        let rendered = render(&template, &body);
        let seconds = cpu_seconds() - start;
        // What contains itself prints as `(this Map)`; an index that none can have finds nothing.
        let may_end_well = matches!(
            name,
            "a body in itself, printed" | "an index beyond 64 bits"
        );
        let length = rendered.as_ref().map(String::len);
        assert!(rendered.is_err() || may_end_well, "{name}: {length:?}");
        assert!(length.unwrap_or(0) < 1_000, "{name}: {length:?}");
        assert!(seconds < SECONDS_MAX, "{name} took {seconds} s");
        eprintln!(
            "{name}: {seconds:.3} s, peak {} MB",
            status_bytes("VmHWM") >> 20
        );
    }
    let peak = status_bytes("VmHWM");
    assert!(peak < PEAK_BYTES_MAX, "peak of {} MB", peak >> 20);
}

#[test]
fn a_pattern_that_backtracks_elsewhere_is_linear() {
    let body = format!("[\"{}!\"]", "a".repeat(50_000));
    let start = cpu_seconds();
    let found = render("$input.path(\"$[?(@ =~ /(a+)+$/)]\")", &body);
    assert_eq!(found.as_deref(), Ok("[]"));
    assert!(cpu_seconds() - start < SECONDS_MAX);
}

#[test]
fn nothing_leads_to_the_machine_behind() {
    let body = r#"{"a": "x", "l": [1]}"#;
    for reference in [
        "$input.class.forName('java.lang.Runtime').getRuntime().exec('id')",
        "$input.getClass().getClassLoader()",
        "$input.path('$.a').class.name",
        "$input.path('$.a').getClass().forName('java.lang.Runtime')",
        "$input.path('$.l').class",
        "$util.class",
        "$util.getClass()",
        "$context.class.protectionDomain",
        "$input.__proto__",
        "$input.path('$').constructor.constructor('return process')()",
    ] {
        let written = render(&format!("[{reference}]"), body).unwrap();
        let rest = written.trim_start_matches('[').trim_end_matches(']');
        // What stands behind the reference and is no part of it stays as it is.
        let is_text = matches!(rest, "" | "()" | ".__proto__");
        assert!(is_text, "{reference} gave {written}");
    }
}
