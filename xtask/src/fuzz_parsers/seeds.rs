//! What the cases are made of: some texts of our own, and the shared corpora when they are there.

use super::Parser;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

pub(super) fn of(parser: Parser) -> Vec<String> {
    let (own, folder): (&[&str], _) = match parser {
        Parser::Vtl => (&TEMPLATES, "vtl"),
        Parser::Jsonpath => (&PATHS, "jsonpath"),
        Parser::Expressions => (&EXPRESSIONS, ""),
    };
    let mut seeds: Vec<String> = own.iter().map(|seed| (*seed).to_owned()).collect();
    if let (Ok(shared), false) = (std::env::var("CROSSWAY_SHARED"), folder.is_empty()) {
        for file in files(&Path::new(&shared).join("corpora").join(folder)) {
            seeds.extend(cases(&file).iter().filter_map(seed));
        }
    }
    seeds
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort_unstable();
    files
}

fn cases(file: &Path) -> Vec<Json> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let json: Json = serde_json::from_str(&text).unwrap_or_default();
    json["cases"].as_array().cloned().unwrap_or_default()
}

fn seed(case: &Json) -> Option<String> {
    if let Some(template) = case["template"].as_str() {
        return (template.len() < 2_000).then(|| template.to_owned());
    }
    let (path, document) = (case["selector"].as_str()?, case["document"].as_str()?);
    Some(format!("{path}\n{document}"))
}

const TEMPLATES: [&str; 8] = [
    "#set($root = $input.path('$'))\n#foreach($i in $l)$i.a $foreach.count#if($foreach.hasNext),#end\n#end",
    "#macro(f $a $b)#if($a == 1 && !$b)x#elseif($a.size() > 2)y#{else}z#end$!bodyContent#end#f(1 'a')#@f([1..3] {'k': $m})$s#end",
    "#define($w)$s.replaceAll('(a)(b)', \"$2$1\")#end$w ${w}$!{undef} \\$s \\\\$s #evaluate(\"#set(\\$x = 1)\")",
    "$m.entrySet().iterator().next().key $l[0] $m['k'][-1] #set($m.k.j = {'a': [1, 2.5e3, true]})$m",
    "#[[ $raw #if ]]# ## comment\n#* block *# #literal()$x#end #stop #break($foreach)",
    "$s.format('%05d|%-8s|%.3f', [1, 'x', 2.5]) $s.split(',')[0].substring(1, 2) $n.toString(16)",
    "#set($x = -1 + 2 * 3 / 4 % 5 - 6)#if($x <= 1 || not ($x ge 2) and true)$x#end#foreach($i in [$n..-3])$i#break#end",
    "{\"a\": \"$util.escapeJavaScript($input.json('$.a'))\", \"b\": $m.keySet(), \"c\": \"$!m.get(\"x\").y()\"}",
];

const PATHS: [&str; 8] = [
    "$.store.book[?(@.price < 10 && @.category == 'fiction')].title\n{\"store\": {\"book\": [{\"price\": 8.95, \"category\": \"fiction\", \"title\": \"x\"}]}}",
    "$..*[-1:]['a','b'].length()\n{\"a\": [1, 2, {\"a\": null, \"b\": \"\\u00e9\"}]}",
    "$[?(@.a =~ /^a.*b$/i || @.b in ['x', 'y'] || !@.c)]\n[{\"a\": \"axb\"}, {\"b\": \"x\"}, {}]",
    "$.sum($..price, 1.5, \"[1,2]\")\n{\"price\": 1}",
    "$[0,1,-1][1:3][*]..[?(@ size 2 || @ empty true)]\n[[1, [2, 3]], [], 'single', {unquoted: 007}]",
    "$['it\\'s'][\"q\"]['a.b'].@.$.min()\n{\"it's\": {\"q\": {\"a.b\": [1e400, -0.0, 12345678901234567890]}}}",
    "@.a.b.c[?(@.d contains 'x' && (@.e >= $.f || @.g nin [1]))]\n{\"a\": {\"b\": {\"c\": []}}}",
    "a.b\n{a: 'b', \"c\": nul, // x\n \"d\": /* y */ [1,,2,]}",
];

const EXPRESSIONS: [&str; 12] = [
    "method.request.header.X-Api-Key",
    "method.request.multivaluequerystring.page",
    "method.request.path.id",
    "method.request.body.a[1].b",
    "method.request.body",
    "integration.response.body.$.a[?(@.b == 2)]",
    "integration.response.multivalueheader.Set-Cookie",
    "integration.request.querystring.q",
    "method.response.header.Location",
    "'static ${stageVariables.v} value'",
    "{\"message\": $context.error.messageString, \"x\": \"$stageVariables.v\", \"h\": \"$method.request.header.X\"}",
    "${stageVariables.v}/path ${context.identity.sourceIp} $context.authorizer.claims.sub-x. stageVariables.v context.stage image/*",
];
