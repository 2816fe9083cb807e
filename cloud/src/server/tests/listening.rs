//! Listeners: who may be spoken to in the clear, TLS, and stopping.

use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

async fn answer_of(stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) -> String {
    answer_to(REQUEST, stream).await
}

/// Sends a request and reads until the server closes (which it may do without TLS's own goodbye).
async fn answer_to(
    request: &[u8],
    mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
) -> String {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let _end = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn plain_text_listeners_bind_to_loopback_only() {
    let folder = tempfile::tempdir().unwrap();
    for (http, mqtt) in [("0.0.0.0:0", "127.0.0.1:0"), ("127.0.0.1:0", "[::]:0")] {
        let mut settings = Settings::in_folder(folder.path());
        (settings.http, settings.mqtt) = (http.parse().unwrap(), mqtt.parse().unwrap());
        let error = Cloud::start(settings).await.unwrap_err();
        assert!(matches!(error, StartError::PlainText { .. }), "{error}");
        assert!(error.to_string().contains("-certificates"), "{error}");
    }
}

#[tokio::test]
async fn certificate_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::in_folder(folder.path());
    let missing = folder.path().join("missing.pem");
    settings.http_tls =
        Some(crate::settings::TlsFiles { certificates: missing.clone(), key: missing.clone() });
    let error = Cloud::start(settings).await.unwrap_err().to_string();
    assert!(error.contains("missing.pem"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_starts_becomes_ready_and_stops_within_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(on_free_ports(folder.path())).await.unwrap();
    let router = router(cloud.state().clone());
    let mut ready = false;
    for _ in 0..100 {
        let response = ask(&router, Request::builder().uri("/readyz").body(Body::empty()).unwrap()).await;
        ready = response.status() == 204;
        if ready {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(ready);
    // An idle connection holds nothing up.
    let idle = TcpStream::connect(cloud.http_address()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(6), cloud.stop()).await.unwrap();
    drop(idle);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_that_cannot_write_is_not_ready() {
    let (state, _folder) = state(|_| {}).await;
    let router = router(state.clone());
    let ready = async || {
        ask(&router, Request::builder().uri("/readyz").body(Body::empty()).unwrap()).await.status().as_u16()
    };
    // SQLite has one writer: while this one writes, nobody else does.
    let writing = state.db.begin().await.unwrap();
    assert_eq!(ready().await, 503);
    drop(writing);
    assert_eq!(ready().await, 503, "an answer holds for a second: anybody may ask");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(ready().await, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_server_on_the_same_file_is_refused_and_the_next_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let settings = on_free_ports(folder.path());
    let first = Cloud::start(settings.clone()).await.unwrap();
    let refused = Cloud::start(settings.clone()).await.unwrap_err().to_string();
    assert!(refused.contains("porchlight.db") && refused.contains("--folder"), "{refused}");
    first.stop().await;
    Cloud::start(settings).await.unwrap().stop().await;
}

#[tokio::test]
async fn database_that_does_not_open_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = on_free_ports(folder.path());
    settings.database = "postgres://kim:secret@127.0.0.1:1/porchlight".parse().unwrap();
    let told = Cloud::start(settings.clone()).await.unwrap_err().to_string();
    assert!(told.contains("127.0.0.1/porchlight") && !told.contains("secret"), "{told}");
    settings.database = crate::db::DatabaseLocation::Sqlite(folder.path().join("missing/porchlight.db"));
    let told = Cloud::start(settings).await.unwrap_err().to_string();
    assert!(told.contains("missing/porchlight.db"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_for_the_server_s_eyes_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (state, folder) = state(|_| {}).await;
    let mut tx = state.db.begin().await.unwrap();
    let letter = crate::mail::Letter::AddressHasAccount;
    let language = porchlight_protocol::session::Language::English;
    crate::mail::enqueue(&mut tx, &state.key, "kim@example.org", language, &letter).await.unwrap();
    tx.commit().await.unwrap();
    std::fs::create_dir(&state.settings.mail_folder).unwrap();
    crate::mail::sender::send_waiting(&state).await.unwrap();
    let mails = std::fs::read_dir(&state.settings.mail_folder).unwrap();
    let own = ["porchlight.db", "porchlight.db-wal", "server.key"].map(|name| folder.path().join(name));
    let files: Vec<_> = mails.map(|entry| entry.unwrap().path()).chain(own).collect();
    assert_eq!(files.len(), 4);
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
}

fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/tls").join(name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_that_is_not_http_is_malformed_not_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(on_free_ports(folder.path())).await.unwrap();
    let head = "POST /v1/accounts HTTP/1.1\r\nporchlight-client: customer-test/1.0.0\r\nconnection: close\r\n\
                content-type: application/json\r\n";
    for rest in [
        "content-length: 2\r\n\r\n{}",
        "host: a\r\nhost: b\r\ncontent-length: 2\r\n\r\n{}",
        "host: localhost\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\nrubbish\r\n\r\n",
    ] {
        let stream = TcpStream::connect(cloud.http_address()).await.unwrap();
        let answer = answer_to(format!("{head}{rest}").as_bytes(), stream).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{rest:?}: {answer}");
    }
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_with_a_certificate_speaks_tls_and_nothing_else() {
    use rustls::pki_types::pem::PemObject as _;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::in_folder(folder.path());
    (settings.http, settings.mqtt) = ("0.0.0.0:0".parse().unwrap(), "127.0.0.1:0".parse().unwrap());
    settings.http_tls = Some(crate::settings::TlsFiles {
        certificates: fixture("localhost.pem"),
        key: fixture("localhost.key"),
    });
    let cloud = Cloud::start(settings).await.unwrap();
    let connect = || TcpStream::connect(("127.0.0.1", cloud.http_address().port()));

    let mut roots = rustls::RootCertStore::empty();
    let authority = rustls::pki_types::CertificateDer::from_pem_file(fixture("authority.pem")).unwrap();
    roots.add(authority).unwrap();
    let client =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let client = tokio_rustls::TlsConnector::from(Arc::new(client));
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let secure = client.connect(name, connect().await.unwrap()).await.unwrap();
    let answer = answer_of(secure).await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let answer = answer_of(connect().await.unwrap()).await;
    assert!(!answer.contains("HTTP"), "{answer}");
    cloud.stop().await;
}

#[tokio::test]
async fn request_that_is_being_answered_is_finished_when_the_server_stops() {
    let (state, _folder) = state(|_| {}).await;
    async fn slow() -> StatusCode {
        tokio::time::sleep(Duration::from_millis(300)).await;
        StatusCode::NO_CONTENT
    }
    let router = router::surround(Router::new().route("/healthz", get(slow)), state.clone());
    let (listener, address) = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let places = Places { all: 8, of_an_address: 8 };
    let serving = tokio::spawn(listen::serve(listener, None, router, state.clone(), places));
    let asking = tokio::spawn(answer_of(TcpStream::connect(address).await.unwrap()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    state.stopping.cancel();
    assert!(asking.await.unwrap().starts_with("HTTP/1.1 204"));
    serving.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
