//! Two pictures of a page, before and after: whether they differ, where, in what way, and what to
//! make of it.
//!
//! [`diff`] reads PNGs row by row: a dozen rows of each are in memory, never a whole picture (but
//! for interlaced ones, up to [`MAX_INTERLACED_PIXELS`]). Equal bytes are not decoded.
//!
//! - without rules of a known tool, rows are aligned first, so that an inserted banner is one
//!   change; regions are told apart by [`Kind`], and the whole gets a [`Verdict`];
//! - with [`Rules`], every pixel is compared with the one at the same place and counted as
//!   pixelmatch or odiff count.

mod align;
mod aligned;
mod anti_aliasing;
mod cells;
mod classify;
mod colour;
mod density;
mod difference;
mod error;
mod found;
mod frame;
mod image_data;
mod kind;
mod limits;
mod look;
mod motion;
mod patch;
mod plain;
mod plain_colour;
mod print;
mod record;
mod region;
mod rows;
mod rules;
mod same;
mod strip;
mod survey;
mod verdict;
mod window;

use std::io::SeekFrom;

pub use density::WINDOW;
pub use difference::{Densest, Difference};
pub use error::{Fault, PictureError, Side};
pub use frame::{FrameError, frame};
pub use kind::{Kind, Verdict};
pub use limits::{
    MAX_FILE_BYTES, MAX_HEIGHT, MAX_INTERLACED_PIXELS, MAX_PIXELS, MAX_REGIONS, MAX_WIDTH,
};
pub use look::LookDistance;
pub use plain_colour::{flat_places, is_one_colour};
pub use region::{Rect, Region, Size};
pub use rows::Source;
pub use rules::Rules;

use rules::Judge;
use window::Prepare;

/// The threshold of both known tools: a pixel differs when its colour is further away than a tenth
/// of the way from black to white.
pub const THRESHOLD: f64 = 0.1;

/// What is asked of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Compare as a known tool does, without aligning rows.
    pub plain: Option<Rules>,
    /// How far a colour may be away and still be the same, from 0 to 1.
    pub threshold: f64,
    /// What is not looked at, in either picture.
    pub masks: Vec<Rect>,
}

impl Default for Options {
    fn default() -> Self {
        Self { plain: None, threshold: THRESHOLD, masks: Vec::new() }
    }
}

/// Compares two PNGs.
///
/// # Errors
/// One of them is no whole PNG, is too large, or cannot be read. Nothing is known then: the caller
/// reports an errored comparison.
pub fn diff(
    first: &mut dyn Source,
    second: &mut dyn Source,
    options: &Options,
) -> Result<Difference, PictureError> {
    let same = same::same_bytes(first, second)?;
    compare(first, second, same, options)
}

/// The same, where it is known already whether they are the `same` bytes.
///
/// # Errors
/// As [`diff`].
pub fn compare(
    first: &mut dyn Source,
    second: &mut dyn Source,
    same: bool,
    options: &Options,
) -> Result<Difference, PictureError> {
    if same {
        let size = rows::check_chunks(first, Side::First)?;
        return Ok(Difference::none(size));
    }
    rewind(first, Side::First)?;
    rewind(second, Side::Second)?;
    let judge = Judge::new(options.plain.unwrap_or_default(), options.threshold);
    let prepare = Prepare { masks: &options.masks, on_white: options.plain.is_none() };
    let found = if options.plain.is_some() {
        plain::compare(first, second, &judge, &prepare)?
    } else {
        aligned::compare(first, second, &judge, &prepare)?
    };
    if found.identical {
        image_data::check(first, Side::First)?;
        image_data::check(second, Side::Second)?;
    }
    Ok(verdict::judge(found))
}

fn rewind(source: &mut dyn Source, side: Side) -> Result<(), PictureError> {
    source.seek(SeekFrom::Start(0)).map_err(|error| Fault::Unreadable(error).on(side))?;
    Ok(())
}
