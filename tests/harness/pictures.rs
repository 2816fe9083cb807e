//! Synthetic photographs of labels, and pictures made to do harm.
//!
//! A label is a plate with a QR code, its quiet zone, and printed lines beside it, as labels have them. A photograph of it
//! is what a pinhole camera sees of the plate, turned and tilted, on a wall; then out of focus, unevenly lit, with noise.
//! All of it follows from [`Shot`] and its seed, on every machine: the generator of random numbers is our own.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use qrcode::{Color, EcLevel, QrCode, Version};

/// How a label was printed and photographed.
#[derive(Clone, Debug)]
pub struct Shot {
    /// Of all that is random.
    pub seed: u64,
    /// Of the picture, in pixels.
    pub width: usize,
    /// Of the picture, in pixels.
    pub height: usize,
    /// The code's version; none: the smallest.
    pub version: Option<i16>,
    /// The code's error correction.
    pub level: EcLevel,
    /// Pixels a module, before tilting.
    pub module: f32,
    /// Degrees clockwise.
    pub turn: f32,
    /// Degrees that the plate leans away, around the vertical and the horizontal.
    pub tilt: (f32, f32),
    /// Where the middle of the label lies, as parts of width and height from the middle.
    pub shift: (f32, f32),
    /// Brightness of ink and paper; a label can be light on dark.
    pub ink: f32,
    /// See `ink`.
    pub paper: f32,
    /// Out of focus: standard deviation in pixels.
    pub blur: f32,
    /// Standard deviation of a pixel's brightness.
    pub noise: f32,
    /// How much darker one side is than the other, 0 to 1.
    pub shade: f32,
    /// Degrees of a cylinder's surface that the label covers.
    pub curve: f32,
}

impl Default for Shot {
    /// Straight on, sharp, well lit.
    fn default() -> Self {
        Self {
            seed: 1,
            width: 1280,
            height: 720,
            version: None,
            level: EcLevel::M,
            module: 6.0,
            turn: 0.0,
            tilt: (0.0, 0.0),
            shift: (0.0, 0.0),
            ink: 30.0,
            paper: 220.0,
            blur: 0.0,
            noise: 0.0,
            shade: 0.0,
            curve: 0.0,
        }
    }
}

impl Shot {
    /// What a hand-held phone gives: turned by any angle, tilted, soft, with noise, one side darker.
    pub fn by_hand(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        Self {
            seed,
            turn: dice.between(0.0, 360.0),
            tilt: (dice.between(-32.0, 32.0), dice.between(-32.0, 32.0)),
            shift: (dice.between(-0.08, 0.08), dice.between(-0.05, 0.05)),
            module: dice.between(3.5, 7.5),
            ink: dice.between(20.0, 70.0),
            paper: dice.between(140.0, 235.0),
            blur: dice.between(0.4, 1.4),
            noise: dice.between(2.0, 12.0),
            shade: dice.between(0.0, 0.5),
            ..Self::default()
        }
    }
}

/// Brightness of a picture, one byte a pixel.
#[derive(Clone, Debug)]
pub struct Luma {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row by row.
    pub pixels: Vec<u8>,
}

/// A photograph of a label that says `text`, as PNG.
///
/// # Panics
/// If the text does not fit the version.
pub fn photograph(text: &str, shot: &Shot) -> Vec<u8> {
    photograph_luma(&[text], shot).png()
}

/// A photograph of a plate with several codes in a row.
///
/// # Panics
/// If a text does not fit the version.
pub fn photograph_luma(texts: &[&str], shot: &Shot) -> Luma {
    let plate = Plate::print(texts, shot);
    let camera = Camera::of(shot, &plate);
    let mut dice = Dice::new(shot.seed ^ 0x5bd1_e995);
    let mut picture = Vec::with_capacity(shot.width * shot.height);
    for y in 0..shot.height {
        for x in 0..shot.width {
            // Four places a pixel, against stairs.
            let mut sum = 0.0;
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let (u, v) = camera.place(x as f32 + dx, y as f32 + dy);
                sum += plate.brightness(u, v);
            }
            picture.push(sum / 4.0);
        }
    }
    blur(&mut picture, shot.width, shot.height, shot.blur);
    let (across, down) = direction(dice.between(0.0, 360.0));
    let reach = (shot.width + shot.height) as f32;
    let pixels = picture.iter().enumerate().map(|(at, value)| {
        let (x, y) = ((at % shot.width) as f32, (at / shot.width) as f32);
        let along = (x * across + y * down) / reach;
        let light = 1.0 - shot.shade * (0.5 + along).clamp(0.0, 1.0);
        (value * light + shot.noise * dice.normal()).round().clamp(0.0, 255.0) as u8
    });
    let pixels = pixels.collect();
    Luma { width: shot.width, height: shot.height, pixels }
}

impl Luma {
    /// As PNG.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        PngEncoder::new(&mut bytes)
            .write_image(&self.pixels, self.width as u32, self.height as u32, ExtendedColorType::L8)
            .expect("memory can be written");
        bytes
    }

    /// As JPEG.
    ///
    /// # Panics
    /// If a side is over 65,535.
    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality)
            .write_image(&self.pixels, self.width as u32, self.height as u32, ExtendedColorType::L8)
            .expect("memory can be written");
        bytes
    }

    /// Nothing but finder patterns, side by side: it hangs readers that pair each with each.
    pub fn tiled_finders(width: usize, height: usize, module: usize) -> Self {
        Self::drawn(width, height, |x, y| {
            let (x, y) = (x / module % 8, y / module % 8);
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            if ring == 2 || ring == 4 { 255 } else { 0 }
        })
    }

    /// Nothing but noise.
    pub fn noise(width: usize, height: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        Self::drawn(width, height, |_, _| (dice.next() >> 56) as u8)
    }

    /// A desk: surfaces, edges and print, without a code.
    pub fn without_code(width: usize, height: usize, seed: u64) -> Self {
        let shot = Shot { width, height, ..Shot::by_hand(seed) };
        photograph_luma(&[], &shot)
    }

    fn drawn(width: usize, height: usize, mut pixel: impl FnMut(usize, usize) -> u8) -> Self {
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                pixels.push(pixel(x, y));
            }
        }
        Self { width, height, pixels }
    }
}

/// A label's surface. Its unit is the module; its middle is (0, 0).
struct Plate {
    codes: Vec<(f32, usize, Vec<bool>)>,
    half: (f32, f32),
    ink: f32,
    paper: f32,
    seed: u64,
}

impl Plate {
    fn print(texts: &[&str], shot: &Shot) -> Self {
        let mut codes = Vec::new();
        let mut left = 0.0;
        let mut height: f32 = 33.0;
        for text in texts {
            let code = match shot.version {
                Some(version) => QrCode::with_version(text, Version::Normal(version), shot.level),
                None => QrCode::with_error_correction_level(text, shot.level),
            }
            .expect("the text fits its version");
            let side = code.width();
            let dark = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
            codes.push((left, side, dark));
            // A quiet zone of four modules on both sides.
            left += side as f32 + 8.0;
            height = height.max(side as f32 + 8.0);
        }
        // Print stands to the right of the last code.
        let width = left + 24.0;
        let half = (width / 2.0, height / 2.0);
        for (left, _, _) in &mut codes {
            *left += 4.0 - half.0;
        }
        Self { codes, half, ink: shot.ink, paper: shot.paper, seed: shot.seed }
    }

    fn brightness(&self, u: f32, v: f32) -> f32 {
        let (across, down) = (u.abs() - self.half.0, v.abs() - self.half.1);
        let edge = across.max(down);
        if edge > 0.0 {
            // The wall: two tones and the plate's shadow.
            let tone = if ((u * 0.11).sin() + (v * 0.07).cos()) > 0.6 { 0.72 } else { 0.62 };
            return (self.paper.max(self.ink) * tone * (1.0 - 0.3 * (-edge).exp())).min(255.0);
        }
        if (-1.2..-0.7).contains(&edge) {
            return self.ink;
        }
        for (left, side, dark) in &self.codes {
            let (column, row) = (u - left, v + *side as f32 / 2.0);
            let inside = 0.0..*side as f32;
            if inside.contains(&column) && inside.contains(&row) {
                let dark = dark[row as usize * side + column as usize];
                return if dark { self.ink } else { self.paper };
            }
        }
        if self.is_print(u, v) { self.ink } else { self.paper }
    }

    /// Lines of something like letters: strokes of one module, by chance.
    fn is_print(&self, u: f32, v: f32) -> bool {
        let (x, y) = (self.half.0 - 2.0 - u, v + self.half.1 - 3.0);
        if !(0.0..20.0).contains(&x) || y < 0.0 || v > self.half.1 - 3.0 || y % 5.0 > 3.0 {
            return false;
        }
        let letter = Dice::new(self.seed ^ ((x / 2.5) as u64) << 8 ^ ((y / 5.0) as u64) << 20).next();
        let (column, row) = ((x % 2.5 / 0.5) as u64, (y % 5.0 / 0.6) as u64);
        column < 4 && letter >> (column * 5 + row) & 1 == 1
    }
}

/// Where the camera sees what.
struct Camera {
    centre: (f32, f32),
    module: f32,
    turn: (f32, f32),
    normal: [[f32; 3]; 3],
    distance: f32,
    radius: Option<f32>,
}

impl Camera {
    fn of(shot: &Shot, plate: &Plate) -> Self {
        let (ay, ax) = (shot.tilt.0.to_radians(), shot.tilt.1.to_radians());
        let (sy, cy, sx, cx) = (ay.sin(), ay.cos(), ax.sin(), ax.cos());
        let radius = (shot.curve > 0.0).then(|| 2.0 * plate.half.0 / shot.curve.to_radians());
        Self {
            centre: (shot.width as f32 * (0.5 + shot.shift.0), shot.height as f32 * (0.5 + shot.shift.1)),
            module: shot.module,
            turn: direction(shot.turn),
            normal: [[cy, 0.0, sy], [sx * sy, cx, -sx * cy], [-cx * sy, sx, cx * cy]],
            // Near: a label held at twice its own width.
            distance: 2.2 * (2.0 * plate.half.0).max(60.0),
            radius,
        }
    }

    /// The place on the plate that a pixel shows.
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = ((x - self.centre.0) / self.module, (y - self.centre.1) / self.module);
        let (x, y) = (x * self.turn.0 + y * self.turn.1, y * self.turn.0 - x * self.turn.1);
        // The ray from (0, 0, -distance) through (x, y, 0), in the plate's own axes.
        let rotate = |p: [f32; 3]| {
            let n = &self.normal;
            [0, 1, 2].map(|i| n[0][i] * p[0] + n[1][i] * p[1] + n[2][i] * p[2])
        };
        let (from, towards) = (rotate([0.0, 0.0, -self.distance]), rotate([x, y, self.distance]));
        let Some(radius) = self.radius else {
            let t = -from[2] / towards[2];
            return (from[0] + t * towards[0], from[1] + t * towards[1]);
        };
        // A cylinder that stands upright behind the plate's middle.
        let depth = from[2] - radius;
        let (a, b) = (towards[0].powi(2) + towards[2].powi(2), from[0] * towards[0] + depth * towards[2]);
        let c = from[0].powi(2) + depth.powi(2) - radius.powi(2);
        let root = b * b - a * c;
        if root < 0.0 {
            return (f32::MAX.sqrt(), 0.0);
        }
        let t = (-b - root.sqrt()) / a;
        let angle = (from[0] + t * towards[0]).atan2(-(depth + t * towards[2]));
        (radius * angle, from[1] + t * towards[1])
    }
}

fn direction(degrees: f32) -> (f32, f32) {
    (degrees.to_radians().cos(), degrees.to_radians().sin())
}

/// A bell-shaped blur, first along rows, then along columns.
fn blur(picture: &mut [f32], width: usize, height: usize, deviation: f32) {
    if deviation <= 0.0 {
        return;
    }
    let reach = (deviation * 3.0).ceil() as isize;
    let mut bell: Vec<f32> =
        (-reach..=reach).map(|at| (-0.5 * (at as f32 / deviation).powi(2)).exp()).collect();
    let sum: f32 = bell.iter().sum();
    bell.iter_mut().for_each(|weight| *weight /= sum);
    for (length, lines, step, stride) in [(width, height, 1, width), (height, width, width, 1)] {
        let mut line = vec![0.0; length];
        for index in 0..lines {
            let begin = index * stride;
            for (at, value) in line.iter_mut().enumerate() {
                *value = bell
                    .iter()
                    .zip(-reach..)
                    .map(|(weight, by)| {
                        let from = (at as isize + by).clamp(0, length as isize - 1) as usize;
                        weight * picture[begin + from * step]
                    })
                    .sum();
            }
            for (at, value) in line.iter().enumerate() {
                picture[begin + at * step] = *value;
            }
        }
    }
}

/// Random numbers that are the same for ever: SplitMix64 (Steele, Lea, Flood, 2014).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    #[expect(clippy::should_implement_trait, reason = "it has no end, so it is no iterator")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Even between two numbers.
    pub fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * ((self.next() >> 40) as f32 / (1_u64 << 24) as f32)
    }

    /// Bell-shaped, of deviation 1: the sum of twelve even ones is near enough.
    pub fn normal(&mut self) -> f32 {
        let (a, b, c) = (self.next(), self.next(), self.next());
        let sum: u64 =
            [a, b, c].iter().flat_map(|bits| (0..4).map(move |at| bits >> (at * 16) & 0xffff)).sum();
        sum as f32 / 65_536.0 - 6.0
    }
}
