//! One test a record of delegated access: every field another value, so that two that are swapped show.

use crate::*;
use porchlight_core::{access, handoff, words};
use std::time::{Duration, SystemTime};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: u32) -> T {
    format!("0198c0de-0000-7000-8000-{number:012}").parse().unwrap()
}

fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

fn core_person(number: u32) -> words::Person {
    words::Person { id: id(number), given_name: format!("G{number}"), family_name: format!("F{number}") }
}

fn person(number: u32) -> Person {
    let text: String = id(number);
    Person { id: text, given_name: format!("G{number}"), family_name: format!("F{number}") }
}

fn core_grant() -> words::Grant {
    words::Grant {
        id: id(1),
        actor: core_person(2),
        company: words::Company { id: id(3), name: "Bright Solar".into() },
        subject: core_person(4),
        scope: words::Scope::Site { site: id(5) },
        scope_name: Some("Lake house".into()),
        permissions: vec![words::Permission::DeviceAdd],
        starts_at: 6,
        expires_at: 7,
        ended_at: Some(8),
        ended_why: Some(words::GrantEnd::Left),
    }
}

fn grant() -> Grant {
    Grant {
        id: id(1),
        actor: person(2),
        company: Company { id: id(3), name: "Bright Solar".into() },
        subject: person(4),
        scope: AccessScope::Site { site: id(5) },
        scope_name: Some("Lake house".into()),
        permissions: vec![Permission::DeviceAdd],
        starts_at: at(6),
        expires_at: at(7),
        ended_at: Some(at(8)),
        ended_why: Some(GrantEnd::Left),
    }
}

#[test]
fn grant_keeps_its_fields() {
    assert_eq!(Grant::from(core_grant()), grant());
}

fn core_request() -> words::AuthorizationRequest {
    words::AuthorizationRequest {
        id: id(1),
        state: words::RequestState::Withdrawn,
        actor: core_person(2),
        company: words::Company { id: id(3), name: "Bright Solar".into() },
        subject: id(4),
        scope: words::Scope::Device { device: id(5) },
        scope_name: Some("Gate".into()),
        permissions: vec![words::Permission::VideoWatch],
        lasts: 3_600,
        comment: "New panel".into(),
        terms: words::Base64Url(b"terms".to_vec()),
        created_at: 6,
        expires_at: 7,
        grant: Some(id(8)),
    }
}

fn request() -> AccessRequest {
    AccessRequest {
        id: id(1),
        state: RequestState::Withdrawn,
        actor: person(2),
        company: Company { id: id(3), name: "Bright Solar".into() },
        subject: id(4),
        scope: AccessScope::Device { device: id(5) },
        scope_name: Some("Gate".into()),
        permissions: vec![Permission::VideoWatch],
        lasts: Duration::from_secs(3_600),
        comment: "New panel".into(),
        terms: "dGVybXM".into(),
        created_at: at(6),
        expires_at: at(7),
        grant: Some(id(8)),
    }
}

#[test]
fn request_keeps_its_fields() {
    assert_eq!(AccessRequest::from(core_request()), request());
}

#[test]
fn delegated_state_keeps_its_fields() {
    let unsent = access::UnsentAct {
        subject: core_person(1),
        maker: "lumen".parse().unwrap(),
        serial: "LX4-00017".parse().unwrap(),
        model: "LX-4".parse().unwrap(),
        section: words::Section::Energy,
        name: "Gate".into(),
        at: 2,
    };
    let acting = access::Acting { grant: core_grant(), until: 3 };
    let why = AccessEnd::ActorDisabled;
    let core = access::DelegatedState::Ended { acting, why, at: 4, unsent: vec![unsent] };
    let unsent = UnsentAct {
        subject: person(1),
        maker: "lumen".into(),
        serial: "LX4-00017".into(),
        model: "LX-4".into(),
        section: DeviceSection::Energy,
        name: "Gate".into(),
        at: at(2),
    };
    let acting = Acting { grant: grant(), usable: vec![Permission::DeviceAdd], until: at(3) };
    let expected = DelegatedState::Ended { acting, why, at: at(4), unsent: vec![unsent] };
    assert_eq!(DelegatedState::from(core), expected);
}

#[test]
fn handoff_keeps_what_is_confirmed() {
    let instead_of = Some(access::Acting { grant: core_grant(), until: 3 });
    let core = handoff::HandoffState::Confirm { grant: core_grant(), until: 2, instead_of };
    let instead_of = Some(Acting { grant: grant(), usable: vec![Permission::DeviceAdd], until: at(3) });
    let expected = HandoffState::Confirm { grant: grant(), until: at(2), instead_of };
    assert_eq!(HandoffState::from(core), expected);
}

#[test]
fn wish_keeps_its_fields() {
    let wish = AccessWish {
        site: Some(id(1)),
        device: Some(id(2)),
        permissions: vec![Permission::SiteChange],
        lasts: Duration::from_secs(u64::MAX),
        comment: "Why".into(),
    };
    let expected = access::AccessWish {
        site: Some(id(1)),
        device: Some(id(2)),
        permissions: vec![words::Permission::SiteChange],
        lasts: u32::MAX,
        comment: "Why".into(),
    };
    assert_eq!(access::AccessWish::from(wish), expected);
}

fn core_customer() -> words::Customer {
    words::Customer {
        id: id(1),
        organization: id(2),
        email: "kim@example.org".into(),
        given_name: "Kim".into(),
        family_name: "Lee".into(),
        state: words::CustomerState::Refused,
        pending: Some(id(3)),
        asked: Some(words::RequestState::Declined),
        grant: Some(id(4)),
        until: Some(5),
    }
}

fn customer() -> Customer {
    Customer {
        id: id(1),
        organization: id(2),
        email: "kim@example.org".into(),
        given_name: "Kim".into(),
        family_name: "Lee".into(),
        state: CustomerState::Refused,
        pending: Some(id(3)),
        asked: Some(RequestState::Declined),
        grant: Some(id(4)),
        until: Some(at(5)),
    }
}

fn core_offer() -> words::CustomerOffer {
    let device =
        words::OfferedDevice { name: "Gate".into(), section: words::Section::Alarm, site: "Barn".into() };
    let company = words::Company { id: id(3), name: "Bright Solar".into() };
    let shown = words::Base64Url(b"shown".to_vec());
    words::CustomerOffer { id: id(1), company, sites: vec!["Barn".into()], devices: vec![device], shown }
}

fn offer() -> CustomerOffer {
    let device = OfferedDevice { name: "Gate".into(), section: DeviceSection::Alarm, site: "Barn".into() };
    let company = Company { id: id(3), name: "Bright Solar".into() };
    let shown = "c2hvd24".into();
    CustomerOffer { id: id(1), company, sites: vec!["Barn".into()], devices: vec![device], shown }
}

#[test]
fn customer_and_offer_keep_their_fields() {
    assert_eq!(Customer::from(core_customer()), customer());
    assert_eq!(CustomerOffer::from(core_offer()), offer());
}

fn core_act() -> words::Act {
    words::Act {
        id: id(1),
        at: 2,
        what: "device.added".into(),
        actor: Some(core_person(3)),
        company: Some(words::Company { id: id(4), name: "Bright Solar".into() }),
        grant: Some(id(5)),
        site: Some(id(6)),
        name: Some("Gate".into()),
        about: Some(words::About {
            company: words::Company { id: id(7), name: "Dim Solar".into() },
            person: Some(core_person(8)),
        }),
    }
}

fn act() -> Act {
    Act {
        id: id(1),
        at: at(2),
        what: "device.added".into(),
        actor: Some(person(3)),
        company: Some(Company { id: id(4), name: "Bright Solar".into() }),
        grant: Some(id(5)),
        site: Some(id(6)),
        name: Some("Gate".into()),
        about: Some(ActAbout {
            company: Company { id: id(7), name: "Dim Solar".into() },
            person: Some(person(8)),
        }),
    }
}

#[test]
fn act_keeps_its_fields() {
    assert_eq!(Act::from(core_act()), act());
}

const PARTNER: OrganizationKind = OrganizationKind::Partner;
const VIEWER: OrganizationRole = OrganizationRole::Viewer;

fn core_membership() -> words::Membership {
    words::Membership { organization: id(1), name: "Bright Solar".into(), kind: PARTNER, role: VIEWER }
}

fn membership() -> Membership {
    Membership { organization: id(1), name: "Bright Solar".into(), kind: PARTNER, role: VIEWER }
}

#[test]
fn membership_keeps_its_fields() {
    assert_eq!(Membership::from(core_membership()), membership());
}

/// Where a list begins, how long it is, when it was true, and what comes: each another value.
fn core_window<T>(items: Vec<T>) -> porchlight_core::Window<T> {
    porchlight_core::Window {
        offset: 1,
        items,
        total: 2,
        as_of: Some(3),
        connection: Connection::Unreachable,
    }
}

/// Asserts all of it but the items.
macro_rules! keeps_its_fields {
    ($window:ident, $core:expr, $item:expr) => {
        let expected = $window {
            offset: 1,
            items: vec![$item],
            total: 2,
            as_of: Some(at(3)),
            connection: Connection::Unreachable,
        };
        assert_eq!($window::from(core_window(vec![$core])), expected);
    };
}

#[test]
fn windows_keep_their_fields() {
    keeps_its_fields!(RequestWindow, core_request(), request());
    keeps_its_fields!(GrantWindow, core_grant(), grant());
    keeps_its_fields!(CustomerWindow, core_customer(), customer());
    keeps_its_fields!(OfferWindow, core_offer(), offer());
    keeps_its_fields!(MembershipWindow, core_membership(), membership());
}

#[test]
fn page_of_acts_keeps_its_fields() {
    let page = words::HistoryResponse { acts: vec![core_act()], next: Some(id(7)) };
    assert_eq!(ActPage::from(page), ActPage { acts: vec![act()], next: Some(id(7)) });
}

#[test]
fn choices_keep_their_fields() {
    let (permission, ticked, needed) = (words::Permission::DeviceAdd, true, false);
    let choice = access::PermissionChoice { permission, ticked, needed };
    let core = access::AccessChoices { lasts: vec![3_600, 86_400], permissions: vec![choice] };
    let lasts = vec![Duration::from_secs(3_600), Duration::from_secs(86_400)];
    let choice = PermissionChoice { permission, ticked, needed };
    assert_eq!(AccessChoices::from(core), AccessChoices { lasts, permissions: vec![choice] });
    let core = access::PermissionChoice { permission, ticked: false, needed: true };
    let choices = AccessChoices::from(access::AccessChoices { lasts: vec![], permissions: vec![core] });
    assert_eq!(choices.permissions, [PermissionChoice { permission, ticked: false, needed: true }]);
}

#[test]
fn places_keep_their_fields() {
    let core = words::CustomerPlaces {
        sites: vec![words::PlaceSite { id: id(1), name: "Barn".into() }],
        devices: vec![words::PlaceDevice { id: id(2), name: "Gate".into(), site: id(3) }],
    };
    let expected = CustomerPlaces {
        sites: vec![PlaceSite { id: id(1), name: "Barn".into() }],
        devices: vec![PlaceDevice { id: id(2), name: "Gate".into(), site: id(3) }],
    };
    assert_eq!(CustomerPlaces::from(core), expected);
}
