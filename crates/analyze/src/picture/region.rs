//! Places in a picture.

use super::error::Side;
use super::kind::Kind;

/// Width and height of a picture.
///
/// # Units
/// Pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Size {
    /// How many pixels there are.
    #[must_use]
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

/// A rectangle in a picture.
///
/// # Units
/// Pixels from the left and from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

impl Rect {
    /// The rows it covers.
    #[must_use]
    pub fn rows(&self) -> std::ops::Range<u32> {
        self.y..self.y.saturating_add(self.height)
    }

    /// The columns it covers.
    #[must_use]
    pub fn columns(&self) -> std::ops::Range<u32> {
        self.x..self.x.saturating_add(self.width)
    }

    /// How many pixels it covers.
    #[must_use]
    pub const fn pixels(&self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Whether they share a pixel.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.x < other.columns().end
            && other.x < self.columns().end
            && self.y < other.rows().end
            && other.y < self.rows().end
    }

    /// The smallest rectangle around both.
    pub(super) fn around(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = self.columns().end.max(other.columns().end);
        let bottom = self.rows().end.max(other.rows().end);
        Self { x, y, width: right - x, height: bottom - y }
    }
}

/// A place where the pictures differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Where.
    pub place: Rect,
    /// In which picture that is: the second, but for what is only in the first.
    pub side: Side,
    /// The row of the second picture at which it begins, or would if it were still there.
    pub seam: u32,
    /// How many of its pixels differ.
    pub different_pixels: u64,
    /// What kind of change it shows.
    pub kind: Kind,
}
