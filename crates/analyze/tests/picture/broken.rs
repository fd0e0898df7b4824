//! What is no whole picture is errored, whatever it claims, and in bounded memory.

use plimsoll_analyze::picture::{Fault, Options, Rules, Side};

use crate::canvas::{compare, page};

fn fault(first: &[u8], second: &[u8]) -> (Side, String) {
    let error = compare(first, second, &Options::default()).unwrap_err();
    (error.side, error.to_string())
}

/// A chunk with a right checksum.
fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = !0u32;
    for byte in kind.iter().chain(body) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, &kind[..], body, &(!crc).to_be_bytes()].concat()
}

fn claims(width: u32, height: u32, interlaced: bool) -> Vec<u8> {
    let head =
        [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, u8::from(interlaced)]]
            .concat();
    let empty = [0x78, 0x9c, 0x03, 0, 0, 0, 0, 1];
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &head),
        &chunk(b"IDAT", &empty),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn what_is_no_png_is_named() {
    let good = page("words").png();
    assert_eq!(fault(b"<html>", &good), (Side::First, "the first picture is not a PNG".to_owned()));
    assert_eq!(fault(&good, b""), (Side::Second, "the second picture is not a PNG".to_owned()));
    assert_eq!(
        fault(b"", b"").1,
        "the first picture is not a PNG",
        "two equal files of nothing too"
    );
}

#[test]
fn a_picture_that_is_cut_off_anywhere_is_never_compared() {
    let (good, other) = (page("words").png(), page("other").png());
    for length in (0..other.len()).step_by(397).chain([other.len() - 1, other.len() - 12]) {
        for plain in [None, Some(Rules::Pixelmatch)] {
            let options = Options { plain, ..Options::default() };
            let error = compare(&good, &other[..length], &options).unwrap_err();
            assert_eq!(error.side, Side::Second, "{length}");
            let error = compare(&other[..length], &other[..length], &options).unwrap_err();
            assert!(matches!(error.fault, Fault::CutOff | Fault::NotPng), "{length}: {error}");
        }
    }
}

#[test]
fn a_damaged_picture_is_broken() {
    let (good, mut bad) = (page("words").png(), page("other").png());
    let middle = bad.len() / 2;
    bad[middle] ^= 0x10;
    let (side, words) = fault(&good, &bad);
    assert_eq!(side, Side::Second);
    assert!(words.starts_with("the second picture is broken: "), "{words}");
}

#[test]
fn a_picture_that_claims_to_be_huge_is_too_large() {
    let good = page("words").png();
    for (width, height, interlaced, words) in [
        (u32::MAX >> 1, 1, false, "at most 65536 pixels wide"),
        (1, u32::MAX >> 1, false, "at most 1048576 pixels high"),
        (60_000, 60_000, false, "at most 250000000 pixels"),
        (10_000, 10_000, true, "at most 40000000 pixels when interlaced"),
    ] {
        let (side, said) = fault(&good, &claims(width, height, interlaced));
        assert_eq!(side, Side::Second);
        assert!(said.contains("is too large") && said.contains(words), "{said}");
        let twice = claims(width, height, false);
        assert!(interlaced || fault(&twice, &twice).1.contains("is too large"));
    }
}

#[test]
fn a_picture_without_the_rows_it_claims_is_broken_or_cut_off() {
    let good = page("words").png();
    for interlaced in [false, true] {
        let error =
            compare(&good, &claims(5_000, 5_000, interlaced), &Options::default()).unwrap_err();
        assert!(matches!(error.fault, Fault::Broken(_) | Fault::CutOff), "{error}");
    }
    let (_, said) = fault(&good, &claims(0, 10, false));
    assert!(said.contains("broken"), "{said}");
}

#[test]
fn a_palette_without_whole_colours_is_broken() {
    let good = page("words").png();
    for (palette, seen_through) in [(2, 0), (4, 0), (257 * 3, 0), (6, 3)] {
        for interlaced in [0, 1] {
            let file = [
                &b"\x89PNG\r\n\x1a\n"[..],
                &chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, interlaced]),
                &chunk(b"PLTE", &vec![0; palette]),
                &chunk(b"tRNS", &vec![0; seen_through]),
                // A stored block of two bytes: a row without a filter, and the first colour.
                &chunk(b"IDAT", &[0x78, 1, 1, 2, 0, 0xfd, 0xff, 0, 0, 0, 2, 0, 1]),
                &chunk(b"IEND", &[]),
            ]
            .concat();
            let (side, said) = fault(&good, &file);
            assert_eq!(side, Side::Second);
            assert!(said.contains("is broken: "), "{said}");
        }
    }
}

/// A picture of two pixels, whose image data is not packed.
fn two_pixels(rows: &[u8], checksum: u32, after: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rows.len()).unwrap();
    let block = [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), rows].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 2, 8, 0, 0, 0, 0]),
        &chunk(b"tEXt", b"Comment\0x"),
        &chunk(b"IDAT", &[&block[..], &checksum.to_be_bytes(), after].concat()),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

fn adler(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}

#[test]
fn image_data_with_a_wrong_checksum_or_more_than_its_rows_is_broken_though_it_shows_the_same() {
    let rows = [0, 10, 0, 20];
    let good = {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 1, 2);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&[10, 20]).unwrap();
        bytes
    };
    let same = two_pixels(&rows, adler(&rows), b"");
    assert_ne!(same, good, "other bytes, and the same picture");
    let more = [0, 10, 0, 20, 0, 30];
    for plain in [None, Some(Rules::Pixelmatch)] {
        let options = Options { plain, ..Options::default() };
        assert!(compare(&good, &same, &options).unwrap().identical);
        for (bad, words) in [
            (two_pixels(&rows, adler(&rows) ^ 1, b""), "the checksum of its image data is wrong"),
            (two_pixels(&more, adler(&more), b""), "it has more image data than rows"),
            (two_pixels(&rows, adler(&rows), b"more"), "something follows its image data"),
        ] {
            let error = compare(&good, &bad, &options).unwrap_err();
            assert_eq!(error.to_string(), format!("the second picture is broken: {words}"));
            let error = compare(&bad, &good, &options).unwrap_err();
            assert_eq!(error.side, Side::First);
        }
    }
}
