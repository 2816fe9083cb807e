//! One test a record: every field another value, so that two that are swapped show.

use crate::*;
use porchlight_core::{Window, add_device, devices, words};
use std::time::{Duration, SystemTime};

const ID: [&str; 3] = [
    "0198c0de-0000-7000-8000-000000000001",
    "0198c0de-0000-7000-8000-000000000002",
    "0198c0de-0000-7000-8000-000000000003",
];

fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

fn core_device() -> words::Device {
    words::Device {
        id: ID[0].parse().unwrap(),
        maker: "lumen".parse().unwrap(),
        serial: "LX4-00017".parse().unwrap(),
        model: "LX-4".parse().unwrap(),
        section: words::Section::Energy,
        site: ID[1].parse().unwrap(),
        name: "Gate".into(),
        time_zone: "Europe/Berlin".into(),
        daylight_saving: true,
        online: false,
        online_changed_at: Some(1_700_000_000_123),
    }
}

fn device() -> Device {
    Device {
        id: ID[0].parse().unwrap(),
        maker: "lumen".into(),
        serial: "LX4-00017".into(),
        model: "LX-4".into(),
        section: DeviceSection::Energy,
        site: ID[1].parse().unwrap(),
        name: "Gate".into(),
        time_zone: "Europe/Berlin".into(),
        daylight_saving: true,
        online: false,
        online_changed_at: Some(at(1_700_000_000_123)),
    }
}

#[test]
fn device_keeps_its_fields() {
    assert_eq!(Device::from(core_device()), device());
}

#[test]
fn queued_device_keeps_its_fields() {
    let core = devices::QueuedDevice {
        claim: ID[2].parse().unwrap(),
        maker: "lumen".parse().unwrap(),
        serial: "LX4-00017".parse().unwrap(),
        model: "LX-4".parse().unwrap(),
        section: words::Section::Alarm,
        site: ID[1].parse().unwrap(),
        name: "Gate".into(),
        needs_you: true,
    };
    let expected = QueuedDevice {
        claim: ID[2].parse().unwrap(),
        maker: "lumen".into(),
        serial: "LX4-00017".into(),
        model: "LX-4".into(),
        section: DeviceSection::Alarm,
        site: ID[1].parse().unwrap(),
        name: "Gate".into(),
        needs_you: true,
    };
    assert_eq!(QueuedDevice::from(core), expected);
}

#[test]
fn window_keeps_its_fields() {
    let core = Window {
        offset: 3,
        items: vec![devices::ListedDevice::Added(core_device())],
        total: 7,
        as_of: Some(-1),
        connection: Connection::Live,
    };
    let expected = DeviceWindow {
        offset: 3,
        items: vec![DeviceLine::Added { device: device() }],
        total: 7,
        as_of: Some(SystemTime::UNIX_EPOCH - Duration::from_millis(1)),
        connection: Connection::Live,
    };
    assert_eq!(DeviceWindow::from(core), expected);
}

#[test]
fn site_and_its_window_keep_their_fields() {
    let site = words::Site {
        id: ID[1].parse().unwrap(),
        name: "Lake house".into(),
        address: "Shore road 3".into(),
        time_zone: "Europe/Berlin".into(),
    };
    let expected = Site {
        id: ID[1].parse().unwrap(),
        name: "Lake house".into(),
        address: "Shore road 3".into(),
        time_zone: "Europe/Berlin".into(),
    };
    let window = SiteWindow::from(Window {
        offset: 1,
        items: vec![site],
        total: 2,
        as_of: None,
        connection: Connection::Unreachable,
    });
    assert_eq!(
        window,
        SiteWindow {
            offset: 1,
            items: vec![expected],
            total: 2,
            as_of: None,
            connection: Connection::Unreachable
        }
    );
}

#[test]
fn account_keeps_its_fields() {
    let core = words::Account {
        id: ID[0].parse().unwrap(),
        email: "kim@example.org".into(),
        given_name: "Kim".into(),
        family_name: "Lee".into(),
        language: Language::German,
    };
    let expected = Account {
        id: ID[0].into(),
        email: "kim@example.org".into(),
        given_name: "Kim".into(),
        family_name: "Lee".into(),
        language: Language::German,
    };
    assert_eq!(Account::from(core), expected);
}

#[test]
fn label_reading_keeps_its_fields() {
    let core = add_device::LabelReading {
        family: Some(words::Family::Dahua),
        serial: Some("2M047C9PAN00005".into()),
        model: Some("IPC".into()),
        secrets: vec![words::SecretKind::SafetyCode],
        identifiers: vec![words::Identifier { kind: words::IdentifierKind::Mac, value: "00:1A".into() }],
        findings: vec![
            words::Finding::Missing(words::Field::Model),
            words::Finding::ForeignCharacter { character: '/' },
        ],
        repairs: vec![add_device::LabelRepair { serial: "2M0".into(), changed: vec![2] }],
        is_complete: true,
    };
    let expected = LabelReading {
        family: Some(LabelFamily::Dahua),
        serial: Some("2M047C9PAN00005".into()),
        model: Some("IPC".into()),
        secrets: vec![LabelSecretKind::SafetyCode],
        identifiers: vec![LabelIdentifier { kind: LabelIdentifierKind::Mac, value: "00:1A".into() }],
        findings: vec![
            LabelFinding::Missing { field: LabelField::Model },
            LabelFinding::ForeignCharacter { character: "/".into() },
        ],
        repairs: vec![LabelRepair { serial: "2M0".into(), changed: vec![2] }],
        is_complete: true,
    };
    assert_eq!(LabelReading::from(core), expected);
}

#[test]
fn details_keep_their_fields() {
    let form = DetailsForm { name: "Gate".into(), time_zone: "Europe/Berlin".into(), daylight_saving: true };
    let core = add_device::AddDeviceState::Details {
        device: add_device::DeviceOnLabel {
            serial: "LX4-00017".parse().unwrap(),
            model: "LX-4".parse().unwrap(),
        },
        form: add_device::DetailsForm {
            name: "Gate".into(),
            time_zone: "Europe/Berlin".into(),
            daylight_saving: true,
        },
        clock_changes: vec![words::ClockChange { at: 5, offset: 7200, daylight: true }],
        problems: vec![add_device::DetailsProblem { field: InputField::Name, reason: InputReason::TooLong }],
        first_password_by: PresenceProof::Button,
        new_password: true,
    };
    let expected = AddDeviceState::Details {
        device: DeviceOnLabel { serial: "LX4-00017".into(), model: "LX-4".into() },
        form,
        clock_changes: vec![ClockChange { at: at(5), offset: 7200, daylight: true }],
        problems: vec![DetailsProblem { field: InputField::Name, reason: InputReason::TooLong }],
        first_password_by: PresenceProof::Button,
        new_password: true,
    };
    assert_eq!(AddDeviceState::from(core), expected);
}

#[test]
fn failure_keeps_its_fields() {
    let core = add_device::AddDeviceFailure::AlreadyYours {
        device: ID[0].parse().unwrap(),
        name: Some("Gate".into()),
        site: Some("Lake house".into()),
    };
    let expected = AddDeviceFailure::AlreadyYours {
        device: ID[0].parse().unwrap(),
        name: Some("Gate".into()),
        site: Some("Lake house".into()),
    };
    assert_eq!(AddDeviceFailure::from(core), expected);
}

#[test]
fn seen_code_keeps_its_corners() {
    let corner = |x: f32| words::Corner { x, y: x + 0.5 };
    let core = add_device::SeenCode { corners: [0.1, 0.2, 0.3, 0.4].map(corner), is_label: true };
    let corners = [0.1, 0.2, 0.3, 0.4].map(|x: f32| CodeCorner { x, y: x + 0.5 }).to_vec();
    assert_eq!(SeenCode::from(core), SeenCode { corners, is_label: true });
}
