//! The example API, our own document with the facts of AWS's: three paths, six operations, HTTP
//! and mock integrations.
//!
//! Facts from "Tutorial: Create a REST API by importing an example" (API Gateway developer guide).

use serde_json::{Value, json};

/// The PetStore example as a Swagger 2.0 document in JSON. Its backend is the demo host of
/// `region`, which the gateway serves locally.
pub fn petstore(region: &str) -> String {
    let backend = format!("http://petstore.execute-api.{region}.amazonaws.com/petstore/pets");
    let document = json!({
        "swagger": "2.0",
        "info": {
            "title": "PetStore",
            "description": "A small store for pets: an API whose methods answer from a demo backend over HTTP, or by themselves.",
            "version": "1.0.0",
        },
        "schemes": ["https"],
        "paths": {
            "/": {"get": home()},
            "/pets": {
                "get": list_pets(&backend),
                "post": create_pet(&backend),
                "options": preflight("POST,GET,OPTIONS", None),
            },
            "/pets/{petId}": {
                "get": get_pet(&backend),
                "options": preflight("GET,OPTIONS", Some(pet_id())),
            },
        },
        "definitions": definitions(),
    });
    format!("{document:#}")
}

/// `$context.stage` makes the links right for whatever stage serves the page.
const PAGE: &str = "<html>
  <head>
    <meta charset=\"utf-8\">
    <style>
      body { font-family: sans-serif; max-width: 44em; margin: 3em auto; color: #20242a; }
      pre { background: #f2f3f5; padding: 1em; }
    </style>
  </head>
  <body>
    <h1>Welcome to your Pet Store API</h1>
    <p>This page is the answer of <code>GET /</code>. No server wrote it: the method has a mock integration, and the page is
      its response template.</p>
    <p>See <a href=\"/$context.stage/pets/\">all pets</a> with <code>GET /pets</code>, or
      <a href=\"/$context.stage/pets/1\">the first one</a> with <code>GET /pets/{petId}</code>. Both are answered by a demo
      backend over HTTP.</p>
    <p>A new pet is sent with <code>POST /pets</code> and a body such as:</p>
    <pre>
{
  \"type\": \"cat\",
  \"price\": 123.11
}</pre>
  </body>
</html>
";

fn home() -> Value {
    json!({
        "consumes": ["application/json"],
        "produces": ["text/html"],
        "responses": {"200": {
            "description": "A page that shows the way",
            "headers": {"Content-Type": {"type": "string"}},
        }},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_no_match",
            "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {"default": {
                "statusCode": "200",
                "responseParameters": {"method.response.header.Content-Type": "'text/html'"},
                "responseTemplates": {"text/html": PAGE},
            }},
        },
    })
}

fn list_pets(backend: &str) -> Value {
    json!({
        "operationId": "ListPets",
        "produces": ["application/json"],
        "parameters": [
            {"name": "type", "in": "query", "required": false, "type": "string", "description": "Only pets of this type"},
            {"name": "page", "in": "query", "required": false, "type": "string", "description": "Which page"},
        ],
        "responses": {"200": answer("Pets")},
        "x-amazon-apigateway-integration": http("GET", backend, &json!({
            "integration.request.querystring.type": "method.request.querystring.type",
            "integration.request.querystring.page": "method.request.querystring.page",
        })),
    })
}

fn create_pet(backend: &str) -> Value {
    json!({
        "operationId": "CreatePet",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "parameters": [
            {"name": "NewPet", "in": "body", "required": true, "schema": {"$ref": "#/definitions/NewPet"}},
        ],
        "responses": {"200": answer("NewPetResponse")},
        "x-amazon-apigateway-integration": http("POST", backend, &json!({})),
    })
}

fn get_pet(backend: &str) -> Value {
    json!({
        "operationId": "GetPet",
        "produces": ["application/json"],
        "parameters": [pet_id()],
        "responses": {"200": answer("Pet")},
        "x-amazon-apigateway-integration": http("GET", &format!("{backend}/{{petId}}"), &json!({
            "integration.request.path.petId": "method.request.path.petId",
        })),
    })
}

fn pet_id() -> Value {
    json!({"name": "petId", "in": "path", "required": true, "type": "string", "description": "The pet's number"})
}

/// An answer with a model that pages of other origins may read.
fn answer(model: &str) -> Value {
    json!({
        "description": "Done",
        "schema": {"$ref": format!("#/definitions/{model}")},
        "headers": {"Access-Control-Allow-Origin": {"type": "string"}},
    })
}

fn http(verb: &str, uri: &str, parameters: &Value) -> Value {
    json!({
        "type": "http",
        "httpMethod": verb,
        "uri": uri,
        "passthroughBehavior": "when_no_match",
        "requestParameters": parameters,
        "responses": {"default": {
            "statusCode": "200",
            "responseParameters": {"method.response.header.Access-Control-Allow-Origin": "'*'"},
        }},
    })
}

/// What browsers ask before they call from another origin.
fn preflight(verbs: &str, parameter: Option<Value>) -> Value {
    let headers = "'Content-Type,X-Amz-Date,Authorization,X-Api-Key'";
    let text = || json!({"type": "string"});
    json!({
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "parameters": Vec::from_iter(parameter),
        "responses": {"200": {
            "description": "What is allowed",
            "schema": {"$ref": "#/definitions/Empty"},
            "headers": {
                "Access-Control-Allow-Methods": text(),
                "Access-Control-Allow-Headers": text(),
                "Access-Control-Allow-Origin": text(),
            },
        }},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_no_match",
            "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {"default": {
                "statusCode": "200",
                "responseParameters": {
                    "method.response.header.Access-Control-Allow-Methods": format!("'{verbs}'"),
                    "method.response.header.Access-Control-Allow-Headers": headers,
                    "method.response.header.Access-Control-Allow-Origin": "'*'",
                },
            }},
        },
    })
}

fn definitions() -> Value {
    let pet_type = json!({"type": "string", "enum": ["dog", "cat", "fish", "bird", "gecko"]});
    json!({
        "Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
        "Pet": {"type": "object", "properties": {
            "id": {"type": "integer"},
            "type": {"type": "string"},
            "price": {"type": "number"},
        }},
        "NewPet": {"type": "object", "properties": {
            "type": {"$ref": "#/definitions/PetType"},
            "price": {"type": "number"},
        }},
        "PetType": pet_type,
        "NewPetResponse": {"type": "object", "properties": {
            "pet": {"$ref": "#/definitions/Pet"},
            "message": {"type": "string"},
        }},
        "Empty": {"type": "object"},
    })
}
