//! Every difference from Velocity 1.7 that `cargo xtask fuzz-vtl` has found, with Velocity's
//! answer. An entry never goes.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use vtl::{Heap, Limits, NoHost, Template, Value};

fn check(template: &str, variables: &[(&str, Value)], expect: &str) {
    let variables = variables
        .iter()
        .map(|(name, value)| (Arc::from(*name), value.clone()))
        .collect();
    let mut heap = Heap::new(Limits::default());
    let got = Template::parse(template)
        .and_then(|template| template.render(variables, &mut NoHost, &mut heap));
    assert_eq!(got.as_deref(), Ok(expect), "{template}");
}

#[test]
fn asking_a_block_for_a_method_does_not_render_it() {
    check(
        "#set($k = [1])#define($w)$k.remove(0)#end#set($v = $w.add(7))$k.size()",
        &[],
        "1",
    );
    check(
        "#define($w)#define($w)$w.isEmpty() $w#set($w = '')#end$w#end$w",
        &[],
        "  $w",
    );
}

#[test]
fn keys_and_entries_are_hashed_as_sets() {
    check(
        "#set($m = {'a': 1})$m.keySet().hashCode() $m.entrySet().hashCode()",
        &[],
        "97 96",
    );
}

#[test]
fn a_block_is_equal_to_itself_alone() {
    check("#define($w)x#end$w.equals('x')", &[], "false");
    check("#define($w)x#end$w.equals($w)", &[], "true");
    check(
        "#define($w)x#end#set($v = $w)$v.equals($w) $w.equals($s)",
        &[("s", "x".into())],
        "true false",
    );
}

#[test]
fn a_block_too_deep_in_itself_is_nothing_where_velocity_crashes() {
    // Velocity ends with a NullPointerException, which is its mistake; this is what we do instead.
    check(
        "#define($w)#if($l.toUpperCase())#set($w = $!w + \"a\" eq 0)#end\n#set($w = [1..3])\n#end$w",
        &[],
        "",
    );
}
