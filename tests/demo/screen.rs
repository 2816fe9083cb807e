//! What a person reads: the words of the apps' screens for each state of adding a device.

use crate::telling::Telling;
use harness::app_words::english;
use harness::phone::AddingWatch;
use porchlight_core::add_device::{AddDeviceFailure, AddDeviceState, AddingStep};
use porchlight_protocol::device::ClockChange;
use porchlight_protocol::devices::Section;
use porchlight_protocol::history::Act;

/// The screen that a run of adding ends with, in words.
pub fn words(state: &AddDeviceState) -> String {
    match state {
        AddDeviceState::Adding { step, .. } => step_words(*step),
        AddDeviceState::Queued { .. } => {
            format!("{}. {}", english("queued_title", &[]), english("queued_no_signal", &[]))
        }
        AddDeviceState::Failed { failure, .. } => failure_words(failure),
        AddDeviceState::Added { device, name, .. } => {
            let body = english("added_body", &[name, device.model.as_str()]);
            format!("{}. {body}", english("added_title", &[]))
        }
        AddDeviceState::Label { .. } => english("scan_title", &[]),
        AddDeviceState::Details { device, .. } => format!("{} ({})", device.serial, device.model),
        AddDeviceState::Ended => "(the screen closes)".into(),
    }
}

/// The name of a section, as the home screen's menu has it.
pub fn section_words(section: Section) -> String {
    english(&format!("section_{}", section.as_str()), &[])
}

fn step_words(step: AddingStep) -> String {
    let key = match step {
        AddingStep::Asking => "adding_asking",
        AddingStep::Proving => "adding_proving",
        AddingStep::SettingUp => "adding_setting_up",
        AddingStep::Done => "adding_listing",
    };
    english(key, &[])
}

fn failure_words(failure: &AddDeviceFailure) -> String {
    let of = |name: &str, body: String| format!("{}. {body}", english(&format!("failure_{name}_title"), &[]));
    let plain = |name: &str| of(name, english(&format!("failure_{name}_body"), &[]));
    match failure {
        AddDeviceFailure::WrongPassword { tries_left } => {
            let body = english("failure_wrong_password_body", &[]);
            let left = tries_left.map(|left| {
                let quantity = if left == 1 { "one" } else { "other" };
                english(&format!("failure_tries_left.{quantity}"), &[&left.to_string()]) + " "
            });
            of("wrong_password", left.unwrap_or_default() + &body)
        }
        AddDeviceFailure::NoAnswer => plain("no_answer"),
        AddDeviceFailure::BelongsToAnother => plain("belongs_to_another"),
        AddDeviceFailure::AlreadyYours { name: Some(name), site: Some(site), .. } => {
            of("already_yours", english("failure_already_yours_at", &[site, name]))
        }
        AddDeviceFailure::AlreadyYours { .. } => plain("already_yours"),
        other => format!("{}: {other:?}", english("failed_title", &[])),
    }
}

/// A moment, milliseconds UTC, by the clock of whoever looks.
pub fn time_words(at: i64) -> String {
    let local = jiff::Timestamp::from_millisecond(at).map(|at| at.to_zoned(jiff::tz::TimeZone::system()));
    local.map_or("an unknown time".into(), |at| at.strftime("%H:%M").to_string())
}

/// An act of the history, as its two lines say it.
pub fn act_words(act: &Act) -> String {
    let name = act.name.clone().unwrap_or_else(|| english("act_it", &[]));
    let what = english(&format!("did_{}", act.what.replace('.', "_")), &[&name]);
    let who = act.actor.as_ref().map_or_else(
        || english("act_by_service", &[]),
        |actor| {
            let person = format!("{} {}", actor.given_name, actor.family_name);
            match &act.company {
                Some(company) => english("act_by_company", &[&person, &company.name]),
                None => person,
            }
        },
    );
    format!("{what}: {who}")
}

/// The line under the time zone, by which a person sees that it is right.
pub fn clock_words(zone: &str, changes: &[ClockChange]) -> String {
    let day = |change: &ClockChange| {
        let at = jiff::Timestamp::from_millisecond(change.at).and_then(|at| at.in_tz(zone));
        at.map_or("an unknown day".into(), |at| at.strftime("%-d %B %Y").to_string())
    };
    match changes {
        [first, second, ..] => {
            let key = if first.daylight { "details_forward_first" } else { "details_back_first" };
            english(key, &[&day(first), &day(second)])
        }
        _ => english("details_no_changes", &[]),
    }
}

/// Tells each step of adding until it comes to an end; that end, which is for the caller to tell.
pub async fn watch(telling: &Telling, watch: &mut AddingWatch) -> AddDeviceState {
    let mut last = None;
    loop {
        match watch.next().await {
            AddDeviceState::Adding { step, .. } => {
                if last.replace(step) != Some(step) {
                    telling.screen(step_words(step));
                }
            }
            AddDeviceState::Label { .. } | AddDeviceState::Details { .. } => {}
            end => return end,
        }
    }
}
