//! Somebody holds all the connections they can get: others are served all the same.

use harness::cloud_process::CloudProcess;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// What Debian gives a service that does not ask for more.
const OPEN_FILES: u32 = 1024;

const CROWD: usize = 1_000;

/// MQTT 5, section 3.1: a CONNECT with a client id and nothing else.
const CONNECT: &[u8] = b"\x10\x10\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x03a.b";

async fn connect(from: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from.parse().expect("an address"), 0))?;
    socket.connect(to).await
}

/// Says something and reads the first bytes of the answer; none if the connection was closed.
async fn ask(from: &str, to: SocketAddr, question: &[u8]) -> Option<Vec<u8>> {
    let mut stream = connect(from, to).await.ok()?;
    stream.write_all(question).await.ok()?;
    let mut answer = vec![0; 64];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut answer)).await;
    let length = read.expect("an answer, or an end").ok()?;
    answer.truncate(length);
    (length > 0).then_some(answer)
}

async fn api_answers(from: &str, cloud: &CloudProcess) -> bool {
    let question = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    ask(from, cloud.http(), question).await.is_some_and(|answer| answer.starts_with(b"HTTP/1.1 204"))
}

async fn channel_answers(from: &str, cloud: &CloudProcess) -> bool {
    // A CONNACK: what it says is not the question here.
    ask(from, cloud.mqtt(), CONNECT).await.is_some_and(|answer| answer.first() == Some(&0x20))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_crowd_of_one_address_keeps_nobody_else_out() {
    let cloud = CloudProcess::start_with_files(env!("CARGO_BIN_EXE_cloud_process"), OPEN_FILES).await;
    let mut crowd = Vec::new();
    for to in [cloud.http(), cloud.mqtt()] {
        for _ in 0..CROWD {
            crowd.push(connect("127.0.0.1", to).await.expect("the system takes it"));
        }
    }
    let began = Instant::now();
    assert!(api_answers("127.0.0.2", &cloud).await, "{}", cloud.log());
    assert!(channel_answers("127.0.0.2", &cloud).await, "{}", cloud.log());
    assert!(began.elapsed() < Duration::from_secs(5), "while the crowd was there");
    // Who connects and asks for nothing is shown out: then their own address is served again.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert!(api_answers("127.0.0.1", &cloud).await, "{}", cloud.log());
    assert!(channel_answers("127.0.0.1", &cloud).await, "{}", cloud.log());
    drop(crowd);
}
