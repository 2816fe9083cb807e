//! How much of something one holder may have at once: connections of a network address, streams of a session.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts what is held by whom; cheap to clone.
#[derive(Clone, Debug)]
pub struct Holders<K: Hash + Eq> {
    most: usize,
    held: Arc<Mutex<HashMap<K, usize>>>,
}

/// One thing that is held, until it is dropped.
#[derive(Debug)]
pub struct Hold<K: Hash + Eq + Copy> {
    holders: Holders<K>,
    holder: K,
}

impl<K: Hash + Eq + Copy> Holders<K> {
    /// So many at most for each holder.
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// One more for this holder; none if it has all that it may have.
    pub fn take(&self, holder: K) -> Option<Hold<K>> {
        let mut held = self.lock();
        let count = held.entry(holder).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Hold { holders: self.clone(), holder })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        // Counting cannot panic half-way.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Copy> Drop for Hold<K> {
    fn drop(&mut self) {
        let mut held = self.holders.lock();
        if let Entry::Occupied(mut entry) = held.entry(self.holder) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holder_has_so_many_at_once_and_others_their_own() {
        let holders = Holders::new(2);
        let (one, _two) = (holders.take(1).unwrap(), holders.take(1).unwrap());
        assert!(holders.take(1).is_none());
        assert!(holders.take(2).is_some());
        drop(one);
        assert!(holders.take(1).is_some());
    }

    #[test]
    fn holder_that_let_go_of_everything_is_forgotten() {
        let holders = Holders::new(1);
        drop(holders.take(1));
        assert!(holders.lock().is_empty());
    }
}
