// The words for what the core says. The core has the reasons, the string catalog has the words.
import Bridge
import SwiftUI

/// What a person reads when a call did not work.
@MainActor func words(_ problem: PorchlightError) -> LocalizedStringKey {
    switch problem {
    case .SignInRequired: "error_sign_in_required"
    case .NotAllowed(.wrongCredentials): "error_wrong_credentials"
    case .NotAllowed(.accountDisabled): "error_account_disabled"
    case .NotAllowed(.role): "error_role"
    case .NotAllowed(.tooOften(.some(let wait))): "error_too_often_for \(spell(wait))"
    case .NotAllowed(.tooOften(.none)): "error_too_often"
    case .NotAllowed(.accessEnded): "error_access_ended"
    case .NotAllowed(.requestsRefused): "error_requests_refused"
    case .NotAllowed(.notMadeHere): "error_not_made_here"
    case .NotFound: "error_not_found"
    case .Conflict(.unsentActs(let count)): "error_unsent_acts \(Int(count))"
    case .Conflict(.phoneLocked): "waiting_locked"
    case .Conflict(.siteNotEmpty): "error_site_not_empty"
    case .Conflict(.siteGone): "error_site_gone"
    case .Conflict(.notNow), .Conflict(.claimDiffers), .Conflict(.claimMoved): "error_not_now"
    case .Conflict(.accessLocked): "error_access_locked"
    case .Conflict(.accessOver): "error_access_over"
    case .Conflict(.termsDiffer): "error_terms_differ"
    case .Conflict(.requestOver): "error_request_over"
    case .Conflict(.customerNotConfirmed): "error_customer_not_confirmed"
    case .Conflict(.customerExists): "error_customer_exists"
    case .Conflict(.codeOver): "error_code_over"
    case .Conflict(.customerAppMissing): "error_customer_app_missing"
    case .InvalidInput(let field, let reason): words(field, reason)
    case .Offline: "error_offline"
    case .ServerUnavailable: "error_server_unavailable"
    case .UpdateRequired: "error_update_required"
    case .Internal: "error_internal"
    }
}

/// What a person reads under a field.
@MainActor func words(_ field: InputField, _ reason: InputReason) -> LocalizedStringKey {
    switch (reason, field) {
    case (.empty, _): "input_empty"
    case (.tooLong, _): "input_too_long"
    case (.tooShort, _): "input_too_short"
    case (.differs, _): "input_differs"
    case (.wrongCode, _): "input_wrong_code"
    case (.notAllowed, .email): "input_email"
    case (.notAllowed, .password): "input_password"
    case (.notAllowed, .timeZone): "input_time_zone"
    case (.notAllowed, .lasts): "input_days"
    case (.notAllowed, .claimCode): "input_claim_code"
    case (.notAllowed, .serial), (.notAllowed, .label): "input_serial"
    case (.notAllowed, _): "input_not_allowed"
    }
}

let sections: [DeviceSection] = [.video, .access, .alarm, .energy, .sensor]

extension DeviceSection {
    var title: LocalizedStringKey {
        switch self {
        case .video: "section_video"
        case .access: "section_access"
        case .alarm: "section_alarm"
        case .energy: "section_energy"
        case .sensor: "section_sensor"
        case .unknown: "section_unknown"
        }
    }

    var icon: String {
        switch self {
        case .video: "video"
        case .access: "access"
        case .alarm: "alarm"
        case .energy: "energy"
        case .sensor: "sensor"
        case .unknown: "device"
        }
    }
}

/// Title and message for what a label says of itself.
@MainActor func words(_ finding: LabelFinding) -> (title: LocalizedStringKey, message: LocalizedStringKey?) {
    switch finding {
    case .empty: ("finding_empty", nil)
    case .tooLong: ("finding_too_long", nil)
    case .tooShort: ("finding_too_short", nil)
    case .spaceAround, .spaceWithin, .lineBreak: ("finding_space", nil)
    case .fullWidth: ("finding_full_width", nil)
    case .lowerCase: ("finding_lower_case", nil)
    case .notAscii(let character), .foreignCharacter(let character): ("finding_character \(character)", nil)
    case .checkWrong: ("finding_check_wrong", nil)
    case .missing(let field): (missing(field), nil)
    case .malformed(let field): (malformed(field), nil)
    case .lookAlike: ("finding_look_alike_title", "finding_look_alike_body")
    case .secretFromSerial: ("finding_secret_from_serial", nil)
    case .maybeSerial: ("finding_maybe_serial", nil)
    case .webAddress: ("finding_web_address_title", "finding_web_address_body")
    case .fromWebAddress(let host): ("finding_from_web_address \(host)", nil)
    case .notALabel: ("finding_not_a_label_title", "finding_not_a_label_body")
    }
}

@MainActor private func missing(_ field: LabelField) -> LocalizedStringKey { "finding_missing \(Text(name(field)))" }

@MainActor private func malformed(_ field: LabelField) -> LocalizedStringKey { "finding_malformed \(Text(name(field)))" }

private func name(_ field: LabelField) -> LocalizedStringKey {
    switch field {
    case .serial: "label_serial"
    case .model: "label_model"
    case .fingerprint: "label_fingerprint"
    case .claimCode: "label_claim_code"
    case .check: "label_check"
    }
}

/// Title and message for why a device was not added.
@MainActor func words(_ failure: AddDeviceFailure) -> (title: LocalizedStringKey, message: LocalizedStringKey) {
    switch failure {
    case .wrongPassword: ("failure_wrong_password_title", "failure_wrong_password_body")
    case .wrongClaimCode: ("failure_wrong_claim_code_title", "failure_wrong_claim_code_body")
    case .noAnswer: ("failure_no_answer_title", "failure_no_answer_body")
    case .belongsToAnother: ("failure_belongs_to_another_title", "failure_belongs_to_another_body")
    case .alreadyYours(_, .some(let name), .some(let site)): ("failure_already_yours_title", "failure_already_yours_at \(site) \(name)")
    case .alreadyYours(_, .some(let name), .none): ("failure_already_yours_title", "failure_already_yours_called \(name)")
    case .alreadyYours(_, .none, _): ("failure_already_yours_title", "failure_already_yours_body")
    case .tooManyTries(let wait): ("failure_too_many_tries_title", "failure_too_many_tries_body \(spell(TimeInterval(wait)))")
    case .presenceRequired: ("failure_presence_required_title", "failure_presence_required_body")
    case .hasPassword: ("failure_has_password_title", "failure_has_password_body")
    case .deviceFault: ("failure_device_fault_title", "failure_device_fault_body")
    case .wrongDeviceKey: ("failure_wrong_device_key_title", "failure_wrong_device_key_body")
    case .notAllowed: ("failure_not_allowed_title", "failure_not_allowed_body")
    case .notAccepted: ("failure_not_accepted_title", "failure_not_accepted_body")
    case .waitedTooLong: ("failure_waited_too_long_title", "failure_waited_too_long_body")
    case .internal: ("failure_internal_title", "failure_internal_body")
    case .interrupted: ("failure_interrupted_title", "failure_interrupted_body")
    }
}

/// How many tries are left, where the device said so.
func triesLeft(_ failure: AddDeviceFailure) -> Int? {
    switch failure {
    case .wrongPassword(.some(let left)), .wrongClaimCode(.some(let left)): Int(left)
    default: nil
    }
}

extension QueuedReason {
    var words: LocalizedStringKey {
        switch self {
        case .noSignal: "queued_no_signal"
        case .cloudUnreachable: "queued_cloud_unreachable"
        case .tooOften: "queued_too_often"
        case .deviceSilent: "queued_device_silent"
        case .signInRequired: "error_sign_in_required"
        case .updateRequired: "error_update_required"
        }
    }
}

extension Remedy {
    var words: LocalizedStringKey {
        switch self {
        case .tryAgain: "remedy_try_again"
        case .pressButton: "remedy_press_button"
        case .retypePassword: "remedy_retype_password"
        case .usePassword: "remedy_use_password"
        case .createPassword: "remedy_create_password"
        case .changeDetails: "remedy_change_details"
        case .checkNumber: "remedy_check_number"
        case .showDevice: "remedy_show_device"
        }
    }
}

extension AddingStep {
    var words: LocalizedStringKey {
        switch self {
        case .asking: "adding_asking"
        case .proving: "adding_proving"
        case .settingUp: "adding_setting_up"
        case .done: "adding_listing"
        }
    }
}

/// Of the languages that the cloud writes mails in.
func mailLanguage(_ locale: Locale) -> Language { locale.language.languageCode == .german ? .german : .english }

/// A span as words of its own: "3 minutes", "20 seconds".
@MainActor func spell(_ seconds: TimeInterval) -> Text {
    let whole = max(1, Int(seconds))
    return whole < 90 ? Text("seconds \(whole)") : Text("minutes \((whole + 30) / 60)")
}

/// A moment in the reader's own zone: only the time, if it is today.
func spell(_ moment: Date, now: Date = Date()) -> String {
    let isToday = Calendar.current.isDate(moment, inSameDayAs: now)
    return isToday ? moment.formatted(date: .omitted, time: .shortened) : moment.formatted(date: .abbreviated, time: .shortened)
}

/// A day as the clocks of a place show it.
func spellDay(_ moment: Date, in zone: String) -> String {
    var style = Date.FormatStyle(date: .long, time: .omitted)
    style.timeZone = TimeZone(identifier: zone) ?? .gmt
    return moment.formatted(style)
}
