//! What has been found so far.

use super::cells::{Cells, Cluster};
use super::density::Density;
use super::strip::Strips;
use super::window::Band;

/// Gathers differing pixels, row by row from the top down.
#[derive(Debug)]
pub(super) struct Record {
    /// How many pixels differ.
    pub different: u64,
    /// How many were soft edges.
    pub anti_aliased: u64,
    /// What changed rows look like.
    pub strips: Strips,
    cells: Cells,
    density: Density,
}

impl Record {
    /// For pictures of which the wider one is that wide.
    pub(super) fn new(width: u32) -> Self {
        Self {
            different: 0,
            anti_aliased: 0,
            strips: Strips::default(),
            cells: Cells::new(width),
            density: Density::new(width),
        }
    }

    /// Takes the differing columns of a row of the second picture.
    pub(super) fn row(&mut self, y: u32, columns: &[u32]) {
        if columns.is_empty() {
            return;
        }
        self.different += columns.len() as u64;
        self.cells.row(y, columns);
        self.density.row(y, columns);
    }

    /// The same, keeping what both rows look like there.
    pub(super) fn pair(&mut self, (a, ya): (&Band, u32), (b, yb): (&Band, u32), columns: &[u32]) {
        self.row(yb, columns);
        self.strips.keep(yb, columns, a.row(ya), b.row(yb));
    }

    /// The boxes around what differs, and how many small ones were left out.
    pub(super) fn clusters(&self) -> (Vec<Cluster>, usize) {
        self.cells.clusters()
    }

    /// The largest number of differing pixels in a band.
    pub(super) const fn densest(&self) -> u32 {
        self.density.largest()
    }
}
