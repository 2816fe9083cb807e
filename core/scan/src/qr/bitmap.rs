//! Brightness to dark and light, by what is around: labels are photographed in shadow and under lamps.
//!
//! 1. mean, darkest and brightest of each block of 8 x 8 pixels;
//! 2. the threshold of a block: the mean of the 5 x 5 blocks around it, 40 pixels across, so that up to about 8 pixels a
//!    module a window holds both dark and light. Larger modules are read in a smaller picture;
//! 3. a place without contrast is light throughout: paper, not print.

use crate::plane::Plane;

const BLOCK: usize = 8;

/// Less difference than this within 3 x 3 blocks is no print. The faintest labels that people could read had about 25.
const MIN_CONTRAST: u8 = 18;

/// Dark and light.
#[derive(Debug, Default)]
pub(crate) struct Bitmap {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// 1 is dark.
    pub(crate) cells: Vec<u8>,
}

impl Bitmap {
    #[inline]
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.cells[y * self.width..(y + 1) * self.width]
    }

    /// Of a picture of at least 8 x 8 pixels.
    pub(crate) fn of(plane: &Plane) -> Self {
        let blocks = Blocks::of(plane);
        let thresholds = blocks.thresholds();
        let mut cells = vec![0; plane.pixels.len()];
        for y in 0..plane.height {
            let thresholds =
                &thresholds[(y / BLOCK).min(blocks.rows - 1) * blocks.columns..][..blocks.columns];
            let row = &mut cells[y * plane.width..(y + 1) * plane.width];
            let pixels = plane.row(y);
            let whole = blocks.columns * BLOCK;
            for ((cells, pixels), threshold) in
                row.chunks_exact_mut(BLOCK).zip(pixels.chunks_exact(BLOCK)).zip(thresholds)
            {
                for (cell, pixel) in cells.iter_mut().zip(pixels) {
                    *cell = u8::from(pixel < threshold);
                }
            }
            let last = thresholds[blocks.columns - 1];
            for (cell, pixel) in row[whole..].iter_mut().zip(&pixels[whole..]) {
                *cell = u8::from(*pixel < last);
            }
        }
        Self { width: plane.width, height: plane.height, cells }
    }
}

/// What is known of each whole block; the pixels right and below of them take the last one's threshold.
struct Blocks {
    columns: usize,
    rows: usize,
    mean: Vec<u8>,
    darkest: Vec<u8>,
    brightest: Vec<u8>,
}

impl Blocks {
    fn of(plane: &Plane) -> Self {
        let (columns, rows) = (plane.width / BLOCK, plane.height / BLOCK);
        let mut blocks = Self {
            columns,
            rows,
            mean: Vec::with_capacity(columns * rows),
            darkest: Vec::with_capacity(columns * rows),
            brightest: Vec::with_capacity(columns * rows),
        };
        let whole = columns * BLOCK;
        let mut sums = vec![0_u16; whole];
        let mut lows = vec![0_u8; whole];
        let mut highs = vec![0_u8; whole];
        for row in 0..rows {
            sums.fill(0);
            lows.fill(255);
            highs.fill(0);
            for y in row * BLOCK..(row + 1) * BLOCK {
                let pixels = &plane.row(y)[..whole];
                for (((pixel, sum), low), high) in pixels.iter().zip(&mut sums).zip(&mut lows).zip(&mut highs)
                {
                    *sum += u16::from(*pixel);
                    *low = (*low).min(*pixel);
                    *high = (*high).max(*pixel);
                }
            }
            blocks.mean.extend(sums.chunks_exact(BLOCK).map(|sums| (sums.iter().sum::<u16>() >> 6) as u8));
            let fold = |values: &[u8], of: fn(u8, u8) -> u8| values.iter().copied().reduce(of).unwrap_or(0);
            blocks.darkest.extend(lows.chunks_exact(BLOCK).map(|low| fold(low, u8::min)));
            blocks.brightest.extend(highs.chunks_exact(BLOCK).map(|high| fold(high, u8::max)));
        }
        blocks
    }

    fn thresholds(&self) -> Vec<u8> {
        let darkest = self.spread(&self.darkest, u8::min);
        let brightest = self.spread(&self.brightest, u8::max);
        let mut thresholds = self.smooth();
        for ((threshold, low), high) in thresholds.iter_mut().zip(&darkest).zip(&brightest) {
            if high - low < MIN_CONTRAST {
                *threshold = 0;
            }
        }
        thresholds
    }

    /// The mean over 5 x 5 blocks, fewer at the edge.
    fn smooth(&self) -> Vec<u8> {
        let window = |at: usize, count: usize| (at.saturating_sub(2), (at + 3).min(count));
        let mut across = Vec::with_capacity(self.mean.len());
        for row in self.mean.chunks_exact(self.columns) {
            across.extend((0..self.columns).map(|x| {
                let (from, to) = window(x, self.columns);
                row[from..to].iter().map(|mean| u32::from(*mean)).sum::<u32>() / (to - from) as u32
            }));
        }
        let mut smooth = Vec::with_capacity(self.mean.len());
        for y in 0..self.rows {
            let (from, to) = window(y, self.rows);
            smooth.extend((0..self.columns).map(|x| {
                let sum: u32 = (from..to).map(|y| across[y * self.columns + x]).sum();
                (sum / (to - from) as u32) as u8
            }));
        }
        smooth
    }

    /// The extreme over 3 x 3 blocks.
    fn spread(&self, values: &[u8], of: fn(u8, u8) -> u8) -> Vec<u8> {
        let mut across = Vec::with_capacity(values.len());
        for row in values.chunks_exact(self.columns) {
            across.extend(
                (0..self.columns)
                    .map(|x| of(row[x], of(row[x.saturating_sub(1)], row[(x + 1).min(self.columns - 1)]))),
            );
        }
        let mut spread = Vec::with_capacity(values.len());
        for y in 0..self.rows {
            let above = y.saturating_sub(1) * self.columns;
            let below = (y + 1).min(self.rows - 1) * self.columns;
            spread.extend(
                (0..self.columns)
                    .map(|x| of(across[y * self.columns + x], of(across[above + x], across[below + x]))),
            );
        }
        spread
    }
}
