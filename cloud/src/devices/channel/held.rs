//! The connections that this process holds, by device: where a command finds its way out, and who must go when a
//! device connects again.

use porchlight_protocol::DeviceName;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A message on its way to a device.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The last part of its topic.
    pub kind: String,
    /// JSON.
    pub payload: String,
}

/// One connection.
#[derive(Debug)]
pub(super) struct HeldConnection {
    /// Names it in the database.
    pub id: Uuid,
    /// When the database was told, in milliseconds UTC.
    pub since: i64,
    /// Where its messages go.
    pub orders: mpsc::Sender<Order>,
    /// Ends it.
    pub close: CancellationToken,
    /// What it subscribed to.
    pub filters: Vec<String>,
}

/// All connections of this process. The lock is never held across an await.
#[derive(Debug, Default)]
pub(super) struct HeldDevices(Mutex<HashMap<DeviceName, HeldConnection>>);

impl HeldDevices {
    fn map(&self) -> MutexGuard<'_, HashMap<DeviceName, HeldConnection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the connection as the device's own, and ends the one before it.
    pub(super) fn take_over(&self, device: &DeviceName, connection: HeldConnection) {
        if let Some(earlier) = self.map().insert(device.clone(), connection) {
            earlier.close.cancel();
        }
    }

    /// Forgets the connection, unless a newer one holds the device.
    pub(super) fn forget(&self, device: &DeviceName, connection: Uuid) {
        let mut map = self.map();
        if map.get(device).is_some_and(|held| held.id == connection) {
            map.remove(device);
        }
    }

    /// Notes what the connection is subscribed to.
    pub(super) fn set_filters(&self, device: &DeviceName, connection: Uuid, filters: Vec<String>) {
        if let Some(held) = self.map().get_mut(device).filter(|held| held.id == connection) {
            held.filters = filters;
        }
    }

    /// The way to a device that is subscribed to this kind of message.
    pub(super) fn way_to(&self, device: &DeviceName, kind: &str) -> Option<mpsc::Sender<Order>> {
        let map = self.map();
        let held = map.get(device)?;
        let covered = held.filters.iter().any(|filter| super::topics::filter_covers(filter, kind));
        covered.then(|| held.orders.clone())
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.map().is_empty()
    }

    /// Ends the connections that the database, read later than they were made, says are another's.
    pub(super) fn end_superseded(&self, rows: &[super::store::HolderRow]) {
        let map = self.map();
        for row in rows {
            if let Some(held) = map.get(&row.device)
                && row.connection != Some(held.id)
                && row.changed_at >= held.since
            {
                held.close.cancel();
            }
        }
    }

    /// Ends the connections that were made before `since` and that the database does not know as this process's.
    pub(super) fn end_unknown(&self, known: &[super::store::HolderRow], since: i64) {
        let known: std::collections::HashSet<Uuid> = known.iter().filter_map(|row| row.connection).collect();
        for held in self.map().values() {
            if held.since < since && !known.contains(&held.id) {
                held.close.cancel();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::HolderRow;
    use super::*;

    fn device() -> DeviceName {
        "acme.AB-12".parse().unwrap()
    }

    fn connection(since: i64) -> (HeldConnection, CancellationToken, Uuid) {
        let (close, id) = (CancellationToken::new(), Uuid::new_v4());
        let (orders, _) = mpsc::channel(1);
        (HeldConnection { id, since, orders, close: close.clone(), filters: Vec::new() }, close, id)
    }

    #[test]
    fn second_connection_ends_the_first_and_is_not_forgotten_with_it() {
        let held = HeldDevices::default();
        let ((first, first_close, first_id), (second, second_close, second_id)) =
            (connection(1), connection(2));
        held.take_over(&device(), first);
        held.take_over(&device(), second);
        assert!(first_close.is_cancelled() && !second_close.is_cancelled());
        held.forget(&device(), first_id);
        assert!(!held.is_empty());
        held.forget(&device(), second_id);
        assert!(held.is_empty());
    }

    #[test]
    fn only_subscribed_kinds_have_a_way() {
        let held = HeldDevices::default();
        let (first, _, id) = connection(1);
        held.take_over(&device(), first);
        assert!(held.way_to(&device(), "claim").is_none());
        held.set_filters(&device(), id, vec!["porchlight/1/acme/AB-12/down/claim".to_owned()]);
        assert!(held.way_to(&device(), "claim").is_some());
        assert!(held.way_to(&device(), "bind").is_none());
    }

    #[test]
    fn row_of_another_process_ends_the_connection_only_if_it_is_newer() {
        let held = HeldDevices::default();
        let (mine, close, id) = connection(100);
        held.take_over(&device(), mine);
        let row = |connection, changed_at| HolderRow { device: device(), connection, changed_at };
        held.end_superseded(&[row(Some(Uuid::new_v4()), 99), row(Some(id), 100)]);
        held.end_unknown(&[row(Some(id), 100)], 200);
        held.end_unknown(&[], 100);
        assert!(!close.is_cancelled());
        held.end_superseded(&[row(Some(Uuid::new_v4()), 101)]);
        assert!(close.is_cancelled());
    }
}
