//! Darkness of modules to text. The bits are decoded and corrected by `rqrr`.
//!
//! Blur mixes each module with its neighbours, and light that is not even makes the same ink darker here than there. So
//! the modules are cut in several ways, the likeliest first, and the error correction of the code says which was right: a
//! wrong cut passes it less than once in a million tries.

use rqrr::SimpleGrid;

/// How far around a module its own threshold is taken from: far enough to hold dark and light in equal parts.
const REACH: usize = 4;

/// Cuts the modules and decodes them.
pub(crate) fn read(modules: &[f32], side: usize) -> Option<String> {
    let level = cut_by_surroundings(modules, side);
    decode(&level, side)
        .or_else(|| decode(&cut_by_surroundings(&sharpened(modules, side, 0.15), side), side))
        .or_else(|| decode(&modules.iter().map(|darkness| *darkness > 0.0).collect::<Vec<_>>(), side))
        .or_else(|| decode(&cut_by_surroundings(&sharpened(modules, side, 0.3), side), side))
}

/// Dark is what is darker than the mean of its surroundings, drawn halfway to the finders' own threshold.
fn cut_by_surroundings(modules: &[f32], side: usize) -> Vec<bool> {
    // Sums over everything above and left, so that each mean takes four look-ups.
    let wide = side + 1;
    let mut sums = vec![0.0_f32; wide * wide];
    for row in 0..side {
        let mut across = 0.0;
        for column in 0..side {
            across += modules[row * side + column];
            sums[(row + 1) * wide + column + 1] = sums[row * wide + column + 1] + across;
        }
    }
    let mut dark = Vec::with_capacity(modules.len());
    for row in 0..side {
        let (top, bottom) = (row.saturating_sub(REACH), (row + REACH + 1).min(side));
        for column in 0..side {
            let (left, right) = (column.saturating_sub(REACH), (column + REACH + 1).min(side));
            let sum = sums[bottom * wide + right] - sums[top * wide + right] - sums[bottom * wide + left]
                + sums[top * wide + left];
            let mean = sum / ((bottom - top) * (right - left)) as f32;
            dark.push(modules[row * side + column] > mean * 0.7);
        }
    }
    dark
}

/// Takes out of each module a part of what its four neighbours spilled into it.
fn sharpened(modules: &[f32], side: usize, part: f32) -> Vec<f32> {
    let at = |row: usize, column: usize| modules[row.min(side - 1) * side + column.min(side - 1)];
    let mut sharp = Vec::with_capacity(modules.len());
    for row in 0..side {
        for column in 0..side {
            let around = at(row.saturating_sub(1), column)
                + at(row + 1, column)
                + at(row, column.saturating_sub(1))
                + at(row, column + 1);
            sharp.push(at(row, column) * (1.0 + 4.0 * part) - around * part);
        }
    }
    sharp
}

fn decode(dark: &[bool], side: usize) -> Option<String> {
    let grid = SimpleGrid::from_func(side, |column, row| dark[row * side + column]);
    let mut bytes = Vec::new();
    rqrr::Grid::new(grid).decode_to(&mut bytes).ok()?;
    // ISO/IEC 18004 has Latin-1 as the default; what everybody prints is UTF-8.
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect());
    (!text.is_empty()).then_some(text)
}
