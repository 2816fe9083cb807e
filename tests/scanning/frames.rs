//! Frames as cameras hand them over: padded rows, mounted sideways, many a second.

use super::TEXTS;
use harness::pictures::{Shot, photograph_luma};
use porchlight_scan::{Corner, FRAME_TIME, Offer, Rotation, ScanError, Scanner, read_frame};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Near enough for a person to see the frame around the code.
fn is_near(corner: Corner, x: f32, y: f32) -> bool {
    (corner.x - x).hypot(corner.y - y) < 4.0
}

#[test]
fn frame_with_padded_rows_is_read_whatever_the_padding_holds() {
    let frame = photograph_luma(&[TEXTS[0]], &Shot { width: 640, height: 480, ..Shot::by_hand(5) });
    for padding in [0, 1, 13, 192] {
        let stride = frame.width + padding;
        let mut luma = vec![if padding == 13 { 0 } else { 255 }; stride * frame.height];
        for (padded, row) in luma.chunks_mut(stride).zip(frame.pixels.chunks(frame.width)) {
            padded[..row.len()].copy_from_slice(row);
        }
        let codes =
            read_frame(&luma, frame.width, frame.height, stride, Rotation::None).expect("it is a frame");
        assert_eq!(codes.len(), 1, "padding {padding}");
        assert_eq!(codes[0].text, TEXTS[0]);
    }
}

#[test]
fn corners_of_a_sideways_frame_are_told_upright() {
    let shot = Shot { width: 640, height: 480, module: 5.0, turn: 0.0, ..Shot::default() };
    let frame = photograph_luma(&[TEXTS[5]], &shot);
    let read = |rotation| {
        let mut codes = read_frame(&frame.pixels, 640, 480, 640, rotation).expect("it is a frame");
        assert_eq!(codes.len(), 1, "{rotation:?}");
        codes.remove(0).corners[0]
    };
    let Corner { x, y } = read(Rotation::None);
    assert!(x < 320.0 && y < 240.0, "the first corner is at the top left: {x} {y}");
    assert!(is_near(read(Rotation::Quarter), 480.0 - y, x));
    assert!(is_near(read(Rotation::Half), 640.0 - x, 480.0 - y));
    assert!(is_near(read(Rotation::ThreeQuarters), y, 640.0 - x));
}

#[test]
fn frames_by_hand_are_read_within_a_few() {
    // A camera shows the same label many times a second, so a miss costs a moment.
    let read = (0..60)
        .filter(|seed| {
            let shot = Shot { width: 800, height: 600, ..Shot::by_hand(60_000 + seed) };
            let frame = photograph_luma(&[TEXTS[*seed as usize % TEXTS.len()]], &shot);
            let codes = read_frame(&frame.pixels, 800, 600, 800, Rotation::None).expect("it is a frame");
            assert!(
                codes.iter().all(|code| TEXTS.contains(&code.text.as_str())),
                "read as something else: {shot:?}"
            );
            !codes.is_empty()
        })
        .count();
    assert!(read >= 54, "{read} of 60");
}

#[test]
fn scanner_answers_each_frame_that_it_took_and_none_that_it_dropped() {
    let frame = photograph_luma(&[TEXTS[1]], &Shot { width: 640, height: 480, ..Shot::by_hand(5) });
    let (answers, answered) = channel();
    let scanner = Scanner::new(move |answer| answers.send(answer).expect("the test waits"))
        .expect("threads can be had");
    let mut taken = 0;
    for _ in 0..50 {
        match scanner.offer_frame(&frame.pixels, frame.width, frame.height, frame.width, Rotation::None) {
            Offer::Taken => taken += 1,
            Offer::Busy => std::thread::sleep(Duration::from_millis(1)),
            Offer::Refused(error) => panic!("refused: {error}"),
        }
    }
    drop(scanner);
    let answers: Vec<_> = answered.iter().collect();
    assert_eq!(answers.len(), taken);
    assert!(taken > 0 && taken < 50, "some are dropped: {taken}");
    for answer in answers {
        assert_eq!(answer.codes.expect("it was read")[0].text, TEXTS[1]);
        assert!(answer.elapsed < FRAME_TIME);
    }
}

#[test]
fn frame_that_does_not_fit_its_buffer_is_a_typed_error() {
    let luma = [128; 640 * 480];
    let read = |width, height, stride| read_frame(&luma, width, height, stride, Rotation::None);
    assert_eq!(read(640, 480, 639), Err(ScanError::WrongStride));
    assert_eq!(read(640, 481, 640), Err(ScanError::WrongStride));
    assert_eq!(read(640, 480, usize::MAX), Err(ScanError::WrongStride));
    assert_eq!(read(0, 480, 640), Err(ScanError::ZeroSize));
    assert_eq!(read(640, 0, 640), Err(ScanError::ZeroSize));
    assert_eq!(read(8193, 1, 8193), Err(ScanError::TooLarge));
    assert_eq!(read(1, 1, 1), Ok(vec![]));
}
