//! How far two colours are apart, as the two known tools measure it.
//!
//! # Source
//! Y. Kotsarenko, F. Ramos: "Measuring perceived color difference using YIQ NTSC transmission color
//! space in mobile applications". The weights are those that pixelmatch 7.2 and odiff 4.5 use.

/// A pixel: red, green, blue, alpha.
pub(super) type Pixel = [u8; 4];

/// The largest distance there is: between black and white.
const LARGEST: f64 = 35_215.0;

/// The largest distance that is still the same colour, for a threshold between 0 and 1.
pub(super) fn tolerance(threshold: f64) -> f64 {
    LARGEST * threshold * threshold
}

/// The distance, squared, of pixels that are laid on a board of changing colours where they can be
/// seen through; so what is invisible on white still differs. `index` is the pixel's number.
pub(super) fn distance(a: Pixel, b: Pixel, index: u64) -> f64 {
    let [dr, dg, db] = difference(a, b, index);
    let y = dr * 0.29889531 + dg * 0.58662247 + db * 0.11448223;
    let i = dr * 0.59597799 - dg * 0.27417610 - db * 0.32180189;
    let q = dr * 0.21147017 - dg * 0.52261711 + db * 0.31114694;
    0.5053 * y * y + 0.299 * i * i + 0.1957 * q * q
}

/// How much brighter the first is.
pub(super) fn brighter(a: Pixel, b: Pixel, index: u64) -> f64 {
    if a == b {
        return 0.0;
    }
    let [dr, dg, db] = difference(a, b, index);
    dr * 0.29889531 + dg * 0.58662247 + db * 0.11448223
}

fn difference(a: Pixel, b: Pixel, index: u64) -> [f64; 3] {
    if a[3] == 255 && b[3] == 255 {
        return [0, 1, 2].map(|c| f64::from(i32::from(a[c]) - i32::from(b[c])));
    }
    let board = board(index);
    let through = f64::from(i32::from(a[3]) - i32::from(b[3]));
    [0, 1, 2].map(|c| {
        let seen = f64::from(i32::from(a[c]) * i32::from(a[3]) - i32::from(b[c]) * i32::from(b[3]));
        (seen - board[c] * through) / 255.0
    })
}

/// The board behind a pixel: its number in bytes, divided by powers of the golden ratio, is even
/// or odd.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a picture has far fewer than 2^52 bytes"
)]
fn board(index: u64) -> [f64; 3] {
    let byte = (index * 4) as f64;
    let shade = |ratio: f64| if ((byte / ratio) as u64) & 1 == 1 { 207.0 } else { 48.0 };
    [48.0, shade(1.618_033_988_749_895), shade(2.618_033_988_749_895)]
}

/// Whole numbers, in 4096ths, on white: odiff's arithmetic, which truncates.
pub(super) mod whole {
    use super::{LARGEST, Pixel};

    const ONE: i64 = 1 << 12;

    /// The largest distance that is still the same colour.
    #[expect(clippy::cast_possible_truncation, reason = "truncated as odiff does")]
    pub(in super::super) fn tolerance(threshold: f64) -> i64 {
        (LARGEST * (threshold * threshold) * 4096.0) as i64
    }

    /// The distance, squared.
    pub(in super::super) fn distance(a: Pixel, b: Pixel) -> i64 {
        let (a, b) = (yiq(a), yiq(b));
        let [y, i, q] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
        (y * y * 2069 + i * i * 1224 + q * q * 801) >> 24
    }

    fn yiq(pixel: Pixel) -> [i64; 3] {
        let alpha = i64::from(pixel[3]);
        let [r, g, b] = [0, 1, 2].map(|c| match alpha {
            0 => 255 * ONE,
            255 => i64::from(pixel[c]) * ONE,
            _ => 255 * ONE + (i64::from(pixel[c]) - 255) * alpha * ONE / 255,
        });
        [
            (r * 1224 + g * 2402 + b * 468) >> 12,
            (r * 2441 - g * 1123 - b * 1318) >> 12,
            (r * 866 - g * 2140 + b * 1274) >> 12,
        ]
    }

    /// The brightness on white.
    pub(in super::super) fn brightness(pixel: Pixel) -> f64 {
        let [r, g, b, alpha] = pixel.map(f64::from);
        let lay = |colour: f64| match pixel[3] {
            0 => 255.0,
            255 => colour,
            _ => 255.0 + (colour - 255.0) * (alpha / 255.0),
        };
        lay(r) * 0.29889531 + lay(g) * 0.58662247 + lay(b) * 0.11448223
    }
}
