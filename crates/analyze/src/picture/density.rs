//! Where the differences are thickest: the largest number of them in a window that slides over the
//! picture. Thirty pixels in one place are a broken icon; thirty over the page are nothing.

use std::collections::VecDeque;

/// The window's side.
///
/// # Units
/// Pixels. About the size of an icon or of two lines of text.
pub const WINDOW: u32 = 32;

/// The largest number of differing pixels in any window.
#[derive(Debug)]
pub(super) struct Density {
    columns: Vec<u16>,
    rows: VecDeque<(u32, Vec<u32>)>,
    total: u64,
    largest: u32,
}

impl Density {
    /// For a picture of that width.
    pub(super) fn new(width: u32) -> Self {
        Self { columns: vec![0; width as usize], rows: VecDeque::new(), total: 0, largest: 0 }
    }

    /// Takes the differing columns of a row; rows come in order, those without may be left out.
    pub(super) fn row(&mut self, y: u32, columns: &[u32]) {
        let mut spare = Vec::new();
        while self.rows.front().is_some_and(|(row, _)| row + WINDOW <= y) {
            let Some((_, leaving)) = self.rows.pop_front() else { break };
            self.total -= leaving.len() as u64;
            for &x in &leaving {
                self.columns[x as usize] -= 1;
            }
            spare = leaving;
        }
        for &x in columns {
            self.columns[x as usize] += 1;
        }
        self.total += columns.len() as u64;
        spare.clear();
        spare.extend_from_slice(columns);
        self.rows.push_back((y, spare));
        if self.total > u64::from(self.largest) {
            self.slide();
        }
    }

    fn slide(&mut self) {
        let window = (WINDOW as usize).min(self.columns.len());
        let mut within: u32 = self.columns[..window].iter().map(|n| u32::from(*n)).sum();
        self.largest = self.largest.max(within);
        for (entering, leaving) in self.columns[window..].iter().zip(&self.columns) {
            within = within + u32::from(*entering) - u32::from(*leaving);
            self.largest = self.largest.max(within);
        }
    }

    /// The largest number so far.
    pub(super) const fn largest(&self) -> u32 {
        self.largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dense_block_weighs_more_than_the_same_pixels_scattered() {
        let mut dense = Density::new(200);
        (10..15).for_each(|y| dense.row(y, &[20, 21, 22, 23, 24]));
        assert_eq!(dense.largest(), 25);
        let mut scattered = Density::new(200);
        (0..25).for_each(|n| scattered.row(n * 40, &[n * 7]));
        assert_eq!(scattered.largest(), 1);
    }

    #[test]
    fn the_window_ends_after_its_own_height_and_width() {
        let mut density = Density::new(100);
        density.row(0, &[0, 31, 32]);
        density.row(31, &[0]);
        density.row(32, &[0]);
        assert_eq!(density.largest(), 3, "two in the row and one below");
    }
}
