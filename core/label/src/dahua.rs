//! Dahua, Imou, Lechange, Luminys.
//!
//! Their labels say the same in four ways:
//!
//! 1. `{SN:2J021B3PAK00120,DT:IPC-HFW1120SP-W-0280B,RC:564897}`: braces, order and some keys may be missing, keys come in
//!    any case; `SC` is the safety code, `RC` the registration code, `NC` a network code;
//! 2. `2M047C9PAN00005:DHI-ARD1611-W:PJ0V46`: serial, model, registration code;
//! 3. `IPC-HFW1120SP,2J021B3PAK00120`: model, serial;
//! 4. a web address with `SN=`.
//!
//! A serial has usually 15 characters: digit, letter, 5 hexadecimal digits, 3 letters or digits, 5 hexadecimal digits. In
//! those we know of there is no O and no I, so look-alikes can be told.

use crate::serial::is_serial;
use crate::web::{host, without_serial};
use crate::{Family, Field, Finding, Identifier, IdentifierKind, LabelSecret, Reading, Repair, SecretKind};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;

const SERIAL_LENGTH: usize = 15;

pub(crate) fn read(text: &str) -> Option<Reading> {
    if let Some(host) = host(text) {
        return read_address(text, host);
    }
    let bare = text.trim_start_matches('{').trim_end_matches('}');
    read_keys(bare).or_else(|| read_columns(bare)).or_else(|| read_pair(bare))
}

/// Whether it is a serial as this family prints them.
pub(crate) fn has_shape(serial: &str) -> bool {
    straighten(serial).is_some_and(|straight| straight == serial)
}

/// The serial with look-alikes put right, if it has the family's shape then.
pub(crate) fn straighten(serial: &str) -> Option<String> {
    if serial.len() != SERIAL_LENGTH || !serial.is_ascii() {
        return None;
    }
    serial
        .chars()
        .enumerate()
        .map(|(at, c)| match at {
            0 => digit(c).filter(char::is_ascii_digit),
            1 => letter(c),
            2..=6 | 10..=14 => digit(c).filter(char::is_ascii_hexdigit),
            _ => Some(digit_for_o_and_i(c)).filter(char::is_ascii_alphanumeric),
        })
        .collect()
}

fn digit_for_o_and_i(character: char) -> char {
    match character {
        'O' => '0',
        'I' => '1',
        other => other,
    }
}

/// A place that holds a digit (or hexadecimal digit): B stays, it is one.
fn digit(character: char) -> Option<char> {
    Some(match character {
        'O' | 'Q' => '0',
        'I' | 'L' => '1',
        'S' => '5',
        'Z' => '2',
        other => other,
    })
}

/// A place that holds a letter.
fn letter(character: char) -> Option<char> {
    let meant = match character {
        '5' => 'S',
        '8' => 'B',
        '2' => 'Z',
        other => other,
    };
    meant.is_ascii_uppercase().then_some(meant)
}

fn read_keys(text: &str) -> Option<Reading> {
    let pairs: Vec<(String, &str)> = text
        .split(',')
        .filter_map(|part| part.split_once(':'))
        .map(|(key, value)| (key.trim().to_ascii_uppercase(), value.trim()))
        .collect();
    let known = |key: &str| matches!(key, "SN" | "DT" | "SC" | "NC" | "RC");
    if !pairs.iter().any(|(key, _)| known(key)) || pairs.len() != text.split(',').count() {
        return None;
    }
    let value = |key: &str| pairs.iter().find(|(k, v)| k == key && !v.is_empty()).map(|(_, v)| *v);
    let Some(serial) = value("SN") else { return Some(without_serial(Family::Dahua)) };
    let secrets = [(SecretKind::SafetyCode, value("SC")), (SecretKind::RegistrationCode, value("RC"))];
    let mut reading = with_serial(serial, value("DT"), secrets);
    if let Some(code) = value("NC") {
        let identifier = Identifier { kind: IdentifierKind::NetworkCode, value: code.to_owned() };
        reading.identifiers.push(identifier);
    }
    Some(reading)
}

/// `serial:model:registration code`. The serial has the family's shape, or this could be anything.
fn read_columns(text: &str) -> Option<Reading> {
    let mut columns = text.split(':').map(str::trim);
    let (serial, model, code) = (columns.next()?, columns.next()?, columns.next()?);
    let fits = columns.next().is_none() && straighten(&serial.to_ascii_uppercase()).is_some();
    let secrets = [(SecretKind::RegistrationCode, Some(code).filter(|code| !code.is_empty()))];
    fits.then(|| with_serial(serial, Some(model), secrets))
}

/// `model,serial`.
fn read_pair(text: &str) -> Option<Reading> {
    let (model, serial) = text.split_once(',')?;
    let (model, serial) = (model.trim(), serial.trim());
    let fits = straighten(&serial.to_ascii_uppercase()).is_some() && !model.is_empty();
    fits.then(|| with_serial(serial, Some(model), []))
}

/// The host is said: the address may be anybody's, and so may the number in it.
fn read_address(text: &str, host: String) -> Option<Reading> {
    let query = text.split(['?', '&', '#']).skip(1);
    let mut pairs = query.filter_map(|part| part.split_once('='));
    let serial = pairs.find(|(key, _)| key.eq_ignore_ascii_case("sn")).map(|(_, value)| value)?;
    let serial = percent_decode_str(serial).decode_utf8().ok()?;
    let mut reading = with_serial(&serial, None, []);
    let finding = Finding::FromWebAddress { host };
    reading.repairs.iter_mut().for_each(|repair| repair.reading.findings.push(finding.clone()));
    reading.findings.push(finding);
    Some(reading)
}

fn with_serial<const N: usize>(
    printed: &str,
    model: Option<&str>,
    secrets: [(SecretKind, Option<&str>); N],
) -> Reading {
    let mut reading = Reading::of(Family::Dahua);
    let serial = printed.to_ascii_uppercase();
    if serial != printed {
        reading.findings.push(Finding::LowerCase);
    }
    match model {
        Some(model) if is_model(model) => reading.model = Some(model.to_owned()),
        Some(_) => reading.findings.push(Finding::Malformed(Field::Model)),
        None => {}
    }
    for (kind, value) in secrets.into_iter().filter_map(|(kind, value)| Some((kind, value?))) {
        if serial.contains(&value.to_ascii_uppercase()) {
            reading.findings.push(Finding::SecretFromSerial);
        }
        reading.secrets.push(LabelSecret { kind, value: SecretString::from(value) });
    }
    if !is_serial(&serial) {
        reading.findings.push(Finding::Malformed(Field::Serial));
        return reading;
    }
    if let Some(straight) = straighten(&serial).filter(|straight| *straight != serial) {
        reading.findings.push(Finding::LookAlike);
        let meant = Reading {
            serial: Some(straight),
            model: reading.model.clone(),
            secrets: reading.secrets.clone(),
            identifiers: reading.identifiers.clone(),
            ..Reading::of(Family::Dahua)
        };
        reading.repairs.extend(Repair::new(&serial, meant));
    }
    reading.serial = Some(serial);
    reading
}

fn is_model(model: &str) -> bool {
    (1..=64).contains(&model.len()) && model.bytes().all(|b| matches!(b, 0x21..=0x7e) && b != b':')
}
