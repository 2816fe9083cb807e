//! What a decoder must do to join. Those that exist are listed in [`all`].

use crate::deadline::Deadline;
use crate::plane::Plane;
use crate::{Code, qr};

/// Reads one symbology.
pub(crate) trait Decoder: Send + Sync {
    /// All codes of its kind in the picture, corners in the picture's pixels. It asks the deadline every millisecond or so
    /// and gives back what it has when that has passed; a decoder that does not is abandoned with its thread.
    fn read(&self, picture: &Plane, effort: Effort, deadline: Deadline) -> Vec<Code>;
}

/// How hard to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// One of many frames: the next one comes in a moment.
    Frame,
    /// The only picture that there is.
    Picture,
}

/// Every decoder.
pub(crate) fn all() -> Vec<Box<dyn Decoder>> {
    vec![Box::new(qr::QrDecoder)]
}

/// Asks each decoder in turn.
pub(crate) fn read_all(
    decoders: &[Box<dyn Decoder>],
    picture: &Plane,
    effort: Effort,
    deadline: Deadline,
) -> Vec<Code> {
    decoders.iter().flat_map(|decoder| decoder.read(picture, effort, deadline)).collect()
}
