//! Which three finders belong to one code.
//!
//! Two finders of a code look at each other along their sides and have modules of similar size; three of them make an L
//! with arms of the same number of modules. Perspective bends all of this, so it is a score, not a rule, and the best
//! groups are tried first. Each finder looks at its nearest [`NEIGHBOURS`] only: that keeps sheets of hundreds of finders
//! cheap, and no code has another's finder between its own.

use super::outline::Outline;
use super::point::Point;

const NEIGHBOURS: usize = 10;

/// Three finders of a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// Indices of the finders at top left, top right and bottom left.
    pub(crate) members: [usize; 3],
    /// Modules a side, as estimated.
    pub(crate) side: f32,
    /// 0 is perfect.
    pub(crate) score: f32,
}

struct Arm {
    to: usize,
    step: Point,
    /// Modules from middle to middle.
    modules: f32,
    score: f32,
}

/// Possible codes, the likeliest first.
pub(crate) fn groups(outlines: &[Outline]) -> Vec<Group> {
    let mut groups = Vec::new();
    for (corner, outline) in outlines.iter().enumerate() {
        let arms = arms(outlines, corner, outline);
        for (at, a) in arms.iter().enumerate() {
            for b in &arms[at + 1..] {
                if let Some((score, turned)) = fit(a, b) {
                    let (right, below) = if turned { (b.to, a.to) } else { (a.to, b.to) };
                    let side = (a.modules * b.modules).sqrt() + 7.0;
                    groups.push(Group { members: [corner, right, below], side, score });
                }
            }
        }
    }
    groups.sort_by(|a, b| a.score.total_cmp(&b.score));
    groups
}

fn arms(outlines: &[Outline], corner: usize, outline: &Outline) -> Vec<Arm> {
    let mut arms: Vec<Arm> = outlines
        .iter()
        .enumerate()
        .filter(|(to, _)| *to != corner)
        .filter_map(|(to, other)| arm(outline, to, other))
        .collect();
    arms.sort_by(|a, b| a.step.length().total_cmp(&b.step.length()));
    arms.truncate(NEIGHBOURS);
    arms
}

fn arm(from: &Outline, to: usize, other: &Outline) -> Option<Arm> {
    let sizes = from.module / other.module;
    if !(0.45..2.2).contains(&sizes) {
        return None;
    }
    let step = other.middle - from.middle;
    let (here, slant_here) = along(from, step);
    let (there, slant_there) = along(other, step);
    // Along a line in perspective the number of modules is exactly length / geometric mean of the modules at its ends.
    let modules = step.length() / (here * there).sqrt();
    let score = slant_here + slant_there + 0.5 * sizes.ln().abs();
    // 14 modules in version 1, 170 in version 40; a third more for what is measured badly.
    (slant_here.max(slant_there) < 0.42 && (9.0..200.0).contains(&modules)).then_some(Arm {
        to,
        step,
        modules,
        score,
    })
}

/// Length of a module along a direction, and the sine of the angle to the side that is nearest to it.
fn along(outline: &Outline, step: Point) -> (f32, f32) {
    let sine = |axis: Point| (axis.cross(step) / (axis.length() * step.length())).abs();
    let [a, b] = outline.axes();
    if sine(a) < sine(b) { (a.length(), sine(a)) } else { (b.length(), sine(b)) }
}

/// How well two arms make an L, and whether the second is the one to the right.
fn fit(a: &Arm, b: &Arm) -> Option<(f32, bool)> {
    let cosine = a.step.dot(b.step) / (a.step.length() * b.step.length());
    let proportion = (a.modules / b.modules).ln().abs();
    (cosine.abs() < 0.75 && proportion < 0.45)
        .then(|| (a.score + b.score + cosine.abs() + 2.0 * proportion, a.step.cross(b.step) < 0.0))
}
