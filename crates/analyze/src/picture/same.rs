//! Whether two pictures are the same bytes.

use std::io::SeekFrom;

use super::error::{Fault, PictureError, Side};
use super::rows::Source;

/// Compares the bytes up to the first difference; lengths first.
pub(super) fn same_bytes(
    first: &mut dyn Source,
    second: &mut dyn Source,
) -> Result<bool, PictureError> {
    if length(first, Side::First)? != length(second, Side::Second)? {
        return Ok(false);
    }
    loop {
        let a = first.fill_buf().map_err(|error| Fault::Unreadable(error).on(Side::First))?;
        let b = second.fill_buf().map_err(|error| Fault::Unreadable(error).on(Side::Second))?;
        let both = a.len().min(b.len());
        if a[..both] != b[..both] {
            return Ok(false);
        }
        if both == 0 {
            return Ok(a.len() == b.len());
        }
        first.consume(both);
        second.consume(both);
    }
}

fn length(source: &mut dyn Source, side: Side) -> Result<u64, PictureError> {
    let length = source.seek(SeekFrom::End(0));
    let length = length.and_then(|length| source.seek(SeekFrom::Start(0)).map(|_| length));
    length.map_err(|error| Fault::Unreadable(error).on(side))
}
