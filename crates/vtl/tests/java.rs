//! What Java's classes do in corners that `cargo xtask fuzz-vtl` does not reach; each answer is
//! Velocity 1.7's on OpenJDK 17.
#![allow(clippy::unwrap_used)]

use vtl::{Heap, Limits, NoHost, Template};

fn render(template: &str) -> Option<String> {
    let mut heap = Heap::new(Limits::default());
    let template = Template::parse(template).unwrap();
    template.render(Vec::new(), &mut NoHost, &mut heap).ok()
}

fn check(template: &str, expect: &str) {
    assert_eq!(render(template).as_deref(), Some(expect), "{template}");
}

fn check_fails(template: &str) {
    assert_eq!(render(template), None, "{template}");
}

#[test]
fn a_bare_word_among_arguments_is_null_whatever_has_its_name() {
    check("#set($l = [3])$l.add(null)$l", "true[3, null]");
    check("#set($foo = 5)#set($l = [3])$l.add(foo)$l", "true[3, null]");
    check("#set($foo = 5)#set($l = [3])$l.add($foo)$l", "true[3, 5]");
    check(
        "#set($l = [3])$l.contains(null) $l.indexOf(null)",
        "false -1",
    );
}

#[test]
fn more_room_for_a_list_is_a_change_only_where_there_is_not_enough() {
    for (list, enough) in [("[1, 2, 3]", 3), ("[1..5]", 5)] {
        let template =
            |count| format!("#set($l = {list})#foreach($i in $l)$i$l.ensureCapacity({count})#end");
        assert!(render(&template(enough)).is_some(), "{list}");
        check_fails(&template(enough + 1));
    }
    // Room grows by half.
    let grown = "#set($l = [1, 2, 3, 4])#set($x = $l.add(4))#foreach($i in $l)$i";
    check(&format!("{grown}$l.ensureCapacity(6)#end"), "12344");
    check_fails(&format!("{grown}$l.ensureCapacity(7)#end"));
    let cleared = "#set($l = [1, 2, 3])$l.clear()#set($x = $l.add(1))#foreach($i in $l)$i";
    check(&format!("{cleared}$l.ensureCapacity(3)#end"), "1");
}

#[test]
fn more_room_than_a_rendering_may_have_is_refused() {
    check_fails("#set($l = [1])$l.ensureCapacity(2000000000)");
}

#[test]
fn lists_are_sorted_by_their_natural_order_alone() {
    check("#set($l = ['b', 'a', 'C'])$l.sort(null)$l", "[C, a, b]");
    check("#set($l = [2.5, 1.5])$l.sort(null)$l", "[1.5, 2.5]");
    check(
        "#set($l = [3, 1, 2])$l.subList(0, 2).sort(null)$l",
        "[1, 3, 2]",
    );
    check("#set($l = [[1]])$l.sort(null)$l", "[[1]]");
    check_fails("#set($l = ['b', 1])$l.sort(null)");
    check_fails("#set($l = [[1], [2]])$l.sort(null)");
    check_fails("#set($l = [2, 1])#foreach($i in $l)$l.sort(null)#end");
}

#[test]
fn numbers_are_decoded_by_their_prefix() {
    let decode = |text: &str| render(&format!("#set($i = 1)$i.decode('{text}')"));
    for (text, expect) in [
        ("12", "12"),
        ("010", "8"),
        ("-010", "-8"),
        ("0", "0"),
        ("0x1f", "31"),
        ("-0X1F", "-31"),
        ("#ff", "255"),
    ] {
        assert_eq!(decode(text).as_deref(), Some(expect), "{text}");
    }
    for text in ["", "08", "0x", "--1", "2147483648"] {
        assert_eq!(decode(text), None, "{text}");
    }
}

#[test]
fn bits_of_integers() {
    for (call, expect) in [
        ("highestOneBit(100)", "64"),
        ("highestOneBit(-5)", "-2147483648"),
        ("highestOneBit(0)", "0"),
        ("lowestOneBit(100)", "4"),
        ("numberOfLeadingZeros(1)", "31"),
        ("numberOfTrailingZeros(8)", "3"),
        ("rotateLeft(1, 33)", "2"),
        ("rotateRight(1, 2)", "1073741824"),
        ("reverseBytes(1)", "16777216"),
        ("toUnsignedString(-1)", "4294967295"),
        ("divideUnsigned(-1, 2)", "2147483647"),
        ("compareUnsigned(1, -1)", "-1"),
        ("hashCode(5)", "5"),
    ] {
        check(&format!("#set($i = 42)$i.{call}"), expect);
    }
    check(
        "#set($l = 12345678901)$l.reverse(1)",
        "-9223372036854775808",
    );
    check(
        "#set($l = 12345678901)$l.toHexString(-1)",
        "ffffffffffffffff",
    );
    check("#set($l = 12345678901)$l.bitCount(-1)", "64");
    check_fails("#set($i = 42)$i.divideUnsigned(1, 0)");
    check_fails("#set($i = 42)$i.hashCode('a')");
}

#[test]
fn characters_and_code_points() {
    for (call, expect) in [
        ("isLetter(65)", "true"),
        ("isLetter(-1)", "false"),
        ("toUpperCase(97)", "65"),
        ("toUpperCase(223)", "223"),
        ("getNumericValue(65)", "10"),
    ] {
        check(
            &format!("#set($s = 'Hi')#set($c = $s.charAt(0))$c.{call}"),
            expect,
        );
    }
}

#[test]
fn a_trace_shows_a_bare_word_as_it_is_written() {
    let template = Template::parse("#set($l = [3])$l.add(null)").unwrap();
    let mut heap = Heap::new(Limits::default());
    let mut seen = Vec::new();
    let mut trace = |traced: vtl::Traced<'_>| seen.push(traced.reference);
    let rendered = template.render_traced(Vec::new(), &mut NoHost, &mut heap, &mut trace);
    assert_eq!(rendered.as_deref(), Ok("true"));
    assert_eq!(seen, ["$l.add(null)"]);
}
