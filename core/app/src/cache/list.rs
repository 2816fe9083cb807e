//! A list in memory: sorted, windowed, each row with the version it came with. Pure.

use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What has a place in a list.
pub(super) trait Listed {
    fn id(&self) -> Uuid;
    /// Lists are in the order of these texts.
    fn place(&self) -> String;
}

#[derive(Debug)]
struct Entry<T> {
    item: T,
    /// The contents' version when it came.
    since: u64,
}

/// A list, in its order.
#[derive(Debug)]
pub(super) struct List<T> {
    entries: HashMap<Uuid, Entry<T>>,
    order: BTreeSet<(String, Uuid)>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), order: BTreeSet::new() }
    }
}

impl<T: Listed + Clone> List<T> {
    pub(super) fn put(&mut self, item: T, since: u64) {
        let id = item.id();
        self.drop(id);
        self.order.insert((item.place(), id));
        self.entries.insert(id, Entry { item, since });
    }

    /// Takes the whole list in place of what was there, but for what came after it was asked for.
    pub(super) fn replace(&mut self, items: Vec<T>, asked: u64, since: u64, gone: &HashMap<Uuid, u64>) {
        let former = std::mem::take(self);
        items
            .into_iter()
            .filter(|item| !gone.contains_key(&item.id()))
            .for_each(|item| self.put(item, since));
        let newer = former.entries.into_values().filter(|entry| entry.since > asked);
        newer.for_each(|entry| self.put(entry.item, entry.since));
    }

    pub(super) fn drop(&mut self, id: Uuid) {
        if let Some(entry) = self.entries.remove(&id) {
            self.order.remove(&(entry.item.place(), id));
        }
    }

    pub(super) fn get(&self, id: Uuid) -> Option<T> {
        self.entries.get(&id).map(|entry| entry.item.clone())
    }

    /// When it came.
    pub(super) fn came(&self, id: Uuid) -> Option<u64> {
        self.entries.get(&id).map(|entry| entry.since)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &T> {
        self.entries.values().map(|entry| &entry.item)
    }

    /// A part of what is shown, and how much is shown in all.
    pub(super) fn part(&self, offset: u32, count: u32, shown: impl Fn(&T) -> bool) -> (Vec<T>, u32) {
        let (mut items, mut total) = (Vec::new(), 0);
        for (_, id) in &self.order {
            let Some(entry) = self.entries.get(id).filter(|entry| shown(&entry.item)) else { continue };
            if total >= offset && total - offset < count {
                items.push(entry.item.clone());
            }
            total += 1;
        }
        (items, total)
    }
}
