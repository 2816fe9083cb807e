//! Times as a person reads them: in their zone, with the zone named; the day only when it is another one.

use super::words::{Words, fill};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How times are said to a reader.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    words: &'static Words,
    zone: Option<TimeZone>,
}

impl Times {
    /// In the zone with this IANA name, if there is one; else in UTC, until somebody knows better.
    pub(crate) fn new(words: &'static Words, zone: Option<&str>) -> Self {
        Self { words, zone: zone.and_then(|name| TimeZone::get(name).ok()) }
    }

    /// The same in another language.
    pub(crate) fn said_in(self, words: &'static Words) -> Self {
        Self { words, ..self }
    }

    /// Whether the reader's zone is known.
    pub(crate) fn know_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// In the zone with this IANA name, unless the reader's own is known.
    pub(crate) fn or_zone(self, name: &str) -> Self {
        let zone = self.zone.or_else(|| TimeZone::get(name).ok());
        Self { zone, ..self }
    }

    /// The name of the zone that times are said in.
    pub(crate) fn zone_name(&self) -> &str {
        self.zone.as_ref().and_then(TimeZone::iana_name).unwrap_or("UTC")
    }

    /// `16:40 CET`, or `24 Nov 2026, 16:40 CET` if that is not today. Milliseconds UTC.
    pub(crate) fn say(&self, at: i64) -> String {
        self.say_from(at, crate::now())
    }

    fn say_from(&self, at: i64, now: i64) -> String {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let [at, now] = [at, now].map(|at| Timestamp::from_millisecond(at).unwrap_or_default());
        let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
        let time = at.strftime("%H:%M %Z").to_string();
        if at.date() == now.date() {
            return time;
        }
        let month = self.words.months.split(' ').nth(usize::from(at.month().unsigned_abs()) - 1);
        fill(
            self.words.day_and_time,
            &[
                ("day", &at.day()),
                ("month", &month.unwrap_or_default()),
                ("year", &at.year()),
                ("time", &time),
            ],
        )
    }

    /// `4 hours`, `1 day`: whole hours, in days where they are whole days.
    pub(crate) fn say_length(&self, seconds: u32) -> String {
        let hours = seconds / 3_600;
        let (one, many, count) = if hours >= 48 && hours.is_multiple_of(24) {
            (self.words.one_day, self.words.days, hours / 24)
        } else {
            (self.words.one_hour, self.words.hours, hours)
        };
        if count == 1 { one.to_owned() } else { fill(many, &[("count", &count)]) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::{ENGLISH, GERMAN};
    use super::*;

    /// 2026-11-23, 15:40 UTC.
    const AT: i64 = 1_795_448_400_000;

    #[test]
    fn time_names_its_zone_and_the_day_only_when_it_is_another() {
        let vienna = Times::new(&ENGLISH, Some("Europe/Vienna"));
        assert_eq!(vienna.say_from(AT, AT), "16:40 CET");
        assert_eq!(vienna.say_from(AT, AT + 86_400_000), "23 Nov 2026, 16:40 CET");
        assert_eq!(vienna.said_in(&GERMAN).say_from(AT, 0), "23. Nov. 2026, 16:40 CET");
        let nowhere = Times::new(&ENGLISH, Some("Europe/Atlantis"));
        assert_eq!(nowhere.say_from(AT, AT), "15:40 UTC");
        assert_eq!(
            nowhere.or_zone("Asia/Tokyo").say_from(AT, AT),
            "24 Nov 2026, 00:40 JST".split(", ").last().unwrap()
        );
    }

    #[test]
    fn length_is_said_in_hours_or_whole_days() {
        let times = Times::new(&ENGLISH, None);
        let said = [3_600, 4 * 3_600, 24 * 3_600, 3 * 86_400, 30 * 86_400].map(|s| times.say_length(s));
        assert_eq!(said, ["1 hour", "4 hours", "24 hours", "3 days", "30 days"]);
        assert_eq!(Times::new(&GERMAN, None).say_length(3_600), "1 Stunde");
    }
}
