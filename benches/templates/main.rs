//! How long a mapping template takes: medians over many renderings, printed. `cargo bench -p
//! mapping`. With `--peer` it is one of the engines that `run.py` compares.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use mapping::{ContextVariables, Params, Scope, Template};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The example of "Models and mapping templates for API Gateway": three pets.
const PETS: &str = r#"[{"id": 1, "type": "dog", "price": 249.99},
  {"id": 2, "type": "cat", "price": 124.99}, {"id": 3, "type": "fish", "price": 0.99}]"#;
const PETS_TEMPLATE: &str = include_str!("pets.vtl");

/// Rounds of one sample, and samples of one case.
const ROUNDS: u32 = 20;
const SAMPLES: usize = 501;

fn main() {
    if std::env::args().any(|argument| argument == "--peer") {
        return peer();
    }
    let orders = orders();
    let copy = "#set($r = $input.path('$'))$r.customer.id";
    println!("body of orders: {} bytes", orders.len());
    measure("PetStore page", PETS_TEMPLATE, PETS);
    measure("51 lines, 10 KB", include_str!("orders.vtl"), &orders);
    measure("one field of 10 KB", copy, &orders);
    measure("$input.json('$') of 10 KB", "$input.json('$')", &orders);
    measure("$input.body of 10 KB", "$input.body", &orders);
}

/// Forty lines of an order, 10 KB in all.
fn orders() -> String {
    let mut body = String::from(
        r#"{"currency":"EUR","customer":{"id":"c-1","name":"Ada O'Neil","address":{"city":"Bern","zip":"3000"}},"items":["#,
    );
    for number in 0..40 {
        let comma = if number > 0 { "," } else { "" };
        let (price, quantity, stock) = (number * 3, number % 5 + 1, number % 3 > 0);
        write!(
            body,
            r#"{comma}{{"sku":"SKU-{number:06}","title":"Widget number {number}, \"deluxe\" edition","price":{price}.5,"quantity":{quantity},"inStock":{stock},"tags":["blue","large"],"weightGrams":{},"vendor":{{"id":"v-{number}","name":"Vendor {number}","country":"CH"}},"note":"delivered within three days"}}"#,
            number * 10
        )
        .unwrap();
    }
    body.push_str("]}");
    body
}

/// Answers questions as `jvm/Peer.java` and `node/peer.mjs` do: JSON lines in, JSON lines out.
fn peer() {
    let mut known: HashMap<String, Template> = HashMap::new();
    for line in std::io::stdin().lines() {
        let question: Json = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |name: &str| question[name].as_str().unwrap();
        let source = text("template").to_owned();
        let template = known
            .entry(source)
            .or_insert_with_key(|source| Template::parse(source).unwrap());
        let context = context();
        let params = params();
        let variables = BTreeMap::from([("shop".to_owned(), "main".to_owned())]);
        let rounds = question["rounds"].as_u64().unwrap();
        let mut output = String::new();
        let start = Instant::now();
        for _ in 0..rounds {
            let mut scope = Scope::new(text("body"), &params, &context, &variables);
            output = black_box(template.render(&mut scope).unwrap());
        }
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap();
        println!("{}", json!({"nanos": nanos, "output": output}));
    }
}

fn params() -> Params {
    Params {
        header: vec![("User-Agent".into(), vec!["bench/1.0".into()])],
        ..Params::default()
    }
}

fn context() -> ContextVariables {
    let mut context = ContextVariables {
        request_id: Some("2f1b7f4e-0000-4000-8000-000000000000".into()),
        stage: Some("prod".into()),
        ..ContextVariables::default()
    };
    context.identity.source_ip = Some("10.0.0.1".into());
    context
}

fn measure(name: &str, template: &str, body: &str) {
    let (params, context) = (params(), context());
    let variables = BTreeMap::from([("shop".to_owned(), "main".to_owned())]);
    let template = Template::parse(template).unwrap();
    let render = || {
        let mut scope = Scope::new(body, &params, &context, &variables);
        template.render(&mut scope).unwrap()
    };
    let mut samples: Vec<Duration> = (0..SAMPLES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                black_box(render());
            }
            start.elapsed() / ROUNDS
        })
        .collect();
    samples.sort();
    let at = |share: usize| samples[SAMPLES * share / 100].as_secs_f64() * 1e6;
    println!(
        "{name}: median {:.1} µs, best {:.1} µs, {} bytes out",
        at(50),
        at(0),
        render().len()
    );
}
