//! What is drawn over a picture to show what changed in it.

use super::super::error::Side;
use super::super::kind::Kind;
use super::super::region::{Rect, Region, Size};
use super::letters;

/// Between what changed and its frame, so that the frame hides nothing of it.
///
/// # Units
/// Pixels.
const MARGIN: u32 = 4;
/// How thick a frame is.
///
/// # Units
/// Pixels.
const THICKNESS: u32 = 2;
/// A line of dashes: as much of it is drawn as is left out.
const DASH: u32 = 6;
/// Between the strokes that fill the place of what is gone.
const HATCH: u32 = 14;
/// Around a word.
pub(super) const PAD: u32 = 4;

/// A colour with full opacity.
pub(super) type Colour = [u8; 4];
pub(super) const WHITE: Colour = [255, 255, 255, 255];
pub(super) const BLACK: Colour = [34, 34, 34, 255];

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// Four lines inside the edges of a place.
    Frame(Rect, Colour),
    /// Slanted strokes all over a place.
    Hatch(Rect, Colour),
    /// A line of dashes over the whole width of a place.
    Dashes(Rect, Colour),
    /// A surface.
    Surface(Rect, Colour),
    /// A word, from its upper left corner.
    Word { x: u32, y: u32, word: String, colour: Colour },
}

/// The colour of a kind of change, and what it is called.
pub(super) const fn look(kind: Kind) -> (Colour, &'static str) {
    match kind {
        Kind::Same => (WHITE, "SAME"),
        Kind::Shifted => ([120, 120, 120, 255], "MOVED A LITTLE"),
        Kind::TextOnly => ([190, 110, 0, 255], "OTHER WORDS"),
        Kind::NewBlock => ([0, 130, 60, 255], "NEW"),
        Kind::Restyled => ([214, 0, 64, 255], "LOOKS DIFFERENT"),
        Kind::MissingBlock => ([0, 92, 230, 255], "GONE"),
        Kind::Blank => ([214, 0, 64, 255], "BLANK"),
    }
}

/// What shows the regions in a picture of that size.
pub(super) fn marks(regions: &[Region], size: Size) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut frames: Vec<(Rect, Kind)> = Vec::new();
    for region in regions {
        match (region.side, region.kind) {
            (Side::First, _) => marks.extend(seam(region, size)),
            (Side::Second, Kind::Shifted) if region.place.height <= THICKNESS => {
                let (colour, _) = look(region.kind);
                marks.push(Mark::Dashes(Rect { height: 1, ..region.place }, colour));
            }
            (Side::Second, kind) => {
                if kind == Kind::MissingBlock {
                    marks.push(Mark::Hatch(region.place, look(kind).0));
                }
                frames.push((around(&region.place, size), kind));
            }
        }
    }
    for (place, kind) in joined(frames) {
        let (colour, word) = look(kind);
        marks.push(Mark::Frame(place, colour));
        if kind == Kind::MissingBlock {
            marks.extend(tag(&place, word, colour, size));
        }
    }
    marks
}

/// The place of a frame: around what it frames, and inside the picture, so that none of its sides is
/// cut off.
fn around(place: &Rect, size: Size) -> Rect {
    let out = MARGIN + THICKNESS;
    let (x, y) = (place.x.saturating_sub(out), place.y.saturating_sub(out));
    let right = place.columns().end.saturating_add(out).min(size.width);
    let bottom = place.rows().end.saturating_add(out).min(size.height);
    Rect { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) }
}

/// Frames of one kind that touch become one.
fn joined(frames: Vec<(Rect, Kind)>) -> Vec<(Rect, Kind)> {
    let mut joined: Vec<(Rect, Kind)> = Vec::with_capacity(frames.len());
    for (place, kind) in frames {
        let mut grown = place;
        while let Some(at) =
            joined.iter().position(|(other, of)| *of == kind && other.meets(&grown))
        {
            grown = grown.around(&joined.swap_remove(at).0);
        }
        joined.push((grown, kind));
    }
    joined
}

/// Where rows stood that are no longer there: a line, and how many.
fn seam(region: &Region, size: Size) -> Vec<Mark> {
    let (colour, word) = look(region.kind);
    let y = region.seam.min(size.height.saturating_sub(1));
    let line = Rect { x: region.place.x, y, width: region.place.width, height: 1 };
    if region.kind == Kind::Shifted {
        return vec![Mark::Dashes(line, colour)];
    }
    let thick = Rect { y: y.saturating_sub(1), height: 2 * THICKNESS, ..line };
    let mut marks = vec![Mark::Surface(thick, WHITE), Mark::Dashes(thick, colour)];
    let words = format!("{} PX {word}", region.place.height);
    // In the middle fewest words are covered.
    let middle = Rect { x: thick.x + thick.width / 2, ..thick };
    marks.extend(tag(&middle, &words, colour, size));
    marks
}

/// A word on its colour, at the upper left corner of a place: above it where there is room.
fn tag(place: &Rect, word: &str, colour: Colour, size: Size) -> [Mark; 2] {
    let (width, height) = (letters::width(word) + 2 * PAD, letters::WORD_HEIGHT + 2 * PAD);
    let y = place.y.checked_sub(height).unwrap_or(place.y);
    let x = place.x.min(size.width.saturating_sub(width));
    [
        Mark::Surface(Rect { x, y, width, height }, colour),
        Mark::Word { x: x + PAD, y: y + PAD, word: word.to_owned(), colour: WHITE },
    ]
}

impl Mark {
    /// Draws what of it lies in this row.
    pub(super) fn draw(&self, y: u32, pixels: &mut [Colour]) {
        match self {
            Self::Frame(place, colour) if place.rows().contains(&y) => {
                let rows = place.rows();
                if y < rows.start + THICKNESS || y + THICKNESS >= rows.end {
                    fill(pixels, place.columns(), *colour);
                } else {
                    let columns = place.columns();
                    fill(pixels, columns.start..columns.start + THICKNESS, *colour);
                    fill(pixels, columns.end.saturating_sub(THICKNESS)..columns.end, *colour);
                }
            }
            Self::Hatch(place, colour) if place.rows().contains(&y) => {
                for x in place.columns().filter(|x| (x + y).is_multiple_of(HATCH)) {
                    fill(pixels, x..x + 1, *colour);
                }
            }
            Self::Dashes(place, colour) if place.rows().contains(&y) => {
                for x in place.columns().step_by(2 * DASH as usize) {
                    fill(pixels, x..(x + DASH).min(place.columns().end), *colour);
                }
            }
            Self::Surface(place, colour) if place.rows().contains(&y) => {
                fill(pixels, place.columns(), *colour);
            }
            Self::Word { x, y: top, word, colour }
                if (*top..top + letters::WORD_HEIGHT).contains(&y) =>
            {
                for columns in letters::ink(word, y - top) {
                    fill(pixels, x + columns.start..x + columns.end, *colour);
                }
            }
            Self::Frame(..)
            | Self::Hatch(..)
            | Self::Dashes(..)
            | Self::Surface(..)
            | Self::Word { .. } => {}
        }
    }
}

fn fill(pixels: &mut [Colour], columns: std::ops::Range<u32>, colour: Colour) {
    let width = pixels.len();
    let (from, to) = ((columns.start as usize).min(width), (columns.end as usize).min(width));
    pixels[from..to.max(from)].fill(colour);
}
