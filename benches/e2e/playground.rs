//! The playground by itself: how many calls a second it answers, and what memory it wants for them.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::report::Row;
use crate::rig::{Scale, memory, person, program};

const CHATS: usize = 500;
/// Connections of the bot, as a busy one has them.
const CONNECTIONS: usize = 16;

/// Calls as a bot makes them that streams: of ten, one sends a message, seven edit it, one shows that it is typing, one
/// asks.
pub(crate) async fn calls(scale: Scale) -> Vec<Row> {
    let mut server = Server::start().await;
    let mut people = server.connect().await;
    for at in 0..CHATS {
        let id = person(at);
        people.post("/sim/person", &json!({ "id": id, "first_name": format!("Person {at}") })).await;
        people.post("/sim/send", &json!({ "user_id": id, "chat_id": id, "text": "/start" })).await;
    }
    let before = memory(server.pid());
    let each = scale.of(50_000) / CONNECTIONS;
    let begun = Instant::now();
    let mut bots = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (connection, path) = (server.connect().await, server.bot.clone());
        bots.spawn(bot(connection, path, number, each));
    }
    bots.join_all().await;
    let a_second = (each * CONNECTIONS) as f64 / begun.elapsed().as_secs_f64();
    let after = memory(server.pid());
    server.process.kill().await.unwrap();
    vec![
        Row::at_least("playground: calls in 500 chats", 5000.0, a_second, "per second"),
        Row::at_most("… its memory after them", 25.0, after, "MB"),
        Row::info("… and before them", before, "MB"),
    ]
}

/// So many calls, one after the other, in the chats of this bot's connection.
async fn bot(mut connection: Connection, path: String, number: usize, calls: usize) {
    let chats: Vec<i64> = (0..CHATS).filter(|at| at % CONNECTIONS == number).map(person).collect();
    let mut newest = vec![0; chats.len()];
    for call in 0..calls {
        let at = (call / 10) % chats.len();
        let chat_id = chats[at];
        let text =
            format!("Step {call} of a longer work: `cargo test --locked` in the workspace of the chat");
        let (method, params) = match call % 10 {
            0 => ("sendMessage", json!({ "chat_id": chat_id, "text": text })),
            8 => ("sendChatAction", json!({ "chat_id": chat_id, "action": "typing" })),
            9 => ("getMe", json!({})),
            _ => {
                let edit = json!({ "chat_id": chat_id, "message_id": newest[at], "text": text });
                ("editMessageText", edit)
            }
        };
        let answer = connection.post(&format!("{path}/{method}"), &params).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        if method == "sendMessage" {
            newest[at] = answer["result"]["message_id"].as_i64().unwrap();
        }
    }
}

/// A playground as a child process.
struct Server {
    process: Child,
    /// Open for as long as it runs: it ends when nobody reads what it prints.
    _output: Lines<BufReader<ChildStdout>>,
    address: String,
    /// The path of the bot's calls.
    bot: String,
}

impl Server {
    async fn start() -> Self {
        let mut command = Command::new(program());
        command.args(["playground", "--listen", "127.0.0.1:0", "--no-flood"]);
        command.env("RUST_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (mut address, mut token) = (None, None);
        while let (None, _) | (_, None) = (&address, &token) {
            let line = lines.next_line().await.unwrap().expect("it tells its address and token");
            address = address.or_else(|| line.split_once("http://").map(|(_, rest)| rest.trim().to_owned()));
            token = token.or_else(|| line.split_once("TELOXIDE_TOKEN=").map(|(_, rest)| rest.to_owned()));
        }
        let (address, token) = (address.unwrap_or_default(), token.unwrap_or_default());
        Self { process, _output: lines, address, bot: format!("/bot{token}") }
    }

    fn pid(&self) -> u32 {
        self.process.id().expect("it is running")
    }

    async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Connection { stream: BufReader::new(stream), host: self.address.clone() }
    }
}

/// A connection that is kept, with as little around a call as can be: what is measured is the other side.
struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    async fn post(&mut self, path: &str, body: &Value) -> Value {
        let (host, body) = (&self.host, body.to_string());
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).await.unwrap();
        serde_json::from_slice(&answer).unwrap()
    }
}
