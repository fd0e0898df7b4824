//! The second picture with its changed regions framed, and what the frames mean below it.

mod legend;
mod letters;
mod mark;

use std::io::Write;

use png::{BitDepth, ColorType, Compression, Encoder};

use super::error::{PictureError, Side};
use super::region::Region;
use super::rows::{Rows, Source};

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

/// Writes the second picture as a PNG, with a frame of its kind's colour around each region; rows that
/// only the first picture has are a line where they stood. A strip below says what the colours mean.
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
    let marks = mark::marks(regions, size);
    let (legend, strip) = legend::legend(regions, size.width);
    let mut encoder = Encoder::new(out, size.width, size.height.saturating_add(strip));
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header().map_err(written)?;
    let mut stream = writer.stream_writer().map_err(written)?;
    let mut row = vec![0; size.width as usize * 4];
    for y in 0..size.height {
        rows.read(&mut row)?;
        marks.iter().for_each(|mark| mark.draw(y, row.as_chunks_mut::<4>().0));
        stream.write_all(&row).map_err(FrameError::Write)?;
    }
    for y in 0..strip {
        legend.iter().for_each(|mark| mark.draw(y, row.as_chunks_mut::<4>().0));
        stream.write_all(&row).map_err(FrameError::Write)?;
    }
    stream.finish().map_err(written)?;
    Ok(())
}

fn written(error: png::EncodingError) -> FrameError {
    FrameError::Write(error.into())
}
