//! Ids cross as text. One that is none is `NotFound`: nothing of that id can be there.

use crate::PorchlightError;
use porchlight_core::words;

pub type SiteId = words::SiteId;
pub type DeviceId = words::DeviceId;
pub type ClaimId = words::ClaimId;
pub type OrganizationId = words::OrganizationId;
pub type CustomerId = words::CustomerId;
pub type RequestId = words::RequestId;
pub type GrantId = words::GrantId;
pub type ActId = words::AuditEventId;

uniffi::custom_type!(SiteId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});

uniffi::custom_type!(DeviceId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});

uniffi::custom_type!(ClaimId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});

uniffi::custom_type!(OrganizationId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});

uniffi::custom_type!(CustomerId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});

uniffi::custom_type!(RequestId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});

uniffi::custom_type!(GrantId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});

uniffi::custom_type!(ActId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PorchlightError::NotFound.into()),
    lower: |id| id.to_string(),
});
