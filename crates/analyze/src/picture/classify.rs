//! What kind of change a region shows, told from what it looks like before and after.

use super::cells::Cluster;
use super::kind::Kind;
use super::region::Rect;
use super::strip::{MARGIN, Strips};

/// How far brightness must be from the background to be ink.
const INK: u8 = 40;
/// Less ink than this share of a region and it is empty: what is left is compression noise.
const EMPTY: f64 = 0.005;
/// Lettering leaves at least half of its region to the background.
const MOST_INK: f64 = 0.5;
/// Strokes of lettering are thin, even of headlines on dense displays; photographs and surfaces
/// have longer runs.
///
/// # Units
/// Pixels.
const LONGEST_STROKE: f64 = 24.0;
/// Backgrounds that are this near each other are the same.
const SAME_BACKGROUND: u8 = 12;
/// Ink that stays where it is while its colours change was restyled, not rewritten.
const SAME_INK: f64 = 0.85;

/// No thicker than this it is the edge of something that is a little higher, wider or elsewhere.
///
/// # Units
/// Pixels.
const EDGE: u32 = 2;
/// A region of this size is a letter or two, and only what stands beside it tells that it is one.
///
/// # Units
/// Pixels.
const LETTERS: u32 = 32;

/// The kind of one region. `may_search` allows the search for a small move.
pub(super) fn classify(strips: &Strips, cluster: &Cluster, may_search: bool) -> Kind {
    if cluster.place.width.min(cluster.place.height) <= EDGE {
        return Kind::Shifted;
    }
    let Some((before, after)) = Face::of_both(strips, &in_its_line(&cluster.place)) else {
        return Kind::Restyled;
    };
    match (before.is_empty(), after.is_empty()) {
        (true, true) => return flat_kind(strips, &cluster.place, &before, &after),
        (false, true) => return Kind::MissingBlock,
        (true, false) => return Kind::NewBlock,
        (false, false) => {}
    }
    if may_search && super::motion::has_moved(strips, &cluster.place) {
        return Kind::Shifted;
    }
    let same_ground = before.background.abs_diff(after.background) <= SAME_BACKGROUND;
    let same_ink = ink_overlap(strips, &cluster.place, &before, &after) >= SAME_INK;
    if same_ground && !same_ink && before.is_lettering() && after.is_lettering() {
        Kind::TextOnly
    } else {
        Kind::Restyled
    }
}

/// A letter with what is kept to its left and right; anything larger alone.
fn in_its_line(place: &Rect) -> Rect {
    if place.width > LETTERS || place.height > LETTERS {
        return *place;
    }
    let x = place.x.saturating_sub(MARGIN);
    Rect { x, width: place.columns().end + MARGIN - x, ..*place }
}

/// What a region looks like in one picture.
#[derive(Debug, Clone, Copy)]
struct Face {
    background: u8,
    pixels: u32,
    ink: u32,
    strokes: u32,
}

impl Face {
    fn of_both(strips: &Strips, place: &Rect) -> Option<(Self, Self)> {
        let mut levels = [[0u32; 32]; 2];
        for (before, after) in rows(strips, place) {
            before.iter().for_each(|grey| levels[0][usize::from(grey / 8)] += 1);
            after.iter().for_each(|grey| levels[1][usize::from(grey / 8)] += 1);
        }
        let [before, after] = levels.map(|levels| Self::on(&levels));
        let (mut before, mut after) = (before?, after?);
        for (row_before, row_after) in rows(strips, place) {
            before.add(row_before);
            after.add(row_after);
        }
        Some((before, after))
    }

    fn on(levels: &[u32; 32]) -> Option<Self> {
        let (level, count) = levels.iter().enumerate().max_by_key(|(_, count)| **count)?;
        let background = u8::try_from(level * 8 + 4).ok()?;
        (*count > 0).then_some(Self { background, pixels: 0, ink: 0, strokes: 0 })
    }

    fn add(&mut self, row: &[u8]) {
        let mut inside = false;
        for grey in row {
            let ink = self.is_ink(*grey);
            self.ink += u32::from(ink);
            self.strokes += u32::from(ink && !inside);
            inside = ink;
        }
        self.pixels += u32::try_from(row.len()).unwrap_or(u32::MAX);
    }

    const fn is_ink(&self, grey: u8) -> bool {
        grey.abs_diff(self.background) > INK
    }

    fn share(&self) -> f64 {
        f64::from(self.ink) / f64::from(self.pixels.max(1))
    }

    fn is_empty(&self) -> bool {
        self.share() < EMPTY
    }

    fn is_lettering(&self) -> bool {
        let stroke = f64::from(self.ink) / f64::from(self.strokes.max(1));
        self.share() <= MOST_INK && stroke <= LONGEST_STROKE
    }
}

fn rows<'a>(strips: &'a Strips, place: &Rect) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    let columns = place.columns();
    place.rows().filter_map(move |y| strips.row(y, columns.clone()))
}

/// How much of all ink is ink in both.
fn ink_overlap(strips: &Strips, place: &Rect, before: &Face, after: &Face) -> f64 {
    let (mut both, mut either) = (0u32, 0u32);
    for (row_before, row_after) in rows(strips, place) {
        for (a, b) in row_before.iter().zip(row_after) {
            let (a, b) = (before.is_ink(*a), after.is_ink(*b));
            both += u32::from(a && b);
            either += u32::from(a || b);
        }
    }
    f64::from(both) / f64::from(either.max(1))
}

/// A surface without ink became another one: whichever looks like its surroundings is the one
/// where nothing is.
fn flat_kind(strips: &Strips, place: &Rect, before: &Face, after: &Face) -> Kind {
    let beside = |x: Option<u32>| {
        x.and_then(|x| strips.at(x, place.y + place.height / 2))
            .filter(|both| both.before.abs_diff(both.after) <= SAME_BACKGROUND)
    };
    let left = beside(place.x.checked_sub(MARGIN));
    let right = beside(Some(place.columns().end + MARGIN - 1));
    let Some(ground) = left.or(right).map(|both| both.after) else { return Kind::Restyled };
    let near = |face: &Face| face.background.abs_diff(ground) <= SAME_BACKGROUND;
    match (near(before), near(after)) {
        (false, true) => Kind::MissingBlock,
        (true, false) => Kind::NewBlock,
        (true, true) | (false, false) => Kind::Restyled,
    }
}
