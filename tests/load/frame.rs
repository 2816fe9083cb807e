//! A frame of 1280 x 720 without a code and with one, and hostile pictures against their deadline.

use crate::report::{Report, Sample};
use harness::pictures::{Luma, Shot, photograph_luma};
use porchlight_scan::{PICTURE_TIME, Rotation, read_frame, read_picture};
use std::time::{Duration, Instant};

const FRAMES: u64 = 200;
const TEXT: &str = "{SN:2J021B3PAK00120,DT:IPC-HFW1120SP-W-0280B,RC:564897}";

/// Runs it.
pub fn run() -> std::io::Result<()> {
    let mut report = Report::new("frame");
    let without: Vec<_> =
        (0..FRAMES).map(|seed| time_frame(&Luma::without_code(1280, 720, seed)).0).collect();
    report.row("1280 x 720 without a code", &Sample::of(without).figures());
    let with: Vec<_> = (0..FRAMES)
        .map(|seed| {
            time_frame(&photograph_luma(&[TEXT], &Shot { width: 1280, height: 720, ..Shot::by_hand(seed) }))
        })
        .collect();
    let read = with.iter().filter(|(_, read)| *read).count();
    let mut figures = Sample::of(with.iter().map(|(took, _)| *took).collect()).figures();
    figures.push(("read", read.into()));
    report.row("1280 x 720 with a code", &figures);
    let hostile =
        [Luma::tiled_finders(640, 640, 1), Luma::tiled_finders(4000, 4000, 3), Luma::noise(4000, 4000, 1)];
    let took = hostile.iter().map(|picture| time_picture(&picture.png())).collect();
    let mut figures = Sample::of(took).figures();
    figures.push(("deadline_ms", u64::try_from(PICTURE_TIME.as_millis()).unwrap_or(u64::MAX).into()));
    report.row("hostile pictures", &figures);
    report.finish()
}

fn time_frame(frame: &Luma) -> (Duration, bool) {
    let begun = Instant::now();
    let codes = read_frame(&frame.pixels, frame.width, frame.height, frame.width, Rotation::None);
    (begun.elapsed(), codes.is_ok_and(|codes| codes.iter().any(|code| code.text == TEXT)))
}

fn time_picture(bytes: &[u8]) -> Duration {
    let begun = Instant::now();
    // What it says is tests/scanning's business: here only the time counts.
    let _codes = read_picture(bytes);
    begun.elapsed()
}
