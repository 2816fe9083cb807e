//! The lists in memory, and what about them the file must know. Pure.

use super::kinds::{Item, Kept, Lists, Table};
use porchlight_protocol::SiteId;
use std::collections::HashMap;
use uuid::Uuid;

/// One thing that is as it is now, or is not there any more.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them put something")]
pub(crate) enum Step {
    Put(Item),
    Drop(Table, Uuid),
}

impl Step {
    pub(crate) fn put(item: impl Into<Item>) -> Self {
        Self::Put(item.into())
    }

    fn place(&self) -> (Table, Uuid) {
        match self {
            Self::Put(item) => (item.table(), item.id()),
            Self::Drop(table, id) => (*table, *id),
        }
    }
}

/// Everything the cloud told.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) kept: Kept,
    pub(super) cursor: Option<String>,
    pub(super) as_of: Option<i64>,
    /// Where the last device was added, or was to be.
    pub(super) last_used: Option<SiteId>,
    version: u64,
    /// When the rows that are gone went: an answer that is older must not bring them back.
    gone: HashMap<Uuid, u64>,
}

impl Contents {
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Takes a step and hands it on, for the file.
    pub(super) fn take(&mut self, step: Step) -> Step {
        self.version += 1;
        match step.clone() {
            Step::Put(item) => {
                self.gone.remove(&item.id());
                self.kept.put(item, self.version);
            }
            Step::Drop(table, id) => {
                self.gone.insert(id, self.version);
                self.kept.drop(table, id);
            }
        }
        step
    }

    /// Takes whole lists in place of all there was. What came after they were asked for, at `asked`, is newer than
    /// they are, and stays: the answer to a change of our own, say.
    pub(super) fn replace(&mut self, lists: Lists, asked: u64) {
        self.version += 1;
        self.gone.retain(|_, went| *went > asked);
        self.kept.replace(lists, asked, self.version, &self.gone);
    }

    /// Whether something about the same thing came after `since`.
    pub(super) fn knows_newer(&self, step: &Step, since: u64) -> bool {
        let (table, id) = step.place();
        let came = self.kept.came(table, id).or(self.gone.get(&id).copied());
        // A drop is final: an id never comes back.
        matches!(step, Step::Put(_)) && came.is_some_and(|came| came > since)
    }
}
