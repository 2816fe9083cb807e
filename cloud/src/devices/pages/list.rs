//! A list of devices with its two menus, as the home page and the page of devices show it.

use super::PAGE_PATH;
use crate::devices::store::{self, DeviceFilter};
use crate::portal::Page;
use crate::portal::words::{Words, fill};
use crate::problem::Refusal;
use crate::server::CloudState;
use crate::sites;
use porchlight_protocol::devices::{Device, Section};
use porchlight_protocol::sites::Site;
use porchlight_protocol::{DeviceId, SiteId};
use serde::Deserialize;

/// Sites that a menu offers; who has more finds them among the locations.
const MENU: i64 = 50;

/// Which devices a page shows.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Shown {
    section: Option<Section>,
    site: Option<SiteId>,
    after: Option<DeviceId>,
}

/// A device in a list.
pub(crate) struct DeviceLine {
    pub(crate) id: DeviceId,
    pub(crate) name: String,
    pub(crate) model: String,
    pub(crate) site: String,
    pub(crate) icon: &'static str,
    pub(crate) section: &'static str,
    pub(crate) online: bool,
    pub(crate) presence: String,
}

/// One choice of a menu.
pub(crate) struct Choice {
    pub(crate) word: String,
    pub(crate) href: String,
    pub(crate) is_chosen: bool,
}

/// What a page shows of the devices: two menus and a list.
pub(crate) struct DeviceList {
    pub(crate) sections: Vec<Choice>,
    pub(crate) section: String,
    pub(crate) sites: Vec<Choice>,
    pub(crate) site: String,
    pub(crate) devices: Vec<DeviceLine>,
    pub(crate) more: Option<String>,
    pub(crate) has_sites: bool,
}

impl DeviceList {
    /// Reads at most `size` devices; the menus lead to `path`.
    pub(crate) async fn read(
        state: &CloudState,
        page: &Page,
        shown: Shown,
        path: &str,
        size: usize,
    ) -> Result<Self, Refusal> {
        let (words, sight) = (page.reader.words, page.caller.sight());
        let mut db = state.db.read().await?;
        let sites = sites::store::visible_sites(&mut db, sight, None, MENU).await?;
        let filter = DeviceFilter { site: shown.site, section: shown.section, after: shown.after };
        let mut rows = store::visible_devices(&mut db, sight, filter, size as i64 + 1).await?;
        let more = (rows.len() > size)
            .then(|| address(PAGE_PATH, Shown { after: Some(rows[size - 1].id), ..shown }));
        rows.truncate(size);
        let devices = rows.iter().map(|device| line(page, device, &sites)).collect();
        let chosen_section = shown.section.map_or(words.section_all, |section| section_word(words, section));
        let chosen_site = sites.iter().find(|site| Some(site.id) == shown.site);
        let chosen_site = chosen_site.map_or(words.home_all_sites, |site| &site.name);
        Ok(Self {
            section: fill(words.home_section, &[("section", &chosen_section)]),
            site: fill(words.home_site, &[("site", &chosen_site)]),
            sections: section_menu(words, shown, path),
            has_sites: !sites.is_empty(),
            sites: site_menu(words, &sites, shown, path),
            devices,
            more,
        })
    }
}

fn section_menu(words: &Words, shown: Shown, path: &str) -> Vec<Choice> {
    let choice = |section: Option<Section>| Choice {
        word: section.map_or(words.section_all, |section| section_word(words, section)).to_owned(),
        href: address(path, Shown { section, after: None, ..shown }),
        is_chosen: shown.section == section,
    };
    let all = [Section::Video, Section::Access, Section::Alarm, Section::Energy, Section::Sensor];
    all.into_iter().map(Some).chain([None]).map(choice).collect()
}

fn site_menu(words: &Words, sites: &[Site], shown: Shown, path: &str) -> Vec<Choice> {
    let choice = |site: Option<&Site>| Choice {
        word: site.map_or(words.home_all_sites, |site| &site.name).to_owned(),
        href: address(path, Shown { site: site.map(|site| site.id), after: None, ..shown }),
        is_chosen: shown.site == site.map(|site| site.id),
    };
    sites.iter().map(Some).chain([None]).map(choice).collect()
}

fn address(path: &str, shown: Shown) -> String {
    let parts = [
        shown.section.map(|section| format!("section={}", section.as_str())),
        shown.site.map(|site| format!("site={site}")),
        shown.after.map(|device| format!("after={device}")),
    ];
    let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn section_word(words: &Words, section: Section) -> &'static str {
    match section {
        Section::Video => words.section_video,
        Section::Access => words.section_access,
        Section::Alarm => words.section_alarm,
        Section::Energy => words.section_energy,
        Section::Sensor => words.section_sensor,
        Section::Unknown => words.section_unknown,
    }
}

fn section_icon(section: Section) -> &'static str {
    if section == Section::Unknown { "device" } else { section.as_str() }
}

pub(super) fn line(page: &Page, device: &Device, sites: &[Site]) -> DeviceLine {
    let site = sites.iter().find(|site| site.id == device.site);
    DeviceLine {
        id: device.id,
        name: device.name.clone(),
        model: device.model.as_str().to_owned(),
        site: site.map(|site| site.name.clone()).unwrap_or_default(),
        icon: section_icon(device.section),
        section: section_word(page.reader.words, device.section),
        online: device.online,
        presence: presence(page, device),
    }
}

/// Online since when, or since when not.
fn presence(page: &Page, device: &Device) -> String {
    let words = page.reader.words;
    let (since, bare) = if device.online {
        (words.device_online_since, words.device_online)
    } else {
        (words.device_offline_since, words.device_offline)
    };
    match device.online_changed_at {
        Some(at) => fill(since, &[("time", &page.reader.times.say(at))]),
        None => bare.to_owned(),
    }
}
