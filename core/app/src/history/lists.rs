//! All lists, page by page, into the cache.
//!
//! A profile of one's own has all of them, the customers of each partner it belongs to last; a delegated one has sites
//! and devices: the rest is nobody's but the account's own person's.

use crate::cache::{Cache, Lists};
use crate::error::Fault;
use crate::http::CloudClient;
use crate::ports::Ports;
use porchlight_protocol::access::{GrantListResponse, RequestListResponse};
use porchlight_protocol::customers::{CustomerListResponse, CustomerOfferListResponse};
use porchlight_protocol::devices::DeviceListResponse;
use porchlight_protocol::people::{MembershipListResponse, OrganizationKind};
use porchlight_protocol::sites::SiteListResponse;
use serde::de::DeserializeOwned;

/// The most that the cloud gives at once.
const PAGE: &str = "200";

/// In which order the pages of a list come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// By their ids.
    ById,
    /// Ids of the server's, the youngest first.
    NewestFirst,
}

/// One page: its things, where the next one begins, and its cursor.
type Page<T> = (Vec<T>, Option<String>, String);

/// Reads everything. The cursor of the first page stands: it is older than everything that was read.
pub(super) async fn read_all(
    cloud: &CloudClient,
    ports: &Ports,
    cache: &Cache,
    is_own: bool,
) -> Result<(), Fault> {
    let (asked, as_of) = (cache.version(), ports.wall_time().await);
    let (sites, cursor) = read_pages(cloud, "/v1/sites", Order::ById, |page: SiteListResponse| {
        (page.sites, page.next.map(|id| id.to_string()), page.cursor)
    })
    .await?;
    let (devices, _) = read_pages(cloud, "/v1/devices", Order::ById, |page: DeviceListResponse| {
        (page.devices, page.next.map(|id| id.to_string()), page.cursor)
    })
    .await?;
    let mut lists = Lists { sites, devices, ..Lists::default() };
    if is_own {
        read_access(cloud, &mut lists).await?;
        read_customers(cloud, &mut lists).await?;
    }
    cache.replace(lists, cursor, asked, as_of).await;
    Ok(())
}

async fn read_access(cloud: &CloudClient, lists: &mut Lists) -> Result<(), Fault> {
    let path = "/v1/authorization-requests";
    let requests = read_pages(cloud, path, Order::NewestFirst, |page: RequestListResponse| {
        (page.requests, page.next.map(|id| id.to_string()), page.cursor)
    });
    lists.requests = if_there(requests.await)?.map(|(requests, _)| requests).unwrap_or_default();
    let grants = read_pages(cloud, "/v1/grants", Order::NewestFirst, |page: GrantListResponse| {
        (page.grants, page.next.map(|id| id.to_string()), page.cursor)
    });
    lists.grants = if_there(grants.await)?.map(|(grants, _)| grants).unwrap_or_default();
    let offers = cloud.get::<CustomerOfferListResponse>("/v1/customer-offers", Vec::new());
    lists.offers = if_there(offers.await)?.map(|page| page.offers).unwrap_or_default();
    Ok(())
}

async fn read_customers(cloud: &CloudClient, lists: &mut Lists) -> Result<(), Fault> {
    let memberships = cloud.get::<MembershipListResponse>("/v1/memberships", Vec::new());
    lists.memberships = if_there(memberships.await)?.map(|page| page.memberships).unwrap_or_default();
    let partners = lists.memberships.iter().filter(|one| one.kind == OrganizationKind::Partner);
    for partner in partners {
        let path = format!("/v1/organizations/{}/customers", partner.organization);
        let customers = read_pages(cloud, &path, Order::ById, |page: CustomerListResponse| {
            (page.customers, page.next.map(|id| id.to_string()), page.cursor)
        });
        // Not there: the account left the company since its memberships were read.
        lists
            .customers
            .extend(if_there(customers.await)?.map(|(customers, _)| customers).unwrap_or_default());
    }
    Ok(())
}

/// A list that is not there is empty: a cloud of last year has no such route, a role may not see it.
fn if_there<T>(read: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match read {
        Err(Fault::Refused(refusal)) if matches!(refusal.status, 403 | 404) => Ok(None),
        read => read.map(Some),
    }
}

/// All pages of a list, and the first one's cursor.
async fn read_pages<R: DeserializeOwned, T>(
    cloud: &CloudClient,
    path: &str,
    order: Order,
    take: impl Fn(R) -> Page<T>,
) -> Result<(Vec<T>, String), Fault> {
    let mut after: Option<String> = None;
    let (mut items, mut next, cursor) = take(cloud.get(path, page_after(None)).await?);
    while let Some(further) = next {
        let goes_on = match (&after, order) {
            (None, _) => true,
            (Some(after), Order::ById) => further > *after,
            (Some(after), Order::NewestFirst) => further < *after,
        };
        // Pages are in an order: one that does not go on would never end.
        if !goes_on {
            return Err(Fault::Unreadable("a page that does not go on"));
        }
        let (more, and_next, _) = take(cloud.get(path, page_after(Some(&further))).await?);
        items.extend(more);
        (after, next) = (Some(further), and_next);
    }
    Ok((items, cursor))
}

fn page_after(after: Option<&str>) -> Vec<(&'static str, String)> {
    let limit = ("limit", PAGE.to_owned());
    [limit].into_iter().chain(after.map(|after| ("after", after.to_owned()))).collect()
}
