//! A camera's frame: what of its shape is checked, and the one copy that is made of it.

use crate::plane::Plane;
use crate::{MAX_PIXELS_A_SIDE, Rotation, ScanError};

/// The shape of a frame's luminance plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) row_stride: usize,
    pub(crate) rotation: Rotation,
}

impl Shape {
    /// Checks that the buffer holds the frame. The last row may end without its padding, as cameras leave it.
    pub(crate) fn check(&self, luma: &[u8]) -> Result<(), ScanError> {
        if self.width == 0 || self.height == 0 {
            return Err(ScanError::ZeroSize);
        }
        if self.width.max(self.height) > MAX_PIXELS_A_SIDE as usize {
            return Err(ScanError::TooLarge);
        }
        let needed =
            self.row_stride.checked_mul(self.height - 1).and_then(|rows| rows.checked_add(self.width));
        match needed {
            Some(needed) if self.row_stride >= self.width && needed <= luma.len() => Ok(()),
            Some(_) | None => Err(ScanError::WrongStride),
        }
    }

    /// Copies the frame into a buffer that is used again, without the padding of its rows. It was checked before.
    pub(crate) fn copy(&self, luma: &[u8], mut buffer: Vec<u8>) -> Plane {
        buffer.clear();
        buffer.reserve_exact(self.width * self.height);
        for row in luma.chunks(self.row_stride).take(self.height) {
            buffer.extend_from_slice(&row[..self.width]);
        }
        Plane::new(self.width, self.height, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(width: usize, height: usize, row_stride: usize) -> Shape {
        Shape { width, height, row_stride, rotation: Rotation::None }
    }

    #[test]
    fn frame_that_does_not_fit_its_buffer_is_refused() {
        let luma = [0; 100];
        assert_eq!(shape(10, 10, 10).check(&luma), Ok(()));
        assert_eq!(shape(8, 10, 10).check(&luma[..98]), Ok(()), "the last row may lack its padding");
        assert_eq!(shape(8, 10, 10).check(&luma[..97]), Err(ScanError::WrongStride));
        assert_eq!(shape(10, 10, 9).check(&luma), Err(ScanError::WrongStride));
        assert_eq!(shape(10, 11, 10).check(&luma), Err(ScanError::WrongStride));
        assert_eq!(shape(1, 8000, usize::MAX / 2).check(&luma), Err(ScanError::WrongStride));
        assert_eq!(shape(0, 10, 10).check(&luma), Err(ScanError::ZeroSize));
        assert_eq!(shape(10, 0, 10).check(&luma), Err(ScanError::ZeroSize));
        assert_eq!(shape(9000, 1, 9000).check(&luma), Err(ScanError::TooLarge));
    }

    #[test]
    fn padding_of_rows_is_left_out_and_the_buffer_is_used_again() {
        let buffer = Vec::with_capacity(64);
        let at = buffer.as_ptr();
        let plane = shape(2, 3, 4).copy(&[1, 2, 0, 0, 3, 4, 0, 0, 5, 6], buffer);
        assert_eq!(plane.pixels, [1, 2, 3, 4, 5, 6]);
        assert_eq!(plane.pixels.as_ptr(), at);
    }
}
