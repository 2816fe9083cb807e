//! The kinds of things that the cache keeps, as one table: what each is called in the file, and how it is ordered in
//! its list.

use super::list::{List, Listed};
use porchlight_protocol::access::{AuthorizationRequest, Grant};
use porchlight_protocol::customers::{Customer, CustomerOffer};
use porchlight_protocol::devices::Device;
use porchlight_protocol::people::Membership;
use porchlight_protocol::sites::Site;
use std::collections::HashMap;
use uuid::Uuid;

macro_rules! kinds {
    ($($kind:ident($item:ty), $list:ident, $table:literal;)+) => {
        /// A table of rows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Table {
            $($kind,)+
        }

        impl Table {
            pub(super) const ALL: &[Self] = &[$(Self::$kind),+];

            /// Stands in the seal: the outbox's rows are sealed for other places.
            pub(super) fn place(self) -> &'static str {
                match self { $(Self::$kind => concat!("cache.", $table),)+ }
            }

            pub(super) fn select(self) -> &'static str {
                match self { $(Self::$kind => concat!("SELECT id, sealed FROM ", $table),)+ }
            }

            pub(super) fn insert(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!("INSERT OR REPLACE INTO ", $table, " (id, sealed) VALUES (?1, ?2)"),)+
                }
            }

            pub(super) fn delete(self) -> &'static str {
                match self { $(Self::$kind => concat!("DELETE FROM ", $table, " WHERE id = ?1"),)+ }
            }

            pub(super) fn clear(self) -> &'static str {
                match self { $(Self::$kind => concat!("DELETE FROM ", $table),)+ }
            }
        }

        /// One thing as the cloud told it.
        #[derive(Clone, Debug)]
        pub(crate) enum Item {
            $($kind($item),)+
        }

        $(impl From<$item> for Item {
            fn from(item: $item) -> Self {
                Self::$kind(item)
            }
        })+

        impl Item {
            pub(super) fn table(&self) -> Table {
                match self { $(Self::$kind(_) => Table::$kind,)+ }
            }

            pub(super) fn id(&self) -> Uuid {
                match self { $(Self::$kind(item) => Listed::id(item),)+ }
            }

            pub(super) fn to_row(&self) -> Vec<u8> {
                let row = match self { $(Self::$kind(item) => serde_json::to_vec(item),)+ };
                row.expect("what the cloud tells are maps with text keys")
            }

            pub(super) fn from_row(table: Table, row: &[u8]) -> serde_json::Result<Self> {
                match table { $(Table::$kind => serde_json::from_slice(row).map(Self::$kind),)+ }
            }
        }

        /// Whole lists, as they were read page by page.
        #[derive(Debug, Default)]
        pub(crate) struct Lists {
            $(pub(crate) $list: Vec<$item>,)+
        }

        /// The lists in memory.
        #[derive(Debug, Default)]
        pub(super) struct Kept {
            $(pub(super) $list: List<$item>,)+
        }

        impl Kept {
            pub(super) fn put(&mut self, item: Item, since: u64) {
                match item { $(Item::$kind(item) => self.$list.put(item, since),)+ }
            }

            pub(super) fn drop(&mut self, table: Table, id: Uuid) {
                match table { $(Table::$kind => self.$list.drop(id),)+ }
            }

            pub(super) fn came(&self, table: Table, id: Uuid) -> Option<u64> {
                match table { $(Table::$kind => self.$list.came(id),)+ }
            }

            pub(super) fn replace(&mut self, lists: Lists, asked: u64, since: u64, gone: &HashMap<Uuid, u64>) {
                $(self.$list.replace(lists.$list, asked, since, gone);)+
            }

            /// Everything, one after the other.
            pub(super) fn each(&self, mut deed: impl FnMut(Item)) {
                $(self.$list.all().cloned().for_each(|item| deed(Item::$kind(item)));)+
            }
        }
    };
}

kinds! {
    Site(Site), sites, "site";
    Device(Device), devices, "device";
    Request(AuthorizationRequest), requests, "request";
    Grant(Grant), grants, "access_grant";
    Customer(Customer), customers, "customer";
    Offer(CustomerOffer), offers, "offer";
    Membership(Membership), memberships, "membership";
}

/// Of kinds whose ids the server mints, by the time that they were made.
fn newest_first(id: Uuid) -> String {
    format!("{:032x}", !id.as_u128())
}

macro_rules! listed {
    ($($item:ty, |$one:ident| $id:expr, $place:expr;)+) => {
        $(impl Listed for $item {
            fn id(&self) -> Uuid {
                let $one = self;
                $id
            }

            fn place(&self) -> String {
                let $one = self;
                $place
            }
        })+
    };
}

listed! {
    Site, |site| site.id.0, site.name.to_lowercase();
    Device, |device| device.id.0, device.name.to_lowercase();
    AuthorizationRequest, |request| request.id.0, newest_first(request.id.0);
    Grant, |grant| grant.id.0, newest_first(grant.id.0);
    Customer, |customer| customer.id.0, format!("{} {}", customer.family_name, customer.given_name).to_lowercase();
    CustomerOffer, |offer| offer.id.0, offer.company.name.to_lowercase();
    Membership, |membership| membership.organization.0, membership.name.to_lowercase();
}
