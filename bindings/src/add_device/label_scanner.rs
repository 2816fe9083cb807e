//! A camera's frames on their way to the flow.

use super::label::ScanProblem;
use crate::PorchlightError;
use crate::alive::Alive;
use crate::listening::Hears;
use crate::runtime::at_once;
use porchlight_core::{add_device, words};
use std::sync::Arc;

pub type FrameRotation = words::Rotation;

/// How far a frame must be turned clockwise to stand upright. Cameras are mounted sideways.
#[uniffi::remote(Enum)]
pub enum FrameRotation {
    /// It stands upright.
    None,
    /// 90 degrees clockwise.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees clockwise.
    ThreeQuarters,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum FrameOffer {
    /// It was copied and is being read.
    Taken,
    /// It was dropped: an earlier one is still being read.
    Busy,
    /// It cannot be read.
    Refused {
        /// Why.
        problem: ScanProblem,
    },
}

impl From<words::Offer> for FrameOffer {
    fn from(offer: words::Offer) -> Self {
        match offer {
            words::Offer::Taken => Self::Taken,
            words::Offer::Busy => Self::Busy,
            words::Offer::Refused(problem) => Self::Refused { problem },
        }
    }
}

/// A corner of a code, as parts of the upright frame's width and height: 0 to 1, a little outside by perspective.
#[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
pub struct CodeCorner {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// A code that a frame shows: draw a frame around it.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SeenCode {
    /// Its four corners, top left first, clockwise.
    pub corners: Vec<CodeCorner>,
    /// It is a device's label, as far as its text tells; a web address, for example, is none.
    pub is_label: bool,
}

impl From<add_device::SeenCode> for SeenCode {
    fn from(code: add_device::SeenCode) -> Self {
        let add_device::SeenCode { corners, is_label } = code;
        let corners = corners.map(|words::Corner { x, y }| CodeCorner { x, y }).to_vec();
        Self { corners, is_label }
    }
}

/// Hears what the camera's frames show.
#[uniffi::export(foreign)]
pub trait ViewfinderListener: Send + Sync {
    /// The codes of the last frame; an empty list when those that were seen are gone. Called on the scanner's thread:
    /// the next frame waits until it returns.
    fn on_seen(&self, codes: Vec<SeenCode>);
}

impl add_device::ViewfinderListener for Hears<dyn ViewfinderListener> {
    fn on_seen(&self, codes: Vec<add_device::SeenCode>) {
        self.0.on_seen(codes.into_iter().map(Into::into).collect());
    }
}

/// Reads the frames of one camera for the flow that opened it. Let it go when the camera closes.
#[derive(Debug, uniffi::Object)]
pub struct LabelScanner {
    profile: Arc<porchlight_core::Profile>,
    scanner: add_device::LabelScanner,
    #[expect(dead_code, reason = "it is held to be counted")]
    alive: Alive,
}

#[uniffi::export]
impl LabelScanner {
    /// Offers a camera's frame: its luminance plane, `height` rows of `width` bytes, `row_stride` bytes apart;
    /// `rotation` turns it upright. `luma` is read during the call only (in Kotlin a direct `ByteBuffer`, in Swift
    /// `Data`) and copied once. Returns at once; a frame is dropped while another is being read. Labels show in the
    /// flow's state.
    pub fn offer_frame(
        &self,
        luma: &[u8],
        width: u32,
        height: u32,
        row_stride: u32,
        rotation: FrameRotation,
    ) -> Result<FrameOffer, PorchlightError> {
        let (width, height, row_stride) = (width as usize, height as usize, row_stride as usize);
        let offer = || self.scanner.offer_frame(luma, width, height, row_stride, rotation);
        at_once(&self.profile, offer).map(Into::into)
    }
}

impl LabelScanner {
    pub(super) fn of(
        profile: &Arc<porchlight_core::Profile>,
        scanner: add_device::LabelScanner,
    ) -> Arc<Self> {
        Arc::new(Self { profile: profile.clone(), scanner, alive: Alive::new() })
    }
}
