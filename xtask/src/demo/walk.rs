//! AWS's tutorial "cross-account Lambda proxy integration", the PetStore generation.

use super::server::Server;
use crate::build;
use crate::workspace::output;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const FUNCTION: &str = "my-function";

const HANDLER: &str = "\
export const handler = async (event) => {
  console.log(`${event.httpMethod} ${event.path}`);
  return { statusCode: 200, body: JSON.stringify('Hello from Lambda!') };
};
";

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Walks, and gives the API's URL.
pub fn walk(server: &Server, aws: &Path) -> Result<String, String> {
    let steps = Steps {
        aws: aws.to_owned(),
        data: server.data.clone(),
        url: server.url.clone(),
    };
    title("Account `functions` creates a function");
    let function = create_function(&steps)?;
    title("Account `api` imports the PetStore API and points GET / at it");
    let api = import_petstore(&steps)?;
    point_at_function(&steps, &api, &function)?;
    let path = format!("/_aws/execute-api/{api}/test/");
    let url = format!("{}{path}", server.url);

    title("Nobody has allowed the call yet: the function's policy decides");
    expect(
        server,
        &path,
        500,
        r#"{"message": "Internal server error"}"#,
    )?;

    title("Account `functions` allows this API's GET /");
    let source = format!("arn:aws:execute-api:us-east-1:111111111111:{api}/*/GET/");
    steps.aws(
        "functions",
        &format!("lambda add-permission --function-name {function} --source-arn {source} --principal apigateway.amazonaws.com --statement-id demo --action lambda:InvokeFunction"),
    )?;
    expect(server, &path, 200, r#""Hello from Lambda!""#)?;
    let policy = steps.aws(
        "functions",
        &format!("lambda get-policy --function-name {FUNCTION} --query Policy --output text"),
    )?;
    let condition = format!(r#""Condition":{{"ArnLike":{{"AWS:SourceArn":"{source}"}}}}"#);
    if !policy.contains(&condition) {
        return Err(format!("the policy lacks {condition}: {policy}"));
    }
    println!("{}", policy.trim_end());
    Ok(url)
}

fn create_function(steps: &Steps) -> Result<String, String> {
    let zip = steps.data.join("function.zip");
    write_zip(&zip)?;
    let role = steps.aws_words(
        "functions",
        &[
            "iam",
            "create-role",
            "--role-name",
            "demo",
            "--assume-role-policy-document",
            TRUST,
            "--query",
            "Role.Arn",
            "--output",
            "text",
        ],
    )?;
    steps.aws("functions", "iam attach-role-policy --role-name demo --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")?;
    let role = role.trim();
    let zip = zip.display();
    let function = steps.aws(
        "functions",
        &format!("lambda create-function --function-name {FUNCTION} --runtime nodejs20.x --handler index.handler --role {role} --zip-file fileb://{zip} --query FunctionArn --output text"),
    )?;
    steps.aws(
        "functions",
        &format!("lambda wait function-active-v2 --function-name {FUNCTION}"),
    )?;
    Ok(function.trim().to_owned())
}

fn import_petstore(steps: &Steps) -> Result<String, String> {
    let document = output(Command::new(build::program(false)).args(["example", "petstore"]))?;
    let file = steps.data.join("petstore.json");
    std::fs::write(&file, document).map_err(|e| e.to_string())?;
    let file = file.display();
    let api = steps.aws(
        "api",
        &format!("apigateway import-rest-api --parameters endpointConfigurationTypes=REGIONAL --body fileb://{file} --query id --output text"),
    )?;
    Ok(api.trim().to_owned())
}

fn point_at_function(steps: &Steps, api: &str, function: &str) -> Result<(), String> {
    let root = steps.aws_words(
        "api",
        &[
            "apigateway",
            "get-resources",
            "--rest-api-id",
            api,
            "--query",
            "items[?path=='/'].id",
            "--output",
            "text",
        ],
    )?;
    let root = root.trim();
    let uri = format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    );
    steps.aws("api", &format!("apigateway put-integration --rest-api-id {api} --resource-id {root} --http-method GET --type AWS_PROXY --integration-http-method POST --uri {uri}"))?;
    steps.aws(
        "api",
        &format!("apigateway create-deployment --rest-api-id {api} --stage-name test"),
    )?;
    Ok(())
}

fn expect(server: &Server, path: &str, status: u16, body: &str) -> Result<(), String> {
    let (found, text) = server.get(path)?;
    println!("\x1b[2m$ curl {}{path}\x1b[0m\n{found} {text}", server.url);
    if found == status && text == body {
        Ok(())
    } else {
        Err(format!(
            "GET {path} answered {found} {text}; the tutorial says {status} {body}"
        ))
    }
}

fn title(text: &str) {
    println!("\n\x1b[1m{text}\x1b[0m");
}

fn write_zip(path: &Path) -> Result<(), String> {
    let file = std::fs::File::create(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut zip = zip::ZipWriter::new(file);
    zip.start_file("index.mjs", zip::write::SimpleFileOptions::default())
        .map_err(|e| e.to_string())?;
    zip.write_all(HANDLER.as_bytes())
        .map_err(|e| e.to_string())?;
    zip.finish().map(|_| ()).map_err(|e| e.to_string())
}

struct Steps {
    aws: PathBuf,
    data: PathBuf,
    url: String,
}

impl Steps {
    /// Runs `aws --profile PROFILE …`, shown as a user would type it; no argument holds a blank.
    fn aws(&self, profile: &str, arguments: &str) -> Result<String, String> {
        self.aws_words(profile, &arguments.split(' ').collect::<Vec<_>>())
    }

    fn aws_words(&self, profile: &str, arguments: &[&str]) -> Result<String, String> {
        println!(
            "\x1b[2m$ aws --profile {profile} {}\x1b[0m",
            arguments.join(" ")
        );
        let files = self.data.join("aws");
        output(
            Command::new(&self.aws)
                .args(["--profile", profile])
                .args(arguments)
                .env("AWS_CONFIG_FILE", files.join("config"))
                .env("AWS_SHARED_CREDENTIALS_FILE", files.join("credentials"))
                // Releases before 2.13 know the variable no more than the profile's setting.
                .env("AWS_ENDPOINT_URL", &self.url)
                .env("AWS_PAGER", ""),
        )
    }
}
