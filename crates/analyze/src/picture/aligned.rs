//! Rows are aligned, and those that stand for each other are compared.
//!
//! Both pictures are read once to take prints of their rows; while nothing seems to have moved, rows
//! are compared on the way. Only where something has moved are the pictures read again.

use std::collections::BTreeMap;

use super::align::{self, Fate, Run};
use super::error::{PictureError, Side};
use super::found::{Block, Found};
use super::print::Print;
use super::record::Record;
use super::region::Rect;
use super::rows::{Rows, Source};
use super::rules::{Judge, RowDifference};
use super::survey::{Survey, survey};
use super::window::{Prepare, Window};

/// Compares what stands for each other, and lists what does not.
pub(super) fn compare(
    first: &mut dyn Source,
    second: &mut dyn Source,
    judge: &Judge,
    prepare: &Prepare<'_>,
) -> Result<Found, PictureError> {
    let survey = survey(first, second, judge, prepare)?;
    let sizes = survey.sizes;
    let mut runs = align::align(&survey.prints[0], &survey.prints[1]);
    for run in &mut runs {
        run.a += survey.head;
        run.b += survey.head;
    }
    let blocks = blocks(&survey, &runs);
    let identical = sizes[0] == sizes[1] && runs.iter().all(|run| run.fate == Fate::Kept);
    let stayed = runs.iter().all(|run| run.a == run.b && !run.is_alone());
    let record = match survey.straight {
        Some(record) if stayed => record,
        Some(_) | None => {
            let mut record = Record::new(sizes[0].width.max(sizes[1].width));
            runs.retain(|run| run.fate == Fate::Paired);
            if !runs.is_empty() {
                let mut a = Window::new(Rows::open(first, Side::First)?, prepare.clone());
                let mut b = Window::new(Rows::open(second, Side::Second)?, prepare.clone());
                compare_pairs(&runs, &mut a, &mut b, judge, &mut record)?;
            }
            record
        }
    };
    Ok(Found { sizes, looks: survey.looks, record, blocks, identical })
}

/// What only one picture has: stretches of rows, and columns beyond the other's right edge.
fn blocks(survey: &Survey, runs: &[Run]) -> Vec<Block> {
    let common = survey.sizes[0].width.min(survey.sizes[1].width);
    let mut blocks = Vec::new();
    let ground = ground(&survey.prints);
    for (side, size) in [Side::First, Side::Second].into_iter().zip(survey.sizes) {
        if size.width > common {
            let place = Rect { x: common, y: 0, width: size.width - common, height: size.height };
            blocks.push(Block { side, place, flat: false, seam: 0 });
        }
    }
    for run in runs {
        let (side, y, prints) = match run.fate {
            Fate::Kept | Fate::Paired => continue,
            Fate::Removed => (Side::First, run.a, &survey.prints[0]),
            Fate::Added => (Side::Second, run.b, &survey.prints[1]),
        };
        let from = (y - survey.head) as usize;
        let flat = is_space((prints, survey.above), from..from + run.rows as usize, ground);
        let place = Rect { x: 0, y, width: common, height: run.rows };
        blocks.push(Block { side, place, flat, seam: run.b });
    }
    blocks
}

/// What empty rows look like: of the rows of one colour the most frequent one that both pictures have.
fn ground(prints: &[Vec<Print>; 2]) -> Option<u64> {
    let mut counts: BTreeMap<u64, [u32; 2]> = BTreeMap::new();
    for (side, prints) in prints.iter().enumerate() {
        for print in prints.iter().filter(|print| print.flat) {
            counts.entry(print.hash).or_default()[side] += 1;
        }
    }
    let both = counts.into_iter().map(|(hash, [a, b])| (a.min(b), hash));
    both.filter(|(count, _)| *count > 0).max().map(|(_, hash)| hash)
}

/// Whether the rows are empty, or repeat a row beside them: something is higher, not there. A bar of
/// another colour is no space.
fn is_space(
    (prints, before): (&[Print], Option<Print>),
    rows: std::ops::Range<usize>,
    ground: Option<u64>,
) -> bool {
    let above = rows.start.checked_sub(1).map(|at| prints[at]).or(before).map(|print| print.hash);
    let below = prints.get(rows.end).map(|print| print.hash);
    let repeats = |print: &Print| Some(print.hash) == above || Some(print.hash) == below;
    prints[rows].iter().all(|print| Some(print.hash) == ground || repeats(print))
}

/// Reads both pictures again as far as needed, and compares the rows that stand for each other.
fn compare_pairs(
    paired: &[Run],
    a: &mut Window<'_>,
    b: &mut Window<'_>,
    judge: &Judge,
    record: &mut Record,
) -> Result<(), PictureError> {
    let mut row = RowDifference::default();
    for run in paired {
        for n in 0..run.rows {
            let (ya, yb) = (run.a + n, run.b + n);
            a.look_at(ya)?;
            b.look_at(yb)?;
            let pair = [(&a.band, ya), (&b.band, yb)];
            judge.compare(pair[0], pair[1], &mut row);
            record.anti_aliased += row.anti_aliased;
            record.pair(pair[0], pair[1], &row.columns);
        }
    }
    Ok(())
}
