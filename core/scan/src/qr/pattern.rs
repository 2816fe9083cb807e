//! What every QR code of a size has in common: finders, timing, alignment (ISO/IEC 18004, section 6.3).

/// The modules that do not depend on what a code says.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) side: usize,
    /// Middles of the alignment patterns, as (column, row); the one at the bottom right is the last.
    pub(crate) alignments: Vec<(usize, usize)>,
    /// Row by row: 1 dark, -1 light, 0 says something.
    pub(crate) modules: Vec<i8>,
}

/// The number of modules a side, nearest first, that a measured number may mean.
pub(crate) fn sides(measured: f32) -> impl Iterator<Item = usize> {
    let mut versions: Vec<usize> = (1..=40).collect();
    versions.sort_by(|a, b| {
        let off = |version: &usize| ((17 + 4 * version) as f32 - measured).abs();
        off(a).total_cmp(&off(b))
    });
    versions.into_iter().map(|version| 17 + 4 * version)
}

impl Pattern {
    pub(crate) fn of(side: usize) -> Self {
        let mut pattern = Self { side, alignments: alignments(side), modules: vec![0; side * side] };
        for (column, row) in [(0, 0), (side - 7, 0), (0, side - 7)] {
            pattern.draw_finder(column, row);
        }
        for at in 8..side - 8 {
            let module = if at % 2 == 0 { 1 } else { -1 };
            pattern.modules[6 * side + at] = module;
            pattern.modules[at * side + 6] = module;
        }
        for (column, row) in pattern.alignments.clone() {
            for dy in 0..5_usize {
                for dx in 0..5_usize {
                    let ring = dx.abs_diff(2).max(dy.abs_diff(2));
                    pattern.modules[(row + dy - 2) * side + column + dx - 2] = if ring == 1 { -1 } else { 1 };
                }
            }
        }
        pattern
    }

    /// Seven modules with the light border towards the inside.
    fn draw_finder(&mut self, left: usize, top: usize) {
        let side = self.side;
        for row in top.saturating_sub(1)..(top + 8).min(side) {
            for column in left.saturating_sub(1)..(left + 8).min(side) {
                let ring = column.abs_diff(left + 3).max(row.abs_diff(top + 3));
                self.modules[row * side + column] = if ring == 2 || ring == 4 { -1 } else { 1 };
            }
        }
    }
}

/// ISO/IEC 18004, annex E: evenly spaced from the far edge, the first at 6.
fn alignments(side: usize) -> Vec<(usize, usize)> {
    let version = (side - 17) / 4;
    if version < 2 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let step = (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
    let mut places: Vec<usize> = (0..count - 1).map(|back| side - 7 - back * step).collect();
    places.push(6);
    places.reverse();
    let last = side - 7;
    let in_corner = |column, row| [(6, 6), (6, last), (last, 6)].contains(&(column, row));
    let all = places.iter().flat_map(|row| places.iter().map(|column| (*column, *row)));
    all.filter(|(column, row)| !in_corner(*column, *row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alignment_patterns_stand_where_the_standard_has_them() {
        assert!(alignments(21).is_empty());
        assert_eq!(alignments(25), [(18, 18)]);
        let columns = |version: usize| {
            let mut columns: Vec<_> =
                alignments(17 + 4 * version).into_iter().map(|(column, _)| column).collect();
            columns.sort_unstable();
            columns.dedup();
            columns
        };
        assert_eq!(columns(7), [6, 22, 38]);
        assert_eq!(columns(22), [6, 26, 50, 74, 98]);
        assert_eq!(columns(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(columns(40), [6, 30, 58, 86, 114, 142, 170]);
    }

    #[test]
    fn measured_number_of_modules_means_the_nearest_sizes() {
        assert_eq!(sides(30.0).take(3).collect::<Vec<_>>(), [29, 33, 25]);
        assert_eq!(sides(9.0).next(), Some(21));
    }

    #[test]
    fn pattern_is_what_a_printed_code_has() {
        for version in [1, 2, 7, 21, 40] {
            let code =
                qrcode::QrCode::with_version(b"1", qrcode::Version::Normal(version), qrcode::EcLevel::L)
                    .expect("it fits");
            let pattern = Pattern::of(code.width());
            for (module, colour) in pattern.modules.iter().zip(code.to_colors()) {
                let dark = colour == qrcode::Color::Dark;
                assert!(*module == 0 || (*module == 1) == dark, "version {version}");
            }
        }
    }
}
