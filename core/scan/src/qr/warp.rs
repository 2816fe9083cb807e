//! Modules to pixels: a perspective, and the slight bend of a label on a round surface.

use super::point::Point;

/// Maps places in a code, in modules from its top left, to the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Warp {
    /// Row by row; the ninth is 1.
    terms: [f64; 8],
    /// Pixels that a place is moved by, for each square of its distance from the middle of the code: x, y in (u², v², uv).
    bend: [Point; 3],
    /// Half the side of the code, in modules: the unit of the bend.
    half: f32,
}

impl Warp {
    /// The perspective that brings places nearest to where they were seen, by least squares; at least four.
    pub(crate) fn fit(side: usize, pairs: &[(Point, Point, f64)]) -> Option<Self> {
        // Around the middle of each plane: the equations would lose half their digits otherwise.
        let count = pairs.len() as f64;
        let half = side as f32 / 2.0;
        let (cx, cy) = pairs.iter().fold((0.0, 0.0), |(x, y), (_, to, _)| {
            (x + f64::from(to.x) / count, y + f64::from(to.y) / count)
        });
        let spread = pairs.iter().fold(1.0_f64, |spread, (_, to, _)| {
            spread.max((f64::from(to.x) - cx).abs()).max((f64::from(to.y) - cy).abs())
        });
        let mut sums = [[0.0_f64; 9]; 8];
        for (from, to, weight) in pairs {
            let (u, v) = (f64::from((from.x - half) / half), f64::from((from.y - half) / half));
            let (x, y) = ((f64::from(to.x) - cx) / spread, (f64::from(to.y) - cy) / spread);
            let rows = [
                [u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x, x],
                [0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y, y],
            ];
            for row in rows {
                for (i, sum) in sums.iter_mut().enumerate() {
                    for (j, term) in sum.iter_mut().enumerate() {
                        *term += weight * row[i] * row[j];
                    }
                }
            }
        }
        let [a, b, c, d, e, f, g, h] = solve(sums)?;
        // Back to pixels; the places stay in halves of the code.
        let terms = [
            a * spread + g * cx,
            b * spread + h * cx,
            c * spread + cx,
            d * spread + g * cy,
            e * spread + h * cy,
            f * spread + cy,
            g,
            h,
        ];
        terms.iter().all(|term| term.is_finite()).then_some(Self { terms, bend: [Point::default(); 3], half })
    }

    pub(crate) fn bend(&self) -> [Point; 3] {
        self.bend
    }

    /// The same perspective with another bend.
    pub(crate) fn bent(self, bend: [Point; 3]) -> Self {
        Self { bend, ..self }
    }

    /// Where a place comes to lie.
    #[inline]
    pub(crate) fn map(&self, u: f32, v: f32) -> Point {
        let (u, v) = ((u - self.half) / self.half, (v - self.half) / self.half);
        let [a, b, c, d, e, f, g, h] = self.terms.map(|term| term as f32);
        let scale = 1.0 / (g * u + h * v + 1.0);
        let flat = Point::new((a * u + b * v + c) * scale, (d * u + e * v + f) * scale);
        // Corners stay where they are: they were measured; the middle moves.
        flat + self.bend[0] * (u * u - 1.0)
            + self.bend[1] * (v * v - 1.0)
            + self.bend[2] * (u * v * (u * u + v * v - 2.0))
    }
}

/// Gauss with the largest pivot.
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for at in 0..8 {
        let best = (at..8).max_by(|a, b| rows[*a][at].abs().total_cmp(&rows[*b][at].abs()))?;
        rows.swap(at, best);
        let pivot = rows[at];
        if pivot[at].abs() < 1e-12 {
            return None;
        }
        for (index, row) in rows.iter_mut().enumerate() {
            if index != at {
                let factor = row[at] / pivot[at];
                row.iter_mut().zip(pivot).for_each(|(term, pivot)| *term -= factor * pivot);
            }
        }
    }
    Some(std::array::from_fn(|at| rows[at][8] / rows[at][at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitted_warp_brings_every_place_to_where_it_was_seen() {
        let seen = |u: f32, v: f32| {
            let scale = 1.0 / (1.0 + 0.004 * u - 0.002 * v);
            Point::new((300.0 + 5.0 * u + 1.0 * v) * scale, (200.0 - 0.5 * u + 4.0 * v) * scale)
        };
        let places =
            [(0.0, 0.0), (7.0, 0.0), (18.0, 0.0), (25.0, 7.0), (0.0, 25.0), (7.0, 18.0), (18.5, 18.5)];
        let pairs: Vec<_> = places.iter().map(|(u, v)| (Point::new(*u, *v), seen(*u, *v), 1.0)).collect();
        let warp = Warp::fit(25, &pairs).expect("there are enough places");
        for (u, v) in [(12.5, 12.5), (25.0, 25.0), (3.0, 21.0)] {
            assert!((warp.map(u, v) - seen(u, v)).length() < 0.05, "{u} {v}");
        }
    }

    #[test]
    fn places_on_one_line_fit_no_warp() {
        let pairs: Vec<_> =
            (0..6).map(|i| (Point::new(i as f32, 0.0), Point::new(i as f32, 3.0), 1.0)).collect();
        assert!(Warp::fit(21, &pairs).is_none());
    }
}
