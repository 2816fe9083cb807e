//! Pictures and camera frames to the text of the codes in them, bounded in time and memory.
//!
//! People photograph labels askew, in the dark, from too near; a picture from a stranger may be made to hang or to
//! exhaust the reader. So:
//!
//! 1. **what comes in is bounded**: [`MAX_PIXELS_A_SIDE`], 256 MiB while decoding, one copy of a frame;
//! 2. **reading runs on a worker with a deadline** ([`FRAME_TIME`], [`PICTURE_TIME`]) and can be left behind: `worker`;
//! 3. **decoders stand behind one trait** (`decoder`); QR is the first: found and straightened by `qr`, its bits decoded
//!    by the crate `rqrr`;
//! 4. what comes out are [`Code`]s: text, not opened and not judged. What a text means is told by `porchlight-label`.
//!
//! The deadline holds on the wall clock, at most two threads are ever left behind, and nothing here panics.

mod code;
mod deadline;
mod decoder;
mod error;
mod frame;
mod picture;
mod plane;
mod qr;
mod scanner;
mod worker;

pub use code::{Code, Corner, Rotation, Symbology};
pub use error::ScanError;
pub use picture::MAX_FILE as MAX_PICTURE_BYTES;
pub use scanner::{FrameAnswer, Offer, Scanner};

use deadline::Deadline;
use decoder::Effort;
use frame::Shape;
use std::sync::LazyLock;
use std::time::Duration;
use worker::Crew;

/// The longest side of a picture or frame.
pub const MAX_PIXELS_A_SIDE: u32 = 8192;

/// How long a frame may take.
pub const FRAME_TIME: Duration = Duration::from_millis(250);

/// How long a picture may take, decoding included.
pub const PICTURE_TIME: Duration = Duration::from_secs(2);

/// Workers for those who have no [`Scanner`].
static CREW: LazyLock<Crew> = LazyLock::new(Crew::default);

/// Reads all codes in a PNG or JPEG. No code is an empty list. Blocks for at most [`PICTURE_TIME`].
pub fn read_picture(bytes: &[u8]) -> Result<Vec<Code>, ScanError> {
    let deadline = Deadline::after(PICTURE_TIME);
    if bytes.len() > picture::MAX_FILE {
        return Err(ScanError::TooLarge);
    }
    // The worker may outlive this call, so it needs bytes of its own.
    let bytes = bytes.to_vec();
    CREW.run(deadline, move || {
        let picture = picture::decode(&bytes)?;
        drop(bytes);
        let codes =
            scanner::read_plane(&decoder::all(), &picture.plane, Rotation::None, Effort::Picture, deadline)?;
        if codes.is_empty() && picture.is_truncated { Err(ScanError::Truncated) } else { Ok(codes) }
    })?
}

/// Reads all codes in the luminance plane of a frame: `height` rows of `width` bytes, `row_stride` bytes apart.
/// `rotation` turns it upright. Blocks for at most [`FRAME_TIME`]; a camera uses a [`Scanner`].
pub fn read_frame(
    luma: &[u8],
    width: usize,
    height: usize,
    row_stride: usize,
    rotation: Rotation,
) -> Result<Vec<Code>, ScanError> {
    let deadline = Deadline::after(FRAME_TIME);
    let shape = Shape { width, height, row_stride, rotation };
    shape.check(luma)?;
    let plane = shape.copy(luma, Vec::new());
    CREW.run(deadline, move || {
        scanner::read_plane(&decoder::all(), &plane, shape.rotation, Effort::Frame, deadline)
    })?
}
