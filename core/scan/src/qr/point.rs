//! Plane geometry, as much as a QR code needs.

use std::ops::{Add, Mul, Sub};

/// A place or a step, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

impl Point {
    pub(crate) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(crate) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// Positive if `other` is clockwise of this, as seen (y goes down).
    pub(crate) fn cross(self, other: Self) -> f32 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// Where the line through `a`, `b` meets the line through `c`, `d`.
    pub(crate) fn crossing(a: Self, b: Self, c: Self, d: Self) -> Option<Self> {
        let (first, second) = (b - a, d - c);
        let slant = first.cross(second);
        (slant.abs() > 1e-3 * first.length() * second.length())
            .then(|| a + first * ((c - a).cross(second) / slant))
    }

    /// A line by least squares (of distances): a place on it and its direction. `None` for fewer than three points.
    pub(crate) fn line_through(points: impl Iterator<Item = Self> + Clone) -> Option<(Self, Self)> {
        let count = points.clone().count();
        if count < 3 {
            return None;
        }
        let mean = points.clone().fold(Self::default(), Self::add) * (1.0 / count as f32);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for offset in points.map(|point| point - mean) {
            xx += offset.x * offset.x;
            xy += offset.x * offset.y;
            yy += offset.y * offset.y;
        }
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        Some((mean, Self::new(angle.cos(), angle.sin())))
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, by: f32) -> Self {
        Self::new(self.x * by, self.y * by)
    }
}
