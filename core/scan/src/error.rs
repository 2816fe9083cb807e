//! Why a picture was not read.

/// What went wrong. A picture without a code is none of these: that is an empty list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ScanError {
    /// No picture, or damaged at its beginning.
    #[error("this is not a picture, or it is damaged")]
    NotAPicture,
    /// A picture, and neither PNG nor JPEG (as HEIC and WebP): encode it as one of those and hand it over again.
    #[error("this picture is neither PNG nor JPEG")]
    UnsupportedPicture,
    /// It begins as a picture and ends before its end.
    #[error("the picture is not complete")]
    Truncated,
    /// More than 8192 pixels on a side, 256 MiB when decoded, or 64 MiB as a file.
    #[error(
        "the picture is too large: at most 8192 pixels on a side, 256 MiB when decoded, 64 MiB as a file"
    )]
    TooLarge,
    /// Rows overlap, or the buffer ends before its last row.
    #[error("the frame's buffer does not fit its width, height and row stride")]
    WrongStride,
    /// A side of no pixels.
    #[error("the picture has no pixels")]
    ZeroSize,
    /// Time ran out and nothing was found until then.
    #[error("the picture took too long to read")]
    DeadlinePassed,
    /// Two workers hang on earlier pictures: labels can be typed only, until one of them ends.
    #[error("the scanner is busy with earlier pictures")]
    ScannerUnavailable,
    /// A decoder failed on this picture; other pictures can be read.
    #[error("the picture could not be read")]
    DecoderFailed,
}

impl ScanError {
    /// Its name for programs; it never changes once it is out.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAPicture => "not_a_picture",
            Self::UnsupportedPicture => "unsupported_picture",
            Self::Truncated => "truncated",
            Self::TooLarge => "too_large",
            Self::WrongStride => "wrong_stride",
            Self::ZeroSize => "zero_size",
            Self::DeadlinePassed => "deadline_passed",
            Self::ScannerUnavailable => "scanner_unavailable",
            Self::DecoderFailed => "decoder_failed",
        }
    }
}
