//! Photographs as people take them: most are read, and none is ever read as something else.

use super::TEXTS;
use harness::pictures::{Luma, Shot, photograph_luma};
use porchlight_scan::{Code, read_picture};
use std::fmt::Write as _;

/// How a kind of photograph differs from a plain one.
type Change = fn(Shot) -> Shot;

/// How many of a kind were read.
struct Tally {
    read: u64,
    of: u64,
    missed: String,
}

impl Tally {
    fn percent(&self) -> u64 {
        self.read * 100 / self.of
    }
}

/// Photographs labels and reads them; a wrong text fails at once.
fn take(count: u64, shot: impl Fn(u64) -> Shot) -> Tally {
    let mut tally = Tally { read: 0, of: count, missed: String::new() };
    for seed in 0..count {
        let text = TEXTS[seed as usize % TEXTS.len()];
        let shot = shot(seed);
        let picture = photograph_luma(&[text], &shot);
        // Phones save JPEG, screens PNG.
        let file = if seed % 2 == 0 { picture.png() } else { picture.jpeg(85) };
        let codes = read_picture(&file).unwrap_or_else(|error| panic!("{error}: {shot:?}"));
        assert!(codes.iter().all(|code| code.text == text), "read as something else: {shot:?}");
        assert!(codes.len() <= 1, "read twice: {shot:?}");
        if codes.is_empty() {
            write!(tally.missed, "\n{shot:?}").expect("a string takes all");
        } else {
            tally.read += 1;
        }
    }
    tally
}

/// Smaller than a phone's, so that the tests end in time; as many pixels a module.
fn by_hand(seed: u64) -> Shot {
    Shot { width: 800, height: 600, ..Shot::by_hand(seed) }
}

fn texts_of(codes: &[Code]) -> Vec<&str> {
    let mut texts: Vec<_> = codes.iter().map(|code| code.text.as_str()).collect();
    texts.sort_unstable();
    texts
}

#[test]
fn ninety_seven_of_a_hundred_photographs_by_hand_are_read_and_none_wrongly() {
    let tally = take(120, by_hand);
    assert!(tally.percent() >= 97, "{} %; missed: {}", tally.percent(), tally.missed);
}

#[test]
fn ninety_seven_of_a_hundred_more_photographs_by_hand_are_read_and_none_wrongly() {
    let tally = take(120, |seed| by_hand(50_000 + seed));
    assert!(tally.percent() >= 97, "{} %; missed: {}", tally.percent(), tally.missed);
}

#[test]
fn labels_in_bad_light_are_read() {
    let kinds: [(&str, Change); 4] = [
        ("low contrast", |shot| Shot { ink: 95.0, paper: 130.0, noise: 3.0, ..shot }),
        ("dark", |shot| Shot { ink: 8.0, paper: 45.0, noise: 2.0, ..shot }),
        ("one side in shadow", |shot| Shot { shade: 0.85, noise: 3.0, ..shot }),
        ("light on dark", |shot| Shot { ink: 220.0, paper: 30.0, ..shot }),
    ];
    for (name, kind) in kinds {
        let tally = take(16, |seed| kind(by_hand(1000 + seed)));
        assert!(tally.percent() >= 90, "{name}: {} %; missed: {}", tally.percent(), tally.missed);
    }
}

#[test]
fn labels_that_are_askew_soft_or_grainy_are_read() {
    let kinds: [(&str, Change); 4] = [
        ("leaning away", |shot| Shot { tilt: (45.0, -10.0), ..shot }),
        ("out of focus by half a module", |shot| Shot { blur: shot.module * 0.45, noise: 3.0, ..shot }),
        ("grainy", |shot| Shot { noise: 25.0, paper: 200.0, ..shot }),
        ("on a pipe", |shot| Shot { curve: 50.0, tilt: (0.0, 10.0), ..shot }),
    ];
    for (name, kind) in kinds {
        let tally = take(16, |seed| kind(by_hand(2000 + seed)));
        assert!(tally.percent() >= 85, "{name}: {} %; missed: {}", tally.percent(), tally.missed);
    }
}

#[test]
fn small_code_in_a_large_picture_is_read() {
    for seed in 0..3 {
        let shot = Shot { width: 3200, height: 2400, ..Shot::by_hand(3000 + seed) };
        let codes = read_picture(&photograph_luma(&[TEXTS[0]], &shot).jpeg(85)).expect("it is a picture");
        assert_eq!(texts_of(&codes), [TEXTS[0]], "{shot:?}");
    }
}

#[test]
fn every_code_of_a_picture_is_read_once() {
    for seed in 0..4 {
        let shot = Shot { width: 1400, height: 1000, module: 4.5, ..Shot::by_hand(4000 + seed) };
        let shot = Shot { tilt: (shot.tilt.0 / 2.0, shot.tilt.1 / 2.0), ..shot };
        let mut texts = [TEXTS[3], TEXTS[4], TEXTS[5]];
        let codes = read_picture(&photograph_luma(&texts, &shot).png()).expect("it is a picture");
        texts.sort_unstable();
        assert_eq!(texts_of(&codes), texts, "{shot:?}");
    }
}

#[test]
fn picture_without_a_code_is_an_empty_list() {
    for seed in 0..12 {
        let codes = read_picture(&Luma::without_code(800, 600, seed).png()).expect("it is a picture");
        assert!(codes.is_empty(), "found in {seed}: {codes:?}");
    }
}
