//! What functions with networks of their own reach, and what they do not; F8 and F9 of the threat
//! model.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use common::Lab;
use compute::Isolation;
use serde_json::json;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};

/// A service of the host that says what it heard.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut heard = [0u8; 5];
            if stream.read_exact(&mut heard).is_ok() {
                let _ = stream.write_all(&heard);
            }
        }
    });
    port
}

const DIAL: &str = "import socket, errno
def dial(host, port):
    try:
        with socket.create_connection((host, port), timeout=5) as s:
            s.sendall(b'hello')
            said = b''
            while len(said) < 5:
                piece = s.recv(5)
                if not piece: return 'closed'
                said += piece
            return said.decode()
    except OSError as error: return errno.errorcode.get(error.errno, str(error))
def handler(e, c): return [dial(host, port) for host, port in e]";

#[tokio::test]
async fn f8_only_what_is_allowed_is_reached() {
    let (allowed, other) = (echo(), echo());
    let reach = [format!("127.0.0.1:{allowed}")];
    let Some(lab) = Lab::reaching(&[&reach[0]]) else {
        return;
    };
    let function = lab.python(DIAL);
    // A host, and what comes of its allowed port: the relay answers for addresses that it may not
    // dial, and nobody answers on other ports.
    let places = json!([
        ["127.0.0.1", allowed],
        ["127.0.0.1", other],
        ["localhost", allowed],
        ["127.0.0.2", allowed],
        ["169.254.169.254", allowed],
        ["169.254.169.254", 80],
        ["10.0.0.1", allowed],
        ["1.1.1.1", 443],
        ["::1", other],
        ["fe80::1", other],
        ["255.255.255.255", other],
    ]);
    let seen = lab.answer(&function, places).await;
    let seen: Vec<&str> = seen
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let is_refused =
        |text: &str| ["ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "EINVAL"].contains(&text);
    for (place, text) in seen.iter().enumerate() {
        if [0, 2].contains(&place) {
            assert_eq!(*text, "hello", "{place}: {seen:?}");
        } else {
            assert!(is_refused(text), "{place}: {seen:?}");
        }
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f8_nothing_but_tcp_leaves() {
    let service = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = service.local_addr().unwrap().port();
    let reach = [format!("127.0.0.1:{port}")];
    let Some(lab) = Lab::reaching(&[&reach[0]]) else {
        return;
    };
    let function = lab.python(
        "import socket
def handler(e, c):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try: s.sendto(b'x', ('127.0.0.1', e['port'])); return 'sent'
    except OSError as error: return 'refused'",
    );
    lab.answer(&function, json!({ "port": port })).await;
    service.set_nonblocking(true).unwrap();
    let heard = service.recv(&mut [0u8; 8]);
    assert_eq!(heard.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f8_names_work_where_names_are_allowed() {
    let allowed = echo();
    let reach = [format!("localhost:{allowed}")];
    let Some(lab) = Lab::reaching(&[&reach[0]]) else {
        return;
    };
    let places = json!([
        ["localhost", allowed],
        ["127.0.0.1", allowed],
        ["127.0.0.2", allowed]
    ]);
    let seen = lab.answer(&lab.python(DIAL), places).await;
    assert_eq!(seen, json!(["hello", "hello", "ECONNRESET"]));
    let node = lab.node("index.js", "const net = require('net');
exports.handler = (event) => new Promise((done) => { const s = net.connect(event.port, 'localhost', () => s.write('hello'));
  s.on('data', (data) => { s.end(); done(data.toString()); }); s.on('error', (error) => done(error.code)); });");
    assert_eq!(lab.answer(&node, json!({ "port": allowed })).await, "hello");
    lab.compute.shutdown().await;
}

const RUNTIME: &str = "#!/usr/bin/env python3
import http.client, json, os, socket
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
own = socket.socket(); own.bind(('127.0.0.1', 8080)); own.listen()
while True:
    api.request('GET', '/2018-06-01/runtime/invocation/next')
    answer = api.getresponse(); answer.read()
    id = answer.headers['Lambda-Runtime-Aws-Request-Id']
    mine = socket.create_connection(('127.0.0.1', 8080)); own.accept()
    api.request('POST', f'/2018-06-01/runtime/invocation/{id}/response', json.dumps([os.environ['AWS_LAMBDA_RUNTIME_API'], mine.getpeername()[1]]))
    api.getresponse().read()
";

#[tokio::test]
async fn f9_every_worker_has_a_runtime_api_and_ports_of_its_own() {
    let Some(lab) = Lab::reaching(&[]) else {
        return;
    };
    let one = lab.function("provided.al2023", "h", &[("bootstrap", RUNTIME)]);
    let mut two = one.clone();
    two.arn.push('2');
    let expect = json!(["127.0.0.1:9001", 8080]);
    for function in [&one, &two, &one] {
        assert_eq!(lab.answer(function, json!({})).await, expect);
    }
    // Both live, and a third finds neither: at that address is its own, which has no events to give.
    let thief = lab.python(DIAL);
    let seen = lab.answer(&thief, json!([["127.0.0.1", 8080]])).await;
    assert_eq!(seen, json!(["ECONNREFUSED"]));
    let asking = "import urllib.request, urllib.error\ndef handler(e, c):\n  try:\n    \
        urllib.request.urlopen('http://127.0.0.1:9001/2018-06-01/runtime/invocation/next')\n  \
        except urllib.error.HTTPError as error:\n    return error.code";
    assert_eq!(lab.answer(&lab.python(asking), json!({})).await, 404);
    assert_eq!(lab.streams().len(), 4);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn crashes_leave_no_descriptor_of_a_network() {
    let allowed = echo();
    let reach = [format!("127.0.0.1:{allowed}"), "internet:443".to_owned()];
    let Some(lab) = Lab::reaching(&[&reach[0], &reach[1]]) else {
        return;
    };
    let function = lab.python("import os\ndef handler(e, c): os._exit(1)");
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    lab.error(&function, json!({})).await;
    let before = descriptors();
    let crashes = 20;
    for _ in 0..crashes {
        lab.error(&function, json!({})).await;
    }
    // Each worker has four; other tests of this program hold some meanwhile.
    assert!(
        descriptors() < before + 2 * crashes,
        "{before}, then {}",
        descriptors()
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn level_without_a_network_is_refused_where_one_is_required() {
    for level in [Isolation::Hardened, Isolation::Process] {
        let refused = Lab::needing_network(level).err().unwrap();
        assert!(
            refused.to_string().contains("has no network of its own"),
            "{refused}"
        );
    }
}
