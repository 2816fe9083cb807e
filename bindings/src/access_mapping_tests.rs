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

#[test]
fn request_keeps_its_fields() {
    let core = words::AuthorizationRequest {
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
    };
    let expected = AccessRequest {
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
    };
    assert_eq!(AccessRequest::from(core), expected);
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
    let acting = Acting { grant: grant(), until: at(3) };
    let expected = DelegatedState::Ended { acting, why, at: at(4), unsent: vec![unsent] };
    assert_eq!(DelegatedState::from(core), expected);
}

#[test]
fn handoff_keeps_what_is_confirmed() {
    let instead_of = Some(access::Acting { grant: core_grant(), until: 3 });
    let core = handoff::HandoffState::Confirm { grant: core_grant(), instead_of };
    let instead_of = Some(Acting { grant: grant(), until: at(3) });
    assert_eq!(HandoffState::from(core), HandoffState::Confirm { grant: grant(), instead_of });
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

#[test]
fn customer_and_offer_keep_their_fields() {
    let core = words::Customer {
        id: id(1),
        organization: id(2),
        email: "kim@example.org".into(),
        given_name: "Kim".into(),
        family_name: "Lee".into(),
        state: words::CustomerState::Refused,
        pending: Some(id(3)),
        grant: Some(id(4)),
        until: Some(5),
    };
    let expected = Customer {
        id: id(1),
        organization: id(2),
        email: "kim@example.org".into(),
        given_name: "Kim".into(),
        family_name: "Lee".into(),
        state: CustomerState::Refused,
        pending: Some(id(3)),
        grant: Some(id(4)),
        until: Some(at(5)),
    };
    assert_eq!(Customer::from(core), expected);
    let device =
        words::OfferedDevice { name: "Gate".into(), section: words::Section::Alarm, site: "Barn".into() };
    let company = words::Company { id: id(3), name: "Bright Solar".into() };
    let core = words::CustomerOffer { id: id(1), company, devices: vec![device] };
    let device = OfferedDevice { name: "Gate".into(), section: DeviceSection::Alarm, site: "Barn".into() };
    let company = Company { id: id(3), name: "Bright Solar".into() };
    assert_eq!(CustomerOffer::from(core), CustomerOffer { id: id(1), company, devices: vec![device] });
}

#[test]
fn act_keeps_its_fields() {
    let core = words::Act {
        id: id(1),
        at: 2,
        what: "device.added".into(),
        actor: Some(core_person(3)),
        company: Some(words::Company { id: id(4), name: "Bright Solar".into() }),
        grant: Some(id(5)),
        site: Some(id(6)),
        name: Some("Gate".into()),
    };
    let expected = Act {
        id: id(1),
        at: at(2),
        what: "device.added".into(),
        actor: Some(person(3)),
        company: Some(Company { id: id(4), name: "Bright Solar".into() }),
        grant: Some(id(5)),
        site: Some(id(6)),
        name: Some("Gate".into()),
    };
    assert_eq!(Act::from(core), expected);
}

#[test]
fn membership_keeps_its_fields() {
    let (kind, role) = (OrganizationKind::Partner, OrganizationRole::Viewer);
    let core = words::Membership { organization: id(1), name: "Bright Solar".into(), kind, role };
    let expected = Membership { organization: id(1), name: "Bright Solar".into(), kind, role };
    assert_eq!(Membership::from(core), expected);
}
