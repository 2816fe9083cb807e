//! The four corners of a finder pattern, more exact than a pixel.
//!
//! They tell which way its modules run and how its corner of the code is tilted. Steps:
//!
//! 1. dark and light of this very finder: its core and its two rings;
//! 2. from the middle, rays outwards until dark ring ends; most of them must cross at distances of 3 : 5 : 7;
//! 3. the places where they leave, cut at the corners into four sides, a line through each, and where the lines meet.

use super::finder::Finder;
use super::point::Point;
use crate::plane::Plane;

const RAYS: usize = 48;

/// A finder pattern with its outline.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    pub(crate) middle: Point,
    /// Of the outer square of seven modules, clockwise, beginning anywhere.
    pub(crate) corners: [Point; 4],
    pub(crate) module: f32,
    /// Brightness halfway between its dark and its light.
    pub(crate) threshold: f32,
    /// Half the difference of the two.
    pub(crate) contrast: f32,
}

impl Outline {
    /// One module in the direction of each pair of sides.
    pub(crate) fn axes(&self) -> [Point; 2] {
        let [a, b, c, d] = self.corners;
        [((b - a) + (c - d)) * (0.5 / 7.0), ((d - a) + (c - b)) * (0.5 / 7.0)]
    }
}

/// Follows the outline of a finder; `None` if there is no square.
pub(crate) fn follow(plane: &Plane, finder: &Finder) -> Option<Outline> {
    let middle = Point::new(finder.x, finder.y);
    let (threshold, contrast) = levels(plane, middle, finder.module)?;
    let mut exits = Vec::with_capacity(RAYS);
    for ray in 0..RAYS {
        let angle = ray as f32 * std::f32::consts::TAU / RAYS as f32;
        let direction = Point::new(angle.cos(), angle.sin());
        if let Some(distance) = leave(plane, middle, direction, finder.module, threshold) {
            exits.push((angle, middle + direction * distance));
        }
    }
    if exits.len() * 4 < RAYS * 3 {
        return None;
    }
    let corners = corners(middle, &exits)?;
    let outline = Outline { middle, corners, module: finder.module, threshold, contrast };
    let [a, b] = outline.axes();
    let (a, b) = (a.length(), b.length());
    let square = a < 3.0 * b && b < 3.0 * a && (0.4..2.5).contains(&((a + b) / 2.0 / finder.module));
    // The middle is where the diagonals cross, in any perspective; the mean of many rows is not as good.
    let middle = Point::crossing(corners[0], corners[2], corners[1], corners[3])?;
    square.then(|| Outline { middle, module: (a * b).sqrt(), ..outline })
}

/// Brightness between the light ring and the dark one, and half the difference of light ring and core.
///
/// Blur makes both rings fainter than core and paper, so the threshold lies between the rings themselves. How far out a ray
/// meets them depends on its angle; they are its brightest place and the darkest beyond that. Noise moves both, in opposite
/// directions.
fn levels(plane: &Plane, middle: Point, module: f32) -> Option<(f32, f32)> {
    let (mut core, mut light, mut dark) = (0.0, 0.0, 0.0);
    for ray in (0..RAYS).step_by(3) {
        let angle = ray as f32 * std::f32::consts::TAU / RAYS as f32;
        let direction = Point::new(angle.cos(), angle.sin());
        let at = |modules: f32| {
            let place = middle + direction * (modules * module);
            plane.sample(place.x, place.y)
        };
        core += at(0.7);
        let (mut peak, mut far) = (0.0, 0.0);
        for step in 0..9 {
            let modules = 1.4 + 0.2 * step as f32;
            let value = at(modules);
            if value > peak {
                (peak, far) = (value, modules);
            }
        }
        light += peak;
        dark += (1..=8).map(|step| at(far * (1.0 + 0.1 * step as f32))).fold(f32::MAX, f32::min);
    }
    let count = RAYS.div_ceil(3) as f32;
    let (core, light, dark) = (core / count, light / count, dark / count);
    (light - core > 6.0 && light > dark).then_some(((light + dark) / 2.0, (light - core) / 2.0))
}

/// How far a ray goes until it has crossed core, light ring and dark ring.
fn leave(plane: &Plane, middle: Point, direction: Point, module: f32, threshold: f32) -> Option<f32> {
    let step = (module * 0.25).clamp(0.4, 4.0);
    let mut edges = [0.0_f32; 3];
    let mut found = 0;
    let (mut distance, mut last) = (0.0, plane.sample(middle.x, middle.y) - threshold);
    // 3.5 modules at a corner, half as much again for perspective.
    let limit = module * 7.5;
    while found < 3 && distance < limit {
        let at = middle + direction * (distance + step);
        let value = plane.sample(at.x, at.y) - threshold;
        let leaves_dark = found % 2 == 0;
        if (value > 0.0) == leaves_dark && (last > 0.0) != leaves_dark {
            edges[found] = distance + step * last / (last - value);
            found += 1;
        }
        distance += step;
        last = value;
    }
    let [core, ring, outer] = edges;
    let fits = found == 3 && (1.5..3.5).contains(&(outer / core)) && (1.1..1.9).contains(&(outer / ring));
    fits.then_some(outer)
}

/// Fits four sides to the exits of the rays.
fn corners(middle: Point, exits: &[(f32, Point)]) -> Option<[Point; 4]> {
    let far = |score: &dyn Fn(Point) -> f32| {
        exits.iter().map(|(_, point)| *point).max_by(|a, b| score(*a).total_cmp(&score(*b)))
    };
    // The corner that is farthest, the one opposite, and the ones farthest to both sides.
    let first = far(&|point| (point - middle).length())?;
    let across = first - middle;
    let third = far(&|point| -(point - middle).dot(across) / across.length())?;
    let diagonal = third - first;
    let second = far(&|point| diagonal.cross(point - first))?;
    let fourth = far(&|point| -diagonal.cross(point - first))?;
    // Clockwise as seen (y goes down): the cross product of neighbours is positive.
    let mut corners = [first, fourth, third, second];
    for _ in 0..2 {
        corners = refine(middle, exits, corners)?;
    }
    Some(corners)
}

/// A line through the exits of each side, and where neighbours meet.
fn refine(middle: Point, exits: &[(f32, Point)], corners: [Point; 4]) -> Option<[Point; 4]> {
    let mut lines = [(Point::default(), Point::default()); 4];
    for (side, line) in lines.iter_mut().enumerate() {
        let (from, to) = (corners[side] - middle, corners[(side + 1) % 4] - middle);
        let whole = to - from;
        let on_side = exits.iter().map(|(_, point)| *point).filter(|point| {
            let offset = *point - middle;
            // Between the two corners as seen from the middle, and not in the rounding of either.
            let along = (offset - from).dot(whole) / whole.dot(whole);
            from.cross(offset) > 0.0 && offset.cross(to) > 0.0 && (0.08..0.92).contains(&along)
        });
        *line = Point::line_through(on_side)?;
    }
    let mut refined = [Point::default(); 4];
    for (side, corner) in refined.iter_mut().enumerate() {
        let (a, b) = (lines[(side + 3) % 4], lines[side]);
        *corner = Point::crossing(a.0, a.0 + a.1, b.0, b.0 + b.1)?;
    }
    // Far outside of what was seen: the lines were nearly parallel.
    let near = refined.iter().zip(corners).all(|(a, b)| (*a - b).length() < (b - middle).length());
    near.then_some(refined)
}
