//! `crossway inspect`: what the compatibility table is written from.

use crate::Problem;
use crate::command::{Inspect, InspectWhat};
use crate::wiring::Services;

/// Prints the table, tab-separated.
pub fn run(options: &Inspect) -> Result<(), Problem> {
    match options.what {
        InspectWhat::Operations => operations(),
        InspectWhat::NoEffect => {
            no_effect();
            Ok(())
        }
    }
}

fn operations() -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for service in runtime.block_on(Services::tables())? {
        let meta = service.service();
        for operation in meta.operations {
            let works = if service.serves(operation) {
                "yes"
            } else {
                "no"
            };
            println!("{}\t{}\t{works}", meta.name, operation.name);
        }
    }
    Ok(())
}

fn no_effect() {
    for (field, note) in apigateway::NO_EFFECT {
        println!("apigateway\t{field}\t{note}");
    }
    for (field, note) in iam::NO_EFFECT {
        println!("iam\t{field}\t{note}");
    }
    for (field, note) in organizations::NO_EFFECT {
        println!("organizations\t{field}\t{note}");
    }
    for field in lambda::FIELDS {
        let effect = match field.effect {
            lambda::Effect::Refused => "refused",
            lambda::Effect::None => "no effect",
        };
        println!(
            "lambda\t{} ({})\t{effect}: {}",
            field.member, field.operations, field.note
        );
    }
}
