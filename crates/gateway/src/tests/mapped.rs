//! MOCK, templates, parameter mappings, overrides and content handling.

use super::support::{Sent, World, api, header, integration, mock, open, shown};
use bytes::Bytes;
use restapi::{Integration, IntegrationResponse, IntegrationType};

fn world(integration: Integration) -> World {
    World::new(api(vec![("ANY", "/{id}", open(integration))]))
}

/// A MOCK integration with these templates.
fn templated(request: &str, content_type: &str, response: &str) -> Integration {
    let mut mock = mock("");
    mock.request_templates = vec![("application/json".into(), request.into())];
    let answer = mock.responses.get_mut("200").unwrap();
    answer.response_templates = vec![(content_type.into(), response.into())];
    mock
}

#[tokio::test]
async fn html_pages_see_the_stage() {
    let page = "<a href=\"/$context.stage/pets/1\">$context.httpMethod</a>";
    let mut root = templated("{\"statusCode\": 200}", "text/html", page);
    let answer = root.responses.get_mut("200").unwrap();
    let name = "method.response.header.Content-Type".to_owned();
    answer
        .response_parameters
        .insert(name, "'text/html'".into());
    let response = world(root).get("/x").await;
    assert_eq!(
        shown(&response),
        (200, "<a href=\"/test/pets/1\">GET</a>".to_owned())
    );
    assert_eq!(header(&response, "content-type"), "text/html");
    assert_eq!(response.headers().get_all("content-type").iter().count(), 1);
    assert!(!response.headers().contains_key("x-amzn-trace-id"));
}

#[tokio::test]
async fn the_templates_status_chooses_the_response() {
    let request = "{\"statusCode\": $input.params('id')}";
    let mut mock = templated(request, "application/json", "two");
    for (status, pattern, body) in [("404", "404", "four"), ("500", "5\\d\\d", "five")] {
        let response = IntegrationResponse {
            status_code: status.into(),
            selection_pattern: Some(pattern.into()),
            response_templates: vec![("application/json".into(), body.into())],
            ..IntegrationResponse::default()
        };
        mock.responses.insert(status.into(), response);
    }
    let world = world(mock);
    for (path, expect) in [
        ("/200", (200, "two")),
        ("/404", (404, "four")),
        ("/503", (500, "five")),
    ] {
        assert_eq!(
            shown(&world.get(path).await),
            (expect.0, expect.1.to_owned()),
            "{path}"
        );
    }
    assert_eq!(shown(&world.get("/201").await), (200, "two".to_owned()));
}

#[tokio::test]
async fn without_a_fitting_response_the_answer_is_500() {
    let mut mock = mock("x");
    let response = mock.responses.get_mut("200").unwrap();
    response.selection_pattern = Some("404".into());
    assert_eq!(world(mock).get("/x").await.status(), 500);
}

#[tokio::test]
async fn parameters_are_mapped_to_headers() {
    let mut mock = mock("x");
    let response = mock.responses.get_mut("200").unwrap();
    for (name, source) in [
        ("X-Static", "'a b'"),
        ("X-Stage", "context.stage"),
        ("X-Missing", "context.nothing"),
        ("X-Variable", "stageVariables.nope"),
    ] {
        let name = format!("method.response.header.{name}");
        response.response_parameters.insert(name, source.into());
    }
    let response = world(mock).get("/x").await;
    assert_eq!(header(&response, "x-static"), "a b");
    assert_eq!(header(&response, "x-stage"), "test");
    assert!(!response.headers().contains_key("x-missing"));
    assert!(!response.headers().contains_key("x-variable"));
}

#[tokio::test]
async fn overrides_of_the_request_template_reach_the_answer() {
    let request = "#set($context.responseOverride.status = 444)\
                   #set($context.responseOverride.header.X-Own = \"1\"){\"statusCode\": 200}";
    let response = world(templated(request, "application/json", ""))
        .get("/x")
        .await;
    assert_eq!(response.status(), 444);
    assert_eq!(header(&response, "x-own"), "1");
}

#[tokio::test]
async fn overrides_of_the_response_template_win() {
    let body = "#set($context.responseOverride.status = 418)\
                #set($context.responseOverride.header.X-Own = \"2\")x";
    let mut mock = templated("{\"statusCode\": 200}", "application/json", body);
    let name = "method.response.header.X-Own".to_owned();
    mock.responses
        .get_mut("200")
        .unwrap()
        .response_parameters
        .insert(name, "'1'".into());
    let response = world(mock).get("/x").await;
    assert_eq!(shown(&response), (418, "x".to_owned()));
    assert_eq!(header(&response, "x-own"), "2");
}

#[tokio::test]
async fn line_breaks_in_mapped_headers_are_500() {
    let body = "#set($context.responseOverride.header.X-Own = $util.urlDecode(\"a%0D%0Ab: c\"))x";
    let mock = templated("{\"statusCode\": 200}", "application/json", body);
    let response = world(mock).get("/x").await;
    assert_eq!(response.status(), 500);
    assert!(!response.headers().contains_key("b"));
}

#[tokio::test]
async fn accept_chooses_the_response_template() {
    let mut mock = mock("json");
    let response = mock.responses.get_mut("200").unwrap();
    response
        .response_templates
        .push(("text/plain".into(), "text".into()));
    let world = world(mock);
    for (accept, expect) in [
        ("text/plain", "text"),
        ("application/json", "json"),
        ("a/b", "json"),
    ] {
        let response = world
            .send(Sent::new("GET", "/x").header("Accept", accept))
            .await;
        assert_eq!(shown(&response).1, expect, "{accept}");
    }
}

#[tokio::test]
async fn binary_bodies_and_templates_do_not_go_together() {
    let mut binary = api(vec![("POST", "/", open(mock("x")))]);
    binary.binary_media_types = vec!["image/png".into()];
    binary
        .resources
        .get_mut("root")
        .unwrap()
        .methods
        .get_mut("POST")
        .unwrap()
        .integration = Some(Integration {
        request_templates: vec![("image/png".into(), "{\"statusCode\": 200}".into())],
        ..mock("x")
    });
    let world = World::new(binary.clone());
    let post = || {
        let sent = Sent::new("POST", "/").header("Content-Type", "image/png");
        sent.header("Accept", "application/json")
            .body(Bytes::from_static(b"\xff"))
    };
    assert_eq!(world.send(post()).await.status(), 500);
    let method = binary
        .resources
        .get_mut("root")
        .unwrap()
        .methods
        .get_mut("POST")
        .unwrap();
    let integration = method.integration.as_mut().unwrap();
    integration.content_handling = Some("CONVERT_TO_TEXT".into());
    assert_eq!(World::new(binary).send(post()).await.status(), 200);
}

#[tokio::test]
async fn bodies_pass_where_no_template_fits() {
    let mut bare = integration(IntegrationType::Mock, None);
    let response = IntegrationResponse {
        status_code: "200".into(),
        ..IntegrationResponse::default()
    };
    bare.responses.insert("200".into(), response);
    let sent = Sent::new("POST", "/x").body("{\"statusCode\": 200}");
    assert_eq!(shown(&world(bare).send(sent).await), (200, String::new()));
}
