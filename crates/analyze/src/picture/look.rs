//! What a whole picture looks like: its colours, and where things stand in it. Two sites of one
//! style have the same look whatever they say; a page that has lost its style has not.

/// Every fourth pixel of every fourth row is looked at.
const STEP: usize = 4;
const COLUMNS: usize = 64;
/// Brightness that jumps by more than this is the edge of something.
const EDGE: i32 = 24;
/// A picture of which this share is one colour is blank.
const BLANK: f64 = 0.999;

/// The look of a picture, gathered row by row.
#[derive(Debug, Clone)]
pub(super) struct Look {
    colours: Box<[u32; 512]>,
    edges: [u32; COLUMNS],
    pixels: u32,
}

/// How far two looks are apart; 0 is alike, 1 has nothing in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LookDistance {
    /// In their colours: the share of the picture that has another colour.
    pub colours: f64,
    /// In their columns: the share of all edges that stand in another column.
    pub columns: f64,
}

impl Look {
    /// Of nothing yet.
    pub(super) fn new() -> Self {
        Self { colours: Box::new([0; 512]), edges: [0; COLUMNS], pixels: 0 }
    }

    /// Whether the row is one of those that are looked at.
    pub(super) const fn wants(y: u32) -> bool {
        y.is_multiple_of(STEP as u32)
    }

    /// Looks at a row of four bytes a pixel.
    pub(super) fn row(&mut self, row: &[u8]) {
        let pixels = row.as_chunks::<4>().0;
        let mut last = None;
        for (at, pixel) in pixels.iter().enumerate().step_by(STEP) {
            let [r, g, b, _] = pixel.map(usize::from);
            self.colours[(r >> 5) << 6 | (g >> 5) << 3 | b >> 5] += 1;
            let grey = i32::from(pixel[0]) + 2 * i32::from(pixel[1]) + i32::from(pixel[2]);
            if last.is_some_and(|last: i32| (grey - last).abs() > 4 * EDGE) {
                self.edges[at * COLUMNS / pixels.len()] += 1;
            }
            last = Some(grey);
            self.pixels += 1;
        }
    }

    /// Whether nearly all of it is one colour.
    pub(super) fn is_blank(&self) -> bool {
        let most = self.colours.iter().max().copied().unwrap_or(0);
        f64::from(most) >= BLANK * f64::from(self.pixels)
    }

    /// How far apart two looks are.
    pub(super) fn distance(&self, other: &Self) -> LookDistance {
        LookDistance {
            colours: apart(&*self.colours, &*other.colours),
            columns: apart(&self.edges, &other.edges),
        }
    }
}

/// Half the sum of differences of two distributions.
fn apart(first: &[u32], second: &[u32]) -> f64 {
    let sum = |counts: &[u32]| f64::from(counts.iter().sum::<u32>().max(1));
    let (all_first, all_second) = (sum(first), sum(second));
    let pairs = first.iter().zip(second);
    pairs.map(|(a, b)| (f64::from(*a) / all_first - f64::from(*b) / all_second).abs()).sum::<f64>()
        / 2.0
}
