//! Every bound, at it and one over, and templates that mean harm.
#![allow(clippy::unwrap_used)]

use std::time::Duration;
use vtl::{Error, ErrorKind, Heap, Limits, NoHost, Template, limits};

/// Processor time of this thread, which stands still while others have the processor; zero where
/// the system does not say, and the bounds of time are then not looked at.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn render_within(template: &str, limits: Limits) -> Result<String, Error> {
    Template::parse(template)?.render(Vec::new(), &mut NoHost, &mut Heap::new(limits))
}

fn render(template: &str) -> Result<String, Error> {
    render_within(template, Limits::default())
}

/// The rendering ends with the bound that is named so.
fn check_limit(template: &str, name: &str) {
    let start = cpu_time();
    let error = render(template).unwrap_err();
    match &error.kind {
        ErrorKind::Limit { what, .. } => assert_eq!(*what, name, "{error}"),
        other => panic!("{other} instead of the limit of {name}"),
    }
    // A release build needs a tenth of this.
    assert!(
        cpu_time().saturating_sub(start) < Duration::from_secs(10),
        "{name}: {:?}",
        cpu_time().saturating_sub(start)
    );
}

#[test]
fn foreach_runs_a_thousand_rounds_and_no_more() {
    assert!(render("#foreach($i in [1..1000])#end").is_ok());
    check_limit("#foreach($i in [1..1001])#end", "rounds of `#foreach`");
}

#[test]
fn nested_loops_run_out_of_steps() {
    let open = "#foreach($a in [1..1000])".repeat(5);
    check_limit(&format!("{open}x{}", "#end".repeat(5)), "number of steps");
}

#[test]
fn a_huge_range_is_refused_before_it_is_made() {
    check_limit("#foreach($i in [1..2000000000])$i#end", "length of a range");
    check_limit(
        "#set($r = [-2147483648..2147483647])$r",
        "length of a range",
    );
}

#[test]
fn doubling_a_text_runs_out_of_memory() {
    let double = "#set($s = \"$s$s\")".repeat(64);
    check_limit(&format!("#set($s = 'x'){double}"), "size of the output");
    let double = "#set($s = $s + $s)".repeat(64);
    check_limit(&format!("#set($s = 'x'){double}"), "size of the output");
    let double = "#set($s = $s.replaceAll('x', 'xxxx'))".repeat(64);
    check_limit(&format!("#set($s = 'x'){double}"), "number of steps");
    check_limit(
        "#set($s = 'xxxx')$s.repeat(2000000000)",
        "memory of a rendering",
    );
}

#[test]
fn printing_more_than_the_limit_is_refused() {
    let limits = Limits {
        output_bytes: 4,
        ..Limits::default()
    };
    assert_eq!(render_within("abcd", limits).as_deref(), Ok("abcd"));
    assert!(render_within("abcde", limits).is_err());
    assert!(render_within("#set($l = ['abc'])$l", limits).is_err());
}

#[test]
fn a_macro_that_calls_itself_ends() {
    check_limit("#macro(m)#m()#end#m()", "depth of macro calls");
    check_limit(
        "#macro(a)#b()#end#macro(b)#a()#end#a()",
        "depth of macro calls",
    );
    // Twenty calls inside each other are allowed.
    let macros: String = (0..20)
        .map(|i| format!("#macro(m{i})#if({i} < 19)#m{}()#else!#end#end", i + 1))
        .collect();
    assert_eq!(render(&format!("{macros}#m0()")).as_deref(), Ok("!"));
}

#[test]
fn an_argument_that_reads_itself_ends() {
    check_limit("#macro(m $a)$a#m(\"$a$a\")#end#m('x')", "number of steps");
}

#[test]
fn evaluate_that_builds_itself_ends() {
    let template =
        "#set($h = '#')#set($e = '${h}evaluate($e)')#set($e = $e.replace('${h}', $h))#evaluate($e)";
    check_limit(template, "depth of the rendering");
}

#[test]
fn a_define_that_names_itself_prints_its_name() {
    assert_eq!(render("#define($b)x$b#end$b").as_deref(), Ok("xx$b"));
}

#[test]
fn nesting_of_the_template_is_bounded() {
    let nested = |open: &str, close: &str, count: usize| {
        format!("#set($a = {}1{})", open.repeat(count), close.repeat(count))
    };
    assert!(render(&nested("(", ")", 90)).is_ok());
    check_limit(&nested("(", ")", 10_000), "nesting of the template");
    check_limit(&nested("[", "]", 10_000), "nesting of the template");
    check_limit(&nested("{1:", "}", 10_000), "nesting of the template");
    check_limit(&"#if(true)".repeat(10_000), "nesting of the template");
    check_limit(&nested("$a.b(", ")", 10_000), "nesting of the template");
    check_limit(&nested("$a[", "]", 10_000), "nesting of the template");
    assert!(render(&"#if(".repeat(70_000)).is_err());
    let strings = (0..200).fold("x".to_owned(), |inner, _| {
        format!("#set($a = \"{}\")", inner.replace('"', "\"\""))
            .chars()
            .take(limits::TEMPLATE_BYTES_MAX - 1)
            .collect()
    });
    assert!(render(&strings).is_err());
}

#[test]
fn arguments_that_hide_deep_expressions_end() {
    // Each macro wraps its argument in ninety lists and hands it on; the last one reads it.
    let wrapped = format!("{}$a{}", "[".repeat(90), "]".repeat(90));
    let macros: String = (0..18)
        .map(|i| format!("#macro(m{i} $a)#m{}({wrapped})#end", i + 1))
        .collect();
    let (open, close) = ("#if(true)".repeat(90), "#end".repeat(90));
    let source = format!("{macros}#macro(m18 $a){open}$a{close}#end#m0(1)");
    check_limit(&source, "depth of an expression");
    let deep = format!("#macro(d)#set($n = $n + 1)#if($n < 19){open}#d(){close}#end#end");
    check_limit(&format!("#set($n = 0){deep}#d()"), "depth of the rendering");
}

#[test]
fn size_of_the_template_is_bounded() {
    assert!(render(&"x".repeat(limits::TEMPLATE_BYTES_MAX)).is_ok());
    check_limit(
        &"x".repeat(limits::TEMPLATE_BYTES_MAX + 1),
        "size of the template",
    );
}

#[test]
fn long_templates_parse_in_linear_time() {
    let start = cpu_time();
    for unit in [
        "\\", "$", "#", "\"", "$a.", "#set", "(", "$a[", "#*", "##\n", "#[[", "!", "$!", "1 + ",
    ] {
        let source: String = unit
            .chars()
            .cycle()
            .take(limits::TEMPLATE_BYTES_MAX)
            .collect();
        let _ = render(&source);
        let inner: String = unit
            .chars()
            .cycle()
            .take(limits::TEMPLATE_BYTES_MAX - 20)
            .collect();
        let _ = render(&format!("#set($a = 1 + {inner}"));
    }
    let sum = "1 + ".repeat(50_000);
    assert_eq!(
        render(&format!("#set($a = {sum}1)$a")).as_deref(),
        Ok("50001")
    );
    let not = "!".repeat(100_001);
    assert_eq!(
        render(&format!("#set($a = {not}true)$a")).as_deref(),
        Ok("false")
    );
    assert!(
        cpu_time().saturating_sub(start) < Duration::from_secs(30),
        "{:?}",
        cpu_time().saturating_sub(start)
    );
}

#[test]
fn values_nested_without_end_are_freed_and_not_printed() {
    // A million levels would need a million stack frames to free one inside the other.
    let deep =
        "#set($x = [])#foreach($i in [1..900])#foreach($j in [1..100])#set($x = [$x])#end#{end}";
    assert_eq!(render(&format!("{deep}ok")).as_deref(), Ok("ok"));
    check_limit(&format!("{deep}$x"), "depth of a value");
    check_limit(&format!("{deep}$x.hashCode()"), "depth of a value");
    let twice = deep.replace("$x", "$y");
    check_limit(
        &format!("{deep}{twice}#if($x == $y)#end"),
        "depth of a value",
    );
}

#[test]
fn values_that_contain_themselves_end() {
    let list = "#set($l = [])#set($v = $l.add($l))";
    assert_eq!(
        render(&format!("{list}$l")).as_deref(),
        Ok("[(this Collection)]")
    );
    let pair = "#set($a = {})#set($b = {'a': $a})#set($a.b = $b)";
    check_limit(&format!("{pair}$a"), "depth of a value");
    check_limit(&format!("{pair}$a.hashCode()"), "depth of a value");
}

#[test]
fn comparing_shared_values_counts_every_visit() {
    let grow = "#set($x = [$x, $x])#set($y = [$y, $y])".repeat(40);
    check_limit(
        &format!("#set($x = [1])#set($y = [1]){grow}#if($x == $y)#end"),
        "number of steps",
    );
}

#[test]
fn harmful_patterns_are_linear_or_refused() {
    let text = "a".repeat(10_000) + "b";
    let start = cpu_time();
    for pattern in ["(a+)+$", "(.*)*x", "(a|aa)+$", "(a|a?)+$"] {
        let template =
            format!("#set($s = '{text}')$s.matches('{pattern}')$s.replaceAll('{pattern}', '')");
        let _ = render(&template);
    }
    for pattern in [
        "(a)\\1",
        "(?=a)",
        "\\p{L}{1000}{1000}",
        "((((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})",
    ] {
        let template = format!("#set($s = 'a')$s.matches('{pattern}')");
        assert!(render(&template).is_err(), "{pattern}");
    }
    assert!(
        cpu_time().saturating_sub(start) < Duration::from_secs(10),
        "{:?}",
        cpu_time().saturating_sub(start)
    );
}

#[test]
fn there_is_no_object_model_to_reach() {
    for template in [
        "#set($x = 'a')$!x.getClass()",
        "#set($x = 'a')$!x.class.forName('java.lang.Runtime')",
        "#set($x = [])$!x.class.classLoader",
        "#set($x = 1)$!x.getClass().getName()",
        "#set($x = {})$!x.prototype.polluted",
        "#set($x = 'a')$!x.constructor.constructor('return 1')",
    ] {
        assert_eq!(render(template).as_deref(), Ok(""), "{template}");
    }
    assert!(render("#include('/etc/passwd')").is_err());
    assert!(render("#parse('x.vm')").is_err());
}

#[test]
fn errors_say_where() {
    let position = |template: &str| {
        let position = render(template).unwrap_err().position;
        (position.line, position.column)
    };
    assert_eq!(position("a\nb #if(true)"), (2, 12));
    assert_eq!(position("#set($l = [1])\n  $l.get(5)"), (2, 6));
    assert_eq!(position("x\n#foreach($i in [1..2000])#end"), (2, 1));
}
