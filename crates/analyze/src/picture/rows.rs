//! The rows of a PNG, one after the other, as red, green, blue and alpha of eight bits.

use std::io::{BufRead, Seek, SeekFrom};

use png::{ColorType, Decoder, Limits, Reader, Transformations};

use super::error::{Fault, PictureError, Side};
use super::limits::{
    MAX_CHUNK_BYTES, MAX_FILE_BYTES, MAX_HEIGHT, MAX_INTERLACED_PIXELS, MAX_PIXELS, MAX_WIDTH,
};
use super::region::Size;

/// Where the bytes of a picture come from: a file, or bytes in memory behind a cursor.
pub trait Source: BufRead + Seek {}
impl<T: BufRead + Seek + ?Sized> Source for T {}

/// A picture that is being read from the top down.
pub(super) struct Rows<'a> {
    reader: Reader<&'a mut dyn Source>,
    side: Side,
    size: Size,
    grey: bool,
    /// The whole picture, only where it is interlaced.
    whole: Option<Vec<u8>>,
    scratch: Vec<u8>,
    next: u32,
}

impl<'a> Rows<'a> {
    /// Begins at the top.
    pub(super) fn open(source: &'a mut dyn Source, side: Side) -> Result<Self, PictureError> {
        check_file(source).map_err(|fault| fault.on(side))?;
        super::rewind(source, side)?;
        let mut decoder = Decoder::new_with_limits(source, Limits { bytes: MAX_CHUNK_BYTES });
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        decoder
            .set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
        let info = decoder.read_header_info().map_err(|error| Fault::of(error).on(side))?;
        let size = Size { width: info.width, height: info.height };
        check_size(size, info.interlaced).map_err(|fault| fault.on(side))?;
        let mut reader = decoder.read_info().map_err(|error| Fault::of(error).on(side))?;
        check_palette(reader.info()).map_err(|fault| fault.on(side))?;
        let grey = match reader.output_color_type().0 {
            ColorType::GrayscaleAlpha => true,
            ColorType::Rgba => false,
            other => {
                let words = format!("its colours are of an unknown kind ({other:?})");
                return Err(Fault::Broken(words).on(side));
            }
        };
        let whole =
            if reader.info().interlaced { Some(read_whole(&mut reader, side)?) } else { None };
        Ok(Self { reader, side, size, grey, whole, scratch: Vec::new(), next: 0 })
    }

    /// Its width and height.
    pub(super) const fn size(&self) -> Size {
        self.size
    }

    /// Reads the next row into four bytes a pixel.
    pub(super) fn read(&mut self, into: &mut [u8]) -> Result<(), PictureError> {
        let side = self.side;
        let bytes = self.size.width as usize * if self.grey { 2 } else { 4 };
        if let Some(whole) = &self.whole {
            let from = self.next as usize * bytes;
            spread(&whole[from..from + bytes], into, self.grey);
        } else if self.grey {
            self.scratch.resize(bytes, 0);
            let row = self.reader.read_row(&mut self.scratch);
            row.map_err(|error| Fault::of(error).on(side))?.ok_or(Fault::CutOff.on(side))?;
            spread(&self.scratch, into, true);
        } else {
            let row = self.reader.read_row(into);
            row.map_err(|error| Fault::of(error).on(side))?.ok_or(Fault::CutOff.on(side))?;
        }
        self.next += 1;
        Ok(())
    }

    /// Reads what comes after the last row: a picture that is cut off there is not whole.
    pub(super) fn finish(&mut self) -> Result<(), PictureError> {
        self.reader.finish().map_err(|error| Fault::of(error).on(self.side))
    }
}

/// Whether the colours that pixels point at are whole: the decoder takes them for granted.
fn check_palette(info: &png::Info<'_>) -> Result<(), Fault> {
    let Some(palette) = info.palette.as_ref().filter(|_| info.color_type == ColorType::Indexed)
    else {
        return Ok(());
    };
    let colours = palette.len() / 3;
    let seen_through = info.trns.as_ref().map_or(0, |shares| shares.len());
    if !palette.len().is_multiple_of(3) || colours > 256 || seen_through > colours {
        return Err(Fault::Broken("its palette does not hold whole colours".to_owned()));
    }
    Ok(())
}

/// The whole of an interlaced picture.
fn read_whole(reader: &mut Reader<&mut dyn Source>, side: Side) -> Result<Vec<u8>, PictureError> {
    let bytes = reader.output_buffer_size().unwrap_or(0);
    let mut whole = vec![0; bytes];
    reader.next_frame(&mut whole).map_err(|error| Fault::of(error).on(side))?;
    Ok(whole)
}

/// Four bytes a pixel from what the decoder gives.
fn spread(from: &[u8], into: &mut [u8], grey: bool) {
    if !grey {
        into.copy_from_slice(from);
        return;
    }
    for (pixel, out) in from.as_chunks::<2>().0.iter().zip(into.as_chunks_mut::<4>().0) {
        *out = [pixel[0], pixel[0], pixel[0], pixel[1]];
    }
}

/// The first eight bytes of every PNG.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];

/// Whether it can be a PNG at all. Gives its length and leaves the source behind the signature.
fn check_file(source: &mut dyn Source) -> Result<u64, Fault> {
    let bytes = source.seek(SeekFrom::End(0)).map_err(Fault::Unreadable)?;
    source.seek(SeekFrom::Start(0)).map_err(Fault::Unreadable)?;
    if bytes > MAX_FILE_BYTES {
        return Err(Fault::TooLarge(format!("{bytes} bytes, at most {MAX_FILE_BYTES} are read")));
    }
    let mut start = [0; 8];
    let read = source.read_exact(&mut start);
    if read.is_err() || start != SIGNATURE {
        return Err(Fault::NotPng);
    }
    Ok(bytes)
}

/// Whether it fits within the bounds.
fn check_size(size: Size, interlaced: bool) -> Result<(), Fault> {
    let Size { width, height } = size;
    let pixels = u64::from(width) * u64::from(height);
    let at_most = if width > MAX_WIDTH {
        format!("at most {MAX_WIDTH} pixels wide")
    } else if height > MAX_HEIGHT {
        format!("at most {MAX_HEIGHT} pixels high")
    } else if pixels > MAX_PIXELS {
        format!("at most {MAX_PIXELS} pixels")
    } else if interlaced && pixels > MAX_INTERLACED_PIXELS {
        format!(
            "at most {MAX_INTERLACED_PIXELS} pixels when interlaced; save it without interlacing"
        )
    } else {
        return Ok(());
    };
    Err(Fault::TooLarge(format!("{width}×{height}; {at_most}")))
}

/// Looks at a picture without decoding it: whether it begins and ends as a PNG does, or, where
/// something follows its end, whether its chunks lead there. Gives its size and leaves the source at its beginning.
pub(super) fn check_chunks(source: &mut dyn Source, side: Side) -> Result<Size, PictureError> {
    let walk = |source: &mut dyn Source| -> Result<Size, Fault> {
        let end = check_file(source)?;
        let (mut at, mut size) = (SIGNATURE.len() as u64, None);
        loop {
            let mut head = [0; 8];
            source.read_exact(&mut head).map_err(Fault::of_io)?;
            let [a, b, c, d, kind @ ..] = head;
            let length = u64::from(u32::from_be_bytes([a, b, c, d]));
            at += 12 + length;
            if at > end {
                return Err(Fault::CutOff);
            }
            if size.is_none() {
                size = Some(header(source, kind, length)?);
                if ends_whole(source, end)? {
                    break;
                }
                source.seek(SeekFrom::Start(at - length - 4 + 8)).map_err(Fault::Unreadable)?;
            }
            if kind == *b"IEND" {
                break;
            }
            // Relative, so that what is buffered stays buffered. Eight bytes of a header were read.
            let read = if at == 12 + length + 8 { 8 } else { 0 };
            let rest = i64::try_from(length + 4 - read).unwrap_or(i64::MAX);
            source.seek_relative(rest).map_err(Fault::Unreadable)?;
        }
        source.seek(SeekFrom::Start(0)).map_err(Fault::Unreadable)?;
        size.ok_or(Fault::CutOff)
    };
    walk(source).map_err(|fault| fault.on(side))
}

/// The chunk that ends every PNG.
const END: [u8; 12] = [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82];

/// Whether the last bytes are the end of a PNG; nothing has to be walked then.
fn ends_whole(source: &mut dyn Source, end: u64) -> Result<bool, Fault> {
    let mut last = [0; END.len()];
    source.seek(SeekFrom::Start(end.saturating_sub(12))).map_err(Fault::Unreadable)?;
    source.read_exact(&mut last).map_err(Fault::of_io)?;
    Ok(last == END)
}

/// The size from the first chunk.
fn header(source: &mut dyn Source, kind: [u8; 4], length: u64) -> Result<Size, Fault> {
    if kind != *b"IHDR" || length != 13 {
        return Err(Fault::Broken("it does not begin with its header".to_owned()));
    }
    let mut body = [0; 8];
    source.read_exact(&mut body).map_err(Fault::of_io)?;
    let [a, b, c, d, e, f, g, h] = body;
    let size =
        Size { width: u32::from_be_bytes([a, b, c, d]), height: u32::from_be_bytes([e, f, g, h]) };
    if size.width == 0 || size.height == 0 {
        return Err(Fault::Broken("it has no pixels".to_owned()));
    }
    check_size(size, false)?;
    Ok(size)
}
