//! Whether what a phone sends for a claim is what it must be, before anything is read or written.

use crate::problem::Refusal;
use crate::{clock, text};
use porchlight_protocol::add_device::{
    ClaimRequest, ClaimTerms, FirstPasswordRequest, Presence, ProofRequest,
};
use porchlight_protocol::devices::Section;
use porchlight_protocol::lengths::{
    KE1_BYTES, KE3_BYTES, RECORD_BYTES, REGISTRATION_REQUEST_BYTES, SEALED_RECORD_BYTES,
};

/// Checks a claim's request; its name is normalised.
pub(super) fn check_request(request: &ClaimRequest) -> Result<ClaimTerms, Refusal> {
    let terms = &request.terms;
    let name = text::check_name("terms.name", &terms.name)?;
    if terms.section == Section::Unknown {
        return Err(Refusal::field("terms.section"));
    }
    if !clock::zone_exists(&terms.time_zone) {
        return Err(Refusal::field("terms.time_zone"));
    }
    let opening = match terms.presence {
        Presence::Password | Presence::ClaimCode => KE1_BYTES,
        Presence::Button => REGISTRATION_REQUEST_BYTES,
        Presence::Unknown => return Err(Refusal::field("terms.presence")),
    };
    if request.opening.0.len() != opening {
        return Err(Refusal::field("opening"));
    }
    if request.attempt == 0 {
        return Err(Refusal::field("attempt"));
    }
    Ok(ClaimTerms { name, ..terms.clone() })
}

/// Checks the shape of a proof.
pub(super) fn check_proof(presence: Presence, request: &ProofRequest) -> Result<(), Refusal> {
    if request.ke3.0.len() != KE3_BYTES {
        return Err(Refusal::field("ke3"));
    }
    let registration = request.registration_request.as_ref().map(|bytes| bytes.0.len());
    let expected = (presence == Presence::ClaimCode).then_some(REGISTRATION_REQUEST_BYTES);
    if registration == expected { Ok(()) } else { Err(Refusal::field("registration_request")) }
}

/// Checks the shape of a first password's record.
pub(super) fn check_record(presence: Presence, request: &FirstPasswordRequest) -> Result<(), Refusal> {
    let expected = if presence == Presence::Button { RECORD_BYTES } else { SEALED_RECORD_BYTES };
    if request.record.0.len() == expected { Ok(()) } else { Err(Refusal::field("record")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use porchlight_protocol::{Base64Url, SiteId};

    fn request() -> ClaimRequest {
        ClaimRequest {
            terms: ClaimTerms {
                maker: "acme".parse().unwrap(),
                serial: "AB-12".parse().unwrap(),
                model: "CAM".parse().unwrap(),
                section: Section::Video,
                site: SiteId::mint(),
                name: " Gate ".to_owned(),
                time_zone: "Europe/Berlin".to_owned(),
                daylight_saving: true,
                presence: Presence::Password,
            },
            attempt: 1,
            opening: Base64Url(vec![1; KE1_BYTES]),
        }
    }

    #[test]
    fn name_is_normalised() {
        assert_eq!(check_request(&request()).unwrap().name, "Gate");
    }

    #[test]
    fn each_wrong_field_is_named() {
        type Change = fn(&mut ClaimRequest);
        let wrong: [(&str, Change); 8] = [
            ("terms.name", |r| r.terms.name = "  ".to_owned()),
            ("terms.name", |r| r.terms.name = "a\u{202e}b".to_owned()),
            ("terms.section", |r| r.terms.section = Section::Unknown),
            ("terms.time_zone", |r| r.terms.time_zone = "Europe/Atlantis".to_owned()),
            ("terms.presence", |r| r.terms.presence = Presence::Unknown),
            ("opening", |r| r.opening.0.truncate(95)),
            ("opening", |r| r.terms.presence = Presence::Button),
            ("attempt", |r| r.attempt = 0),
        ];
        for (field, change) in wrong {
            let mut request = request();
            change(&mut request);
            let refusal = check_request(&request).unwrap_err();
            assert_eq!(refusal.problem.field.as_deref(), Some(field));
        }
    }

    #[test]
    fn registration_comes_with_the_claim_code_only() {
        let proof = |registration: Option<usize>| ProofRequest {
            attempt: 1,
            ke3: Base64Url(vec![1; KE3_BYTES]),
            registration_request: registration.map(|length| Base64Url(vec![1; length])),
        };
        assert!(check_proof(Presence::Password, &proof(None)).is_ok());
        assert!(check_proof(Presence::Password, &proof(Some(32))).is_err());
        assert!(check_proof(Presence::ClaimCode, &proof(Some(32))).is_ok());
        assert!(check_proof(Presence::ClaimCode, &proof(Some(31))).is_err());
        assert!(check_proof(Presence::ClaimCode, &proof(None)).is_err());
    }
}
