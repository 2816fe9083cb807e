//! The claim's ways, one by one; then any events in any order.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn bytes(length: usize) -> Base64Url {
    Base64Url(vec![7; length])
}

fn answer() -> RegistrationAnswer {
    RegistrationAnswer { response: bytes(64), signature: bytes(64) }
}

fn challenge(presence: Presence) -> Challenge {
    let button = presence == Presence::Button;
    Challenge {
        device_key: bytes(65),
        ke2: (!button).then(|| bytes(KE2_BYTES)),
        registration: button.then(answer),
        tries_left: Some(5),
    }
}

fn device(number: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(number))
}

fn requested(presence: Presence) -> ClaimProgress {
    ClaimProgress { attempt: 1, presence, state: ClaimState::Requested, bind_attempt: None }
}

/// Takes each step, which must be legal, and returns the last one's effects.
fn walk(claim: &mut ClaimProgress, events: Vec<ClaimEvent>) -> Vec<ClaimEffect> {
    let mut last = Vec::new();
    for event in events {
        let said = format!("{event:?} in {:?}", claim.state);
        (*claim, last) = transition(claim, event).expect(&said);
    }
    last
}

fn challenged(presence: Presence) -> ClaimEvent {
    ClaimEvent::Challenged { attempt: 1, challenge: challenge(presence) }
}

fn proven(owner: Owner) -> ClaimEvent {
    ClaimEvent::Proven { attempt: 1, registration: Some(answer()), owner }
}

fn bound(owner: Owner) -> ClaimEvent {
    ClaimEvent::Bound { attempt: 1, owner, device: device(1) }
}

#[test]
fn device_password_leads_to_an_owned_device() {
    let mut claim = requested(Presence::Password);
    assert_eq!(walk(&mut claim, vec![challenged(Presence::Password)]), []);
    assert_eq!(walk(&mut claim, vec![ClaimEvent::ProofGiven { attempt: 1 }]), [ClaimEffect::PassProof]);
    assert_eq!(walk(&mut claim, vec![proven(Owner::Nobody)]), [ClaimEffect::Bind]);
    assert_eq!(walk(&mut claim, vec![bound(Owner::Nobody)]), [ClaimEffect::MakeDevice(device(1))]);
    assert_eq!(claim.state, ClaimState::Owned { device: device(1) });
}

#[test]
fn claim_code_waits_for_the_first_password_before_it_binds() {
    let mut claim = requested(Presence::ClaimCode);
    let steps =
        vec![challenged(Presence::ClaimCode), ClaimEvent::ProofGiven { attempt: 1 }, proven(Owner::Nobody)];
    assert_eq!(walk(&mut claim, steps), []);
    assert!(transition(&claim, bound(Owner::Nobody)).is_err(), "nobody told it to bind itself");
    let first_password = ClaimEvent::FirstPasswordGiven { attempt: 1, owner: Owner::Nobody };
    assert_eq!(walk(&mut claim, vec![first_password.clone()]), [ClaimEffect::Bind]);
    assert!(transition(&claim, first_password).is_err(), "a second record would replace the first");
    walk(&mut claim, vec![bound(Owner::Nobody)]);
    assert!(matches!(claim.state, ClaimState::Owned { .. }));
}

#[test]
fn button_needs_no_log_in_but_a_record() {
    let mut claim = requested(Presence::Button);
    walk(&mut claim, vec![challenged(Presence::Button)]);
    assert!(transition(&claim, ClaimEvent::ProofGiven { attempt: 1 }).is_err());
    assert!(transition(&claim, proven(Owner::Nobody)).is_err());
    let first_password = ClaimEvent::FirstPasswordGiven { attempt: 1, owner: Owner::Nobody };
    assert_eq!(walk(&mut claim, vec![first_password]), [ClaimEffect::Bind]);
    walk(&mut claim, vec![bound(Owner::Nobody)]);
    assert!(matches!(claim.state, ClaimState::Owned { .. }));
}

#[test]
fn good_proof_of_somebody_elses_device_is_told_to_both() {
    let mut claim = requested(Presence::Password);
    let effects = walk(&mut claim, vec![challenged(Presence::Password), proven(Owner::AnotherAccount)]);
    assert_eq!(effects, [ClaimEffect::TellOwner]);
    assert_eq!(claim.state, ClaimState::Failed { reason: ClaimFailure::BelongsToAnother });
}

#[test]
fn good_proof_of_ones_own_device_names_it() {
    let mut claim = requested(Presence::Password);
    walk(&mut claim, vec![challenged(Presence::Password), proven(Owner::SameAccount(device(9)))]);
    let reason = ClaimFailure::AlreadyYours { device: device(9) };
    assert_eq!(claim.state, ClaimState::Failed { reason });
}

#[test]
fn wrong_password_reads_the_same_whoever_owns_the_device_and_its_owner_hears_of_it() {
    let mut claim = requested(Presence::Password);
    let withdrawn = ClaimEvent::Withdrawn { reason: WithdrawReason::WrongPassword };
    assert_eq!(walk(&mut claim, vec![challenged(Presence::Password), withdrawn]), [ClaimEffect::TellOwner]);
    assert_eq!(claim.state, ClaimState::Failed { reason: ClaimFailure::WrongPassword });
}

#[test]
fn unanswered_claim_counts_however_it_ends() {
    for end in [
        ClaimEvent::TimeRanOut,
        ClaimEvent::Withdrawn { reason: WithdrawReason::GivenUp },
        ClaimEvent::Withdrawn { reason: WithdrawReason::WrongDeviceKey },
    ] {
        let mut claim = requested(Presence::Password);
        assert_eq!(walk(&mut claim, vec![end]), [ClaimEffect::CountUnanswered]);
    }
    let mut claim = requested(Presence::Password);
    let refused =
        ClaimEvent::Refused { attempt: 1, reason: RefusalReason::TooManyTries, retry_after: Some(60) };
    assert_eq!(walk(&mut claim, vec![refused]), [], "the device answered");
    assert_eq!(claim.state, ClaimState::Failed { reason: ClaimFailure::TooManyTries { retry_after: 60 } });
}

#[test]
fn late_confirmation_of_an_expired_claim_still_makes_the_device_owned() {
    let mut claim = requested(Presence::Password);
    walk(&mut claim, vec![challenged(Presence::Password), proven(Owner::Nobody), ClaimEvent::TimeRanOut]);
    assert_eq!(claim.state, ClaimState::Expired);
    let mut lost = claim.clone();
    walk(&mut claim, vec![bound(Owner::Nobody)]);
    assert!(matches!(claim.state, ClaimState::Owned { .. }));
    assert_eq!(
        walk(&mut lost, vec![bound(Owner::AnotherAccount)]),
        [ClaimEffect::TellOwner, ClaimEffect::NoteHolder]
    );
}

#[test]
fn claim_that_expired_unproven_is_not_owned_by_a_confirmation() {
    let mut claim = requested(Presence::Password);
    walk(&mut claim, vec![challenged(Presence::Password), ClaimEvent::TimeRanOut]);
    assert!(transition(&claim, bound(Owner::Nobody)).is_err());
}

#[test]
fn confirmation_of_an_earlier_attempt_counts_if_the_device_was_told_to_bind_in_it() {
    let mut claim = requested(Presence::Password);
    walk(
        &mut claim,
        vec![challenged(Presence::Password), proven(Owner::Nobody), ClaimEvent::Reopened { attempt: 2 }],
    );
    assert_eq!(claim.state, ClaimState::Requested);
    let mut other = claim.clone();
    walk(&mut claim, vec![bound(Owner::Nobody)]);
    assert!(matches!(claim.state, ClaimState::Owned { .. }));
    // Once the device was told again, only the later one counts.
    walk(
        &mut other,
        vec![
            ClaimEvent::Challenged { attempt: 2, challenge: challenge(Presence::Password) },
            ClaimEvent::Proven { attempt: 2, registration: None, owner: Owner::Nobody },
        ],
    );
    assert!(transition(&other, bound(Owner::Nobody)).is_err());
}

#[test]
fn device_that_holds_a_claim_that_came_to_nothing_is_told_to_forget() {
    let mut claim = requested(Presence::Password);
    walk(
        &mut claim,
        vec![
            challenged(Presence::Password),
            proven(Owner::Nobody),
            ClaimEvent::Withdrawn { reason: WithdrawReason::GivenUp },
        ],
    );
    assert_eq!(walk(&mut claim.clone(), vec![bound(Owner::Nobody)]), [ClaimEffect::Release]);
    assert_eq!(walk(&mut claim, vec![bound(Owner::AnotherAccount)]), [ClaimEffect::NoteHolder]);
}

#[test]
fn device_that_lost_the_exchange_lets_the_phone_start_again() {
    let mut claim = requested(Presence::Password);
    let lost = ClaimEvent::Refused { attempt: 1, reason: RefusalReason::NotUnderstood, retry_after: None };
    let mut first = claim.clone();
    walk(&mut first, vec![lost.clone()]);
    assert_eq!(first.state, ClaimState::Failed { reason: ClaimFailure::DeviceFault });
    walk(&mut claim, vec![challenged(Presence::Password), lost]);
    assert_eq!(claim.state, ClaimState::Expired);
    let again = walk(&mut claim, vec![ClaimEvent::Reopened { attempt: 2 }]);
    assert_eq!(again, [ClaimEffect::AskDevice]);
}

#[test]
fn challenge_of_the_wrong_shape_is_a_fault_of_the_device() {
    for (presence, wrong) in [
        (Presence::Password, challenge(Presence::Button)),
        (Presence::Button, challenge(Presence::Password)),
        (Presence::Password, Challenge { ke2: Some(bytes(319)), ..challenge(Presence::Password) }),
        (Presence::Password, Challenge { ke2: None, ..challenge(Presence::Password) }),
    ] {
        let mut claim = requested(presence);
        walk(&mut claim, vec![ClaimEvent::Challenged { attempt: 1, challenge: wrong }]);
        assert_eq!(claim.state, ClaimState::Failed { reason: ClaimFailure::DeviceFault });
    }
}

fn any_owner() -> impl Strategy<Value = Owner> {
    prop_oneof![
        3 => Just(Owner::Nobody),
        1 => Just(Owner::AnotherAccount),
        1 => Just(Owner::SameAccount(device(9)))
    ]
}

fn any_event() -> impl Strategy<Value = ClaimEvent> {
    let attempt = || 1_u32..4;
    let presence = prop_oneof![Just(Presence::Password), Just(Presence::Button)];
    let reason = prop_oneof![
        Just(RefusalReason::TooManyTries),
        Just(RefusalReason::ProofRefused),
        Just(RefusalReason::NotUnderstood),
        Just(RefusalReason::Unknown)
    ];
    prop_oneof![
        4 => attempt().prop_map(|attempt| ClaimEvent::Reopened { attempt }),
        8 => (attempt(), presence).prop_map(|(attempt, presence)| ClaimEvent::Challenged {
            attempt,
            challenge: challenge(presence)
        }),
        4 => attempt().prop_map(|attempt| ClaimEvent::ProofGiven { attempt }),
        8 => (attempt(), any_owner(), any::<bool>()).prop_map(|(attempt, owner, with)| ClaimEvent::Proven {
            attempt,
            registration: with.then(answer),
            owner
        }),
        6 => (attempt(), any_owner())
            .prop_map(|(attempt, owner)| ClaimEvent::FirstPasswordGiven { attempt, owner }),
        6 => (attempt(), any_owner())
            .prop_map(|(attempt, owner)| ClaimEvent::Bound { attempt, owner, device: device(1) }),
        1 => (attempt(), reason)
            .prop_map(|(attempt, reason)| ClaimEvent::Refused { attempt, reason, retry_after: None }),
        1 => Just(ClaimEvent::Withdrawn { reason: WithdrawReason::GivenUp }),
        1 => Just(ClaimEvent::NotAllowed),
        2 => Just(ClaimEvent::TimeRanOut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_happens_a_device_is_made_once_and_only_after_a_proof_in_the_same_attempt(
        presence in prop_oneof![
            Just(Presence::Password), Just(Presence::ClaimCode), Just(Presence::Button)
        ],
        events in prop::collection::vec(any_event(), 0..40),
    ) {
        let mut claim = requested(presence);
        let mut made = 0;
        // Attempts in which the device was told to bind itself while nobody owned it.
        let mut told: Vec<u32> = Vec::new();
        for event in events {
            let Ok((next, effects)) = transition(&claim, event.clone()) else { continue };
            let was_final = matches!(claim.state, ClaimState::Owned { .. } | ClaimState::Failed { .. });
            prop_assert!(!was_final || next == claim, "{:?} left {:?}", event, claim.state);
            prop_assert!(next.attempt >= claim.attempt);
            prop_assert_eq!(next.presence, claim.presence);
            for effect in effects {
                match effect {
                    ClaimEffect::Bind => {
                        prop_assert!(!told.contains(&next.attempt), "told twice in one attempt");
                        told.push(next.attempt);
                    }
                    ClaimEffect::MakeDevice(_) => {
                        made += 1;
                        let ClaimEvent::Bound { attempt, owner, .. } = event else {
                            return Err(TestCaseError::fail("made without a confirmation"));
                        };
                        prop_assert!(told.contains(&attempt));
                        prop_assert_eq!(owner, Owner::Nobody);
                    }
                    ClaimEffect::CountUnanswered => prop_assert_eq!(&claim.state, &ClaimState::Requested),
                    _ => {}
                }
            }
            claim = next;
        }
        prop_assert!(made <= 1);
        prop_assert_eq!(made == 1, matches!(claim.state, ClaimState::Owned { .. }));
    }
}
