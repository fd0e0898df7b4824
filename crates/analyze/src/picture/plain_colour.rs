//! Whether a picture shows nothing.

use super::error::{PictureError, Side};
use super::rows::{Rows, Source};

/// Whether every pixel of a PNG has one colour. Reading ends at the first other one.
///
/// # Errors
/// It is no whole PNG, is too large, or cannot be read.
pub fn is_one_colour(source: &mut dyn Source) -> Result<bool, PictureError> {
    let mut rows = Rows::open(source, Side::First)?;
    let size = rows.size();
    let mut row = vec![0; size.width as usize * 4];
    let mut first = None;
    for _ in 0..size.height {
        rows.read(&mut row)?;
        for pixel in row.as_chunks::<4>().0 {
            if *first.get_or_insert(*pixel) != *pixel {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn png(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(pixels).expect("pixels");
        writer.finish().expect("an end");
        bytes
    }

    #[test]
    fn one_other_pixel_is_something() {
        let one = |pixels: &[u8]| is_one_colour(&mut Cursor::new(png(3, 2, pixels)));
        assert!(one(&[9; 6]).expect("a picture"));
        assert!(!one(&[9, 9, 9, 9, 9, 8]).expect("a picture"));
        assert!(is_one_colour(&mut Cursor::new(b"no picture")).is_err());
    }
}
