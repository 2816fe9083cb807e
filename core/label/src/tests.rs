//! The reader as a whole.

use crate::*;
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

fn label(claim_code: bool) -> PrintedLabel {
    PrintedLabel {
        serial: "LX4-0000123".into(),
        model: "LX-4".into(),
        fingerprint: Fingerprint::of_public_key(&[4; 65]),
        claim_code: claim_code.then(|| ClaimCode::from_bytes([7, 1, 2, 3, 4, 5, 6, 7, 8, 9])),
    }
}

fn text(label: &PrintedLabel) -> String {
    label.to_text().expose_secret().to_owned()
}

#[test]
fn each_family_is_told_from_the_others() {
    let cases = [
        (text(&label(true)), Family::Porchlight, Some("LX4-0000123")),
        (
            "{SN:2J021B3PAK00120,DT:IPC-HFW1120SP-W-0280B,RC:564897}".into(),
            Family::Dahua,
            Some("2J021B3PAK00120"),
        ),
        ("2M047C9PAN00005:DHI-ARD1611-W:PJ0V46".into(), Family::Dahua, Some("2M047C9PAN00005")),
        ("IPC-HFW1120SP,2J021B3PAK00120".into(), Family::Dahua, Some("2J021B3PAK00120")),
        ("https://example.com/p?DT=X&SN=2J021B3PAK00120".into(), Family::Dahua, Some("2J021B3PAK00120")),
        ("{sn：2J021B3PAK00120,dt：X1}".into(), Family::Dahua, Some("2J021B3PAK00120")),
        ("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9".into(), Family::Guid, None),
        ("0A1B2C3D4E5F60718293A4B5C6D7E8F9".into(), Family::Guid, None),
        ("00:1a:2b:3c:4d:5e".into(), Family::Mac, None),
        ("001A.2B3C.4D5E".into(), Family::Mac, None),
        ("001A2B3C4D5E".into(), Family::Mac, Some("001A2B3C4D5E")),
        ("456654855".into(), Family::PlainSerial, Some("456654855")),
        ("cam-0001".into(), Family::PlainSerial, Some("CAM-0001")),
    ];
    for (text, family, serial) in cases {
        let reading = read(&text);
        assert_eq!((reading.family, reading.serial.as_deref()), (Some(family), serial), "{text}");
        assert!(!reading.findings.iter().any(Finding::is_grave), "{text}: {:?}", reading.findings);
    }
}

#[test]
fn own_label_gives_all_it_holds_and_hides_its_claim_code() {
    let reading = read(&text(&label(true)));
    assert!(reading.is_complete() && reading.findings.is_empty(), "{reading:?}");
    assert_eq!(reading.model.as_deref(), Some("LX-4"));
    assert_eq!(reading.fingerprint, Some(Fingerprint::of_public_key(&[4; 65])));
    let code = reading.claim_code.clone().expect("the label has one");
    assert_eq!(reading.secrets[0].kind, SecretKind::ClaimCode);
    assert!(!format!("{reading:?}").contains(code.secret().expose_secret()), "the secret is printed");
    assert!(read(&text(&label(false))).claim_code.is_none());
}

#[test]
fn what_printing_and_scanning_add_is_said_and_left_out() {
    let reading = read(&format!("\u{feff} {}\r\n", text(&label(true))));
    assert_eq!(reading.findings, [Finding::SpaceAround]);
    assert!(reading.is_complete());
    assert_eq!(read("456654\n855").findings, [Finding::LineBreak]);
    assert_eq!(read("４５６６").findings, [Finding::FullWidth]);
    assert_eq!(read_serial("2m04 7c9p").findings, [Finding::SpaceWithin, Finding::LowerCase]);
}

#[test]
fn text_that_is_no_label_says_what_it_is() {
    let host = |host: &str| Finding::WebAddress { host: host.into() };
    let cases = [
        ("", Finding::Empty),
        (" \n", Finding::Empty),
        ("https://Example.com/a?b=c", host("example.com")),
        ("HTTPS://user@porchlight.example:443\\@evil", host("porchlight.example")),
        ("http://müller.example/", host("xn--mller-kva.example")),
        ("Ünlesbar", Finding::NotAscii { character: 'Ü' }),
        ("WIFI:S:home;T:WPA;P:secret;;", Finding::NotALabel),
        ("ab", Finding::TooShort),
        ("----", Finding::NotALabel),
        ("PL1:LX4", Finding::Missing(Field::Model)),
    ];
    for (text, finding) in cases {
        assert!(read(text).findings.contains(&finding), "{text}: {:?}", read(text));
        assert!(!read(text).is_complete(), "{text}");
    }
    assert_eq!(read(&"A".repeat(513)).findings, [Finding::TooLong]);
    assert_eq!(read(&"ä".repeat(3000)).findings, [Finding::TooLong]);
    assert_eq!(read("{SN:,DT:X}").findings, [Finding::Missing(Field::Serial)]);
}

#[test]
fn number_from_a_web_address_says_whose_address_it_is() {
    let reading = read("https://Shop.müller.example/x?ref=1&SN=2M047C90AN00005#top");
    assert_eq!(reading.serial.as_deref(), Some("2M047C90AN00005"));
    let host = Finding::FromWebAddress { host: "shop.xn--mller-kva.example".into() };
    assert_eq!(reading.findings, std::slice::from_ref(&host));
    assert!(reading.is_complete(), "worth knowing, not wrong");
    let escaped = read("https://shop.xn--mller-kva.example/?sn=2M047C9%30AN00005");
    assert_eq!(
        (escaped.serial.as_deref(), &escaped.findings[..]),
        (Some("2M047C90AN00005"), &[host.clone()][..])
    );
    let repaired = read("https://shop.müller.example/?sn=2M047C9OAN00005");
    assert_eq!(repaired.repairs[0].reading.findings, [host]);
    assert!(!read("https://shop.example/?sn=%ff%fe").is_complete());
}

#[test]
fn typed_serial_with_look_alikes_is_asked_about_and_not_changed() {
    let reading = read_serial("2M047C9OAN00005");
    assert_eq!(reading.serial.as_deref(), Some("2M047C9OAN00005"));
    assert_eq!(reading.findings, [Finding::LookAlike]);
    assert_eq!(reading.repairs[0].serial, "2M047C90AN00005");
    assert_eq!(reading.repairs[0].changed, [7]);
    assert!(read_serial("2M047C9PAN00005").repairs.is_empty());
}

#[test]
fn typed_serial_says_which_character_is_foreign() {
    assert_eq!(read_serial("AB/12").findings, [Finding::ForeignCharacter { character: '/' }]);
    assert_eq!(read_serial("ABÇ12").findings, [Finding::NotAscii { character: 'Ç' }]);
    assert_eq!(read_serial(&"A".repeat(33)).findings, [Finding::TooLong]);
    // Cyrillic А looks like A: refused, not read.
    assert!(read_serial("САМ-0001").serial.is_none());
}

#[test]
fn safety_code_taken_from_the_serial_is_no_secret() {
    let reading = read("{SN:2J021B3PAK00120,DT:X,SC:K00120}");
    assert_eq!(reading.findings, [Finding::SecretFromSerial]);
    assert_eq!(reading.secrets[0].kind, SecretKind::SafetyCode);
    assert!(!format!("{:?}", reading.secrets).contains("K00120"));
}

#[test]
fn own_label_in_small_letters_is_repaired_by_its_check() {
    let printed = text(&label(true));
    let reading = read(&printed.to_ascii_lowercase());
    assert!(!reading.is_complete());
    assert_eq!(reading.repairs.len(), 1);
    assert_eq!(reading.repairs[0].serial, "LX4-0000123");
    assert!(reading.repairs[0].reading.is_complete());
}

#[test]
fn claim_code_is_read_as_people_type_it() {
    let code = label(true).claim_code.expect("there is one");
    let text = code.secret().expose_secret();
    let typed = format!("{}-{} {}", &text[..4].to_lowercase(), &text[4..8], &text[8..]);
    let read = ClaimCode::from_text(&typed).expect("it is whole");
    assert_eq!(read.secret().expose_secret(), text);
    assert!(ClaimCode::from_text("0123").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let reading = read_bytes(&bytes);
        prop_assert!(!reading.is_complete() || reading.serial.is_some());
    }

    #[test]
    fn any_text_of_label_letters_is_read_without_a_panic(text in "[ -~：\u{e9}\n]{0,600}", own in any::<bool>()) {
        let text = if own { format!("PL1:{text}") } else { text };
        for reading in [read(&text), read_serial(&text)] {
            if let Some(serial) = &reading.serial {
                prop_assert!(serial::is_serial(serial), "{}", serial);
            }
        }
    }

    #[test]
    fn own_label_comes_back_as_it_was_printed(
        serial in "[A-Z0-9][A-Z0-9-]{3,31}",
        model in "[!-9;-~]{1,40}",
        key in proptest::collection::vec(any::<u8>(), 65),
        code in proptest::option::of(any::<[u8; 10]>()),
    ) {
        let printed = PrintedLabel {
            serial: serial.clone(),
            model: model.clone(),
            fingerprint: Fingerprint::of_public_key(&key),
            claim_code: code.map(ClaimCode::from_bytes),
        };
        let reading = read(&text(&printed));
        prop_assert!(reading.is_complete(), "{:?}", reading);
        prop_assert_eq!(reading.serial, Some(serial));
        prop_assert_eq!(reading.model, Some(model));
        prop_assert_eq!(reading.fingerprint, Some(printed.fingerprint));
        prop_assert_eq!(reading.claim_code.is_some(), code.is_some());
    }

    #[test]
    fn one_wrong_character_in_an_own_label_never_passes(at in 4_usize..60, letter in "[!-~]") {
        let printed = text(&label(true));
        let at = at % printed.len();
        prop_assume!(printed.get(at..=at) != Some(letter.as_str()));
        let mut wrong = printed.clone();
        wrong.replace_range(at..=at, &letter);
        let reading = read(&wrong);
        prop_assert!(!reading.is_complete() || reading.family != Some(Family::Porchlight), "{}", wrong);
        // What is offered instead satisfies the check, and so is what was printed.
        for repair in &reading.repairs {
            prop_assert_eq!(&repair.serial, "LX4-0000123");
        }
    }

    #[test]
    fn look_alike_in_an_own_label_is_repaired(at in 4_usize..60) {
        let printed = text(&label(true));
        let at = at % printed.len();
        let before = printed.as_bytes()[at] as char;
        let Some(other) = look_alike::others(before).next() else { return Ok(()) };
        let mut wrong = printed.clone();
        wrong.replace_range(at..=at, &other.to_string());
        let reading = read(&wrong);
        prop_assert!(reading.repairs.iter().any(|repair| repair.serial == "LX4-0000123"), "{}", wrong);
    }
}
