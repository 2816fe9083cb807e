//! The scanner with decoders that a picture cannot make do these things: hang, panic, find.

use super::*;
use crate::{Corner, Symbology};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

/// Does what the test says.
struct Scripted<F>(F);

impl<F: Fn(&Plane) -> Vec<Code> + Send + Sync> Decoder for Scripted<F> {
    fn read(&self, picture: &Plane, _: Effort, _: Deadline) -> Vec<Code> {
        (self.0)(picture)
    }
}

fn scanner(read: impl Fn(&Plane) -> Vec<Code> + Send + Sync + 'static) -> (Scanner, Receiver<FrameAnswer>) {
    let (answers, answered) = channel();
    let decoders: Vec<Box<dyn Decoder>> = vec![Box::new(Scripted(read))];
    let scanner = Scanner::with_decoders(decoders, move |answer| {
        let _ = answers.send(answer);
    });
    (scanner.expect("a thread can be had"), answered)
}

fn offer(scanner: &Scanner) -> Offer {
    scanner.offer_frame(&[9; 100], 10, 10, 10, Rotation::Quarter)
}

/// A decoder that hangs until the sender is dropped.
fn hung() -> (impl Fn(&Plane) -> Vec<Code> + Send + Sync, Sender<()>) {
    let (release, held) = channel::<()>();
    let held = Mutex::new(held);
    let read = move |_: &Plane| {
        let _ = held.lock().expect("no panic while it is held").recv();
        Vec::new()
    };
    (read, release)
}

#[test]
fn frames_are_dropped_while_one_is_being_read_and_taken_after_it() {
    let (read, release) = hung();
    let (scanner, answered) = scanner(read);
    assert_eq!(offer(&scanner), Offer::Taken);
    let begun = Instant::now();
    assert_eq!(offer(&scanner), Offer::Busy);
    assert!(begun.elapsed() < Duration::from_millis(50), "offering never waits");
    drop(release);
    let answer = answered.recv_timeout(Duration::from_secs(5)).expect("the frame is answered");
    assert!(answer.codes.expect("it was read").is_empty());
    assert_eq!(offer(&scanner), Offer::Taken);
}

#[test]
fn hung_decoder_is_answered_for_at_the_deadline_and_closes_the_scanner_at_two() {
    let (scanner, answered) = scanner(|_| {
        loop {
            thread::sleep(Duration::from_secs(1));
        }
    });
    for expected in [ScanError::DeadlinePassed, ScanError::DeadlinePassed, ScanError::ScannerUnavailable] {
        assert_eq!(offer(&scanner), Offer::Taken);
        let answer = answered.recv_timeout(Duration::from_secs(5)).expect("each frame is answered");
        assert_eq!(answer.codes.expect_err("nothing could be read"), expected);
        assert!(answer.elapsed < FRAME_TIME * 2, "{:?}", answer.elapsed);
    }
}

#[test]
fn decoder_that_panics_costs_its_frame_only() {
    let (scanner, answered) = scanner(|picture| {
        if picture.pixels[0] == 9 {
            // A panic that prints nothing: a backtrace can take longer than a frame may.
            std::panic::resume_unwind(Box::new("a frame that it cannot bear"));
        }
        Vec::new()
    });
    assert_eq!(offer(&scanner), Offer::Taken);
    let answer = answered.recv_timeout(Duration::from_secs(5)).expect("it is answered");
    assert_eq!(answer.codes, Err(ScanError::DecoderFailed));
    assert_eq!(scanner.offer_frame(&[8; 4], 2, 2, 2, Rotation::None), Offer::Taken);
    assert!(answered.recv_timeout(Duration::from_secs(5)).expect("it is answered").codes.is_ok());
}

#[test]
fn corners_are_told_in_the_upright_picture() {
    let (scanner, answered) = scanner(|_| {
        let corners = [Corner { x: 1.0, y: 2.0 }; 4];
        vec![Code { symbology: Symbology::Qr, text: "a secret".into(), corners }]
    });
    let luma = [0; 20];
    let cases = [
        (Rotation::None, Corner { x: 1.0, y: 2.0 }),
        (Rotation::Quarter, Corner { x: 3.0, y: 1.0 }),
        (Rotation::Half, Corner { x: 3.0, y: 3.0 }),
        (Rotation::ThreeQuarters, Corner { x: 2.0, y: 3.0 }),
    ];
    for (rotation, expected) in cases {
        assert_eq!(scanner.offer_frame(&luma, 4, 5, 4, rotation), Offer::Taken);
        let answer = answered.recv_timeout(Duration::from_secs(5)).expect("it is answered");
        let codes = answer.codes.expect("it was read");
        assert_eq!(codes[0].corners[0], expected, "{rotation:?}");
        assert!(!format!("{codes:?}").contains("secret"));
    }
}

#[test]
fn frame_that_does_not_fit_its_buffer_is_refused_at_once() {
    let (scanner, _answered) = scanner(|_| Vec::new());
    let refused = scanner.offer_frame(&[0; 10], 10, 10, 10, Rotation::None);
    assert_eq!(refused, Offer::Refused(ScanError::WrongStride));
}
