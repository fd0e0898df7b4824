//! Whether a pixel is the soft edge of a letter or line: it lies between a darker and a brighter
//! neighbour, one of which is part of a surface.
//!
//! # Source
//! V. Vyšniauskas: "Anti-aliased pixel and intensity slope detector" (2009), with the details in
//! which pixelmatch 7.2 and odiff 4.5 read it differently.

use super::colour::{self, Pixel, whole};
use super::window::Band;

/// From this many equal neighbours on a pixel is part of a surface.
pub(super) const SURFACE: u32 = 3;

/// A picture, and where its rows are in the other one.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The picture whose pixel is asked about.
    pub of: &'a Band,
    /// The other one.
    pub other: &'a Band,
    /// What to add to a row of the first to find it in the other.
    pub shift: i64,
}

/// Which of the known tools is followed where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Neighbours of the same brightness are equal; one and the same neighbour must be part of a
    /// surface in both pictures.
    Pixelmatch,
    /// Only neighbours of the same colour are equal; any of the two neighbours may be.
    Odiff,
}

impl View<'_> {
    /// Whether the pixel is anti-aliasing.
    pub(super) fn is_soft(&self, x: u32, y: u32, reading: Reading) -> bool {
        if is_surface(self.of, (x, y)) {
            return false;
        }
        match self.extremes(&Around::new(self.of, x, y), reading) {
            None => false,
            Some((dark, bright)) => match reading {
                Reading::Pixelmatch => self.surface_in_both(dark) || self.surface_in_both(bright),
                Reading::Odiff => {
                    (is_surface(self.of, dark) || is_surface(self.of, bright))
                        && (self.surface_in_other(dark) || self.surface_in_other(bright))
                }
            },
        }
    }

    /// The neighbours that differ most in either direction, if there are any in both.
    fn extremes(&self, around: &Around, reading: Reading) -> Option<(At, At)> {
        let (x, y) = around.at;
        let index = u64::from(y) * u64::from(self.of.size().width) + u64::from(x);
        let mut equal = u32::from(around.on_edge);
        let (mut low, mut high) = (0.0, 0.0);
        let (mut low_at, mut high_at) = ((0, 0), (0, 0));
        // Of equally far neighbours the first counts, so the order matters.
        let order = match reading {
            Reading::Pixelmatch => BY_COLUMN,
            Reading::Odiff => BY_ROW,
        };
        for (at, neighbour) in order.iter().filter_map(|place| around.neighbours[*place]) {
            let delta = match reading {
                Reading::Pixelmatch => colour::brighter(around.centre, neighbour, index),
                Reading::Odiff => whole::brightness(around.centre) - whole::brightness(neighbour),
            };
            equal += u32::from(match reading {
                Reading::Pixelmatch => delta == 0.0,
                Reading::Odiff => around.centre == neighbour,
            });
            if delta < low {
                (low, low_at) = (delta, at);
            } else if delta > high {
                (high, high_at) = (delta, at);
            }
        }
        (equal < SURFACE && low < 0.0 && high > 0.0).then_some((low_at, high_at))
    }

    fn surface_in_both(&self, at: At) -> bool {
        is_surface(self.of, at) && self.surface_in_other(at)
    }

    fn surface_in_other(&self, (x, y): At) -> bool {
        let size = self.other.size();
        match u32::try_from(i64::from(y) + self.shift) {
            Ok(y) => x < size.width && y < size.height && is_surface(self.other, (x, y)),
            Err(_) => false,
        }
    }
}

type At = (u32, u32);

/// Whether enough neighbours of the pixel have its colour; being on the edge counts as one.
fn is_surface(band: &Band, (x, y): At) -> bool {
    let size = band.size();
    let (left, right) = (x.saturating_sub(1), (x + 1).min(size.width - 1));
    let (top, bottom) = (y.saturating_sub(1), (y + 1).min(size.height - 1));
    let on_edge = x == left || x == right || y == top || y == bottom;
    let centre = band.row(y)[x as usize];
    let mut equal = u32::from(on_edge);
    for ny in top..=bottom {
        let row = &band.row(ny)[left as usize..];
        // Nearly always there are three; a fixed number is counted without a loop.
        equal += match row.first_chunk::<3>() {
            Some(three) if right - left == 2 => count(three, centre),
            Some(_) | None => count(&row[..=(right - left) as usize], centre),
        };
    }
    // The pixel itself was counted too.
    equal > SURFACE
}

#[inline]
fn count(row: &[Pixel], centre: Pixel) -> u32 {
    row.iter().map(|pixel| u32::from(*pixel == centre)).sum()
}

/// The places of the neighbours, as they are numbered in [`Around`].
const BY_ROW: [usize; 8] = [0, 1, 2, 3, 5, 6, 7, 8];
const BY_COLUMN: [usize; 8] = [0, 3, 6, 1, 7, 2, 5, 8];

/// A pixel and those around it, numbered row by row; the fifth is the pixel itself.
struct Around {
    at: At,
    centre: Pixel,
    neighbours: [Option<(At, Pixel)>; 9],
    on_edge: bool,
}

impl Around {
    fn new(band: &Band, x: u32, y: u32) -> Self {
        let size = band.size();
        let mut neighbours = [None; 9];
        for (dy, three) in (0..).zip(neighbours.chunks_exact_mut(3)) {
            let Some(ny) = (y + dy).checked_sub(1).filter(|ny| *ny < size.height) else { continue };
            let row = band.row(ny);
            for (dx, place) in (0..).zip(three) {
                let Some(nx) = (x + dx).checked_sub(1) else { continue };
                *place = row.get(nx as usize).map(|pixel| ((nx, ny), *pixel));
            }
        }
        let centre = band.row(y)[x as usize];
        let on_edge = x == 0 || y == 0 || x + 1 == size.width || y + 1 == size.height;
        neighbours[4] = None;
        Self { at: (x, y), centre, neighbours, on_edge }
    }
}
