//! The second picture with its changed regions framed.

use std::io::Write;

use png::{BitDepth, ColorType, Compression, Encoder};

use super::error::{PictureError, Side};
use super::region::{Rect, Region};
use super::rows::{Rows, Source};

/// How thick a frame is, outside of what it frames.
///
/// # Units
/// Pixels.
const THICKNESS: u32 = 3;
/// Around what is in the picture.
const CHANGED: [u8; 4] = [214, 0, 64, 255];
/// Where something was that is no longer.
const GONE: [u8; 4] = [0, 92, 230, 255];

/// The framed picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The picture cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// What was made cannot be written.
    #[error("the framed picture cannot be written: {0}")]
    Write(#[source] std::io::Error),
}

/// Writes the second picture as a PNG, with a frame around each region; a region that only the
/// first picture has is a line where it was.
///
/// # Errors
/// The picture cannot be read, or the framed one not be written.
pub fn frame(
    second: &mut dyn Source,
    regions: &[Region],
    out: &mut dyn Write,
) -> Result<(), FrameError> {
    super::rewind(second, Side::Second)?;
    let mut rows = Rows::open(second, Side::Second)?;
    let size = rows.size();
    let mut encoder = Encoder::new(out, size.width, size.height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header().map_err(written)?;
    let mut stream = writer.stream_writer().map_err(written)?;
    let mut row = vec![0; size.width as usize * 4];
    for y in 0..size.height {
        rows.read(&mut row)?;
        let pixels = row.as_chunks_mut::<4>().0;
        for region in regions {
            draw(region, y, pixels);
        }
        stream.write_all(&row).map_err(FrameError::Write)?;
    }
    stream.finish().map_err(written)?;
    Ok(())
}

fn written(error: png::EncodingError) -> FrameError {
    FrameError::Write(error.into())
}

/// Draws what of the region's frame lies in this row.
fn draw(region: &Region, y: u32, pixels: &mut [[u8; 4]]) {
    let place = &region.place;
    if region.side == Side::First {
        let line = Rect { height: 1, ..*place };
        if near(&line).contains(&y) {
            fill(pixels, place.columns(), GONE);
        }
        return;
    }
    if !near(place).contains(&y) {
        return;
    }
    let (left, right) = (place.x.saturating_sub(THICKNESS), place.columns().end);
    if place.rows().contains(&y) {
        fill(pixels, left..place.x, CHANGED);
        fill(pixels, right..right.saturating_add(THICKNESS), CHANGED);
    } else {
        fill(pixels, left..right.saturating_add(THICKNESS), CHANGED);
    }
}

/// The rows of a place and of its frame.
fn near(place: &Rect) -> std::ops::Range<u32> {
    place.y.saturating_sub(THICKNESS)..place.rows().end.saturating_add(THICKNESS)
}

fn fill(pixels: &mut [[u8; 4]], columns: std::ops::Range<u32>, colour: [u8; 4]) {
    let width = pixels.len();
    let (from, to) = ((columns.start as usize).min(width), (columns.end as usize).min(width));
    pixels[from..to].fill(colour);
}
