//! A picture's brightness, one byte a pixel, rows without gaps. Places are continuous: pixel (0, 0) covers 0.0 to 1.0.

/// Brightness of a picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

impl Plane {
    pub(crate) fn new(width: usize, height: usize, pixels: Vec<u8>) -> Self {
        debug_assert_eq!(pixels.len(), width * height);
        Self { width, height, pixels }
    }

    pub(crate) fn long_side(&self) -> usize {
        self.width.max(self.height)
    }

    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }

    /// Half the size, each pixel the mean of four.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let upper = &self.row(2 * y)[..2 * width];
            let lower = &self.row(2 * y + 1)[..2 * width];
            pixels.extend(upper.chunks_exact(2).zip(lower.chunks_exact(2)).map(|(a, b)| {
                let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
                ((sum + 2) >> 2) as u8
            }));
        }
        Self::new(width, height, pixels)
    }

    /// Twice the size, interpolated: modules of less than two pixels cannot be told by runs otherwise.
    pub(crate) fn doubled(&self) -> Self {
        let (width, height) = (self.width * 2, self.height * 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                pixels.push(self.sample((x as f32 + 0.5) / 2.0, (y as f32 + 0.5) / 2.0) as u8);
            }
        }
        Self::new(width, height, pixels)
    }

    /// Dark and light exchanged.
    pub(crate) fn inverted(&self) -> Self {
        Self::new(self.width, self.height, self.pixels.iter().map(|pixel| !pixel).collect())
    }

    /// Smoothed by 1-2-1 in both directions, against noise.
    pub(crate) fn smoothed(&self) -> Self {
        let mut pixels = Vec::with_capacity(self.pixels.len());
        let mut columns = vec![0_u16; self.width];
        for y in 0..self.height {
            let above = self.row(y.saturating_sub(1));
            let below = self.row((y + 1).min(self.height - 1));
            for (((sum, a), b), c) in columns.iter_mut().zip(above).zip(self.row(y)).zip(below) {
                *sum = u16::from(*a) + 2 * u16::from(*b) + u16::from(*c);
            }
            for x in 0..self.width {
                let left = columns[x.saturating_sub(1)];
                let right = columns[(x + 1).min(self.width - 1)];
                pixels.push(((left + 2 * columns[x] + right + 8) >> 4) as u8);
            }
        }
        Self::new(self.width, self.height, pixels)
    }

    /// What differs from its surroundings of 9 x 9 pixels three times as strong: against blur.
    pub(crate) fn sharpened(&self) -> Self {
        const REACH: usize = 4;
        let window = |at: usize, length: usize| (at.saturating_sub(REACH), (at + REACH + 1).min(length));
        let mut columns = vec![0_u32; self.width];
        let mut pixels = Vec::with_capacity(self.pixels.len());
        let (mut top, mut bottom) = (0, 0);
        for y in 0..self.height {
            let (from, to) = window(y, self.height);
            while bottom < to {
                columns.iter_mut().zip(self.row(bottom)).for_each(|(sum, pixel)| *sum += u32::from(*pixel));
                bottom += 1;
            }
            while top < from {
                columns.iter_mut().zip(self.row(top)).for_each(|(sum, pixel)| *sum -= u32::from(*pixel));
                top += 1;
            }
            let (mut left, mut right, mut sum) = (0, 0, 0);
            for (x, pixel) in self.row(y).iter().enumerate() {
                let (first, end) = window(x, self.width);
                while right < end {
                    sum += columns[right];
                    right += 1;
                }
                while left < first {
                    sum -= columns[left];
                    left += 1;
                }
                let mean = (sum / ((end - first) * (to - from)) as u32) as i32;
                pixels.push((mean + 3 * (i32::from(*pixel) - mean)).clamp(0, 255) as u8);
            }
        }
        Self::new(self.width, self.height, pixels)
    }

    /// Brightness at a place, interpolated between pixel centres; the edge goes on outside.
    #[inline]
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let right = usize::from(left + 1 < self.width);
        let down = if top + 1 < self.height { self.width } else { 0 };
        let at = top * self.width + left;
        let (a, b) = (f32::from(self.pixels[at]), f32::from(self.pixels[at + right]));
        let (c, d) = (f32::from(self.pixels[at + down]), f32::from(self.pixels[at + down + right]));
        let (upper, lower) = (a + (b - a) * fx, c + (d - c) * fx);
        upper + (lower - upper) * fy
    }
}
