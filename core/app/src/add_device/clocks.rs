//! The next changes of the clocks in a time zone, so that a person can see that the zone is the right one.
//!
//! The data is the copy of the IANA database that is compiled in: a phone's own may be years old (jiff, issue 582).
//! What the device gets is computed by the cloud, from its copy.

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone, TimeZoneDatabase};
use porchlight_protocol::device::ClockChange;
use std::sync::LazyLock;

/// How many changes a person sees: one forward and one back.
const SHOWN: usize = 2;

/// What the database calls the zone of a machine that nobody has set: no place has it.
const NO_PLACE: &str = "Factory";

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of exactly this name. The look-up ignores case, we do not: the cloud and the device may not.
fn zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok().filter(|zone| zone.iana_name() == Some(name) && name != NO_PLACE)
}

/// Whether the IANA database has a zone or link of exactly this name.
pub(super) fn zone_exists(name: &str) -> bool {
    zone(name).is_some()
}

/// IANA zones for what a person typed, the best first, at most `count`: each word begins a word of the name, whatever
/// its case ("york" finds `America/New_York`). All of them for an empty text.
pub fn find_time_zones(text: &str, count: usize) -> Vec<String> {
    let words_of = |text: &str| -> Vec<String> {
        text.to_lowercase().split(['/', '_', ' ', ',']).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let asked = words_of(text);
    let mut found: Vec<_> = ZONES
        .available()
        .map(|name| name.to_string())
        .filter(|name| {
            let words = words_of(name);
            name != NO_PLACE
                && asked.iter().all(|asked| words.iter().any(|word| word.starts_with(asked.as_str())))
        })
        .collect();
    // A city before a region of the same letters; the old names without a region ("Cuba", "GB") last.
    found.sort_by_cached_key(|name| {
        let city = words_of(name.rsplit('/').next().unwrap_or(name));
        let is_city =
            asked.first().is_none_or(|asked| city.iter().any(|word| word.starts_with(asked.as_str())));
        (!name.contains('/'), !is_city, name.clone())
    });
    found.truncate(count);
    found
}

/// The next changes after `now` (milliseconds UTC). None without daylight saving, in a zone that has none any more,
/// and in one that is not known.
pub(super) fn next_changes(name: &str, daylight_saving: bool, now: i64) -> Vec<ClockChange> {
    let from = Timestamp::from_millisecond(now).ok().filter(|_| daylight_saving);
    let (Some(zone), Some(from)) = (zone(name), from) else { return Vec::new() };
    let changes = zone.following(from).map(|change| ClockChange {
        at: change.timestamp().as_millisecond(),
        offset: change.offset().seconds(),
        daylight: change.dst() == Dst::Yes,
    });
    changes.take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23 00:00 UTC.
    const NOW: i64 = 1_795_392_000_000;

    #[test]
    fn berlin_goes_forward_in_march_and_back_in_october() {
        let changes = next_changes("Europe/Berlin", true, NOW);
        let march = "2027-03-28T01:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        let october = "2027-10-31T01:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!(
            changes,
            [
                ClockChange { at: march, offset: 7200, daylight: true },
                ClockChange { at: october, offset: 3600, daylight: false }
            ]
        );
        assert!(next_changes("Europe/Berlin", false, NOW).is_empty());
    }

    #[test]
    fn zone_without_daylight_saving_changes_nothing_and_casablanca_changes_by_its_list() {
        assert!(next_changes("America/Phoenix", true, NOW).is_empty());
        // Until 2026 its clocks went back for each Ramadan, by dates that no rule can say.
        let before = "2024-11-23T00:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!(next_changes("Africa/Casablanca", true, before).len(), 2);
    }

    #[test]
    fn zone_is_found_by_the_beginnings_of_its_words() {
        assert_eq!(find_time_zones("york", 5)[0], "America/New_York");
        assert_eq!(find_time_zones("new yo", 5), ["America/New_York"]);
        assert_eq!(find_time_zones("BERL", 5), ["Europe/Berlin"]);
        assert!(find_time_zones("europe", 100).iter().all(|name| name.starts_with("Europe/")));
        assert!(find_time_zones("atlantis", 5).is_empty());
        let all = find_time_zones("", 1000);
        assert!(all.len() > 500 && all.iter().all(|name| zone_exists(name)), "{}", all.len());
    }

    #[test]
    fn zone_is_known_by_its_exact_name_only() {
        for known in ["Europe/Berlin", "UTC", "US/Pacific"] {
            assert!(zone_exists(known), "{known}");
        }
        for unknown in
            ["europe/berlin", "Europe/Atlantis", "", "/etc/localtime", "Europe/Berlin\n", "Factory"]
        {
            assert!(!zone_exists(unknown), "{unknown:?}");
            assert!(next_changes(unknown, true, NOW).is_empty());
        }
    }
}
