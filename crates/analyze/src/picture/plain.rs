//! Row by row, as the known tools compare: whatever moved differs.

use super::error::{PictureError, Side};
use super::found::Found;
use super::look::Look;
use super::record::Record;
use super::rows::{Rows, Source};
use super::rules::{Judge, RowDifference};
use super::window::{Band, Prepare, Window};

/// Compares each pixel with the one at the same place; what only one picture has counts where
/// anything is seen of it.
pub(super) fn compare(
    first: &mut dyn Source,
    second: &mut dyn Source,
    judge: &Judge,
    prepare: &Prepare<'_>,
) -> Result<Found, PictureError> {
    let mut a = Window::new(Rows::open(first, Side::First)?, prepare.clone());
    let mut b = Window::new(Rows::open(second, Side::Second)?, prepare.clone());
    let sizes = [a.band.size(), b.band.size()];
    let mut looks = [Look::new(), Look::new()];
    let mut record = Record::new(sizes[0].width.max(sizes[1].width));
    let mut row = RowDifference::default();
    let mut identical = sizes[0] == sizes[1];
    for y in 0..sizes[0].height.max(sizes[1].height) {
        for (window, look) in [&mut a, &mut b].into_iter().zip(&mut looks) {
            if y < window.band.size().height {
                window.look_at(y)?;
                if Look::wants(y) {
                    look.row(window.band.bytes(y));
                }
            }
        }
        match (y < sizes[0].height, y < sizes[1].height) {
            (true, true) if a.band.bytes(y) == b.band.bytes(y) => {}
            (true, true) => {
                identical = false;
                judge.compare((&a.band, y), (&b.band, y), &mut row);
                record.anti_aliased += row.anti_aliased;
                record.strips.keep(y, &row.columns, a.band.row(y), b.band.row(y));
                let common = sizes[0].width.min(sizes[1].width);
                alone(&a.band, y, common, &mut row.columns);
                alone(&b.band, y, common, &mut row.columns);
                record.row(y, &row.columns);
            }
            (in_first, _) => {
                row.columns.clear();
                alone(if in_first { &a.band } else { &b.band }, y, 0, &mut row.columns);
                record.row(y, &row.columns);
            }
        }
    }
    a.finish()?;
    b.finish()?;
    Ok(Found { sizes, looks, record, blocks: Vec::new(), identical })
}

/// The columns from `from` on that nothing stands against.
fn alone(band: &Band, y: u32, from: u32, columns: &mut Vec<u32>) {
    let pixels = band.row(y).iter().zip(0..).skip(from as usize);
    columns.extend(pixels.filter(|(pixel, _)| Judge::counts_alone(**pixel)).map(|(_, x)| x));
}
