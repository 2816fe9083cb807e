//! The bytes of a file to brightness.
//!
//! A 389 kB PNG can grow to 384 MiB, and the decoders' own notes say that they may panic on hostile input. So:
//!
//! 1. the file's size, its magic and its sides are checked before anything is decoded;
//! 2. `image` decodes under limits;
//! 3. a panic ends as an error ([`crate::worker`] catches it);
//! 4. what is transparent counts as white: a code is printed on something;
//! 5. a JPEG that ends early is decoded as far as it goes: the label may be in that part. Only if nothing was found there
//!    is [`ScanError::Truncated`] the answer.
//!
//! EXIF orientation is not applied: codes are read at any angle, and corners are in the file's own pixels.

use crate::plane::Plane;
use crate::{MAX_PIXELS_A_SIDE, ScanError};
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits, error::LimitErrorKind};
use std::io::Cursor;

/// The longest file, in bytes. A picture within the other limits is smaller, unless it is padded.
pub const MAX_FILE: usize = 64 * 1024 * 1024;

/// What decoding may take, in bytes.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;

/// A decoded picture.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) plane: Plane,
    /// Whether its end is missing.
    pub(crate) is_truncated: bool,
}

/// Decodes a PNG or JPEG.
pub(crate) fn decode(bytes: &[u8]) -> Result<Picture, ScanError> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        Ok(_) => return Err(ScanError::UnsupportedPicture),
        Err(_) if is_heif(bytes) => return Err(ScanError::UnsupportedPicture),
        Err(_) => return Err(ScanError::NotAPicture),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_PIXELS_A_SIDE);
    limits.max_image_height = Some(MAX_PIXELS_A_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| reason(&error, bytes, format))?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if width == 0 || height == 0 {
        return Err(ScanError::ZeroSize);
    }
    let plane = Plane::new(width, height, brightness(picture));
    Ok(Picture { plane, is_truncated: ends_early(bytes, format) })
}

/// What phones save their own photographs as: a file of the ISO base media family whose brand says that it holds
/// pictures (ISO/IEC 23008-12, annex B). `image` has no name for it.
fn is_heif(bytes: &[u8]) -> bool {
    let brand = bytes.get(4..12).and_then(|header| header.strip_prefix(b"ftyp"));
    brand.is_some_and(|brand| {
        [&b"heic"[..], b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"].contains(&brand)
    })
}

fn reason(error: &ImageError, bytes: &[u8], format: ImageFormat) -> ScanError {
    match error {
        ImageError::Limits(limit) => match limit.kind() {
            LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory => ScanError::TooLarge,
            _ => ScanError::NotAPicture,
        },
        _ if ends_early(bytes, format) => ScanError::Truncated,
        _ => ScanError::NotAPicture,
    }
}

/// Whether the mark that ends such a file is missing. Trailing bytes after it are common and harmless. A JPEG may hold a
/// smaller one with an end of its own before its own pixels begin, so only what comes after the last beginning counts.
fn ends_early(bytes: &[u8], format: ImageFormat) -> bool {
    let find_last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|window| window == mark);
    if format == ImageFormat::Png {
        return find_last(b"IEND").is_none();
    }
    if bytes.ends_with(b"\xff\xd9") {
        return false;
    }
    // Start of scan, end of image (ITU-T T.81, table B.1); neither occurs within the pixels.
    let (begun, ended) = (find_last(b"\xff\xda"), find_last(b"\xff\xd9"));
    begun.is_none() || ended < begun
}

/// Weights of ITU-R BT.601 in 1/256, as cameras' own luminance planes have them.
fn weigh(red: u8, green: u8, blue: u8) -> u8 {
    ((77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) >> 8) as u8
}

/// What shines through `alpha` of white paper.
fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha)) / 255) as u8
}

fn brightness(picture: DynamicImage) -> Vec<u8> {
    match picture {
        DynamicImage::ImageLuma8(grey) => grey.into_raw(),
        DynamicImage::ImageLumaA8(grey) => {
            grey.as_raw().chunks_exact(2).map(|pixel| on_white(pixel[0], pixel[1])).collect()
        }
        DynamicImage::ImageRgb8(colour) => {
            colour.as_raw().chunks_exact(3).map(|pixel| weigh(pixel[0], pixel[1], pixel[2])).collect()
        }
        DynamicImage::ImageRgba8(colour) => colour
            .as_raw()
            .chunks_exact(4)
            .map(|pixel| on_white(weigh(pixel[0], pixel[1], pixel[2]), pixel[3]))
            .collect(),
        // 16 bits a channel and what `image` may add: rare, so converted twice.
        other => brightness(DynamicImage::ImageRgba8(other.into_rgba8())),
    }
}
