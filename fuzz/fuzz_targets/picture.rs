//! Whatever bytes two pictures are made of, there is an answer, and what differs can be framed: as they
//! are, and as the chunks of a PNG whose checksums are right, so that what is behind the checksums is
//! reached too.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use plimsoll_analyze::picture::{Options, Rules, diff, frame, is_one_colour};

fuzz_target!(|bytes: &[u8]| {
    let Some((split, bytes)) = bytes.split_first() else { return };
    let at = bytes.len() * usize::from(*split) / 256;
    let (first, second) = bytes.split_at(at);
    compare(first, second);
    compare(&png(first), &png(second));
});

fn compare(first: &[u8], second: &[u8]) {
    for plain in [None, Some(Rules::Pixelmatch), Some(Rules::OdiffAntialiasing)] {
        let options = Options { plain, ..Options::default() };
        if let Ok(found) = diff(&mut Cursor::new(first), &mut Cursor::new(second), &options) {
            let _ = frame(&mut Cursor::new(second), &found.regions, &mut std::io::sink());
        }
    }
    let _ = is_one_colour(&mut Cursor::new(first));
}

/// A small head, then chunks: a byte for the kind, a byte for the length, and what they hold.
fn png(bytes: &[u8]) -> Vec<u8> {
    const KINDS: [&[u8; 4]; 6] = [b"IDAT", b"PLTE", b"tRNS", b"tEXt", b"IDAT", b"gAMA"];
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = |at: usize| bytes.get(at).copied().unwrap_or(1);
    let size = [0, 0, 0, head(0) % 32, 0, 0, 0, head(1) % 32];
    let format = [head(2) % 17, head(3) % 7, 0, 0, head(4) % 2];
    chunk(&mut file, b"IHDR", &[&size[..], &format[..]].concat());
    let mut rest = bytes.get(5..).unwrap_or_default();
    while let [kind, length, more @ ..] = rest {
        let length = usize::from(*length).min(more.len());
        chunk(&mut file, KINDS[usize::from(*kind) % KINDS.len()], &more[..length]);
        rest = &more[length..];
    }
    chunk(&mut file, b"IDAT", &stored(&bytes[bytes.len() / 2..]));
    chunk(&mut file, b"IEND", b"");
    file
}

/// A stream that only says what it holds.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let bytes = &bytes[..usize::from(length)];
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let head = [&[0x78, 0x01, 0x01][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
    [&head[..], bytes, &((b << 16) | a).to_be_bytes()].concat()
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    file.extend_from_slice(&u32::try_from(body.len()).unwrap_or(0).to_be_bytes());
    let from = file.len();
    file.extend_from_slice(kind);
    file.extend_from_slice(body);
    let mut sum = u32::MAX;
    for byte in &file[from..] {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    file.extend_from_slice(&(!sum).to_be_bytes());
}
