//! What a comparison found, before it is put into words.

use super::error::Side;
use super::look::Look;
use super::record::Record;
use super::region::Size;

/// What a comparison found.
#[derive(Debug)]
pub(super) struct Found {
    /// The sizes of both.
    pub sizes: [Size; 2],
    /// The looks of both.
    pub looks: [Look; 2],
    /// Pixels that differ where rows stand for each other.
    pub record: Record,
    /// Stretches that only one picture has.
    pub blocks: Vec<Block>,
    /// Whether every pixel is equal.
    pub identical: bool,
}

/// A stretch that only one picture has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// Which picture has it.
    pub side: Side,
    /// Where in that picture.
    pub place: super::region::Rect,
    /// Whether it is space, not content.
    pub flat: bool,
    /// The row of the second picture at which it begins, or would.
    pub seam: u32,
}
