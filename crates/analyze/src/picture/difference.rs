//! The answer.

use super::kind::{Kind, Verdict};
use super::look::LookDistance;
use super::region::{Region, Size};

/// How two pictures differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Whether every pixel is equal, those too that would not count.
    pub identical: bool,
    /// Whether the files were equal, so that nothing had to be decoded.
    pub same_bytes: bool,
    /// The size of the first picture.
    pub first: Size,
    /// The size of the second picture.
    pub second: Size,
    /// How many pixels differ and count.
    pub different_pixels: u64,
    /// How many differ only as soft edges, and do not count.
    pub anti_aliased_pixels: u64,
    /// Where, the most different pixels first.
    pub regions: Vec<Region>,
    /// How many more regions there are, smaller than these.
    pub regions_left_out: usize,
    /// Where differences are thickest.
    pub densest: Densest,
    /// How far apart the pictures are as a whole; nothing when their bytes are the same.
    pub look: Option<LookDistance>,
    /// What kind of difference it is.
    pub kind: Kind,
    /// What to make of it.
    pub verdict: Verdict,
}

/// The window with the most differing pixels, where rows stand for each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Densest {
    /// How many pixels differ in it.
    pub pixels: u32,
    /// The share of the window's pixels, from 0 to 1.
    pub share: f64,
}

impl Densest {
    /// Of a window in a picture of that size.
    pub(super) fn of(pixels: u32, size: Size) -> Self {
        let side = |length: u32| length.clamp(1, super::density::WINDOW);
        let all = side(size.width) * side(size.height);
        Self { pixels, share: f64::from(pixels) / f64::from(all) }
    }
}

impl Difference {
    /// The answer for equal files.
    pub(super) const fn none(size: Size) -> Self {
        Self {
            identical: true,
            same_bytes: true,
            first: size,
            second: size,
            different_pixels: 0,
            anti_aliased_pixels: 0,
            regions: Vec::new(),
            regions_left_out: 0,
            densest: Densest { pixels: 0, share: 0.0 },
            look: None,
            kind: Kind::Same,
            verdict: Verdict::Same,
        }
    }

    /// The share of the larger picture that differs, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
    pub fn share(&self) -> f64 {
        let all = self.first.pixels().max(self.second.pixels()).max(1);
        self.different_pixels as f64 / all as f64
    }
}
