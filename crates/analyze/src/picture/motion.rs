//! Whether a region shows the same content a few pixels away.

use super::region::Rect;
use super::strip::{Both, Strips};

/// How far content is looked for in each direction.
///
/// # Units
/// Pixels. What rounding, a border or a scroll bar moves.
const FARTHEST: i32 = 4;
/// How many differing pixels are looked up.
const SAMPLES: usize = 240;
/// Brightness that is this near is the same: letters between pixels are drawn anew.
const NEAR: u8 = 40;
/// Of the known pixels at most one in this many may not be found again.
const ONE_IN: usize = 10;

/// Whether what was at a place is now a few pixels away, and the other way round.
pub(super) fn has_moved(strips: &Strips, place: &Rect) -> bool {
    let samples = differing(strips, place);
    if samples.len() < 8 {
        return false;
    }
    let mut moves: Vec<(i32, i32)> = (-FARTHEST..=FARTHEST)
        .flat_map(|dy| (-FARTHEST..=FARTHEST).map(move |dx| (dx, dy)))
        .filter(|step| *step != (0, 0))
        .collect();
    moves.sort_by_key(|(dx, dy)| dx * dx + dy * dy);
    moves.iter().any(|step| explains(strips, &samples, *step))
}

struct Sample {
    x: u32,
    y: u32,
    both: Both,
}

/// Differing pixels, spread over the region.
fn differing(strips: &Strips, place: &Rect) -> Vec<Sample> {
    let stride = usize::try_from(place.pixels() / (8 * SAMPLES as u64)).unwrap_or(1).max(1);
    // An odd stride does not run along a column.
    let places = place.rows().flat_map(|y| place.columns().map(move |x| (x, y)));
    let found = places.step_by(stride | 1).filter_map(|(x, y)| {
        let both = strips.at(x, y)?;
        (both.before.abs_diff(both.after) > NEAR).then_some(Sample { x, y, both })
    });
    let mut samples: Vec<Sample> = found.collect();
    let keep = samples.len().div_ceil(SAMPLES).max(1);
    let mut n = 0;
    samples.retain(|_| {
        n += 1;
        n % keep == 0
    });
    samples
}

/// Whether moving by `(dx, dy)` turns what was into what is, for nearly all samples.
fn explains(strips: &Strips, samples: &[Sample], (dx, dy): (i32, i32)) -> bool {
    let allowed = 2 * samples.len() / ONE_IN;
    let (mut known, mut wrong) = (0, 0);
    for sample in samples {
        let from = moved(strips, sample, (-dx, -dy)).map(|both| both.before);
        let to = moved(strips, sample, (dx, dy)).map(|both| both.after);
        for (seen, wanted) in [(from, sample.both.after), (to, sample.both.before)] {
            let Some(seen) = seen else { continue };
            known += 1;
            if seen.abs_diff(wanted) > NEAR {
                wrong += 1;
            }
        }
        if wrong > allowed {
            return false;
        }
    }
    known >= samples.len() && wrong * ONE_IN <= known
}

fn moved(strips: &Strips, sample: &Sample, (dx, dy): (i32, i32)) -> Option<Both> {
    strips.at(sample.x.checked_add_signed(dx)?, sample.y.checked_add_signed(dy)?)
}
