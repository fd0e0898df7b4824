//! Which pixels of two rows count as different.

use super::anti_aliasing::{Reading, View};
use super::colour::{self, Pixel, whole};
use super::patch;
use super::window::Band;

/// Whose rules decide what counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rules {
    /// As pixelmatch 7.2 with its defaults: anti-aliasing does not count, and pixels that can be
    /// seen through are compared on a board.
    #[default]
    Pixelmatch,
    /// As odiff 4.5 with its defaults: anti-aliasing counts, on white.
    Odiff,
    /// As odiff 4.5 with `--antialiasing`.
    OdiffAntialiasing,
}

/// The rules with their threshold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judge {
    rules: Rules,
    tolerance: f64,
    whole_tolerance: i64,
}

/// What one row came to.
#[derive(Debug, Default)]
pub(super) struct RowDifference {
    /// The columns of the pixels that count.
    pub columns: Vec<u32>,
    /// How many pixels were soft edges.
    pub anti_aliased: u64,
}

/// Pixels compared at once before each is looked at.
const BLOCK: usize = 16;

impl Judge {
    /// The rules, with a threshold between 0 and 1.
    pub(super) fn new(rules: Rules, threshold: f64) -> Self {
        let (tolerance, whole_tolerance) =
            (colour::tolerance(threshold), whole::tolerance(threshold));
        Self { rules, tolerance, whole_tolerance }
    }

    /// Whether a pixel that only one picture has counts: not if nothing is seen of it.
    pub(super) const fn counts_alone(pixel: Pixel) -> bool {
        pixel[3] != 0
    }

    /// Compares row `ya` of one with row `yb` of the other, as far as both are wide.
    pub(super) fn compare(
        &self,
        (a, ya): (&Band, u32),
        (b, yb): (&Band, u32),
        found: &mut RowDifference,
    ) {
        found.columns.clear();
        found.anti_aliased = 0;
        let pair = Pair::new((a, ya), (b, yb));
        let width = a.size().width.min(b.size().width) as usize;
        let (row_a, row_b) = (&a.row(ya)[..width], &b.row(yb)[..width]);
        // Blocks of a fixed size are compared without a call.
        let ((blocks_a, rest_a), (blocks_b, rest_b)) =
            (row_a.as_chunks::<BLOCK>(), row_b.as_chunks::<BLOCK>());
        let blocks = blocks_a.iter().zip(blocks_b).map(|(pa, pb)| (pa == pb, &pa[..], &pb[..]));
        let rest = std::iter::once((false, rest_a, rest_b));
        for (block, (equal, pa, pb)) in blocks.chain(rest).enumerate() {
            if equal {
                continue;
            }
            for (within, (pa, pb)) in pa.iter().zip(pb).enumerate() {
                if pa != pb {
                    pair.pixel(self, block * BLOCK + within, (*pa, *pb), found);
                }
            }
        }
    }

    fn differs(&self, a: Pixel, b: Pixel, index: impl Fn() -> u64) -> bool {
        match self.rules {
            Rules::Pixelmatch => colour::distance(a, b, index()) > self.tolerance,
            Rules::Odiff | Rules::OdiffAntialiasing => whole::distance(a, b) > self.whole_tolerance,
        }
    }
}

/// Two rows that stand for each other.
struct Pair<'a> {
    bands: [&'a Band; 2],
    rows: [u32; 2],
    /// What is around them, away from the upper and lower edge.
    around: Option<[patch::Rows<'a>; 2]>,
}

impl<'a> Pair<'a> {
    fn new((a, ya): (&'a Band, u32), (b, yb): (&'a Band, u32)) -> Self {
        let around = patch::Rows::around(a, ya).zip(patch::Rows::around(b, yb));
        Self { bands: [a, b], rows: [ya, yb], around: around.map(|(a, b)| [a, b]) }
    }

    fn pixel(
        &self,
        judge: &Judge,
        column: usize,
        (pa, pb): (Pixel, Pixel),
        found: &mut RowDifference,
    ) {
        let x = u32::try_from(column).unwrap_or(u32::MAX);
        let index =
            || u64::from(self.rows[0]) * u64::from(self.bands[0].size().width) + u64::from(x);
        if !judge.differs(pa, pb, index) {
            return;
        }
        let soft = match judge.rules {
            Rules::Pixelmatch => {
                let near = self.around.as_ref().and_then(|[a, b]| patch::is_soft(a, b, x));
                near.unwrap_or_else(|| self.is_soft(x, Reading::Pixelmatch))
            }
            Rules::OdiffAntialiasing => self.is_soft(x, Reading::Odiff),
            Rules::Odiff => false,
        };
        if soft {
            found.anti_aliased += 1;
        } else {
            found.columns.push(x);
        }
    }

    fn is_soft(&self, x: u32, reading: Reading) -> bool {
        let ([a, b], [ya, yb]) = (self.bands, self.rows);
        let shift = i64::from(yb) - i64::from(ya);
        View { of: a, other: b, shift }.is_soft(x, ya, reading)
            || View { of: b, other: a, shift: -shift }.is_soft(x, yb, reading)
    }
}
