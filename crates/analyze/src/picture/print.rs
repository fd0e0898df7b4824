//! A row in a few bytes, to find it again at another height.

/// How many stretches a sketch has.
const STRETCHES: usize = 16;

/// The fingerprint of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    /// Equal rows have equal hashes.
    pub hash: u64,
    /// The brightness of sixteen stretches: like rows have near sketches.
    pub sketch: [u8; STRETCHES],
    /// Whether the whole row is one colour.
    pub flat: bool,
}

impl Print {
    /// Of a row of four bytes a pixel.
    pub(super) fn of(row: &[u8]) -> Self {
        let pixels = row.as_chunks::<4>().0;
        let flat = pixels.first().is_some_and(|first| pixels.iter().all(|pixel| pixel == first));
        Self { hash: hash(row), sketch: sketch(pixels), flat }
    }

    /// How unlike two rows are.
    pub(super) fn unlike(&self, other: &Self) -> u32 {
        let pairs = self.sketch.iter().zip(&other.sketch);
        pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
    }
}

/// Mixes the bytes in four lanes that do not wait for each other, two words with one multiplication.
/// It is no secret and no proof: two rows that collide by design would be taken for one row that moved.
fn hash(row: &[u8]) -> u64 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut lanes = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, MIX];
    let (blocks, rest) = row.as_chunks::<64>();
    for block in blocks {
        for (lane, [one, other]) in lanes.iter_mut().zip(pairs(block)) {
            *lane = fold(*lane ^ one, MIX ^ other).wrapping_add(lane.rotate_left(23));
        }
    }
    let mut tail = row.len() as u64;
    for byte in rest {
        tail = (tail.rotate_left(8) ^ u64::from(*byte)).wrapping_mul(MIX);
    }
    lanes
        .iter()
        .fold(tail, |sum, lane| (sum.rotate_left(31) ^ lane ^ (lane >> 29)).wrapping_mul(MIX))
}

/// The words of a block, two by two.
fn pairs(block: &[u8; 64]) -> impl Iterator<Item = [u64; 2]> {
    let words = block.as_chunks::<8>().0.as_chunks::<2>().0;
    words.iter().map(|pair| pair.map(u64::from_le_bytes))
}

/// Both halves of a product, so that each bit of it counts.
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
const fn fold(one: u64, other: u64) -> u64 {
    let product = one as u128 * other as u128;
    product as u64 ^ (product >> 64) as u64
}

/// The mean brightness of sixteen stretches, of at most eight pixels each.
fn sketch(pixels: &[[u8; 4]]) -> [u8; STRETCHES] {
    let step = (pixels.len() / (STRETCHES * 8)).max(1);
    let mut at = 0;
    std::array::from_fn(|stretch| {
        let end = ((stretch + 1) * pixels.len()).div_ceil(STRETCHES);
        let (mut sum, mut count) = (0, 0);
        while at < end {
            let [r, g, b, _] = pixels[at].map(u32::from);
            sum += (r * 77 + g * 150 + b * 29) >> 8;
            count += 1;
            at += step;
        }
        u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)
    })
}
