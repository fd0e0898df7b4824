//! Whether two files are the same bytes.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Files of this length are compared by two threads: what takes time is getting the bytes from the
/// system.
const LARGE_BYTES: u64 = 1 << 20;

/// How much of either file is read at once, so that both fit into a core's own cache.
const BLOCK_BYTES: usize = 64 << 10;

/// Compares the bytes of two files, wherever they are read just now.
///
/// # Errors
/// One of them cannot be read, or became shorter meanwhile.
pub fn are_same(first: &File, second: &File) -> io::Result<bool> {
    let all = first.metadata()?.len();
    if all != second.metadata()?.len() {
        return Ok(false);
    }
    let differ = AtomicBool::new(false);
    let part = |range| compare(first, second, range, &differ);
    if all < LARGE_BYTES {
        part(0..all)?;
    } else {
        thread::scope(|scope| {
            let upper = scope.spawn(|| part(all / 2..all));
            let lower = part(0..all / 2);
            lower.and(upper.join().unwrap_or(Ok(())))
        })?;
    }
    Ok(!differ.into_inner())
}

/// Compares a part, until it is known, here or elsewhere, that they differ.
fn compare(first: &File, second: &File, range: Range<u64>, differ: &AtomicBool) -> io::Result<()> {
    let (mut a, mut b) = (vec![0; BLOCK_BYTES], vec![0; BLOCK_BYTES]);
    let mut at = range.start;
    while at < range.end && !differ.load(Ordering::Relaxed) {
        let many = usize::try_from(range.end - at).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        let (a, b) = (&mut a[..many], &mut b[..many]);
        first.read_exact_at(a, at)?;
        second.read_exact_at(b, at)?;
        if a != b {
            differ.store(true, Ordering::Relaxed);
        }
        at += many as u64;
    }
    Ok(())
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
        for length in [0_usize, 1, 70_000, 1 << 20, (3 << 20) + 17] {
            let bytes: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[1]).collect();
            let (one, two) = (file(&bytes), file(&bytes));
            assert!(are_same(&one, &two).expect("both are read"), "{length} bytes");
            let places = [0, length / 2, length.saturating_sub(1)];
            for at in places.into_iter().filter(|at| *at < length) {
                let mut other = bytes.clone();
                other[at] ^= 1;
                let other = file(&other);
                assert!(!are_same(&one, &other).expect("both are read"), "{at} of {length}");
            }
            let longer = file(&[bytes.as_slice(), b"x"].concat());
            assert!(!are_same(&one, &longer).expect("both are read"), "{length} bytes and one");
        }
    }
}
