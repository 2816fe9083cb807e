// The words of working in somebody else's account.
import Bridge
import SwiftUI

extension Permission {
    var words: LocalizedStringKey {
        switch self {
        case .siteRead: "permission_site_read"
        case .siteCreate: "permission_site_create"
        case .siteChange: "permission_site_change"
        case .deviceAdd: "permission_device_add"
        case .deviceChange: "permission_device_change"
        case .videoWatch: "permission_video_watch"
        // No consent lists the others; one of a newer cloud is said to be one.
        default: "permission_unknown"
        }
    }
}

extension Person {
    var fullName: String { "\(givenName) \(familyName)" }
}

extension Customer {
    var fullName: String { "\(givenName) \(familyName)" }
}

/// "1 hour", "3 days".
@MainActor func spellSpan(_ span: TimeInterval) -> Text {
    let hours = Int(span / 3_600)
    return hours <= 24 ? Text("hours \(hours)") : Text("days \(hours / 24)")
}

/// On what somebody asks to work.
@MainActor func scope(of request: AccessRequest) -> LocalizedStringKey {
    words(request.scope, name: request.scopeName)
}

/// On what somebody may work.
@MainActor func scope(of grant: Grant) -> LocalizedStringKey {
    words(grant.scope, name: grant.scopeName)
}

/// A place without a name is gone; one of a newer cloud's kinds is never said to be the whole account.
@MainActor private func words(_ scope: AccessScope, name: String?) -> LocalizedStringKey {
    switch (scope, name) {
    case (.account, _): "scope_account_of"
    case (.unknown, _): "scope_unknown"
    case (.site, .some(let name)): "scope_site \(name)"
    case (.device, .some(let name)): "scope_device \(name)"
    case (.site, .none), (.device, .none): "scope_gone"
    }
}

/// What was done, as a person would say it; of what this app has no words for, that something was.
@MainActor func words(_ act: Act) -> LocalizedStringKey {
    let name = act.name.map { Text($0 as String) } ?? Text("act_it")
    return switch act.what {
    case "account.made": "did_account_made"
    case "account.disabled": "did_account_disabled"
    case "account.enabled": "did_account_enabled"
    case "password.changed": "did_password_changed"
    case "password.taken": "did_password_taken"
    case "session.began": "did_session_began"
    case "session.ended": "did_session_ended"
    case "site.made": "did_site_made \(name)"
    case "site.changed": "did_site_changed \(name)"
    case "device.added": "did_device_added \(name)"
    case "device.renamed": "did_device_renamed \(name)"
    case "device.moved": "did_device_moved \(name)"
    case "device.released": "did_device_released \(name)"
    case "device.claim_tried": "did_device_claim_tried \(name)"
    case "access.asked": "did_access_asked"
    case "access.withdrawn": "did_access_withdrawn"
    case "access.granted": "did_access_granted"
    case "access.declined": "did_access_declined"
    case "access.ended": "did_access_ended"
    case "access.expired": "did_access_expired"
    case "access.blocked": "did_access_blocked"
    case "access.unblocked": "did_access_unblocked"
    case "membership.began": "did_membership_began"
    case "membership.ended": "did_membership_ended"
    case "customer.added": "did_customer_added"
    case "customer.confirmed": "did_customer_confirmed"
    case "customer.refused": "did_customer_refused"
    default: "act_unknown"
    }
}

/// What was done, and about whom, unless that is who did it.
@MainActor func line(_ act: Act) -> Text {
    guard let about = act.about, about.person == nil || about.person?.id != act.actor?.id else { return Text(words(act)) }
    let whom = about.person.map { Text("act_by_company \($0.fullName) \(about.company.name)") } ?? Text(about.company.name as String)
    return Text("act_about \(Text(words(act))) \(whom)")
}

/// Who did it: a person, one for a company, or Porchlight itself.
@MainActor func who(_ act: Act) -> Text {
    switch (act.actor, act.company) {
    case (.none, _): Text("act_by_service")
    case (.some(let person), .none): Text(person.fullName as String)
    case (.some(let person), .some(let company)): Text("act_by_company \(person.fullName) \(company.name)")
    }
}

/// Why the access is over. When somebody ended it is not known here: this phone, which learnt of it `at` a moment, may have
/// been off for a night.
@MainActor func words(_ why: AccessEnd, of grant: Grant, at: Date) -> LocalizedStringKey {
    switch why {
    case .revoked: "acting_ended_revoked"
    case .expired: "acting_ended_expired \(spell(grant.expiresAt))"
    case .actorDisabled: "acting_ended_actor"
    case .subjectDisabled: "acting_ended_subject \(grant.subject.fullName)"
    case .sessionEnded: "acting_ended_session"
    case .left: "acting_ended_left \(spell(at))"
    }
}

/// Why nothing comes of a link, and what to do in the partner app, if anything there helps.
func words(_ refusal: HandoffRefusal) -> (title: LocalizedStringKey, remedy: LocalizedStringKey?) {
    switch refusal {
    case .notALink: ("handoff_not_a_link", "handoff_link_again")
    case .notInitiatedHere: ("handoff_not_here", "handoff_link_again")
    case .tooLate: ("handoff_too_late", "handoff_link_again")
    case .accessOver: ("handoff_over", "handoff_ask_again")
    case .phoneLocked: ("waiting_locked", nil)
    case .updateRequired: ("error_update_required", nil)
    case .internal: ("error_internal", nil)
    }
}
