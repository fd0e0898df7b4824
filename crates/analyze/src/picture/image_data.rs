//! Whether the image data of a PNG is what it says: as many bytes as its rows take, no fewer and no more,
//! with the checksum of all of them.
//!
//! A decoder is done with the last row and looks no further. So pictures that show the same and are not
//! the same bytes are read to their end before they are called identical.

use std::io::SeekFrom;

use fdeflate::{DecompressionError, Decompressor};

use super::error::{Fault, PictureError, Side};
use super::rows::Source;

/// How far back compressed bytes may point.
const LOOK_BACK_BYTES: usize = 32 << 10;

/// What is unpacked at once, beside what is looked back at.
const ROOM_BYTES: usize = 64 << 10;

/// Starting column, starting row and steps of the seven passes of an interlaced picture.
const PASSES: [[u32; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

/// Reads all of it.
pub(super) fn check(source: &mut dyn Source, side: Side) -> Result<(), PictureError> {
    walk(source).map_err(|fault| fault.on(side))
}

fn walk(source: &mut dyn Source) -> Result<(), Fault> {
    source.seek(SeekFrom::Start(8)).map_err(Fault::Unreadable)?;
    let mut data = None;
    loop {
        let mut head = [0; 8];
        source.read_exact(&mut head).map_err(Fault::of_io)?;
        let [a, b, c, d, kind @ ..] = head;
        let length = u64::from(u32::from_be_bytes([a, b, c, d]));
        let mut skipped = length;
        match (&kind, data.as_mut()) {
            (b"IHDR", None) => {
                let mut header = [0; 13];
                source.read_exact(&mut header).map_err(Fault::of_io)?;
                data = Some(Data::new(raw_bytes(header)));
                skipped = length.saturating_sub(13);
            }
            (b"IDAT", Some(data)) => {
                data.take(source, length)?;
                skipped = 0;
            }
            (b"IEND", data) => return data.map_or(Err(Fault::CutOff), |data| data.finish()),
            _ => {}
        }
        let rest = i64::try_from(skipped + 4).unwrap_or(i64::MAX);
        source.seek_relative(rest).map_err(Fault::Unreadable)?;
    }
}

/// Image data that is being unpacked, and not kept.
struct Data {
    zlib: Decompressor,
    room: Vec<u8>,
    at: usize,
    /// How much is still to come.
    left: u64,
}

impl Data {
    fn new(bytes: u64) -> Self {
        Self {
            zlib: Decompressor::new(),
            room: vec![0; LOOK_BACK_BYTES + ROOM_BYTES],
            at: 0,
            left: bytes,
        }
    }

    /// Takes the body of a chunk.
    fn take(&mut self, source: &mut dyn Source, mut length: u64) -> Result<(), Fault> {
        while length > 0 {
            let buffered = source.fill_buf().map_err(Fault::Unreadable)?;
            if buffered.is_empty() {
                return Err(Fault::CutOff);
            }
            let most = usize::try_from(length).unwrap_or(usize::MAX).min(buffered.len());
            let read = self.unpack(&buffered[..most])?;
            source.consume(read);
            length -= read as u64;
        }
        Ok(())
    }

    /// Unpacks some of it; says how much was read.
    fn unpack(&mut self, packed: &[u8]) -> Result<usize, Fault> {
        if self.zlib.is_done() && !packed.is_empty() {
            return Err(Fault::Broken("something follows its image data".to_owned()));
        }
        if self.at == self.room.len() {
            self.room.copy_within(self.at - LOOK_BACK_BYTES.., 0);
            self.at = LOOK_BACK_BYTES;
        }
        let (read, made) = self
            .zlib
            .read(packed, &mut self.room, self.at, false)
            .map_err(|error| broken(&error))?;
        self.at += made;
        let left = self.left.checked_sub(made as u64);
        self.left =
            left.ok_or_else(|| Fault::Broken("it has more image data than rows".to_owned()))?;
        Ok(read)
    }

    /// What is unpacked already, and not yet handed out, comes too.
    fn finish(&mut self) -> Result<(), Fault> {
        while !self.zlib.is_done() {
            let before = self.left;
            self.unpack(&[])?;
            if self.left == before && !self.zlib.is_done() {
                return Err(Fault::Broken("its image data has no end".to_owned()));
            }
        }
        if self.left > 0 { Err(Fault::CutOff) } else { Ok(()) }
    }
}

fn broken(error: &DecompressionError) -> Fault {
    Fault::Broken(match error {
        DecompressionError::WrongChecksum => "the checksum of its image data is wrong".to_owned(),
        other => format!("its image data is damaged ({other:?})"),
    })
}

/// How many bytes the rows of a picture with this header take, each with the byte for its filter.
fn raw_bytes(header: [u8; 13]) -> u64 {
    let [a, b, c, d, e, f, g, h, depth, colour, _, _, interlaced] = header;
    let (width, height) = (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]));
    let samples = match colour {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    let rows = |width: u32, height: u32| match width {
        0 => 0,
        _ => u64::from(height) * (1 + (u64::from(width) * samples * u64::from(depth)).div_ceil(8)),
    };
    if interlaced == 0 {
        return rows(width, height);
    }
    let steps = |size: u32, from: u32, step: u32| size.saturating_sub(from).div_ceil(step);
    let pass =
        |[x, y, across, down]: [u32; 4]| rows(steps(width, x, across), steps(height, y, down));
    PASSES.into_iter().map(pass).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_take_their_filters_and_interlaced_ones_seven_passes() {
        let header = |width: u8, height: u8, depth, colour, interlaced| {
            [0, 0, 0, width, 0, 0, 0, height, depth, colour, 0, 0, interlaced]
        };
        for (header, bytes) in [
            (header(3, 2, 8, 2, 0), 20),
            (header(3, 2, 1, 0, 0), 4),
            (header(3, 2, 16, 6, 0), 50),
            (header(9, 1, 2, 3, 0), 4),
            (header(1, 1, 8, 2, 1), 4),
            // One pixel, one, none, two, four, eight in passes of one to four rows.
            (header(8, 8, 8, 0, 1), 64 + 1 + 1 + 1 + 2 + 2 + 4 + 4),
        ] {
            assert_eq!(raw_bytes(header), bytes, "{header:?}");
        }
    }
}
