//! The lists in memory: sorted, windowed, and each row with what the file holds of it. Pure.

use porchlight_protocol::devices::Device;
use porchlight_protocol::sites::Site;
use porchlight_protocol::{DeviceId, SiteId};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// One thing that is as it is now.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    PutSite(Site),
    DropSite(SiteId),
    PutDevice(Device),
    DropDevice(DeviceId),
}

impl Step {
    fn id(&self) -> Uuid {
        match self {
            Self::PutSite(site) => site.id.0,
            Self::DropSite(site) => site.0,
            Self::PutDevice(device) => device.id.0,
            Self::DropDevice(device) => device.0,
        }
    }
}

/// What has a name in a list.
pub(super) trait Named {
    fn id(&self) -> Uuid;
    fn name(&self) -> &str;
}

impl Named for Site {
    fn id(&self) -> Uuid {
        self.id.0
    }
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Device {
    fn id(&self) -> Uuid {
        self.id.0
    }
    fn name(&self) -> &str {
        &self.name
    }
}

#[derive(Debug)]
struct Entry<T> {
    item: T,
    /// The contents' version when it came.
    since: u64,
}

/// A list, in the order of its names.
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

impl<T: Named + Clone> List<T> {
    fn put(&mut self, item: T, since: u64) {
        let id = item.id();
        self.drop(id);
        self.order.insert((item.name().to_lowercase(), id));
        self.entries.insert(id, Entry { item, since });
    }

    fn replace(&mut self, items: Vec<T>, asked: u64, since: u64, gone: &HashMap<Uuid, u64>) {
        let former = std::mem::take(self);
        items
            .into_iter()
            .filter(|item| !gone.contains_key(&item.id()))
            .for_each(|item| self.put(item, since));
        let newer = former.entries.into_values().filter(|entry| entry.since > asked);
        newer.for_each(|entry| self.put(entry.item, entry.since));
    }

    fn drop(&mut self, id: Uuid) {
        if let Some(entry) = self.entries.remove(&id) {
            self.order.remove(&(entry.item.name().to_lowercase(), id));
        }
    }

    pub(super) fn get(&self, id: Uuid) -> Option<T> {
        self.entries.get(&id).map(|entry| entry.item.clone())
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

/// Everything the cloud told.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) sites: List<Site>,
    pub(super) devices: List<Device>,
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
        let since = self.version;
        match step.clone() {
            Step::PutSite(site) => self.sites.put(site, since),
            Step::PutDevice(device) => self.devices.put(device, since),
            Step::DropSite(site) => self.sites.drop(site.0),
            Step::DropDevice(device) => self.devices.drop(device.0),
        }
        match step {
            Step::PutSite(_) | Step::PutDevice(_) => self.gone.remove(&step.id()),
            Step::DropSite(_) | Step::DropDevice(_) => self.gone.insert(step.id(), since),
        };
        step
    }

    /// Takes whole lists in place of all there was. What came after they were asked for, at `asked`, is newer than
    /// they are, and stays: the answer to a change of our own, say.
    pub(super) fn replace(&mut self, sites: Vec<Site>, devices: Vec<Device>, asked: u64) {
        self.version += 1;
        self.gone.retain(|_, went| *went > asked);
        self.sites.replace(sites, asked, self.version, &self.gone);
        self.devices.replace(devices, asked, self.version, &self.gone);
    }

    /// Whether something about the same thing came after `since`.
    pub(super) fn knows_newer(&self, step: &Step, since: u64) -> bool {
        let id = step.id();
        let there = match step {
            Step::PutSite(_) | Step::DropSite(_) => self.sites.entries.get(&id).map(|entry| entry.since),
            Step::PutDevice(_) | Step::DropDevice(_) => {
                self.devices.entries.get(&id).map(|entry| entry.since)
            }
        };
        // A drop is final: an id never comes back.
        let is_drop = matches!(step, Step::DropSite(_) | Step::DropDevice(_));
        !is_drop && there.or(self.gone.get(&id).copied()).is_some_and(|came| came > since)
    }
}
