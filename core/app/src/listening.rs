//! The one listener of a list: told when the cache, the outbox or their being open changed, never twice at once.

use crate::stores::Stores;
use crate::window::ListListener;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::AbortHandle;

/// A listener that is set. It hears nothing more once this is dropped; a call that it is in comes to its end.
#[derive(Debug)]
#[must_use = "the listener hears until this is dropped"]
pub struct Subscription(Option<AbortHandle>);

impl Subscription {
    pub(crate) fn new(telling: AbortHandle) -> Self {
        Self(Some(telling))
    }

    /// Lets the listener hear for as long as there is something to hear.
    pub fn for_good(mut self) {
        self.0 = None;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.take().inspect(AbortHandle::abort);
    }
}

/// A place for one listener.
#[derive(Debug, Default)]
pub(crate) struct Listening(Mutex<Option<AbortHandle>>);

impl Listening {
    /// Sets the listener in place of a former one. It is told at once, for what is there already.
    pub(crate) fn listen(&self, stores: &Stores, listener: Arc<dyn ListListener>) -> Subscription {
        let task = tokio::spawn(tell_changes(stores.changes(), listener)).abort_handle();
        let former = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(task.clone());
        former.inspect(AbortHandle::abort);
        Subscription::new(task)
    }
}

async fn tell_changes(
    mut stores: tokio::sync::watch::Receiver<Option<crate::stores::OpenStores>>,
    listener: Arc<dyn ListListener>,
) {
    loop {
        // Subscribed before it is told: what changes while it looks tells it again.
        let open = stores.borrow_and_update().clone();
        let lists = open.map(|open| (open.cache.changes(), open.outbox.changed()));
        let told = listener.clone();
        // On a blocking thread: a listener may take its time and may call the core.
        let _panicked = tokio::task::spawn_blocking(move || told.on_change()).await;
        let there = match lists {
            None => stores.changed().await.is_ok(),
            Some((mut cache, mut outbox)) => tokio::select! {
                changed = stores.changed() => changed.is_ok(),
                // Closed files end their own watch; the stores tell of it.
                Ok(()) = cache.changed() => true,
                Ok(()) = outbox.changed() => true,
            },
        };
        if !there {
            return;
        }
    }
}
