//! What a person reads: the words of the apps' screens for each state of adding a device.

use harness::phone::{AddingWatch, adding};
use porchlight_core::add_device::{AddDeviceFailure, AddDeviceState, AddingStep};

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

/// Tells each step of adding until it comes to an end; that end.
pub async fn watch(watch: &mut AddingWatch) -> AddDeviceState {
    adding::until_end(watch, |state| println!("    | {}", words(state))).await
}
