//! The API as its document describes it, without any state.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::example::{check, example};

/// The largest body that the stub reads.
const MAX_BODY: usize = 8 * 1024 * 1024;

pub(crate) struct Stub {
    pub(crate) url: String,
    calls: Arc<Calls>,
}

/// The content of every file in the bucket.
pub(crate) const FILE: &str = "id,phone\n1,+14155550123\n";

struct Calls {
    url: String,
    document: Value,
    operations: Mutex<Vec<String>>,
    bodies: Mutex<Vec<Value>>,
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let document = include_str!("../../../docs/openapi.json");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Calls {
            url: url.clone(),
            document: serde_json::from_str(document).unwrap(),
            operations: Mutex::default(),
            bodies: Mutex::default(),
        });
        let router = Router::new().fallback(respond).with_state(Arc::clone(&calls));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, calls }
    }

    /// The operations called since the last look, and the bodies that they got.
    pub(crate) fn take(&self) -> (Vec<String>, Vec<Value>) {
        let take = |list: &Mutex<Vec<_>>| std::mem::take(&mut *list.lock().unwrap());
        (take(&self.calls.operations), std::mem::take(&mut self.calls.bodies.lock().unwrap()))
    }
}

async fn respond(State(calls): State<Arc<Calls>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_BODY).await.unwrap();
    let path = parts.uri.path();
    let refuse = |detail: String| {
        let problem = json!({
            "type": "about:blank", "title": "Not documented", "status": 400,
            "code": "not_documented", "detail": detail,
        });
        (StatusCode::BAD_REQUEST, problem.to_string()).into_response()
    };
    if path == "/file" {
        // A link of the bucket carries its own signature, and the key is none of the bucket's business.
        if parts.headers.contains_key(header::AUTHORIZATION) {
            return StatusCode::FORBIDDEN.into_response();
        }
        return packed().into_response();
    }
    let Some((template, item)) = calls.find(path) else {
        return refuse(format!("no path for {path}"));
    };
    let operation = &item[parts.method.as_str().to_lowercase()];
    if operation.is_null() {
        return refuse(format!("no {} for {template}", parts.method));
    }
    for (name, _) in form(parts.uri.query().unwrap_or_default()) {
        let known = operation["parameters"].as_array().into_iter().flatten();
        if !known.clone().any(|known| known["name"] == name.as_str() && known["in"] == "query") {
            return refuse(format!("{template} has no parameter {name}"));
        }
    }
    if parts.method == Method::POST && !parts.headers.contains_key("idempotency-key") {
        return refuse("the request has no idempotency key".to_owned());
    }
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Err(detail) = calls.keep_body(operation, content_type, &body) {
        return refuse(format!("{} {template}: {detail}", parts.method));
    }
    let name = operation["operationId"].as_str().unwrap_or_default();
    calls.operations.lock().unwrap().push(name.to_owned());
    calls.response(operation, name)
}

/// The file as an export has it.
fn packed() -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(FILE.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn form(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

impl Calls {
    /// The documented path that a request has. Literal segments take precedence over parameters.
    fn find(&self, path: &str) -> Option<(&String, &Value)> {
        let fits = |template: &str| {
            let (own, other) = (template.split('/'), path.split('/'));
            own.clone().count() == other.clone().count()
                && own.zip(other).all(|(own, other)| own.starts_with('{') || own == other)
        };
        let paths = self.document["paths"].as_object()?.iter();
        paths
            .filter(|(template, _)| fits(template))
            .min_by_key(|(template, _)| template.matches('{').count())
    }

    fn keep_body(&self, operation: &Value, content_type: &str, body: &Bytes) -> Result<(), String> {
        let contents = &operation["requestBody"]["content"];
        if body.is_empty() {
            let is_required = operation["requestBody"]["required"] == true;
            return if is_required { Err("the body is missing".to_owned()) } else { Ok(()) };
        }
        let content = &contents[content_type];
        if content.is_null() {
            return Err(format!("a body of type {content_type} is not documented"));
        }
        if content_type == "application/json" {
            let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
            check(&self.document, &content["schema"], &value, "body")?;
            self.bodies.lock().unwrap().push(value);
        }
        Ok(())
    }

    fn response(&self, operation: &Value, name: &str) -> Response {
        if name == "get_openapi" {
            return self.document.to_string().into_response();
        }
        let responses = operation["responses"].as_object().unwrap();
        let (status, response) =
            responses.iter().find(|(status, _)| status.starts_with('2')).unwrap();
        let status = StatusCode::from_u16(status.parse().unwrap()).unwrap();
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() {
            return status.into_response();
        }
        let mut body = example(&self.document, schema);
        // A list has one page, and work that is waited for is done.
        if !body["nextCursor"].is_null() {
            body["nextCursor"] = Value::Null;
        }
        if name == "get_import" {
            body["status"] = "done".into();
            body["rejected"] = 0.into();
        }
        if name == "get_export" {
            body["status"] = "done".into();
            body["file"]["url"] = format!("{}/file", self.url).into();
        }
        if name == "get_reconciliation" {
            body["status"] = "done".into();
        }
        if name == "get_message" {
            body["status"] = "sent".into();
        }
        if name == "ping_webhook" {
            body["attempts"][0]["statusCode"] = 200.into();
        }
        if name == "get_organization_halt" {
            body["halted"] = false.into();
        }
        (status, body.to_string()).into_response()
    }
}
