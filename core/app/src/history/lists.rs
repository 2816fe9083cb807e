//! All lists, page by page, into the cache.

use crate::cache::Cache;
use crate::error::Fault;
use crate::http::CloudClient;
use crate::ports::Ports;
use porchlight_protocol::devices::DeviceListResponse;
use porchlight_protocol::sites::SiteListResponse;

/// The most that the cloud gives at once.
const PAGE: &str = "200";

/// Reads all sites, then all devices. The cursor of the first page stands: it is older than everything that was read.
pub(super) async fn read_all(cloud: &CloudClient, ports: &Ports, cache: &Cache) -> Result<(), Fault> {
    let (asked, as_of) = (cache.version(), ports.wall_time().await);
    let (mut sites, mut devices) = (Vec::new(), Vec::new());
    let mut cursor = None;
    let mut after: Option<String> = None;
    loop {
        let page: SiteListResponse = cloud.get("/v1/sites", page_after(after.as_deref())).await?;
        cursor.get_or_insert(page.cursor);
        sites.extend(page.sites);
        match page.next {
            Some(next) => after = Some(further(after, next)?),
            None => break,
        }
    }
    let mut after: Option<String> = None;
    loop {
        let page: DeviceListResponse = cloud.get("/v1/devices", page_after(after.as_deref())).await?;
        devices.extend(page.devices);
        match page.next {
            Some(next) => after = Some(further(after, next)?),
            None => break,
        }
    }
    let cursor = cursor.expect("the first page was read");
    cache.replace(sites, devices, cursor, asked, as_of).await;
    Ok(())
}

/// Pages are in the order of their ids: one that does not go on would never end.
fn further(after: Option<String>, next: impl ToString) -> Result<String, Fault> {
    let next = next.to_string();
    if after.is_some_and(|after| next <= after) {
        return Err(Fault::Unreadable("a page that does not go on"));
    }
    Ok(next)
}

fn page_after(after: Option<&str>) -> Vec<(&'static str, String)> {
    let limit = ("limit", PAGE.to_owned());
    [limit].into_iter().chain(after.map(|after| ("after", after.to_owned()))).collect()
}
