//! A thread that owns a connection and runs what it is sent, in order.

use super::StoreFault;
use futures_util::future::BoxFuture;
use rusqlite::Connection;
use std::fmt;
use std::sync::mpsc;
use tokio::sync::oneshot;

enum Task {
    Run(Box<dyn FnOnce(&mut Connection) + Send>),
    Stop(oneshot::Sender<()>),
}

/// A handle of the thread. The thread ends with its last handle, or when it is stopped.
#[derive(Clone)]
pub(super) struct Worker {
    tasks: mpsc::Sender<Task>,
}

impl Worker {
    /// Starts a thread that makes its connection, and waits until it has.
    pub(super) async fn start(
        name: &str,
        connect: impl FnOnce() -> Result<Connection, StoreFault> + Send + 'static,
    ) -> Result<Self, StoreFault> {
        let (tasks, inbox) = mpsc::channel::<Task>();
        let (ready, is_ready) = oneshot::channel();
        let body = move || {
            let mut connection = match connect() {
                Ok(connection) => connection,
                Err(fault) => {
                    let _nobody_waits = ready.send(Err(fault));
                    return;
                }
            };
            // Nobody waits any more: the inbox closes with the sender, and the loop ends at once.
            let _nobody_waits = ready.send(Ok(()));
            while let Ok(task) = inbox.recv() {
                match task {
                    Task::Run(deed) => deed(&mut connection),
                    Task::Stop(stopped) => {
                        drop(connection);
                        let _nobody_waits = stopped.send(());
                        return;
                    }
                }
            }
        };
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(body)
            .map_err(|error| StoreFault::Io(error.kind()))?;
        is_ready.await.unwrap_or(Err(StoreFault::Closed))?;
        Ok(Self { tasks })
    }

    /// Runs a closure. It is queued by the call itself; dropping the future does not take it back.
    pub(super) fn run<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut Connection) -> Result<T, StoreFault> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreFault>> {
        let (answer, answered) = oneshot::channel();
        let task = Task::Run(Box::new(move |connection| {
            let _nobody_waits = answer.send(deed(connection));
        }));
        // A stopped thread drops the task and with it `answer`: the receiver says so.
        let _stopped = self.tasks.send(task);
        Box::pin(async move { answered.await.unwrap_or(Err(StoreFault::Closed)) })
    }

    /// Ends the thread after what is queued, and waits until its connection is closed.
    pub(super) async fn stop(&self) {
        let (stopped, is_stopped) = oneshot::channel();
        if self.tasks.send(Task::Stop(stopped)).is_ok() {
            let _ended = is_stopped.await;
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Worker")
    }
}
