//! What a benchmark found: a table for a person, a JSON object a row for a program.

use serde_json::{Map, Value};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// What was measured, and its figures in the order they are shown (`Map` would sort them by name).
type Row = (String, Vec<(String, Value)>);

/// The rows of one benchmark.
#[derive(Debug)]
pub struct Report {
    name: &'static str,
    rows: Vec<Row>,
}

impl Report {
    /// An empty one.
    pub fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new() }
    }

    /// Adds a row: what was measured, then the figures in the order they are shown.
    pub fn row(&mut self, what: &str, figures: &[(&str, Value)]) {
        let figures = figures.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.rows.push((what.to_owned(), figures));
    }

    /// Prints the table and writes `target/measure/NAME.jsonl`.
    pub fn finish(self) -> std::io::Result<()> {
        println!("\n{}", self.name);
        for (what, figures) in &self.rows {
            println!("  {what}");
            for (name, value) in figures {
                println!("    {name:<28} {value:>14}");
            }
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/measure");
        std::fs::create_dir_all(&folder)?;
        let mut file = std::fs::File::create(folder.join(format!("{}.jsonl", self.name)))?;
        for (what, figures) in self.rows {
            let mut row = Map::from_iter(figures);
            row.insert("what".to_owned(), what.into());
            writeln!(file, "{}", Value::Object(row))?;
        }
        Ok(())
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
        let milliseconds = self.0[rank - 1].as_secs_f64() * 1000.0;
        (milliseconds * 100.0).round() / 100.0
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
