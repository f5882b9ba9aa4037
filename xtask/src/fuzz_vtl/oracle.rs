//! The program that knows the right answers.

use serde_json::Value as Json;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Takes JSON objects a line, answers one a line.
pub(super) struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    pub(super) fn start(command: &str) -> Result<Self, String> {
        let mut child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("oracle `{command}`: {error}"))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self {
                child,
                input,
                output: BufReader::new(output),
            }),
            _ => Err("the oracle has no input or output".into()),
        }
    }

    /// The answers to some questions, asked while answers are read so that no pipe fills up.
    pub(super) fn ask(&mut self, questions: &[Json]) -> Result<Vec<Json>, String> {
        let ended = |error: std::io::Error| format!("the oracle ended: {error}");
        let (input, output) = (&mut self.input, &mut self.output);
        std::thread::scope(|scope| {
            let asking = scope.spawn(move || -> std::io::Result<()> {
                for question in questions {
                    writeln!(input, "{question}")?;
                }
                input.flush()
            });
            let mut answers = Vec::with_capacity(questions.len());
            for _ in questions {
                let mut line = String::new();
                output.read_line(&mut line).map_err(ended)?;
                let answer = serde_json::from_str(&line);
                answers.push(answer.map_err(|error| format!("the oracle said `{line}`: {error}"))?);
            }
            match asking.join() {
                Ok(asked) => asked.map_err(ended).map(|()| answers),
                Err(_) => Err("asking the oracle failed".into()),
            }
        })
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
