//! What changed rows look like in both pictures, in grey, kept to tell what kind of change it is.

use super::colour::Pixel;
use super::limits::MAX_STRIP_BYTES;
use super::window::is_opaque;

/// How much is kept to the left and right of what differs, so that a small move can be seen.
pub(super) const MARGIN: u32 = 8;

/// One changed row: the brightness of both pictures from column `from` on.
#[derive(Debug)]
struct Strip {
    y: u32,
    from: u32,
    before: Box<[u8]>,
    after: Box<[u8]>,
}

/// The changed rows that fit in memory.
#[derive(Debug, Default)]
pub(super) struct Strips {
    strips: Vec<Strip>,
    bytes: usize,
}

/// The brightness of both pictures at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Both {
    pub before: u8,
    pub after: u8,
}

impl Strips {
    /// Keeps what the two rows look like around the columns.
    pub(super) fn keep(&mut self, y: u32, columns: &[u32], before: &[Pixel], after: &[Pixel]) {
        let (Some(&first), Some(&last)) = (columns.first(), columns.last()) else { return };
        let width = before.len().min(after.len());
        let from = first.saturating_sub(MARGIN) as usize;
        let to = ((last + MARGIN + 1) as usize).min(width);
        if from >= to || self.bytes + 2 * (to - from) > MAX_STRIP_BYTES {
            return;
        }
        self.bytes += 2 * (to - from);
        let grey = |row: &[Pixel]| grey(&row[from..to]);
        let from_column = u32::try_from(from).unwrap_or(0);
        let (before, after) = (grey(before), grey(after));
        self.strips.push(Strip { y, from: from_column, before, after });
    }

    /// What both pictures show there, if it was kept.
    pub(super) fn at(&self, x: u32, y: u32) -> Option<Both> {
        let strip = &self.strips[self.strips.binary_search_by_key(&y, |strip| strip.y).ok()?];
        let column = x.checked_sub(strip.from)? as usize;
        Some(Both { before: *strip.before.get(column)?, after: *strip.after.get(column)? })
    }

    /// What both pictures show in a stretch of a row, if it was kept.
    pub(super) fn row(&self, y: u32, columns: std::ops::Range<u32>) -> Option<(&[u8], &[u8])> {
        let strip = &self.strips[self.strips.binary_search_by_key(&y, |strip| strip.y).ok()?];
        let from = columns.start.saturating_sub(strip.from) as usize;
        let to = (columns.end.saturating_sub(strip.from) as usize).min(strip.before.len());
        (from < to).then(|| (&strip.before[from..to], &strip.after[from..to]))
    }
}

/// The brightness of each pixel in 256ths, on white.
fn grey(row: &[Pixel]) -> Box<[u8]> {
    if is_opaque(row.as_flattened()) {
        row.iter().map(|pixel| brightness(*pixel)).collect()
    } else {
        row.iter().map(|pixel| on_white(brightness(*pixel), pixel[3])).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the weights are 256 together")]
const fn brightness([r, g, b, _]: Pixel) -> u8 {
    ((r as u32 * 77 + g as u32 * 150 + b as u32 * 29) >> 8) as u8
}

fn on_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}
