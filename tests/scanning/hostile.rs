//! Pictures made to hang, to exhaust memory or to crash: an answer in time, always.

use harness::pictures::{Dice, Luma, Shot, photograph};
use porchlight_scan::{Code, FRAME_TIME, PICTURE_TIME, Rotation, ScanError, read_frame, read_picture};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What it takes to wake up whoever waits.
const WAKING: Duration = Duration::from_millis(20);

/// A machine that runs something else as well may be late for once. Whoever overstays is late each time.
const TRIES: usize = 3;

/// One large picture at a time: they would take each other's time and memory.
static ALONE: Mutex<()> = Mutex::new(());

fn in_time<T>(name: &str, limit: Duration, read: impl Fn() -> T) -> T {
    let mut late = Vec::new();
    while late.len() < TRIES {
        let begun = Instant::now();
        let answer = read();
        let took = begun.elapsed();
        if took < limit + WAKING {
            return answer;
        }
        late.push(took);
    }
    panic!("{name}: {late:?}, at most {limit:?}");
}

fn read_in_time(name: &str, bytes: &[u8]) -> Result<Vec<Code>, ScanError> {
    let answer = in_time(name, PICTURE_TIME, || read_picture(bytes));
    assert_ne!(answer, Err(ScanError::DecoderFailed), "{name} made a decoder panic");
    answer
}

/// Reads it as a frame and as a picture; whatever the answer, it comes in time, and nothing is found.
fn defy(name: &str, picture: &Luma) {
    let Luma { pixels, width, height } = picture;
    let frame = in_time(&format!("{name} as a frame"), FRAME_TIME, || {
        read_frame(pixels, *width, *height, *width, Rotation::None)
    });
    for answer in [frame, read_in_time(name, &picture.png())] {
        match answer {
            Ok(codes) => assert!(codes.is_empty(), "{name} says nothing"),
            Err(ScanError::DeadlinePassed) => {}
            Err(error) => panic!("{name}: {error}"),
        }
    }
}

#[test]
fn nothing_but_finder_patterns_is_answered_in_time() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for (side, module) in [(640, 1), (640, 2), (640, 3), (1280, 4), (4000, 4), (8192, 5)] {
        defy(&format!("{side} pixels, {module} a module"), &Luma::tiled_finders(side, side, module));
    }
}

#[test]
fn nothing_but_noise_is_answered_in_time() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for side in [640, 1280, 4000, 7000] {
        defy(&format!("{side} pixels of noise"), &Luma::noise(side, side, 3));
    }
}

#[test]
fn scanner_reads_labels_after_hostile_pictures() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    defy("tiles", &Luma::tiled_finders(2000, 2000, 2));
    let codes = read_picture(&photograph("still here", &Shot::default())).expect("no worker hangs");
    assert_eq!(codes[0].text, "still here");
}

/// The checksum of PNG's chunks (RFC 2083, section 15).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

/// A small PNG whose header claims other sides and pixels of `depth` bits of `kind` (6: RGBA).
fn claiming(width: u32, height: u32, depth: u8, kind: u8) -> Vec<u8> {
    let mut png = Luma::tiled_finders(64, 64, 2).png();
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    (png[24], png[25]) = (depth, kind);
    let crc = crc(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

#[test]
fn picture_that_would_fill_the_memory_is_too_large() {
    for (name, png) in [
        ("a side too long", claiming(8193, 10, 8, 0)),
        ("billions of pixels", claiming(100_000, 100_000, 8, 6)),
        ("512 MiB within the sides", claiming(8192, 8192, 16, 6)),
    ] {
        assert_eq!(read_in_time(name, &png), Err(ScanError::TooLarge), "{name}");
    }
    // The header's checksum is right, or the error above would be another.
    assert!(read_in_time("as it was", &claiming(64, 64, 8, 0)).is_ok());
    assert_eq!(read_in_time("a long file", &vec![0; 64 * 1024 * 1024 + 1]), Err(ScanError::TooLarge));
}

#[test]
fn bytes_that_are_no_picture_are_refused() {
    let mut dice = Dice::new(9);
    let random: Vec<u8> = (0..10_000).map(|_| (dice.next() >> 56) as u8).collect();
    let magic = |magic: &[u8]| [magic, &random].concat();
    for (name, bytes) in [
        ("empty", vec![]),
        ("one byte", vec![0x89]),
        ("random", random.clone()),
        ("text", b"PL1:LX4-0000123".to_vec()),
        ("a film", magic(b"\0\0\0\x18ftypisom")),
        ("no sides", claiming(0, 0, 8, 0)),
    ] {
        assert_eq!(read_in_time(name, &bytes), Err(ScanError::NotAPicture), "{name}");
    }
    // Pictures that a phone can make a PNG or JPEG of: that is what the app is told.
    for (name, bytes) in [
        ("WebP", magic(b"RIFF\x24\0\0\0WEBPVP8 ")),
        ("HEIC", magic(b"\0\0\0\x18ftypheic")),
        ("HEIF", magic(b"\0\0\0\x18ftypmif1")),
        ("GIF", magic(b"GIF89a")),
    ] {
        assert_eq!(read_in_time(name, &bytes), Err(ScanError::UnsupportedPicture), "{name}");
    }
    for (name, bytes) in [("PNG", magic(b"\x89PNG\r\n\x1a\n")), ("JPEG", magic(b"\xff\xd8\xff\xe0"))] {
        let error = read_in_time(name, &bytes).expect_err("there is nothing in it");
        assert!(matches!(error, ScanError::NotAPicture | ScanError::Truncated), "{name}: {error}");
    }
}

#[test]
fn truncated_picture_says_so_or_is_read_from_what_is_there() {
    let text = "cut off";
    let picture = Luma::tiled_finders(64, 64, 2);
    for (name, file) in [("PNG", picture.png()), ("JPEG", picture.jpeg(80))] {
        for end in 1..file.len() - 1 {
            match read_in_time(name, &file[..end]) {
                Err(ScanError::Truncated | ScanError::NotAPicture) | Ok(_) => {}
                Err(error) => panic!("{name} cut at {end}: {error}"),
            }
        }
        let half = read_in_time(name, &file[..file.len() / 2]);
        assert!(matches!(half, Err(ScanError::Truncated)), "half a {name}: {half:?}");
    }
    let photograph = photograph(text, &Shot { width: 640, height: 480, ..Shot::default() });
    let cut = read_in_time("a photograph", &photograph[..photograph.len() * 2 / 3]);
    assert_eq!(cut, Err(ScanError::Truncated));
}

#[test]
fn damaged_picture_is_an_error_or_a_picture_and_never_a_crash() {
    let mut dice = Dice::new(17);
    let shot = Shot { width: 320, height: 240, module: 4.0, ..Shot::default() };
    let picture = harness::pictures::photograph_luma(&["damaged"], &shot);
    for file in [picture.png(), picture.jpeg(80)] {
        for _ in 0..60 {
            let mut damaged = file.clone();
            for _ in 0..1 + dice.next() % 8 {
                let at = dice.next() as usize % damaged.len();
                damaged[at] = dice.next() as u8;
            }
            if let Ok(codes) = read_in_time("damaged", &damaged) {
                assert!(codes.iter().all(|code| code.text == "damaged"), "read as something else");
            }
        }
    }
}

#[test]
fn smallest_pictures_are_read() {
    for (width, height) in [(1, 1), (1, 8192), (8192, 1), (20, 20), (21, 22)] {
        let picture = Luma::noise(width, height, 1);
        assert_eq!(read_in_time("small", &picture.png()), Ok(vec![]), "{width} x {height}");
        assert_eq!(read_frame(&picture.pixels, width, height, width, Rotation::None), Ok(vec![]));
    }
}
