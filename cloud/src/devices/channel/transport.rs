//! The bytes under a device's connection: TCP, or TLS over it, with what the MQTT library leaves open.
//!
//! * After a protocol error the library only shuts its sending half: a device that never closes its own would hold the
//!   connection for ever. Here nothing more is read after a shutdown.
//! * A device that stops reading would hold the task in the middle of a write, its keep-alive timer included. A write
//!   has a deadline here, and after a failed one nothing more is read either: the connection ends.

use mqtt_endpoint_tokio::mqtt_ep::transport::{TcpTransport, TlsTransport, TransportError, TransportOps};
use std::future::Future;
use std::io::{Error, ErrorKind, IoSlice};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::timeout;

/// How long a device may take to accept what it is sent.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);

/// Plain on loopback, TLS everywhere else.
#[derive(Debug)]
enum Inner {
    Plain(TcpTransport),
    Tls(TlsTransport),
}

/// A device's connection.
#[derive(Debug)]
pub(super) struct ChannelTransport {
    inner: Inner,
    over: bool,
}

impl ChannelTransport {
    pub(super) fn plain(stream: tokio::net::TcpStream) -> Self {
        Self { inner: Inner::Plain(TcpTransport::from_stream(stream)), over: false }
    }

    pub(super) fn tls(stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) -> Self {
        Self { inner: Inner::Tls(TlsTransport::from_stream(stream)), over: false }
    }
}

impl TransportOps for ChannelTransport {
    fn send<'a>(
        &'a mut self,
        buffers: &'a [IoSlice<'a>],
    ) -> Pin<Box<dyn Future<Output = Result<(), TransportError>> + Send + 'a>> {
        Box::pin(async move {
            if self.over {
                return Err(TransportError::NotConnected);
            }
            let sending = match &mut self.inner {
                Inner::Plain(inner) => inner.send(buffers),
                Inner::Tls(inner) => inner.send(buffers),
            };
            let sent = timeout(WRITE_DEADLINE, sending)
                .await
                .unwrap_or_else(|_| Err(TransportError::Io(Error::from(ErrorKind::TimedOut))));
            self.over = sent.is_err();
            sent
        })
    }

    fn recv<'a>(
        &'a mut self,
        buffer: &'a mut [u8],
    ) -> Pin<Box<dyn Future<Output = Result<usize, TransportError>> + Send + 'a>> {
        if self.over {
            return Box::pin(std::future::ready(Ok(0)));
        }
        match &mut self.inner {
            Inner::Plain(inner) => inner.recv(buffer),
            Inner::Tls(inner) => inner.recv(buffer),
        }
    }

    fn shutdown<'a>(&'a mut self, patience: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        self.over = true;
        match &mut self.inner {
            Inner::Plain(inner) => inner.shutdown(patience),
            Inner::Tls(inner) => inner.shutdown(patience),
        }
    }
}
