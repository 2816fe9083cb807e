//! What a person reads: the words of the apps' screens for each state of adding a device.

use harness::phone::{AddingWatch, adding};
use porchlight_core::add_device::{AddDeviceFailure, AddDeviceState, AddingStep};
use porchlight_protocol::device::ClockChange;

/// The screen of a state, in words.
pub fn words(state: &AddDeviceState) -> String {
    match state {
        AddDeviceState::Label { .. } => "Scan the label, or enter the number".into(),
        AddDeviceState::Details { device, .. } => format!("Device {} ({})", device.serial, device.model),
        AddDeviceState::Adding { step, .. } => match step {
            AddingStep::Asking => "Asking the device".into(),
            AddingStep::Proving => "Checking the password with the device".into(),
            AddingStep::SettingUp => "Setting name and clock".into(),
            AddingStep::Done => "Done".into(),
        },
        AddDeviceState::Queued { .. } => {
            "Saved on this phone. We add it when this phone next has a connection.".into()
        }
        AddDeviceState::Failed { failure, .. } => failure_words(failure),
        AddDeviceState::Added { name, .. } => format!("Device added: {name}"),
        AddDeviceState::Ended => "(the screen closes)".into(),
    }
}

fn failure_words(failure: &AddDeviceFailure) -> String {
    match failure {
        AddDeviceFailure::WrongPassword { tries_left } => {
            let left = tries_left.map_or(String::new(), |n| format!(" You have {n} tries left."));
            format!("That password does not open this device.{left}")
        }
        AddDeviceFailure::NoAnswer => {
            "This device does not answer. Check the number, plug it in, and wait for its light.".into()
        }
        AddDeviceFailure::BelongsToAnother => {
            "This device belongs to another account. Ask its owner to remove it, or to invite you.".into()
        }
        AddDeviceFailure::AlreadyYours { name, site, .. } => format!(
            "You already have this device. It is at {}, called {}.",
            site.as_deref().unwrap_or("one of your sites"),
            name.as_deref().unwrap_or("as you named it")
        ),
        other => format!("It was not added: {other:?}"),
    }
}

/// The line under the time zone, by which a person sees that it is right.
pub fn clock_words(zone: &str, changes: &[ClockChange]) -> String {
    let day = |change: &ClockChange| {
        let at = jiff::Timestamp::from_millisecond(change.at).and_then(|at| at.in_tz(zone));
        at.map_or("an unknown day".into(), |at| at.strftime("%-d %B %Y").to_string())
    };
    let words: Vec<_> = changes
        .iter()
        .map(|change| format!("{} on {}", if change.daylight { "forward" } else { "back" }, day(change)))
        .collect();
    if words.is_empty() {
        "Clocks do not change there.".into()
    } else {
        format!("Clocks go {}.", words.join(", "))
    }
}

/// Tells each step of adding until it comes to an end; that end.
pub async fn watch(watch: &mut AddingWatch) -> AddDeviceState {
    adding::until_end(watch, |state| println!("    | {}", words(state))).await
}
