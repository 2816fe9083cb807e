//! A frame of 1280 x 720 without a code and with one, photographs, and hostile pictures against their deadlines.
//!
//! `p50_ms` is time on the wall from the call to the answer, hand-over to the worker included; `cpu_p50_ms` is what all
//! threads of this process spent on a processor meanwhile, from Linux's `schedstat` (elsewhere: 0).

use crate::report::{Report, Sample, milliseconds};
use harness::pictures::{Luma, Shot, photograph_luma};
use porchlight_scan::{Code, FRAME_TIME, PICTURE_TIME, Rotation, ScanError, read_frame, read_picture};
use serde_json::Value;
use std::time::{Duration, Instant};

const FRAMES: u64 = 200;
const TEXTS: [&str; 4] = [
    "PL1:LX4-0000123:LX-4:2Z7HR9KM4T0XWQ5A:8D3NVY6P1C0GJ2SB:7KQ9",
    "{SN:2J021B3PAK00120,DT:IPC-HFW1120SP-W-0280B,RC:564897}",
    "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9",
    "2M047C9PAN00005:DHI-ARD1611-W:PJ0V46",
];

/// Runs it.
pub fn run() -> std::io::Result<()> {
    let mut report = Report::new("frame");
    let without = (0..FRAMES).map(|seed| frame(&Luma::without_code(1280, 720, seed), None)).collect();
    add(&mut report, "1280 x 720 without a code", without, FRAME_TIME);
    let with = (0..FRAMES).map(|seed| frame(&by_hand(seed), Some(text(seed)))).collect();
    add(&mut report, "1280 x 720 with a code, photographed by hand", with, FRAME_TIME);
    let pictures = (0..FRAMES).map(|seed| picture(&by_hand(seed).png(), Some(text(seed)))).collect();
    add(&mut report, "the same as PNG files", pictures, PICTURE_TIME);
    let hostile = [
        Luma::tiled_finders(640, 640, 1),
        Luma::tiled_finders(640, 640, 2),
        Luma::tiled_finders(1280, 720, 3),
        Luma::tiled_finders(4000, 4000, 4),
        Luma::tiled_finders(8192, 8192, 5),
        Luma::noise(1280, 720, 1),
        Luma::noise(4000, 4000, 1),
        Luma::noise(7000, 7000, 1),
    ];
    let frames = hostile.iter().map(|hostile| frame(hostile, None)).collect();
    add(&mut report, "hostile frames", frames, FRAME_TIME);
    let pictures = hostile.iter().map(|hostile| picture(&hostile.png(), None)).collect();
    add(&mut report, "hostile pictures", pictures, PICTURE_TIME);
    report.finish()
}

fn text(seed: u64) -> &'static str {
    TEXTS[seed as usize % TEXTS.len()]
}

fn by_hand(seed: u64) -> Luma {
    photograph_luma(&[text(seed)], &Shot { width: 1280, height: 720, ..Shot::by_hand(seed) })
}

/// One reading: how long it took, and whether it said what it should.
struct Run {
    wall: Duration,
    cpu: Duration,
    right: bool,
    wrong: bool,
}

fn frame(frame: &Luma, text: Option<&str>) -> Run {
    time(text, || read_frame(&frame.pixels, frame.width, frame.height, frame.width, Rotation::None))
}

fn picture(bytes: &[u8], text: Option<&str>) -> Run {
    time(text, || read_picture(bytes))
}

fn time(text: Option<&str>, read: impl FnOnce() -> Result<Vec<Code>, ScanError>) -> Run {
    let (begun, spent) = (Instant::now(), cpu_time());
    // Out of time is no wrong answer: it says nothing.
    let codes = read().unwrap_or_default();
    Run {
        wall: begun.elapsed(),
        cpu: cpu_time().saturating_sub(spent),
        right: codes.len() == usize::from(text.is_some())
            && codes.iter().all(|code| Some(&*code.text) == text),
        wrong: codes.iter().any(|code| Some(&*code.text) != text),
    }
}

/// Time on a processor of all threads that run.
fn cpu_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let spent = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(spent.sum())
}

fn add(report: &mut Report, what: &str, runs: Vec<Run>, deadline: Duration) {
    let mut figures = Sample::of(runs.iter().map(|run| run.wall).collect()).figures();
    let cpu = Sample::of(runs.iter().map(|run| run.cpu).collect());
    let count = |chosen: fn(&Run) -> bool| Value::from(runs.iter().filter(|run| chosen(run)).count());
    figures.push(("cpu_p50_ms", cpu.percentile(50).into()));
    figures.push(("right", count(|run| run.right)));
    figures.push(("wrong", count(|run| run.wrong)));
    report.row(what, &figures);
    report.at_most("max_ms", milliseconds(deadline));
    report.at_most("wrong", 0.0);
}
