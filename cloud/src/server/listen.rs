//! The loop that accepts connections for the JSON API, with or without TLS.
//!
//! A connection has a time to shake hands, to ask for the first time, and to send its headers; there are at most so
//! many at once, and so many of one network address. When the server stops, no new ones are taken, and open ones finish
//! the request that they are at.

use crate::limits::{Holders, network};
use crate::problem::Refusal;
use crate::server::{CloudState, DRAIN, Places};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::{Version, header};
use axum::response::IntoResponse as _;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use porchlight_protocol::ProblemCode;
use rustls::ServerConfig;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// For the TLS handshake.
const PATIENCE: Duration = Duration::from_secs(10);

/// For the first request: who connects wants something, or takes another's place.
const FIRST_REQUEST: Duration = Duration::from_secs(10);

/// For the headers of a request, the pause before it included. Longer than clients keep an idle connection (90 s), so
/// that they close it and no request meets a connection that is just being closed.
const HEADERS: Duration = Duration::from_secs(120);

/// After an error of the listener itself (no file handles left): a pause, not a busy loop.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts until the server stops.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    router: Router,
    state: CloudState,
    room: Places,
) {
    let tls = tls.map(TlsAcceptor::from);
    // When all are taken, more wait to be accepted.
    let places = Arc::new(Semaphore::new(room.all));
    let addresses = Holders::new(room.of_an_address);
    loop {
        let accepted = tokio::select! {
            () = state.stopping.cancelled() => return,
            accepted = async {
                let place = Arc::clone(&places).acquire_owned().await.expect("nobody closes it");
                (listener.accept().await, place)
            } => accepted,
        };
        let ((stream, peer), place) = match accepted {
            (Ok(accepted), place) => (accepted, place),
            (Err(error), _) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Everybody's requests come from a proxy's address.
        let is_proxy = state.settings.trusted_proxies.contains(&peer.ip().to_canonical());
        let hold = addresses.take(network(peer.ip()));
        if hold.is_none() && !is_proxy {
            tracing::debug!(address = %peer.ip(), "too many connections of one address");
            continue;
        }
        let (tls, router, state) = (tls.clone(), router.clone(), state.clone());
        let tracker = state.tasks.clone();
        tracker.spawn(async move {
            let _places = (place, hold);
            converse(stream, peer, tls, router, &state).await;
        });
    }
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    state: &CloudState,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection is gone already");
    }
    match tls {
        None => answer(stream, peer, router, state).await,
        Some(tls) => match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
            Ok(Ok(stream)) => answer(stream, peer, router, state).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        },
    }
}

async fn answer<S>(stream: S, peer: SocketAddr, router: Router, state: &CloudState)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let asked = Arc::new(Notify::new());
    let first = Arc::clone(&asked);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        asked.notify_one();
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move {
            if is_without_host(&request) {
                return Ok(Refusal::new(ProblemCode::MalformedRequest).into_response());
            }
            router.oneshot(request).await
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .max_concurrent_streams(64);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = never_asks(&first) => return tracing::debug!("a connection asked for nothing"),
        () = state.stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            match tokio::time::timeout(DRAIN, connection).await {
                Ok(ended) => ended,
                Err(_) => return tracing::warn!("a request was cut off"),
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// RFC 9112, section 3.2: HTTP/1.1 names one host.
fn is_without_host(request: &Request<Incoming>) -> bool {
    request.version() == Version::HTTP_11 && request.headers().get_all(header::HOST).iter().count() != 1
}

/// Completes when the time for the first request is over without one.
async fn never_asks(asked: &Notify) {
    if tokio::time::timeout(FIRST_REQUEST, asked.notified()).await.is_ok() {
        std::future::pending().await
    }
}
