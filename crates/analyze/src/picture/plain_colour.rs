//! Whether a picture shows nothing.

use super::error::{PictureError, Side};
use super::region::Rect;
use super::rows::{Rows, Source};

/// What differs by less than this is no lettering that anyone reads.
///
/// # Units
/// Of 256 steps of one colour.
const FAINT: u8 = 28;

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

/// Which of these places show one colour from end to end, or nearly. One that is not wholly in the
/// picture does not.
///
/// # Errors
/// It is no whole PNG, is too large, or cannot be read.
pub fn flat_places(source: &mut dyn Source, places: &[Rect]) -> Result<Vec<bool>, PictureError> {
    let mut rows = Rows::open(source, Side::First)?;
    let size = rows.size();
    let mut row = vec![0; size.width as usize * 4];
    let inside = |place: &Rect| {
        place.pixels() > 0 && place.columns().end <= size.width && place.rows().end <= size.height
    };
    let mut flat: Vec<bool> = places.iter().map(inside).collect();
    let mut range = vec![([u8::MAX; 4], [0_u8; 4]); places.len()];
    let last = places.iter().map(|place| place.rows().end).max().unwrap_or(0);
    for y in 0..size.height.min(last) {
        rows.read(&mut row)?;
        for (at, place) in places.iter().enumerate() {
            if !flat[at] || !place.rows().contains(&y) {
                continue;
            }
            let (least, most) = &mut range[at];
            let pixels = &row.as_chunks::<4>().0[place.x as usize..place.columns().end as usize];
            for pixel in pixels {
                for part in 0..4 {
                    least[part] = least[part].min(pixel[part]);
                    most[part] = most[part].max(pixel[part]);
                }
            }
            flat[at] = (0..4).all(|part| most[part] - least[part] <= FAINT);
        }
    }
    Ok(flat)
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

    #[test]
    fn a_place_is_flat_where_nothing_stands_out_in_it() {
        let mut pixels = vec![250; 100];
        (pixels[55], pixels[22]) = (0, 230);
        let picture = png(10, 10, &pixels);
        let place = |x, y, width, height| Rect { x, y, width, height };
        let places = [
            place(0, 0, 10, 5),
            place(0, 0, 10, 6),
            place(0, 6, 10, 4),
            place(0, 6, 10, 5),
            place(6, 5, 4, 1),
            place(5, 5, 1, 0),
        ];
        let flat = flat_places(&mut Cursor::new(picture), &places).expect("a picture");
        assert_eq!(flat, [true, false, true, false, true, false]);
    }
}
