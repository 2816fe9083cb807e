//! Codes drawn without a camera's faults; photographs are read in `tests/scanning`.

use super::*;
use qrcode::{EcLevel, QrCode};
use std::time::Duration;

/// A code of so many pixels a module with its quiet zone, dark on light.
fn draw(text: &str, module: usize) -> Plane {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("the text fits");
    let (modules, cells) = (code.width(), code.to_colors());
    let side = (modules + 8) * module;
    let mut pixels = vec![230; side * side];
    for y in 0..modules * module {
        for x in 0..modules * module {
            if cells[y / module * modules + x / module] == qrcode::Color::Dark {
                pixels[(y + 4 * module) * side + x + 4 * module] = 25;
            }
        }
    }
    Plane::new(side, side, pixels)
}

fn texts(plane: &Plane, effort: Effort) -> Vec<String> {
    let deadline = Deadline::after(Duration::from_secs(10));
    QrDecoder.read(plane, effort, deadline).into_iter().map(|code| code.text).collect()
}

#[test]
fn code_of_every_size_of_module_is_read() {
    for module in [2, 3, 4, 7, 12, 20] {
        for text in ["A", "PL1:SN-1:CAM:ABCDEFGHJKMNPQRS:1234", &"many words ".repeat(20)] {
            let plane = draw(text, module);
            assert_eq!(texts(&plane, Effort::Picture), [text], "{module} pixels a module");
        }
    }
}

#[test]
fn code_that_is_light_on_dark_is_read_from_a_frame() {
    let plane = draw("light on dark", 5).inverted();
    assert_eq!(texts(&plane, Effort::Frame), ["light on dark"]);
}

#[test]
fn mirrored_code_is_read() {
    let plane = draw("seen in a mirror", 4);
    let rows = plane.pixels.chunks(plane.width);
    let pixels = rows.flat_map(|row| row.iter().rev().copied().collect::<Vec<_>>()).collect();
    let mirrored = Plane::new(plane.width, plane.height, pixels);
    assert_eq!(texts(&mirrored, Effort::Frame), ["seen in a mirror"]);
}

#[test]
fn corners_are_those_of_the_code_without_its_quiet_zone() {
    let plane = draw("corners", 10);
    let found = QrDecoder.read(&plane, Effort::Picture, Deadline::after(Duration::from_secs(10)));
    let far = plane.width as f32 - 40.0;
    let expected = [(40.0, 40.0), (far, 40.0), (far, far), (40.0, far)];
    assert_eq!(found.len(), 1);
    for (corner, (x, y)) in found[0].corners.iter().zip(expected) {
        assert!((corner.x - x).abs() < 2.0 && (corner.y - y).abs() < 2.0, "{:?}", found[0].corners);
    }
}

#[test]
fn empty_and_tiny_pictures_have_no_codes() {
    for (width, height) in [(1, 1), (7, 300), (300, 7), (21, 21), (640, 480)] {
        let plane = Plane::new(width, height, vec![128; width * height]);
        assert!(texts(&plane, Effort::Picture).is_empty());
        assert!(texts(&plane, Effort::Frame).is_empty());
    }
}
