//! Soft edges told away from the picture's own edges and where nothing can be seen through, which is
//! nearly everywhere: [`super::anti_aliasing`] in whole numbers, on a copy of 25 pixels.

use super::anti_aliasing::SURFACE;
use super::colour::Pixel;
use super::window::{Band, REACH};

const SIDE: usize = 2 * REACH as usize + 1;
const MIDDLE: usize = REACH as usize;

/// What brightness weighs, as in [`super::colour::brighter`], in hundred-millionths. Different
/// colours never weigh the same, so that equally bright neighbours are those of the same colour.
const WEIGHTS: [i64; 3] = [29_889_531, 58_662_247, 11_448_223];

/// The rows that a pixel's neighbours and theirs are in; none at the upper and lower edge.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a>([&'a [Pixel]; SIDE]);

impl<'a> Rows<'a> {
    /// Around a row of a picture.
    pub(super) fn around(band: &'a Band, y: u32) -> Option<Self> {
        let top = y.checked_sub(REACH).filter(|_| y + REACH < band.size().height)?;
        let mut rows = [&[][..]; SIDE];
        rows.iter_mut().zip(top..).for_each(|(row, y)| *row = band.row(y));
        Some(Self(rows))
    }

    /// Around a pixel of that row; none at the left and right edge.
    fn patch(&self, x: u32) -> Option<Patch> {
        let left = x.checked_sub(REACH)? as usize;
        let mut patch = Patch([[0; SIDE]; SIDE]);
        for (pixels, row) in patch.0.iter_mut().zip(self.0) {
            *pixels = row.get(left..)?.first_chunk::<SIDE>()?.map(u32::from_le_bytes);
        }
        Some(patch)
    }
}

/// Whether either of two pixels that stand for each other is a soft edge, as pixelmatch tells it;
/// none where this is no place to tell.
pub(super) fn is_soft(a: &Rows<'_>, b: &Rows<'_>, x: u32) -> Option<bool> {
    let (a, b) = (a.patch(x)?, b.patch(x)?);
    (a.is_opaque() && b.is_opaque()).then(|| a.is_soft(&b) || b.is_soft(&a))
}

/// A pixel with its neighbours and theirs.
struct Patch([[u32; SIDE]; SIDE]);

type At = (usize, usize);

/// The neighbours of the middle one, column by column: of equally far ones the first counts.
const NEIGHBOURS: [At; 8] = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2), (3, 3)];

impl Patch {
    /// Whether nothing can be seen through the middle and its neighbours.
    fn is_opaque(&self) -> bool {
        let near = self.0[1..=3].iter().flat_map(|row| &row[1..=3]);
        near.fold(u32::MAX, |all, pixel| all & pixel) >> 24 == 255
    }

    /// Whether the middle lies between a darker and a brighter neighbour, one of which is part of a
    /// surface in both pictures.
    fn is_soft(&self, other: &Self) -> bool {
        if self.is_surface((MIDDLE, MIDDLE)) {
            return false;
        }
        let Some(extremes) = self.extremes() else { return false };
        extremes.into_iter().any(|at| self.is_surface(at) && other.is_surface(at))
    }

    fn extremes(&self) -> Option<[At; 2]> {
        let centre = weight(self.0[MIDDLE][MIDDLE]);
        let (mut low, mut high) = (centre, centre);
        let mut found = [None; 2];
        for (x, y) in NEIGHBOURS {
            let weight = weight(self.0[y][x]);
            if weight < low {
                (low, found[0]) = (weight, Some((x, y)));
            } else if weight > high {
                (high, found[1]) = (weight, Some((x, y)));
            }
        }
        Some([found[0]?, found[1]?])
    }

    /// Whether enough neighbours of a pixel have its colour.
    fn is_surface(&self, (x, y): At) -> bool {
        let centre = self.0[y][x];
        let near = self.0[y - 1..=y + 1].iter().flat_map(|row| &row[x - 1..=x + 1]);
        let equal: u32 = near.map(|pixel| u32::from(*pixel == centre)).sum();
        // The pixel itself was counted too.
        equal > SURFACE
    }
}

fn weight(pixel: u32) -> i64 {
    let [r, g, b, _] = pixel.to_le_bytes().map(i64::from);
    r * WEIGHTS[0] + g * WEIGHTS[1] + b * WEIGHTS[2]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::anti_aliasing::{Reading, View};
    use super::*;

    fn five_rows() -> impl Strategy<Value = Vec<Vec<Pixel>>> {
        // So few that surfaces and soft edges are frequent.
        let shade = prop::sample::select(vec![0, 130, 131, 255, 255]);
        let pixel = shade.prop_map(|shade| [shade, shade, 200, 255]);
        prop::collection::vec(prop::collection::vec(pixel, 7), SIDE)
    }

    proptest! {
        #[test]
        fn tells_what_is_told_everywhere(a in five_rows(), b in five_rows()) {
            let (a, b) = (Band::of(&a), Band::of(&b));
            let y = REACH;
            let rows = (Rows::around(&a, y).unwrap(), Rows::around(&b, y).unwrap());
            let view = |of, other| View { of, other, shift: 0 };
            for x in 0..7 {
                let everywhere = view(&a, &b).is_soft(x, y, Reading::Pixelmatch)
                    || view(&b, &a).is_soft(x, y, Reading::Pixelmatch);
                let here = is_soft(&rows.0, &rows.1, x);
                prop_assert_eq!(here, (2..5).contains(&x).then_some(everywhere), "column {}", x);
            }
        }
    }

    #[test]
    fn different_colours_never_weigh_the_same() {
        for r in -255..=255 {
            for g in -255..=255 {
                let rest = r * WEIGHTS[0] + g * WEIGHTS[1];
                let same = rest % WEIGHTS[2] == 0 && (rest / WEIGHTS[2]).abs() <= 255;
                assert!(!same || (r, g) == (0, 0), "red {r}, green {g}");
            }
        }
    }
}
