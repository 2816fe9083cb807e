//! What was found in a picture.

use std::fmt;

/// One code.
#[derive(Clone, PartialEq)]
pub struct Code {
    /// How it is printed.
    pub symbology: Symbology,
    /// What it says. It may hold a secret (a claim code), so `Debug` leaves it out.
    pub text: String,
    /// Its corners in pixels of the upright picture: top left, top right, bottom right, bottom left of the code itself,
    /// which may stand upside down.
    pub corners: [Corner; 4],
}

/// How a code is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// ISO/IEC 18004.
    Qr,
}

/// A place in a picture, in pixels from its top left; it may lie outside by perspective.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corner {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// How far a frame must be turned clockwise to stand upright. Cameras are mounted sideways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// It stands upright.
    #[default]
    None,
    /// 90 degrees clockwise.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees clockwise.
    ThreeQuarters,
}

impl Symbology {
    /// Its name, as programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Qr => "qr",
        }
    }
}

impl Rotation {
    /// Width and height of a `width` by `height` picture once it stands upright.
    pub(crate) fn upright_size(self, width: usize, height: usize) -> (usize, usize) {
        match self {
            Self::None | Self::Half => (width, height),
            Self::Quarter | Self::ThreeQuarters => (height, width),
        }
    }

    /// Where a place of a `width` by `height` picture comes to lie.
    pub(crate) fn turn(self, corner: Corner, width: usize, height: usize) -> Corner {
        let (width, height) = (width as f32, height as f32);
        match self {
            Self::None => corner,
            Self::Quarter => Corner { x: height - corner.y, y: corner.x },
            Self::Half => Corner { x: width - corner.x, y: height - corner.y },
            Self::ThreeQuarters => Corner { x: corner.y, y: width - corner.x },
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code")
            .field("symbology", &self.symbology)
            .field("bytes", &self.text.len())
            .field("corners", &self.corners)
            .finish_non_exhaustive()
    }
}
