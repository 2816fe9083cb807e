//! Bytes that no client would send.

use super::Device;
use harness::cloud::Cloud;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A packet: type and flags, then the length (MQTT 5, section 1.5.5), then the rest.
fn packet(first: u8, rest: &[u8]) -> Vec<u8> {
    let (mut bytes, mut length) = (vec![first], rest.len());
    loop {
        let more = if length > 127 { 0x80 } else { 0 };
        bytes.push(u8::try_from(length % 128).unwrap() | more);
        length /= 128;
        if length == 0 {
            break;
        }
    }
    bytes.extend(rest);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

/// PUBLISH with these flags (MQTT 5, section 3.3.1), packet id 1 and no properties.
fn publish(flags: u8, topic: &str, payload: &[u8]) -> Vec<u8> {
    packet(0x30 | flags, &[&text(topic), [0, 1, 0].as_slice(), payload].concat())
}

/// A connected v5 device, without a client.
async fn connect(cloud: &Cloud, device: &Device) -> TcpStream {
    let mut stream = TcpStream::connect(cloud.mqtt()).await.unwrap();
    let fixed: &[u8] = &[0, 4, b'M', b'Q', b'T', b'T', 5, 0b1100_0010, 0, 60, 0];
    let rest = [fixed, &text(&device.name), &text(&device.name), &text(&device.token())].concat();
    stream.write_all(&packet(0x10, &rest)).await.unwrap();
    let welcome = receive(&mut stream).await;
    assert_eq!((welcome[0], welcome[3]), (0x20, 0), "CONNACK, success: {welcome:?}");
    stream
}

/// The next packet; none of them is long.
async fn receive(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = vec![0; 2];
    stream.read_exact(&mut bytes).await.expect("a packet");
    let mut rest = vec![0; usize::from(bytes[1])];
    stream.read_exact(&mut rest).await.expect("the whole packet");
    [bytes, rest].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_rule_is_told_by_its_reason_and_ends_the_connection() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let (own, foreign) = (device.topic("up/settled"), device.topic("down/bind"));
    // Reason codes: MQTT 5, section 3.14.2.1.
    for (what, bytes, reason) in [
        ("retained", publish(0b0011, &own, b"{}"), 0x9a),
        ("exactly once", publish(0b0100, &own, b"{}"), 0x9b),
        ("foreign topic", publish(0b0010, &foreign, b"{}"), 0x87),
        ("too large", publish(0b0010, &own, &[b'x'; 17 * 1024]), 0x95),
        ("a topic's alias", publish(0b0010, "", b"{}"), 0x94),
        ("an acknowledgement of nothing", packet(0x40, &[0, 9]), 0x82),
    ] {
        let mut stream = connect(&cloud, &device).await;
        // A large packet is refused before it is read: the rest may find the connection closed.
        let _sent = stream.write_all(&bytes).await;
        let farewell = receive(&mut stream).await;
        assert_eq!((farewell[0], farewell[2]), (0xe0, reason), "{what}: {farewell:x?}");
        assert!(is_closed_within(&mut stream, Duration::from_secs(2)).await, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn message_is_acknowledged_by_its_id() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let mut stream = connect(&cloud, &device).await;
    stream.write_all(&publish(0b0010, &device.topic("up/new-kind"), b"\xff")).await.unwrap();
    let answer = receive(&mut stream).await;
    assert_eq!(answer[..4], [0x40, 2, 0, 1], "PUBACK: {answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn device_that_is_quiet_for_too_long_is_sent_away() {
    let cloud = Cloud::start().await;
    let device = Device::listed(&cloud).await;
    let mut stream = TcpStream::connect(cloud.mqtt()).await.unwrap();
    // Keep-alive of one second.
    let fixed: &[u8] = &[0, 4, b'M', b'Q', b'T', b'T', 5, 0b1100_0010, 0, 1, 0];
    let rest = [fixed, &text(&device.name), &text(&device.name), &text(&device.token())].concat();
    stream.write_all(&packet(0x10, &rest)).await.unwrap();
    receive(&mut stream).await;
    let began = Instant::now();
    let farewell = receive(&mut stream).await;
    assert_eq!((farewell[0], farewell[2]), (0xe0, 0x8d), "keep-alive timeout: {farewell:x?}");
    assert!((1000..3000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    assert!(device.wait_online(&cloud, false).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connect_that_announces_too_much_is_closed_at_once() {
    let cloud = Cloud::start().await;
    let mut stream = TcpStream::connect(cloud.mqtt()).await.unwrap();
    // 1 MiB: refused before it is read.
    stream.write_all(&[0x10, 0x80, 0x80, 0x40]).await.unwrap();
    assert!(is_closed_within(&mut stream, Duration::from_secs(2)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_instead_of_mqtt_is_closed() {
    let cloud = Cloud::start().await;
    let connect_of_version_6 = [0x10, 13, 0, 4, b'M', b'Q', b'T', b'T', 6, 2, 0, 60, 0, 1, b'a'];
    let http = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    // Lengths that never end, a packet before CONNECT, an empty CONNECT.
    let hostile: [&[u8]; 6] = [
        &[0xff; 64],
        &[0x10, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0xc0, 0],
        &[0x10, 0],
        &connect_of_version_6,
        http,
    ];
    let mut streams = Vec::new();
    for bytes in hostile {
        let mut stream = TcpStream::connect(cloud.mqtt()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        streams.push((stream, bytes));
    }
    // What could still become a CONNECT has ten seconds.
    for (mut stream, bytes) in streams {
        assert!(is_closed_within(&mut stream, Duration::from_secs(13)).await, "{bytes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_and_slow_connections_are_closed_after_ten_seconds() {
    let cloud = Cloud::start().await;
    let silent = async {
        let mut stream = TcpStream::connect(cloud.mqtt()).await.unwrap();
        let began = Instant::now();
        assert!(is_closed_within(&mut stream, Duration::from_secs(13)).await);
        began.elapsed()
    };
    let slow = async {
        let stream = TcpStream::connect(cloud.mqtt()).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let began = Instant::now();
        // A CONNECT that comes a byte at a time.
        let drip = async {
            let _closed_in_between = writer.write_all(&[0x10, 100, 0, 4, b'M']).await;
            while writer.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
        };
        let end = async {
            let mut bytes = [0; 16];
            while matches!(reader.read(&mut bytes).await, Ok(length) if length > 0) {}
        };
        tokio::select! { () = drip => {}, () = end => {} }
        began.elapsed()
    };
    let (silent, slow) = tokio::join!(silent, slow);
    for (who, lasted) in [("silent", silent), ("slow", slow)] {
        assert!((9..=13).contains(&lasted.as_secs()), "the {who} one lasted {lasted:?}");
    }
}

pub(super) async fn is_closed_within(stream: &mut TcpStream, patience: Duration) -> bool {
    let mut bytes = [0; 64];
    let end = async { while matches!(stream.read(&mut bytes).await, Ok(length) if length > 0) {} };
    tokio::time::timeout(patience, end).await.is_ok()
}
