//! A camera's scanner: frames in, answers out, and never a frame that waits.
//!
//! The camera's thread calls [`Scanner::offer_frame`] and has its buffer back at once: the frame is copied into a buffer
//! that is ours (a hung worker must not hold the camera's), or dropped, because one is still being read. Answers come on
//! a thread of the scanner's, one for each frame taken, in order.
//!
//! ```text
//! camera --offer_frame--> slot (one frame) --> foreman: waits, at most 250 ms --> on_answer
//!                                                 |  ^
//!                                                 v  |
//!                                               worker: reads
//! ```

use crate::deadline::Deadline;
use crate::decoder::{self, Decoder, Effort};
use crate::frame::Shape;
use crate::plane::Plane;
use crate::worker::Crew;
use crate::{Code, FRAME_TIME, Rotation, ScanError};
use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It was copied; an answer will come.
    Taken,
    /// It was dropped: an earlier one is still being read.
    Busy,
    /// It cannot be read, and no answer will come.
    Refused(ScanError),
}

/// What a frame said.
#[derive(Clone, Debug)]
pub struct FrameAnswer {
    /// The codes in it; an empty list is the common case.
    pub codes: Result<Vec<Code>, ScanError>,
    /// Width and height of the upright frame in pixels: where `corners` lie in.
    pub size: (usize, usize),
    /// From the offer to the answer.
    pub elapsed: Duration,
}

/// Reads frames of one camera.
pub struct Scanner {
    slot: SyncSender<Frame>,
    shared: Arc<Shared>,
}

struct Frame {
    plane: Plane,
    rotation: Rotation,
    deadline: Deadline,
}

struct Shared {
    crew: Crew,
    decoders: Arc<Vec<Box<dyn Decoder>>>,
    /// The buffers that are not in use, and whether a frame is being read.
    pool: Mutex<Pool>,
}

#[derive(Default)]
struct Pool {
    busy: bool,
    spare: Vec<u8>,
}

impl Scanner {
    /// A scanner that tells its answers to `on_answer`, on a thread of its own. No lock is held then.
    pub fn new(on_answer: impl Fn(FrameAnswer) + Send + 'static) -> Result<Self, ScanError> {
        Self::with_decoders(decoder::all(), on_answer)
    }

    pub(crate) fn with_decoders(
        decoders: Vec<Box<dyn Decoder>>,
        on_answer: impl Fn(FrameAnswer) + Send + 'static,
    ) -> Result<Self, ScanError> {
        let shared =
            Arc::new(Shared { crew: Crew::default(), decoders: Arc::new(decoders), pool: Mutex::default() });
        // One place: `busy` lets nothing in while it is taken.
        let (slot, frames) = sync_channel(1);
        let foreman = Arc::clone(&shared);
        thread::Builder::new()
            .name("porchlight-scanner".into())
            .spawn(move || foreman.answer_all(&frames, on_answer))
            .map_err(|_| ScanError::ScannerUnavailable)?;
        Ok(Self { slot, shared })
    }

    /// Offers the luminance plane of a frame: `height` rows of `width` bytes, `row_stride` bytes apart. `rotation` turns
    /// it upright. Returns at once; the buffer is the caller's again.
    pub fn offer_frame(
        &self,
        luma: &[u8],
        width: usize,
        height: usize,
        row_stride: usize,
        rotation: Rotation,
    ) -> Offer {
        let deadline = Deadline::after(FRAME_TIME);
        let shape = Shape { width, height, row_stride, rotation };
        if let Err(error) = shape.check(luma) {
            return Offer::Refused(error);
        }
        let spare = match self.shared.take_buffer() {
            Some(spare) => spare,
            None => return Offer::Busy,
        };
        let plane = shape.copy(luma, spare);
        match self.slot.try_send(Frame { plane, rotation, deadline }) {
            Ok(()) => Offer::Taken,
            Err(TrySendError::Full(frame)) => {
                self.shared.give_back(frame.plane.pixels);
                Offer::Busy
            }
            Err(TrySendError::Disconnected(_)) => Offer::Refused(ScanError::ScannerUnavailable),
        }
    }
}

impl Shared {
    fn take_buffer(&self) -> Option<Vec<u8>> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let free = !std::mem::replace(&mut pool.busy, true);
        free.then(|| std::mem::take(&mut pool.spare))
    }

    fn give_back(&self, spare: Vec<u8>) {
        *self.pool.lock().unwrap_or_else(PoisonError::into_inner) = Pool { busy: false, spare };
    }

    /// Answers frames until the scanner is gone.
    fn answer_all(&self, frames: &Receiver<Frame>, on_answer: impl Fn(FrameAnswer)) {
        for frame in frames {
            let deadline = frame.deadline;
            let size = frame.rotation.upright_size(frame.plane.width, frame.plane.height);
            let (codes, spare) = match self.read(frame) {
                Ok((codes, spare)) => (codes, spare),
                // The buffer is with the worker that was abandoned.
                Err(error) => (Err(error), Vec::new()),
            };
            self.give_back(spare);
            on_answer(FrameAnswer { codes, size, elapsed: deadline.elapsed() });
        }
    }

    #[expect(clippy::type_complexity, reason = "an answer and the buffer that comes back with it")]
    fn read(&self, frame: Frame) -> Result<(Result<Vec<Code>, ScanError>, Vec<u8>), ScanError> {
        let decoders = Arc::clone(&self.decoders);
        let Frame { plane, rotation, deadline } = frame;
        self.crew.run(deadline, move || {
            let codes = read_plane(&decoders, &plane, rotation, Effort::Frame, deadline);
            (codes, plane.pixels)
        })
    }
}

/// Reads a picture and turns what was found upright.
pub(crate) fn read_plane(
    decoders: &[Box<dyn Decoder>],
    plane: &Plane,
    rotation: Rotation,
    effort: Effort,
    deadline: Deadline,
) -> Result<Vec<Code>, ScanError> {
    let limit = deadline.for_decoders();
    let mut codes = decoder::read_all(decoders, plane, effort, limit);
    if codes.is_empty() && limit.has_passed() {
        return Err(ScanError::DeadlinePassed);
    }
    for corner in codes.iter_mut().flat_map(|code| &mut code.corners) {
        *corner = rotation.turn(*corner, plane.width, plane.height);
    }
    Ok(codes)
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("crew", &self.shared.crew).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
