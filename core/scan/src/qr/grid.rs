//! A code laid flat: from three finders to the brightness of each module.
//!
//! 1. the twelve corners of the three finders give a perspective for each likely size; the timing pattern tells which size
//!    it is;
//! 2. alignment patterns are sought where they should be, the far one first, and make it more exact;
//! 3. where that is not enough, [`Grid::settle`] moves the corners (and bends the surface) as long as modules become more
//!    clearly dark or light and the known ones more like what they must be;
//! 4. each module is the mean of five places in it.

use super::outline::Outline;
use super::pattern::Pattern;
use super::point::Point;
use super::warp::Warp;
use crate::plane::Plane;
use std::sync::Arc;

/// A code as it lies in the picture.
#[derive(Clone, Debug)]
pub(crate) struct Grid<'a> {
    plane: &'a Plane,
    pub(crate) pattern: Arc<Pattern>,
    warp: Warp,
    /// Places in the code, where they were seen, and how sure that is.
    anchors: Vec<(Point, Point, f64)>,
    /// Brightness between dark and light at the top left, and how it changes to the right and downwards, a module.
    threshold: [f32; 3],
    contrast: f32,
}

impl<'a> Grid<'a> {
    /// From finders at top left, top right and bottom left, for a number of modules.
    pub(crate) fn new(plane: &'a Plane, finders: [&Outline; 3], side: usize) -> Option<Self> {
        let [corner, right, below] = finders;
        let (across, down) = (right.middle - corner.middle, below.middle - corner.middle);
        let (across, down) = (across * (1.0 / across.length()), down * (1.0 / down.length()));
        let far = (side - 7) as f32;
        let mut anchors = Vec::with_capacity(16);
        for (finder, (left, top)) in finders.into_iter().zip([(0.0, 0.0), (far, 0.0), (0.0, far)]) {
            let places = [(0.0, 0.0), (7.0, 0.0), (7.0, 7.0), (0.0, 7.0)];
            for ((u, v), seen) in places.into_iter().zip(turned(finder, across, down)) {
                anchors.push((Point::new(left + u, top + v), seen, 1.0));
            }
        }
        let warp = Warp::fit(side, &anchors)?;
        let slope = |to: &Outline| (to.threshold - corner.threshold) / far;
        let threshold = [corner.threshold, slope(right), slope(below)];
        let contrast = finders.iter().map(|finder| finder.contrast).sum::<f32>() / 3.0;
        let pattern = Arc::new(Pattern::of(side));
        Some(Self { plane, pattern, warp, anchors, threshold, contrast })
    }

    /// The same code with its far corner found in other ways. Twelve corners of a code on a round surface contradict each
    /// other, and the perspective that fits them best can be far off where there is no finder: so as if there were no
    /// perspective; and where the sides of the two outer finders meet.
    pub(crate) fn other_starts(&self, finders: [&Outline; 3]) -> Vec<Self> {
        let [corner, right, below] = finders.map(|finder| finder.middle);
        let (across, down) = (right - corner, below - corner);
        let [left_end, right_end, right_foot, left_foot] = turned(finders[1], across, down);
        let down_right = (right_foot - right_end) + (left_foot - left_end);
        let [upper, upper_end, lower_end, lower] = turned(finders[2], across, down);
        let along_below = (upper_end - upper) + (lower_end - lower);
        let meeting = Point::crossing(right, right + down_right, below, below + along_below);
        let far_corners = [Some(right + down), meeting];
        let far = self.pattern.side as f32 - 3.5;
        let starts = far_corners.into_iter().flatten().filter_map(|far_corner| {
            let anchors = vec![
                (Point::new(3.5, 3.5), corner, 1.0),
                (Point::new(far, 3.5), right, 1.0),
                (Point::new(3.5, far), below, 1.0),
                (Point::new(far, far), far_corner, 0.1),
            ];
            let warp = Warp::fit(self.pattern.side, &anchors)?;
            Some(Self { warp, anchors, ..self.clone() })
        });
        starts.collect()
    }

    /// How dark a place is: positive is dark, 1 as dark as a finder.
    #[inline]
    fn darkness(&self, warp: &Warp, u: f32, v: f32) -> f32 {
        let at = warp.map(u, v);
        let [base, across, down] = self.threshold;
        let threshold = base + across * (u - 3.5) + down * (v - 3.5);
        ((threshold - self.plane.sample(at.x, at.y)) / self.contrast).clamp(-1.5, 1.5)
    }

    /// How well the two timing patterns are seen, 1 at best: they alternate only if the number of modules is right.
    pub(crate) fn timing(&self) -> f32 {
        let side = self.pattern.side;
        let sum: f32 = (8..side - 8)
            .map(|at| {
                let sign = if at % 2 == 0 { 1.0 } else { -1.0 };
                let at = at as f32 + 0.5;
                sign * (self.darkness(&self.warp, at, 6.5) + self.darkness(&self.warp, 6.5, at))
            })
            .sum();
        sum / (2 * (side - 16)) as f32
    }

    /// Seeks the alignment patterns and fits the perspective to those that are there.
    pub(crate) fn align(&mut self) {
        let pattern = Arc::clone(&self.pattern);
        let Some((far, others)) = pattern.alignments.split_last() else { return };
        // Perspective is least sure at the corner without a finder.
        self.anchor(*far, 1.5 + pattern.side as f32 / 20.0, 4.0);
        let near: Vec<_> = others.iter().filter(|_| others.len() <= 45).collect();
        for place in near {
            self.anchor(*place, 1.5, 1.0);
        }
    }

    fn anchor(&mut self, place: (usize, usize), reach: f32, weight: f64) {
        let place = Point::new(place.0 as f32 + 0.5, place.1 as f32 + 0.5);
        let Some(seen) = self.seek_alignment(place, reach) else { return };
        self.anchors.push((place, self.warp.map(seen.x, seen.y), weight));
        match Warp::fit(self.pattern.side, &self.anchors) {
            Some(warp) => self.warp = warp,
            None => {
                self.anchors.pop();
            }
        }
    }

    /// Where, near a place, an alignment pattern is seen; in modules.
    fn seek_alignment(&self, place: Point, reach: f32) -> Option<Point> {
        let likeness = |at: Point| {
            let mut sum = 0.0;
            for dv in -2..=2_i32 {
                for du in -2..=2_i32 {
                    let ring = du.abs().max(dv.abs());
                    // The middle counts as much as a ring: nothing else has a dark one within a light one.
                    let weight = [4.0, -1.0, 0.5][ring as usize];
                    sum += weight * self.darkness(&self.warp, at.x + du as f32, at.y + dv as f32);
                }
            }
            sum / 20.0
        };
        let mut best = (likeness(place), place);
        for (step, reach) in [(0.5, reach), (0.25, 0.3), (0.125, 0.15)] {
            let middle = best.1;
            let count = (reach / step).ceil() as i32;
            for dv in -count..=count {
                for du in -count..=count {
                    let at = middle + Point::new(du as f32, dv as f32) * step;
                    let found = likeness(at);
                    if found > best.0 {
                        best = (found, at);
                    }
                }
            }
        }
        (best.0 > 0.45).then_some(best.1)
    }

    /// Moves corners, and with `bent` the surface between them, to where modules are clearest.
    pub(crate) fn settle(&mut self, bent: bool) {
        let side = self.pattern.side;
        let (near, far) = (3.5, side as f32 - 3.5);
        let places = [(near, near), (far, near), (near, far), (far, far)].map(|(u, v)| Point::new(u, v));
        let mut corners = places.map(|place| self.warp.map(place.x, place.y));
        let modules = 1.0 / (far - near);
        let (across, down) = ((corners[1] - corners[0]) * modules, (corners[2] - corners[0]) * modules);
        let mut bend = self.warp.bend();
        let warp_of = |corners: [Point; 4], bend: [Point; 3]| {
            let pairs: [_; 4] = std::array::from_fn(|at| (places[at], corners[at], 1.0));
            Warp::fit(side, &pairs).map(|warp| warp.bent(bend))
        };
        let mut best = self.clarity(&self.warp);
        for step in [0.8, 0.4, 0.2, 0.1] {
            for knob in [4, 5, 3, 1, 2, 0, 6] {
                if knob >= 4 && !bent {
                    continue;
                }
                for direction in [across, across * -1.0, down, down * -1.0] {
                    let by = direction * step;
                    for _ in 0..3 {
                        let (mut tried, mut tried_bend) = (corners, bend);
                        match knob {
                            0..=3 => tried[knob] = tried[knob] + by,
                            _ => tried_bend[knob - 4] = tried_bend[knob - 4] + by,
                        }
                        let Some(warp) = warp_of(tried, tried_bend) else { break };
                        let clarity = self.clarity(&warp);
                        if clarity <= best {
                            break;
                        }
                        (best, corners, bend) = (clarity, tried, tried_bend);
                        self.warp = warp;
                    }
                }
            }
        }
    }

    /// How clearly modules are dark or light, and the known ones what they must be.
    fn clarity(&self, warp: &Warp) -> f32 {
        let side = self.pattern.side;
        let mut sum = 0.0;
        for (row, modules) in self.pattern.modules.chunks_exact(side).enumerate() {
            for (column, known) in modules.iter().enumerate() {
                let darkness = self.darkness(warp, column as f32 + 0.5, row as f32 + 0.5);
                sum += match known {
                    0 => darkness.abs(),
                    sign => 2.0 * f32::from(*sign) * darkness,
                };
            }
        }
        sum
    }

    /// Darkness of each module, row by row.
    pub(crate) fn modules(&self) -> Vec<f32> {
        let side = self.pattern.side;
        let mut modules = Vec::with_capacity(side * side);
        for row in 0..side {
            for column in 0..side {
                let (u, v) = (column as f32 + 0.5, row as f32 + 0.5);
                let around = [(0.0, 0.0), (0.22, 0.0), (-0.22, 0.0), (0.0, 0.22), (0.0, -0.22)];
                let sum: f32 = around.iter().map(|(du, dv)| self.darkness(&self.warp, u + du, v + dv)).sum();
                modules.push(sum / 5.0);
            }
        }
        modules
    }

    /// The corners of the whole code.
    pub(crate) fn corners(&self) -> [Point; 4] {
        let side = self.pattern.side as f32;
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(u, v)| self.warp.map(u, v))
    }
}

/// The corners of a finder, beginning at the code's top left.
fn turned(finder: &Outline, across: Point, down: Point) -> [Point; 4] {
    let towards = [(across + down) * -1.0, across - down, across + down, down - across];
    let mut corners = finder.corners;
    // In a mirrored code the corners go round the other way.
    if across.cross(down) < 0.0 {
        corners.reverse();
    }
    let agreement = |turn: usize| -> f32 {
        (0..4).map(|at| (corners[(at + turn) % 4] - finder.middle).dot(towards[at])).sum()
    };
    let turn = (0..4).max_by(|a, b| agreement(*a).total_cmp(&agreement(*b))).unwrap_or(0);
    std::array::from_fn(|at| corners[(at + turn) % 4])
}
