//! Layers: bundles that functions see in `/opt`, one over the other.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, lab};
use compute::Isolation;
use ports::FunctionSpec;
use serde_json::{Value, json};

const LEVELS: [Isolation; 3] = [
    Isolation::Process,
    Isolation::Hardened,
    Isolation::Container,
];

fn layered(lab: &Lab, function: FunctionSpec, layers: &[&[(&str, &str)]]) -> FunctionSpec {
    let layers = layers.iter().map(|files| lab.bundle(files)).collect();
    FunctionSpec { layers, ..function }
}

#[tokio::test]
async fn node_finds_packages_of_layers_and_later_layers_win() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let text = "const [a, b, c] = ['a', 'b', 'c'].map((name) => require(name));
            exports.handler = async () => [a, b, c];";
        let package = |name: &str| format!("nodejs/node_modules/{name}/index.js");
        let (a, b, c) = (package("a"), package("b"), package("c"));
        let first = [
            (a.as_str(), "module.exports = 'first'"),
            (&b, "module.exports = 'first'"),
        ];
        let second = [
            (b.as_str(), "module.exports = 'second'"),
            (&c, "module.exports = 'second'"),
        ];
        let function = layered(&lab, lab.node("index.js", text), &[&first, &second]);
        let answer = lab.answer(&function, json!({})).await;
        assert_eq!(answer, json!(["first", "second", "second"]), "{level}");
        let turned = layered(&lab, lab.node("index.js", text), &[&second, &first]);
        let answer = lab.answer(&turned, json!({})).await;
        assert_eq!(answer, json!(["first", "first", "second"]), "{level}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn python_finds_packages_of_layers_behind_its_own() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let text =
            "import deep, own, shallow\ndef handler(e, c):\n  return [deep.x, shallow.x, own.x]";
        let files = [("app.py", text), ("own.py", "x = 'own'")];
        let function = lab.function("python3.11", "app.handler", &files);
        let layer = [
            ("python/shallow.py", "x = 'shallow'"),
            ("python/own.py", "x = 'of the layer'"),
            ("python/lib/python3.11/site-packages/deep.py", "x = 'deep'"),
        ];
        // Below level `container` only the plain folder is searched.
        let plain = [layer[0], layer[1], ("python/deep.py", "x = 'deep'")];
        let files = if level == Isolation::Container {
            &layer
        } else {
            &plain
        };
        let function = layered(&lab, function, &[files]);
        let answer = lab.answer(&function, json!({})).await;
        assert_eq!(answer, json!(["deep", "shallow", "own"]), "{level}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn layers_are_read_only_and_the_function_s_own() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "const fs = require('fs');
        const attempt = (what) => { try { return what(); } catch (error) { return error.code; } };
        exports.handler = async () => ({
          read: attempt(() => fs.readFileSync('/opt/a.txt', 'utf8')),
          write: attempt(() => fs.writeFileSync('/opt/a.txt', 'x')),
          add: attempt(() => fs.writeFileSync('/opt/b.txt', 'x')),
          all: attempt(() => fs.readdirSync('/opt')),
          path: process.env.PATH.split(':').at(-1),
          library: process.env.LD_LIBRARY_PATH.split(':').at(-1),
        });";
    let files = [("a.txt", "text")];
    let function = layered(&lab, lab.node("index.js", text), &[&files]);
    let seen = lab.answer(&function, json!({})).await;
    assert_eq!(seen["read"], "text");
    for what in ["write", "add"] {
        assert!(
            ["EROFS", "EACCES"].contains(&seen[what].as_str().unwrap()),
            "{seen}"
        );
    }
    assert_eq!(seen["all"], json!(["a.txt"]));
    assert_eq!(
        (&seen["path"], &seen["library"]),
        (&json!("/opt/bin"), &json!("/opt/lib"))
    );
    let other = lab.answer(&lab.node("index.js", text), json!({})).await;
    assert_eq!(
        other["read"], "ENOENT",
        "a function without layers sees none"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn bootstrap_may_come_from_a_layer_and_the_function_s_own_goes_first() {
    let script = |name: &str| {
        format!(
            "#!/bin/sh
api=\"http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation\"
head=\"${{TMPDIR:-/tmp}}/head\"
while :; do
  curl -sS -D \"$head\" \"$api/next\" > /dev/null
  id=$(grep -i Aws-Request-Id \"$head\" | tr -d '[:space:]' | cut -d: -f2)
  curl -sS -X POST \"$api/$id/response\" -d '\"{name}\"' > /dev/null
done
"
        )
    };
    let (of_layer, own) = (script("layer"), script("own"));
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let layer = [("bootstrap", of_layer.as_str())];
        let without = lab.function("provided.al2023", "h", &[("other", "")]);
        let without = layered(&lab, without, &[&layer]);
        assert_eq!(
            lab.answer(&without, json!({})).await,
            json!("layer"),
            "{level}"
        );
        let with = lab.function("provided.al2023", "h", &[("bootstrap", &own)]);
        let with = layered(&lab, with, &[&layer]);
        assert_eq!(lab.answer(&with, json!({})).await, json!("own"), "{level}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn wrapper_may_come_from_a_layer() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let function = lab.node(
            "index.js",
            "exports.handler = async () => process.env.WRAPPED",
        );
        let layer = [("wrapper", "#!/bin/sh\nexport WRAPPED=yes\nexec \"$@\"\n")];
        let mut function = layered(&lab, function, &[&layer]);
        let name = "AWS_LAMBDA_EXEC_WRAPPER".to_owned();
        function.environment.insert(name, "/opt/wrapper".to_owned());
        assert_eq!(
            lab.answer(&function, json!({})).await,
            json!("yes"),
            "{level}"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn layer_that_is_gone_is_told() {
    let lab = Lab::new();
    let function = FunctionSpec {
        layers: vec!["0".repeat(64)],
        ..lab.node("index.js", "exports.handler = async () => 1")
    };
    let refused = lab
        .run(common::work(&function, Value::Null))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ports::ComputeError::Code(_)),
        "{refused:?}"
    );
    lab.compute.shutdown().await;
}
