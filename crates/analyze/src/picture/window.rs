//! The few rows of a picture around the one that is looked at.

use super::error::PictureError;
use super::region::{Rect, Size};
use super::rows::Rows;

/// Anti-aliasing looks at neighbours of neighbours: two rows above and two below.
pub(super) const REACH: u32 = 2;
const HELD: usize = 2 * REACH as usize + 1;

/// What masked pixels become, in both pictures.
const MASKED: [u8; 4] = [127, 127, 127, 255];

/// What is done to each row before it is looked at.
#[derive(Debug, Clone)]
pub(super) struct Prepare<'a> {
    /// What is not looked at.
    pub masks: &'a [Rect],
    /// Whether what can be seen through is laid on white, as a browser shows it.
    pub on_white: bool,
}

impl Prepare<'_> {
    /// Prepares one row.
    pub(super) fn row(&self, y: u32, row: &mut [u8]) {
        if self.on_white && !is_opaque(row) {
            row.as_chunks_mut::<4>().0.iter_mut().for_each(lay_on_white);
        }
        let pixels = row.as_chunks_mut::<4>().0;
        for mask in self.masks.iter().filter(|mask| mask.rows().contains(&y)) {
            let width = pixels.len();
            let from = (mask.x as usize).min(width);
            let to = (mask.x.saturating_add(mask.width) as usize).min(width);
            pixels[from..to].fill(MASKED);
        }
    }
}

/// Whether nothing can be seen through; many pixels at a time.
pub(super) fn is_opaque(row: &[u8]) -> bool {
    let (blocks, rest) = row.as_chunks::<64>();
    let mut all = [u64::MAX; 8];
    for block in blocks {
        let words = block.as_chunks::<8>().0;
        all = std::array::from_fn(|at| all[at] & u64::from_le_bytes(words[at]));
    }
    let all = all.map(u64::to_le_bytes);
    all.as_flattened().iter().chain(rest).skip(3).step_by(4).all(|alpha| *alpha == 255)
}

fn lay_on_white(pixel: &mut [u8; 4]) {
    let [red, green, blue, alpha] = *pixel;
    let seen = u32::from(alpha);
    let lay = |colour: u8| {
        let sum = u32::from(colour) * seen + 255 * (255 - seen);
        u8::try_from((sum + 127) / 255).unwrap_or(255)
    };
    *pixel = [lay(red), lay(green), lay(blue), 255];
}

/// Five rows of a picture.
pub(super) struct Band {
    size: Size,
    held: [Vec<u8>; HELD],
    next: u32,
}

impl Band {
    /// A picture of no more rows than are held.
    #[cfg(test)]
    pub(super) fn of(rows: &[Vec<[u8; 4]>]) -> Self {
        let [width, height] = [rows[0].len(), rows.len()].map(|n| u32::try_from(n).unwrap());
        let held = std::array::from_fn(|y| rows.get(y).map_or(Vec::new(), |row| row.concat()));
        Self { size: Size { width, height }, held, next: height }
    }

    /// The size of the whole picture.
    pub(super) const fn size(&self) -> Size {
        self.size
    }

    /// The row, which must be held, as bytes.
    pub(super) fn bytes(&self, y: u32) -> &[u8] {
        debug_assert!(y < self.next && y as usize + HELD >= self.next as usize, "row {y} is held");
        &self.held[y as usize % HELD]
    }

    /// The row, which must be held, as pixels.
    pub(super) fn row(&self, y: u32) -> &[[u8; 4]] {
        self.bytes(y).as_chunks::<4>().0
    }
}

/// A band that moves over a picture from the top down.
pub(super) struct Window<'a> {
    /// The rows that are held.
    pub band: Band,
    rows: Rows<'a>,
    prepare: Prepare<'a>,
}

impl<'a> Window<'a> {
    /// Begins above the first row.
    pub(super) fn new(rows: Rows<'a>, prepare: Prepare<'a>) -> Self {
        let size = rows.size();
        let held = std::array::from_fn(|_| vec![0; size.width as usize * 4]);
        Self { band: Band { size, held, next: 0 }, rows, prepare }
    }

    /// Reads on until the row, and those that its neighbours need, are held.
    pub(super) fn look_at(&mut self, y: u32) -> Result<(), PictureError> {
        self.read_until(y.saturating_add(REACH + 1).min(self.band.size.height))
    }

    /// Reads to the end, so that what is broken there is found.
    pub(super) fn finish(&mut self) -> Result<(), PictureError> {
        self.read_until(self.band.size.height)?;
        self.rows.finish()
    }

    fn read_until(&mut self, wanted: u32) -> Result<(), PictureError> {
        let band = &mut self.band;
        while band.next < wanted {
            let row = &mut band.held[band.next as usize % HELD];
            self.rows.read(row)?;
            self.prepare.row(band.next, row);
            band.next += 1;
        }
        Ok(())
    }
}
