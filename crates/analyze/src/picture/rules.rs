//! Which pixels of two rows count as different.

use super::anti_aliasing::{Reading, View};
use super::colour::{self, Pixel, whole};
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
        let width = a.size().width.min(b.size().width) as usize;
        let (row_a, row_b) = (&a.row(ya)[..width], &b.row(yb)[..width]);
        for (block, (pa, pb)) in row_a.chunks(BLOCK).zip(row_b.chunks(BLOCK)).enumerate() {
            if pa == pb {
                continue;
            }
            for (within, (pa, pb)) in pa.iter().zip(pb).enumerate() {
                if pa != pb {
                    self.pixel((a, ya), (b, yb), block * BLOCK + within, (*pa, *pb), found);
                }
            }
        }
    }

    fn pixel(
        &self,
        (a, ya): (&Band, u32),
        (b, yb): (&Band, u32),
        column: usize,
        (pa, pb): (Pixel, Pixel),
        found: &mut RowDifference,
    ) {
        let x = u32::try_from(column).unwrap_or(u32::MAX);
        if !self.differs(pa, pb, || u64::from(ya) * u64::from(a.size().width) + u64::from(x)) {
            return;
        }
        let reading = match self.rules {
            Rules::Pixelmatch => Some(Reading::Pixelmatch),
            Rules::OdiffAntialiasing => Some(Reading::Odiff),
            Rules::Odiff => None,
        };
        let shift = i64::from(yb) - i64::from(ya);
        let soft = reading.is_some_and(|reading| {
            View { of: a, other: b, shift }.is_soft(x, ya, reading)
                || View { of: b, other: a, shift: -shift }.is_soft(x, yb, reading)
        });
        if soft {
            found.anti_aliased += 1;
        } else {
            found.columns.push(x);
        }
    }

    fn differs(&self, a: Pixel, b: Pixel, index: impl Fn() -> u64) -> bool {
        match self.rules {
            Rules::Pixelmatch => colour::distance(a, b, index()) > self.tolerance,
            Rules::Odiff | Rules::OdiffAntialiasing => whole::distance(a, b) > self.whole_tolerance,
        }
    }
}
