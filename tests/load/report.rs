//! What a benchmark found: a table for a person, a JSON object a row for a program. A figure that somebody relies on has
//! a limit; a benchmark that misses one has failed.

use serde_json::{Map, Value, json};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// What was measured, and its figures in the order they are shown (`Map` would sort them by name).
#[derive(Debug)]
struct Row {
    what: String,
    figures: Vec<(String, Value)>,
    limits: Map<String, Value>,
}

/// The rows of one benchmark.
#[derive(Debug)]
pub struct Report {
    name: &'static str,
    rows: Vec<Row>,
    missed: Vec<String>,
}

impl Report {
    /// An empty one.
    pub fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new(), missed: Vec::new() }
    }

    /// Adds a row: what was measured, then the figures in the order they are shown.
    pub fn row(&mut self, what: &str, figures: &[(&str, Value)]) {
        let figures = figures.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.rows.push(Row { what: what.to_owned(), figures, limits: Map::new() });
    }

    /// Holds a figure of the newest row to a limit.
    pub fn at_most(&mut self, figure: &str, limit: f64) {
        self.hold(figure, format!("at most {limit}"), |value| value <= limit);
    }

    /// Holds a figure of the newest row to a limit.
    pub fn at_least(&mut self, figure: &str, limit: f64) {
        self.hold(figure, format!("at least {limit}"), |value| value >= limit);
    }

    fn hold(&mut self, figure: &str, limit: String, keeps: impl Fn(f64) -> bool) {
        let row = self.rows.last_mut().expect("a row comes before its limits");
        let value = row.figures.iter().find(|(name, _)| name == figure).and_then(|(_, value)| value.as_f64());
        let value = value.expect("the row has this figure, a number");
        if !keeps(value) {
            self.missed.push(format!("{}: {figure} is {value}, {limit}", row.what));
        }
        row.limits.insert(figure.to_owned(), limit.into());
    }

    /// Prints the table and writes `target/measure/NAME.jsonl`. An error if a limit was missed.
    pub fn finish(self) -> std::io::Result<()> {
        println!("\n{}", self.name);
        for row in &self.rows {
            println!("  {}", row.what);
            for (name, value) in &row.figures {
                let limit = row.limits.get(name).and_then(Value::as_str).map(|limit| format!("  ({limit})"));
                println!("    {name:<28} {:>14}{}", value.to_string(), limit.unwrap_or_default());
            }
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/measure");
        std::fs::create_dir_all(&folder)?;
        let mut file = std::fs::File::create(folder.join(format!("{}.jsonl", self.name)))?;
        for row in self.rows {
            let mut line = Map::from_iter(row.figures);
            line.insert("what".to_owned(), row.what.into());
            line.insert("limits".to_owned(), json!(row.limits));
            writeln!(file, "{}", Value::Object(line))?;
        }
        if self.missed.is_empty() { Ok(()) } else { Err(std::io::Error::other(self.missed.join("; "))) }
    }
}

/// Durations, sorted, to take percentiles of.
#[derive(Debug)]
pub struct Sample(Vec<Duration>);

impl Sample {
    /// Of at least one duration.
    pub fn of(mut durations: Vec<Duration>) -> Self {
        assert!(!durations.is_empty(), "a sample of nothing");
        durations.sort();
        Self(durations)
    }

    /// Milliseconds below which `percent` of the sample lies (nearest rank).
    pub fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).clamp(1, self.0.len());
        milliseconds(self.0[rank - 1])
    }

    /// The figures that every sample shows.
    pub fn figures(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("runs", self.0.len().into()),
            ("p50_ms", self.percentile(50).into()),
            ("p99_ms", self.percentile(99).into()),
            ("max_ms", self.percentile(100).into()),
        ]
    }
}

/// To a hundredth.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_that_is_missed_is_named_and_one_that_is_kept_is_not() {
        let mut report = Report::new("of a test");
        report.row("a claim", &[("p50_ms", 150.0.into()), ("online", 999.into())]);
        report.at_most("p50_ms", 150.0);
        assert!(report.missed.is_empty());
        report.at_least("online", 1_000.0);
        report.at_most("p50_ms", 149.0);
        assert_eq!(
            report.missed,
            ["a claim: online is 999, at least 1000", "a claim: p50_ms is 150, at most 149"]
        );
    }

    #[test]
    fn percentile_is_the_nearest_rank() {
        let sample = Sample::of((1..=200).map(Duration::from_millis).collect());
        assert_eq!([50, 99, 100].map(|percent| sample.percentile(percent)), [100.0, 198.0, 200.0]);
    }
}
