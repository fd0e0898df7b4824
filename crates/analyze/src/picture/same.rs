//! Whether two pictures are the same bytes.

use std::fs::File;
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

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

/// Files of this length are compared by two threads: what takes time is getting the bytes from the
/// system, and a thread is begun in less.
const LARGE_BYTES: u64 = 1 << 20;

/// How much of either file is read at once, so that both fit into a core's own cache.
const BLOCK_BYTES: usize = 64 << 10;

/// Compares the bytes of two files, wherever they are read just now.
pub(super) fn same_files(first: &File, second: &File) -> Result<bool, PictureError> {
    let length = |file: &File, side| {
        let metadata = file.metadata().map_err(|error| Fault::Unreadable(error).on(side))?;
        Ok(metadata.len())
    };
    let (all, other) = (length(first, Side::First)?, length(second, Side::Second)?);
    if all != other {
        return Ok(false);
    }
    let differ = AtomicBool::new(false);
    let part = |range| compare(first, second, range, &differ);
    let done = if all < LARGE_BYTES {
        part(0..all)
    } else {
        thread::scope(|scope| {
            let upper = scope.spawn(|| part(all / 2..all));
            let lower = part(0..all / 2);
            lower.and(upper.join().unwrap_or(Ok(())))
        })
    };
    done?;
    Ok(!differ.into_inner())
}

/// Compares a part, until it is known, here or elsewhere, that they differ.
fn compare(
    first: &File,
    second: &File,
    range: Range<u64>,
    differ: &AtomicBool,
) -> Result<(), PictureError> {
    let (mut a, mut b) = (vec![0; BLOCK_BYTES], vec![0; BLOCK_BYTES]);
    let mut at = range.start;
    while at < range.end && !differ.load(Ordering::Relaxed) {
        let many = usize::try_from(range.end - at).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        let (a, b) = (&mut a[..many], &mut b[..many]);
        read(first, a, at).map_err(|fault| fault.on(Side::First))?;
        read(second, b, at).map_err(|fault| fault.on(Side::Second))?;
        if a != b {
            differ.store(true, Ordering::Relaxed);
        }
        at += many as u64;
    }
    Ok(())
}

fn read(file: &File, block: &mut [u8], at: u64) -> Result<(), Fault> {
    file.read_exact_at(block, at).map_err(|error| match error.kind() {
        // It became shorter while it was read.
        io::ErrorKind::UnexpectedEof => Fault::CutOff,
        _ => Fault::Unreadable(error),
    })
}

fn length(source: &mut dyn Source, side: Side) -> Result<u64, PictureError> {
    let length = source.seek(SeekFrom::End(0));
    let length = length.and_then(|length| source.seek(SeekFrom::Start(0)).map(|_| length));
    length.map_err(|error| Fault::Unreadable(error).on(side))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().expect("a place for it");
        file.write_all(bytes).expect("room for it");
        file
    }

    #[test]
    fn files_are_the_same_when_every_byte_is() {
        for length in [0, 1, 70_000, 1 << 20, (3 << 20) + 17] {
            let bytes: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[1]).collect();
            let (one, two) = (file(&bytes), file(&bytes));
            assert!(same_files(&one, &two).expect("both are read"), "{length} bytes");
            let places = [0, length / 2, length.saturating_sub(1)];
            for at in places.into_iter().filter(|at| *at < length) {
                let mut other = bytes.clone();
                other[at as usize] ^= 1;
                let other = file(&other);
                assert!(!same_files(&one, &other).expect("both are read"), "{at} of {length}");
            }
            let longer = file(&[bytes.as_slice(), b"x"].concat());
            assert!(!same_files(&one, &longer).expect("both are read"), "{length} bytes and one");
        }
    }
}
