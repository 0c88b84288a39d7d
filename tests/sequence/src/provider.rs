//! Twilio, as far as the functions ask it, with the moods of the model's provider.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use model::protocol;
use model::provider::Mood;
use model::world::World;
use serde_json::{Value, json};

use crate::Log;

/// An address at which no connection is made.
const UNREACHABLE: &str = "http://127.0.0.1:1";

/// Opens the provider and returns its address.
pub(crate) fn open(log: &Log, world: &World, moods: &[Mood]) -> String {
    if moods.contains(&Mood::Unreachable) {
        return UNREACHABLE.to_owned();
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let books =
        world.provider.books.iter().flat_map(|(phone, taken)| {
            taken.iter().map(|taken| (phone.to_string(), taken.id.clone()))
        });
    // Messages are created when they are claimed, at the beginning of every scenario.
    let created_at = protocol::at(0).datetime().to_rfc2822();
    let resources = books.map(|(to, sid)| {
        json!({
            "sid": sid, "status": "sent", "to": to, "from": "+14153550100", "body": "Hello",
            "date_created": created_at, "error_code": null, "direction": "outbound-api",
        })
    });
    let (log, books) = (log.clone(), resources.collect::<Vec<Value>>());
    let moods = moods.to_vec();
    // It ends with the process.
    std::thread::spawn(move || {
        let mut moods = moods.into_iter();
        for stream in listener.incoming().flatten() {
            serve(&stream, &log, &books, &mut moods);
        }
    });
    url
}

/// Responds to the one request of a connection.
fn serve(stream: &TcpStream, log: &Log, books: &[Value], moods: &mut impl Iterator<Item = Mood>) {
    let request = read(stream);
    if request.starts_with("GET ") {
        log.add("ask the provider".to_owned());
        return write(stream, 200, &found(&request, books));
    }
    log.add("send to the provider".to_owned());
    let code = |code: u32| json!({ "code": code });
    match moods.next() {
        None => write(stream, 201, &json!({ "sid": "SM1", "status": "queued" })),
        // The connection ends without a response.
        Some(Mood::AcceptsUnheard | Mood::Unheard | Mood::Unreachable) => {}
        Some(Mood::Refuses) => write(stream, 400, &code(21_211)),
        Some(Mood::RefusesOptedOut) => write(stream, 400, &code(21_610)),
        Some(Mood::Throttles) => write(stream, 429, &code(20_429)),
        Some(Mood::Halts) => write(stream, 403, &code(20_005)),
    }
}

/// What it finds in its books: one message by its id, or those to a phone.
fn found(request: &str, books: &[Value]) -> Value {
    let path = request.split(' ').nth(1).unwrap_or_default();
    let is = |resource: &Value, name: &str, before: &str, after: &str| {
        let value = resource[name].as_str().unwrap_or_default();
        path.contains(&format!("{before}{value}{after}"))
            || path.contains(&format!("{before}{}{after}", value.replace('+', "%2B")))
    };
    if let Some(resource) = books.iter().find(|resource| is(resource, "sid", "/", ".json")) {
        return resource.clone();
    }
    let messages = books.iter().filter(|resource| is(resource, "to", "To=", "&"));
    json!({ "messages": messages.collect::<Vec<_>>(), "next_page_uri": null })
}

fn read(mut stream: &TcpStream) -> String {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let (mut request, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => return text,
        }
    }
}

fn write(mut stream: &TcpStream, status: u16, body: &Value) {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}
