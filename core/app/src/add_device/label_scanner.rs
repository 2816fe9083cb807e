//! A camera's frames on their way to the flow, and what the viewfinder draws meanwhile.

use super::label;
use porchlight_label::Reading;
use porchlight_scan::{Code, Corner, FrameAnswer, Offer, Rotation, ScanError, Scanner};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A code that a frame shows, for the viewfinder to draw a frame around.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenCode {
    /// Its corners, top left first, clockwise, as parts of the upright frame's width and height (0 to 1; a little
    /// outside by perspective).
    pub corners: [Corner; 4],
    /// It is a device's label, as far as its text tells; a web address, for example, is none.
    pub is_label: bool,
}

/// Hears what the frames show.
pub trait ViewfinderListener: Send + Sync + fmt::Debug {
    /// The codes of the last frame; an empty list when those that were seen are gone. Called on the scanner's thread: a
    /// frame waits until it returns.
    fn on_seen(&self, codes: Vec<SeenCode>);
}

/// Reads the frames of one camera for the flow that opened it. Dropped, its threads end.
#[derive(Debug)]
pub struct LabelScanner(Result<Scanner, ScanError>);

impl LabelScanner {
    pub(super) fn open(
        viewfinder: Arc<dyn ViewfinderListener>,
        on_read: impl Fn(Vec<Reading>) + Send + 'static,
    ) -> Self {
        let showed_some = AtomicBool::new(false);
        Self(Scanner::new(move |answer: FrameAnswer| {
            let size = answer.size;
            let codes = answer.codes.unwrap_or_default();
            let seen: Vec<_> = codes.iter().map(|code| SeenCode::of(code, size)).collect();
            let shows_some = !seen.is_empty();
            if showed_some.swap(shows_some, Ordering::Relaxed) || shows_some {
                // A viewfinder that breaks must not end the scanner.
                let _broken = catch_unwind(AssertUnwindSafe(|| viewfinder.on_seen(seen)));
            }
            let readings = label::read_codes(codes);
            if !readings.is_empty() {
                on_read(readings);
            }
        }))
    }

    /// Offers a camera's frame: its luminance plane, `height` rows of `width` bytes, `row_stride` bytes apart;
    /// `rotation` turns it upright. Returns at once; a frame is dropped while another is being read. Frames with a code
    /// show in the flow's state, those without do not.
    pub fn offer_frame(
        &self,
        luma: &[u8],
        width: usize,
        height: usize,
        row_stride: usize,
        rotation: Rotation,
    ) -> Offer {
        match &self.0 {
            Ok(scanner) => scanner.offer_frame(luma, width, height, row_stride, rotation),
            Err(error) => Offer::Refused(*error),
        }
    }
}

impl SeenCode {
    fn of(code: &Code, (width, height): (usize, usize)) -> Self {
        let part = |corner: Corner| Corner { x: corner.x / width as f32, y: corner.y / height as f32 };
        Self { corners: code.corners.map(part), is_label: label::is_label(&code.text) }
    }
}
