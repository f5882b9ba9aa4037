//! Ruby functions beside `aws_lambda_ric`.

use super::{Subject, client, files_in};

/// AWS's client as its gem is installed, told where to write framed log records, as AWS's managed
/// runtimes are. Its own program wants a `Gemfile`; what that program calls does not.
const RUBY: &str = "#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_ruby3.3 _LAMBDA_TELEMETRY_LOG_FD=1
for lib in /var/task/official/gems/aws_lambda_ric-*/lib; do :; done
exec ruby -I \"$lib\" -r aws_lambda_ric -e 'AwsLambdaRIC::Bootstrap.new.start'
";

const FUNCTION: &str = include_str!("app.rb");

#[tokio::test]
async fn ruby_answers_as_aws_lambda_ric_does() {
    let Some(folder) = client("ruby") else { return };
    let mut files = Vec::new();
    files_in(&folder.join("gems"), "official/gems", &mut files);
    let subject = Subject {
        runtime: "ruby3.3",
        start: RUBY,
        client: files,
        code: ("app.rb", FUNCTION),
        before: "def ",
        is_about_logs: |name| name.starts_with("logs"),
        other_handlers: &[
            "app.missing",
            "nowhere.handler",
            "app",
            "app.Methods.answer",
            "app.Methods.not_of_the_class",
            "app.Missing.answer",
            "app.A.B.c",
            "/var/task/app.answer",
        ],
        broken: &[
            "require 'nothing_like_this'",
            "def handler(",
            "raise KeyError, 'while loading'",
            "puts 'loading'\nexit 3",
            "1 / 0",
        ],
    };
    subject.compare().await;
}
