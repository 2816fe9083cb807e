//! Finder patterns: the three square targets in a QR code's corners.
//!
//! A line through the middle of one crosses dark, light, dark, light, dark in the proportion 1:1:3:1:1, at any angle and
//! in any perspective, since its squares lie within each other (ISO/IEC 18004, section 6.3.3). So:
//!
//! 1. every second row is cut into runs, and five runs in that proportion are a hit (light on dark is looked for, too);
//! 2. a hit is confirmed by the column through its middle, then by the row again;
//! 3. hits of the same place are one finder.
//!
//! The work is bounded: at most [`MAX_FINDERS`] are kept, and the deadline is asked every 64 rows.

use super::bitmap::Bitmap;
use crate::deadline::Deadline;

/// More than any sheet of labels has, and few enough that pairing them stays cheap.
const MAX_FINDERS: usize = 600;

/// Hits that are confirmed in one picture: a picture of nothing but finders has a hit every few pixels.
const MAX_CONFIRMED: usize = 60_000;

/// Where a finder pattern may be, in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder {
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Pixels a module.
    pub(crate) module: f32,
    /// How many rows confirmed it.
    pub(crate) hits: u32,
}

/// Finders of a picture, by what is printed on what.
#[derive(Debug, Default)]
pub(crate) struct Finders {
    pub(crate) dark_on_light: Vec<Finder>,
    pub(crate) light_on_dark: Vec<Finder>,
}

pub(crate) fn find(bitmap: &Bitmap, deadline: Deadline) -> Finders {
    let mut finders = Finders::default();
    let mut edges: Vec<usize> = Vec::with_capacity(bitmap.width);
    let mut confirmed = 0;
    // Three modules of two pixels are still crossed three times.
    for y in (0..bitmap.height).step_by(2) {
        if (y % 64 == 0 && deadline.has_passed()) || confirmed > MAX_CONFIRMED {
            break;
        }
        let row = bitmap.row(y);
        cut(row, &mut edges);
        for edges in edges.windows(6) {
            let runs: [usize; 5] = std::array::from_fn(|at| edges[at + 1] - edges[at]);
            if module_of(runs).is_none() {
                continue;
            }
            confirmed += 1;
            let ink = row[edges[2]];
            let middle = (edges[2] + edges[3]) as f32 / 2.0;
            if let Some(finder) = confirm(bitmap, middle, y, edges[5] - edges[0], ink) {
                let list = if ink == 1 { &mut finders.dark_on_light } else { &mut finders.light_on_dark };
                merge(list, finder);
            }
        }
    }
    finders
}

/// Where a row changes, its beginning and its end included.
fn cut(row: &[u8], edges: &mut Vec<usize>) {
    edges.clear();
    edges.push(0);
    let mut last = row[0];
    let mut at = 0;
    // Eight pixels at a time: most of a picture does not change within eight.
    for chunk in row.chunks(8) {
        let same = [last; 8];
        if chunk != &same[..chunk.len()] {
            for (offset, cell) in chunk.iter().enumerate() {
                if *cell != last {
                    edges.push(at + offset);
                    last = *cell;
                }
            }
        }
        at += chunk.len();
    }
    edges.push(row.len());
}

/// Pixels a module, if the runs are 1:1:3:1:1 within half a module and half a pixel.
fn module_of(runs: [usize; 5]) -> Option<f32> {
    let total: usize = runs.iter().sum();
    // In fourteenths of the whole: a module is two of them.
    let near = |run: usize, modules: usize| (run * 14).abs_diff(modules * 2 * total) <= total + 7;
    let wide = (runs[2] * 14).abs_diff(6 * total) <= 2 * total + 7;
    let fits = total >= 10 && wide && [0, 1, 3, 4].into_iter().all(|at| near(runs[at], 1));
    fits.then(|| total as f32 / 7.0)
}

/// Confirms a hit in a row by its column, and finds the middle.
fn confirm(bitmap: &Bitmap, x: f32, y: usize, width: usize, ink: u8) -> Option<Finder> {
    let (_, y, height) = measure(bitmap, x as usize, y, Direction::Down, ink, width * 2)?;
    if height * 5 < width * 2 || width * 5 < height * 2 {
        return None;
    }
    let (_, x, width) = measure(bitmap, x as usize, y as usize, Direction::Right, ink, width * 2)?;
    // A square is crossed by one of the two diagonals, too; text and tables are not.
    let falling = measure(bitmap, x as usize, y as usize, Direction::Falling, ink, width + height);
    let rising = measure(bitmap, x as usize, y as usize, Direction::Rising, ink, width + height);
    let straight = (width + height) as f32 / 2.0;
    // Steps along a diagonal are longer. A square that stands on its corner is wider across than it is: the smaller counts.
    let slanted = match (falling, rising) {
        (Some((_, _, falling)), Some((_, _, rising))) => {
            (falling + rising) as f32 / 2.0 * std::f32::consts::SQRT_2
        }
        (Some(_), None) | (None, Some(_)) => straight,
        (None, None) => return None,
    };
    Some(Finder { x, y, module: straight.min(slanted) / 7.0, hits: 1 })
}

#[derive(Clone, Copy)]
enum Direction {
    Right,
    Down,
    Falling,
    Rising,
}

/// The five runs around a place, if they are a finder's: pixels a module, the middle along the direction, the length.
fn measure(
    bitmap: &Bitmap,
    x: usize,
    y: usize,
    direction: Direction,
    ink: u8,
    limit: usize,
) -> Option<(f32, f32, usize)> {
    let (x, y) = (x.min(bitmap.width - 1), y.min(bitmap.height - 1));
    let (step, forward, backward) = match direction {
        Direction::Right => (1, bitmap.width - x, x + 1),
        Direction::Down => (bitmap.width, bitmap.height - y, y + 1),
        Direction::Falling => (bitmap.width + 1, (bitmap.width - x).min(bitmap.height - y), x.min(y) + 1),
        Direction::Rising => {
            (bitmap.width - 1, (x + 1).min(bitmap.height - y), (bitmap.width - 1 - x).min(y) + 1)
        }
    };
    let at = y * bitmap.width + x;
    if bitmap.cells[at] != ink {
        return None;
    }
    let after = runs(forward.min(limit), ink, |far| bitmap.cells[at + far * step])?;
    let before = runs(backward.min(limit), ink, |far| bitmap.cells[at - far * step])?;
    let all = [before[2], before[1], before[0] + after[0] - 1, after[1], after[2]];
    let module = module_of(all)?;
    let origin = match direction {
        Direction::Right | Direction::Falling | Direction::Rising => x,
        Direction::Down => y,
    } as f32;
    let middle = origin + 0.5 + (after[0] as f32 - before[0] as f32) / 2.0;
    Some((module, middle, all.iter().sum()))
}

/// The three runs from a place outwards: middle, light ring, dark ring.
fn runs(limit: usize, ink: u8, cell: impl Fn(usize) -> u8) -> Option<[usize; 3]> {
    let mut runs = [0; 3];
    let mut far = 0;
    for (run, colour) in runs.iter_mut().zip([ink, 1 - ink, ink]) {
        let begun = far;
        while far < limit && cell(far) == colour {
            far += 1;
        }
        *run = far - begun;
        if *run == 0 {
            return None;
        }
    }
    Some(runs)
}

fn merge(finders: &mut Vec<Finder>, new: Finder) {
    let same = |known: &&mut Finder| {
        let reach = known.module.max(new.module) * 1.5;
        (known.x - new.x).abs() < reach
            && (known.y - new.y).abs() < reach
            && known.module < new.module * 1.5
            && new.module < known.module * 1.5
    };
    if let Some(known) = finders.iter_mut().find(same) {
        let (old, hits) = (known.hits as f32, known.hits + 1);
        let mean = |known: f32, new: f32| (known * old + new) / hits as f32;
        *known = Finder {
            x: mean(known.x, new.x),
            y: mean(known.y, new.y),
            module: mean(known.module, new.module),
            hits,
        };
    } else if finders.len() < MAX_FINDERS {
        finders.push(new);
    }
}
