//! Differing pixels gathered into boxes: first into cells of eight pixels, then into regions of
//! cells that are near each other, or words of one line.

use super::limits::MAX_REGIONS;
use super::region::Rect;

const SIDE: u32 = 8;
/// Cells with at most one empty cell between them are one region: the letters of a word, the
/// lines of a paragraph.
const NEAR: usize = 2;

/// A cell: how many pixels differ, and between which edges.
#[derive(Debug, Clone, Copy)]
struct Cell {
    pixels: u8,
    left: u8,
    right: u8,
    top: u8,
    bottom: u8,
}

const EMPTY: Cell = Cell { pixels: 0, left: 7, right: 0, top: 7, bottom: 0 };

/// The cells of a picture. Rows of cells without a difference take no memory.
#[derive(Debug)]
pub(super) struct Cells {
    across: usize,
    rows: Vec<Option<Box<[Cell]>>>,
}

/// A box of cells, and how many pixels differ in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cluster {
    pub place: Rect,
    pub pixels: u64,
}

impl Cells {
    /// For a picture of that width.
    pub(super) const fn new(width: u32) -> Self {
        Self { across: width.div_ceil(SIDE) as usize, rows: Vec::new() }
    }

    /// Takes the differing columns of a row.
    pub(super) fn row(&mut self, y: u32, columns: &[u32]) {
        let at = (y / SIDE) as usize;
        if self.rows.len() <= at {
            self.rows.resize(at + 1, None);
        }
        let across = self.across;
        let cells = self.rows[at].get_or_insert_with(|| vec![EMPTY; across].into_boxed_slice());
        let within = byte(y % SIDE);
        for &x in columns {
            let cell = &mut cells[(x / SIDE) as usize];
            let column = byte(x % SIDE);
            cell.pixels += 1;
            cell.left = cell.left.min(column);
            cell.right = cell.right.max(column);
            cell.top = cell.top.min(within);
            cell.bottom = cell.bottom.max(within);
        }
    }

    /// The boxes, the largest number of differing pixels first, and how many small ones were left
    /// out.
    pub(super) fn clusters(&self) -> (Vec<Cluster>, usize) {
        let mut clusters = self.label();
        clusters.sort_by_key(|cluster| {
            (std::cmp::Reverse(cluster.pixels), cluster.place.y, cluster.place.x)
        });
        let kept = clusters.len().min(4 * MAX_REGIONS);
        let mut left_out = clusters.len() - kept;
        let mut merged = merge(&clusters[..kept]);
        left_out += merged.len().saturating_sub(MAX_REGIONS);
        merged.truncate(MAX_REGIONS);
        (merged, left_out)
    }

    /// Joins near cells, row by row; only the labels of the rows within reach are kept.
    fn label(&self) -> Vec<Cluster> {
        let mut sets = Sets::default();
        let mut above: Vec<Vec<u32>> = Vec::new();
        for (cy, row) in self.rows.iter().enumerate() {
            let mut labels = vec![0; if row.is_some() { self.across } else { 0 }];
            for (cx, cell) in row.iter().flat_map(|row| row.iter().enumerate()) {
                if cell.pixels == 0 {
                    continue;
                }
                let own = sets.add(cluster(cx, cy, cell));
                labels[cx] = own;
                let (from, to) = (cx.saturating_sub(NEAR), (cx + NEAR + 1).min(self.across));
                let beside = labels[from..cx].iter();
                let higher = above.iter().filter_map(|row| row.get(from..to)).flatten();
                for &near in beside.chain(higher) {
                    if near != 0 {
                        sets.join(own, near);
                    }
                }
            }
            above.insert(0, labels);
            above.truncate(NEAR);
        }
        sets.into_clusters()
    }
}

fn byte(n: u32) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

fn cluster(cx: usize, cy: usize, cell: &Cell) -> Cluster {
    let at = |cell: usize, within: u8| u32::try_from(cell).unwrap_or(0) * SIDE + u32::from(within);
    let place = Rect {
        x: at(cx, cell.left),
        y: at(cy, cell.top),
        width: u32::from(cell.right - cell.left) + 1,
        height: u32::from(cell.bottom - cell.top) + 1,
    };
    Cluster { place, pixels: u64::from(cell.pixels) }
}

/// Sets of cells that are joined; labels count from one.
#[derive(Default)]
struct Sets {
    parents: Vec<u32>,
    clusters: Vec<Option<Cluster>>,
}

impl Sets {
    fn add(&mut self, cluster: Cluster) -> u32 {
        self.clusters.push(Some(cluster));
        let label = u32::try_from(self.clusters.len()).unwrap_or(u32::MAX);
        self.parents.push(label);
        label
    }

    fn root(&mut self, mut label: u32) -> u32 {
        while self.parents[label as usize - 1] != label {
            let parent = self.parents[label as usize - 1];
            self.parents[label as usize - 1] = self.parents[parent as usize - 1];
            label = parent;
        }
        label
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (into, from) = (a.min(b), a.max(b));
        self.parents[from as usize - 1] = into;
        if let Some(taken) = self.clusters[from as usize - 1].take()
            && let Some(kept) = &mut self.clusters[into as usize - 1]
        {
            kept.place = kept.place.around(&taken.place);
            kept.pixels += taken.pixels;
        }
    }

    fn into_clusters(self) -> Vec<Cluster> {
        self.clusters.into_iter().flatten().collect()
    }
}

/// Higher than this and it is no line of words.
///
/// # Units
/// Pixels.
const HIGHEST_LINE: u32 = 64;
/// Further apart and they are columns, not words.
///
/// # Units
/// Pixels.
const WIDEST_GAP: u32 = 32;

/// Whether two boxes are words of one line: beside each other, no further apart than twice their
/// height.
fn are_one_line(one: &Rect, other: &Rect) -> bool {
    let (higher, lower) = (one.height.max(other.height), one.height.min(other.height));
    let top = one.y.max(other.y);
    let bottom = one.rows().end.min(other.rows().end);
    let gap = one.x.max(other.x).saturating_sub(one.columns().end.min(other.columns().end));
    higher <= HIGHEST_LINE
        && 2 * bottom.saturating_sub(top) > lower
        && gap <= WIDEST_GAP.min(2 * lower)
}

/// Boxes that overlap or are one line become one, until none do.
fn merge(clusters: &[Cluster]) -> Vec<Cluster> {
    let mut merged: Vec<Cluster> = Vec::with_capacity(clusters.len());
    for &cluster in clusters {
        let mut grown = cluster;
        while let Some(at) = merged.iter().position(|other| {
            other.place.meets(&grown.place) || are_one_line(&other.place, &grown.place)
        }) {
            let other = merged.swap_remove(at);
            grown.place = grown.place.around(&other.place);
            grown.pixels += other.pixels;
        }
        merged.push(grown);
    }
    merged.sort_by_key(|cluster| {
        (std::cmp::Reverse(cluster.pixels), cluster.place.y, cluster.place.x)
    });
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_pixels_are_one_box_and_far_ones_two() {
        let mut cells = Cells::new(400);
        cells.row(10, &[10, 20, 300]);
        cells.row(11, &[12]);
        let (clusters, left_out) = cells.clusters();
        let places: Vec<_> = clusters.iter().map(|c| (c.place, c.pixels)).collect();
        let near = Rect { x: 10, y: 10, width: 11, height: 2 };
        let far = Rect { x: 300, y: 10, width: 1, height: 1 };
        assert_eq!(places, [(near, 3), (far, 1)]);
        assert_eq!(left_out, 0);
    }

    #[test]
    fn noise_everywhere_is_bounded() {
        let mut cells = Cells::new(8_000);
        (0..8_000).step_by(40).for_each(|y| {
            let columns: Vec<u32> = (0..8_000).step_by(40).collect();
            cells.row(y, &columns);
        });
        let (clusters, left_out) = cells.clusters();
        assert_eq!(clusters.len() + left_out, 200 * 200);
        assert_eq!(clusters.len(), MAX_REGIONS);
    }
}
