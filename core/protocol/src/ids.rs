//! Who and what things are.
//!
//! The server mints UUIDv7, a phone mints UUIDv4 for what it makes without a connection (a claim). An id is never a
//! secret. A device is (maker, serial); its [`DeviceId`] names one ownership of it in lists and links.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id of the server's: UUIDv7, sortable by the time it was made.
            pub fn mint() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

uuid_ids! {
    /// One person's sign-in.
    AccountId,
    /// A physical place.
    SiteId,
    /// One ownership of a device: after a release and a new claim the same equipment has another id.
    DeviceId,
    /// One run that proves that a device is here; minted by the phone.
    ClaimId,
    /// One signed-in app.
    SessionId,
    /// One install of our app on one phone.
    InstallationId,
    /// One line of history.
    AuditEventId,
    /// People who look after sites together.
    OrganizationId,
    /// An account in an organization.
    MembershipId,
    /// A partner's customer.
    CustomerId,
    /// An installer asks a customer for access.
    RequestId,
    /// What a yes created.
    GrantId,
}

impl ClaimId {
    /// A new claim of this phone's: UUIDv4, since a phone's clock is nobody's business.
    pub fn mint_offline() -> Self {
        Self(Uuid::new_v4())
    }
}

/// What is wrong with a name that was given for a maker, a serial or a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedName {
    /// The field that is malformed: `maker`, `serial` or `model`.
    pub field: &'static str,
    /// The shape it must have, for a person.
    pub shape: &'static str,
}

impl fmt::Display for MalformedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} must be {}", self.field, self.shape)
    }
}

impl std::error::Error for MalformedName {}

macro_rules! checked_names {
    ($($(#[$doc:meta])* $name:ident, $field:literal, $shape:literal, $check:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", schema(value_type = String))]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedName;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(MalformedName { field: $field, shape: $shape }) }
            }
        }

        impl FromStr for $name {
            type Err = MalformedName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

checked_names! {
    /// Who made a device. Stands in MQTT client ids and topics, so it holds no `/ + # .`.
    Maker, "maker", "2 to 32 characters of a-z, 0-9 and -",
        |text| (2..=32).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    /// What the maker calls one device: printed on it. Upper case, as security.md (Claims) has it.
    Serial, "serial", "4 to 32 characters of A-Z, 0-9 and -",
        |text| (4..=32).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'-'));
    /// What kind of device it is. Dahua's models hold a `/`.
    Model, "model", "1 to 64 printable ASCII characters, none of them a colon",
        |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| matches!(b, 0x20..=0x7e) && b != b':');
}

/// A device's name on its channel: MQTT client id, user name and JWT subject `<maker>.<serial>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeviceName {
    /// Who made it.
    pub maker: Maker,
    /// What the maker calls it.
    pub serial: Serial,
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.maker, self.serial)
    }
}

impl FromStr for DeviceName {
    type Err = MalformedName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let whole = MalformedName { field: "device", shape: "<maker>.<serial>" };
        let (maker, serial) = text.split_once('.').ok_or(whole)?;
        Ok(Self { maker: maker.parse()?, serial: serial.parse()? })
    }
}
