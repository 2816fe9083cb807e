//! QR codes (ISO/IEC 18004).
//!
//! Labels are small, dense, dark, turned, and photographed askew. The crate `rqrr` decodes a code's bits well, but its
//! search for codes takes time without bound on a hostile picture (640 x 640 pixels of tiled finder patterns: 58 s), and
//! wants them sharp and evenly lit. So the search is ours, bounded at every step, and `rqrr` gets the modules:
//!
//! 1. the picture in several sizes, from small to large: noise and blur vanish in the smaller ones, small codes are in the
//!    larger ones;
//! 2. `bitmap`: dark and light by surroundings; 3. `finder`: candidates for the three targets; 4. `outline`: their corners;
//! 5. `group`: which three belong together; 6. `grid`, `warp`: the code laid flat; 7. `bits`: cut, decoded, corrected;
//! 8. for a single picture without a code: once more smoothed, sharpened, and enlarged.
//!
//! Limits: modules of at least about 1.5 pixels; versions 1 to 40; Micro QR and rMQR are other symbologies.

mod bitmap;
mod bits;
mod finder;
mod grid;
mod group;
mod outline;
mod pattern;
mod point;
mod warp;

#[cfg(test)]
mod tests;

use crate::deadline::Deadline;
use crate::decoder::{Decoder, Effort};
use crate::plane::Plane;
use crate::{Code, Corner, Symbology};
use bitmap::Bitmap;
use finder::Finder;
use grid::Grid;
use group::Group;
use outline::Outline;
use point::Point;

/// Below this long side a smaller picture shows nothing new: a code of 21 modules and its quiet zone that fill 200 pixels
/// have 7 a module, which `bitmap` can tell.
const SMALLEST: usize = 100;

/// Beyond this long side a larger picture shows noise: 8 modules a millimetre of a label that fills it.
const LARGEST: usize = 4200;

/// Reads QR codes.
#[derive(Debug)]
pub(crate) struct QrDecoder;

impl Decoder for QrDecoder {
    fn read(&self, picture: &Plane, effort: Effort, deadline: Deadline) -> Vec<Code> {
        let mut search = Search { effort, deadline, found: Vec::new() };
        search.read(picture);
        search.found
    }
}

struct Search {
    effort: Effort,
    deadline: Deadline,
    found: Vec<Code>,
}

impl Search {
    fn read(&mut self, picture: &Plane) {
        let mut smaller = vec![];
        let size = |smaller: &[Plane]| smaller.last().map_or(picture.long_side(), Plane::long_side);
        while size(&smaller) / 2 >= SMALLEST && !self.deadline.has_passed() {
            smaller.push(smaller.last().unwrap_or(picture).halved());
        }
        let sizes: Vec<(&Plane, f32)> = std::iter::once(picture)
            .chain(&smaller)
            .enumerate()
            .map(|(times, plane)| (plane, (1_u32 << times) as f32))
            .filter(|(plane, _)| plane.long_side() <= LARGEST)
            .collect();
        for (plane, scale) in sizes.iter().rev() {
            let unexplained = self.read_size(plane, *scale);
            if self.effort == Effort::Frame && !self.found.is_empty() && unexplained < 2 {
                return;
            }
        }
        if self.effort == Effort::Picture && self.found.is_empty() {
            self.try_again(&sizes);
        }
    }

    /// What helps pictures that are noisy, out of focus, or very small.
    fn try_again(&mut self, sizes: &[(&Plane, f32)]) {
        for (plane, scale) in sizes.iter().rev() {
            if self.found.is_empty() && !self.deadline.has_passed() {
                self.read_size(&plane.smoothed(), *scale);
            }
        }
        for (plane, scale) in sizes.iter().rev() {
            if self.found.is_empty() && !self.deadline.has_passed() {
                self.read_size(&plane.smoothed().sharpened(), *scale);
            }
        }
        let Some((plane, scale)) = sizes.first() else { return };
        if self.found.is_empty() && plane.long_side() <= 2048 && !self.deadline.has_passed() {
            self.read_size(&plane.doubled(), scale / 2.0);
        }
    }

    /// Reads one size of the picture; gives the number of finders that belong to no code that was read.
    fn read_size(&mut self, plane: &Plane, scale: f32) -> usize {
        // Less than one block of the bitmap, or no room for a code of a pixel a module.
        if plane.width < 21 || plane.height < 21 || self.deadline.has_passed() {
            return 0;
        }
        let finders = finder::find(&Bitmap::of(plane), self.deadline);
        let mut unexplained = self.read_finders(plane, scale, finders.dark_on_light);
        if finders.light_on_dark.len() >= 3 {
            unexplained += self.read_finders(&plane.inverted(), scale, finders.light_on_dark);
        }
        unexplained
    }

    fn read_finders(&mut self, plane: &Plane, scale: f32, mut finders: Vec<Finder>) -> usize {
        finders.retain(|finder| !self.is_known(Point::new(finder.x, finder.y) * scale));
        if finders.len() < 3 {
            return finders.len();
        }
        let outlines: Vec<Outline> =
            finders.iter().filter_map(|finder| outline::follow(plane, finder)).collect();
        let mut used = vec![false; outlines.len()];
        let most = if self.effort == Effort::Frame { 16 } else { 200 };
        for group in group::groups(&outlines).into_iter().take(most * 4) {
            if self.deadline.has_passed() {
                break;
            }
            if group.members.iter().any(|member| used[*member]) {
                continue;
            }
            let members = group.members.map(|member| &outlines[member]);
            let Some((text, corners)) = read_group(plane, &group, members, self.effort, self.deadline) else {
                continue;
            };
            let corners = corners.map(|corner| corner * scale);
            for (used, outline) in used.iter_mut().zip(&outlines) {
                *used |= contains(&corners, outline.middle * scale);
            }
            let corners = corners.map(|Point { x, y }| Corner { x, y });
            self.found.push(Code { symbology: Symbology::Qr, text, corners });
        }
        used.iter().filter(|used| !**used).count()
    }

    /// Whether a place is within a code that was read already.
    fn is_known(&self, place: Point) -> bool {
        self.found.iter().any(|code| contains(&code.corners.map(|Corner { x, y }| Point::new(x, y)), place))
    }
}

fn read_group(
    plane: &Plane,
    group: &Group,
    finders: [&Outline; 3],
    effort: Effort,
    deadline: Deadline,
) -> Option<(String, [Point; 4])> {
    let mut grids: Vec<(f32, Grid<'_>)> = pattern::sides(group.side)
        .take(if group.side > 60.0 { 5 } else { 3 })
        .filter_map(|side| Grid::new(plane, finders, side))
        .map(|grid| (grid.timing(), grid))
        .collect();
    grids.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (timing, grid) in grids.into_iter().take(2) {
        // By chance it is 0, with a deviation of 0.2; on a round surface it can be as low.
        if timing < if effort == Effort::Frame { 0.2 } else { 0.08 } {
            break;
        }
        let others = if effort == Effort::Picture { grid.other_starts(finders) } else { Vec::new() };
        for mut grid in std::iter::once(grid).chain(others) {
            grid.align();
            let steps = [None, Some(false), Some(true)];
            let steps = if effort == Effort::Frame { &steps[..2] } else { &steps[..] };
            for step in steps {
                // A large code settles in 20 ms.
                if deadline.has_passed() {
                    return None;
                }
                if let Some(bent) = step {
                    grid.settle(*bent);
                }
                if let Some(text) = read_grid(&grid) {
                    return Some((text, grid.corners()));
                }
            }
        }
    }
    None
}

fn read_grid(grid: &Grid<'_>) -> Option<String> {
    bits::read(&grid.modules(), grid.pattern.side)
}

/// Whether a place is within four corners, in either sense of rotation.
fn contains(corners: &[Point; 4], place: Point) -> bool {
    let sides: [f32; 4] = std::array::from_fn(|at| {
        let (from, to) = (corners[at], corners[(at + 1) % 4]);
        (to - from).cross(place - from)
    });
    sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0)
}
