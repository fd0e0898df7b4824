//! What the colours mean, in a strip below the picture.

use super::super::kind::Kind;
use super::super::region::{Rect, Region};
use super::letters;
use super::mark::{BLACK, Mark, PAD, WHITE, look};

/// A square of the colour before each word.
///
/// # Units
/// Pixels.
const SQUARE: u32 = letters::WORD_HEIGHT;
/// Between one word and the next square, and around the strip.
const GAP: u32 = 16;

/// What is drawn, from the strip's upper edge, and how high the strip is.
pub(super) fn legend(regions: &[Region], width: u32) -> (Vec<Mark>, u32) {
    let mut kinds: Vec<Kind> = regions.iter().map(|region| region.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let line = SQUARE + 2 * PAD;
    let (mut x, mut y) = (GAP, GAP / 2);
    let mut marks = Vec::new();
    for kind in kinds.iter().rev() {
        let (colour, word) = look(*kind);
        let wide = SQUARE + 2 * PAD + letters::width(word);
        if x > GAP && x + wide > width {
            (x, y) = (GAP, y + line);
        }
        let square = Rect { x, y, width: SQUARE, height: SQUARE };
        marks.push(Mark::Frame(square, colour));
        marks.push(Mark::Word { x: x + SQUARE + 2 * PAD, y, word: word.to_owned(), colour: BLACK });
        x += wide + GAP;
    }
    let height = if marks.is_empty() { 0 } else { y + line + GAP / 2 };
    // The strip lies behind everything that stands in it, under a line.
    let strip = Rect { x: 0, y: 0, width, height };
    let edge = Rect { height: height.min(1), ..strip };
    marks.splice(0..0, [Mark::Surface(strip, WHITE), Mark::Surface(edge, BLACK)]);
    (marks, height)
}
