//! Output, bounded.

use crate::secrets::Redactor;

/// What is kept of the beginning and of the end. A failing command says what it was about to do
/// at the beginning and what went wrong at the end; nobody reads a gigabyte between.
const KEEP_BYTES: usize = 512 * 1024;

/// The beginning and the end of an output of any length.
#[derive(Debug, Default, Clone)]
pub struct Capture {
    head: Vec<u8>,
    tail: Vec<u8>,
    total_bytes: u64,
}

impl Capture {
    /// Adds what was printed next.
    pub fn push(&mut self, mut bytes: &[u8]) {
        self.total_bytes += bytes.len() as u64;
        let room = KEEP_BYTES - self.head.len();
        let (first, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(first);
        bytes = rest;
        self.tail.extend_from_slice(bytes);
        if self.tail.len() > 2 * KEEP_BYTES {
            self.tail.drain(..self.tail.len() - KEEP_BYTES);
        }
    }

    /// Whether nothing but white space was printed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.head.iter().chain(&self.tail).all(u8::is_ascii_whitespace)
    }

    /// How much was printed in all.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// The output as it may be kept and shown: secrets taken out, also those that the cut between
    /// beginning and end went through.
    #[must_use]
    pub fn clean(&self, redactor: &Redactor) -> Vec<u8> {
        if self.head.len() as u64 + self.tail.len() as u64 == self.total_bytes
            && self.tail.len() <= KEEP_BYTES
        {
            return redactor.bytes(&[self.head.as_slice(), &self.tail].concat());
        }
        let cut = redactor.longest();
        let head = until(&self.head, self.head.len().saturating_sub(cut), redactor);
        let kept = &self.tail[self.tail.len().saturating_sub(KEEP_BYTES)..];
        let tail = after(kept, cut.min(kept.len()), redactor);
        let left_out = self.total_bytes - (head.0 + tail.0) as u64;
        let mut clean = head.1;
        clean.extend_from_slice(format!("\n[… {left_out} bytes left out …]\n").as_bytes());
        clean.extend_from_slice(&tail.1);
        clean
    }
}

/// The part before `end`, or a little less where a secret stands across it.
fn until(bytes: &[u8], end: usize, redactor: &Redactor) -> (usize, Vec<u8>) {
    let place = redactor.places(bytes).into_iter().find(|(p, _)| p.start < end && end < p.end);
    let end = place.map_or(end, |(place, _)| place.start);
    (end, redactor.bytes(&bytes[..end]))
}

/// The part from `start` on, or a little less where a secret stands across it.
fn after(bytes: &[u8], start: usize, redactor: &Redactor) -> (usize, Vec<u8>) {
    let place = redactor.places(bytes).into_iter().find(|(p, _)| p.start < start && start < p.end);
    let start = place.map_or(start, |(place, _)| place.end);
    (bytes.len() - start, redactor.bytes(&bytes[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_output_is_whole() {
        let mut capture = Capture::default();
        capture.push(b"one ");
        capture.push(b"two");
        assert_eq!(capture.clean(&Redactor::none()), b"one two");
    }

    #[test]
    fn an_output_between_one_and_two_bounds_is_cut_and_counted() {
        let mut capture = Capture::default();
        capture.push(&vec![b'a'; KEEP_BYTES * 2 + 10]);
        let text = String::from_utf8(capture.clean(&Redactor::none())).expect("text");
        assert!(text.contains("[… 10 bytes left out …]"), "{}", text.len());
    }

    #[test]
    fn a_secret_that_the_cut_goes_through_leaves_nothing_behind() {
        let redactor = Redactor::new([("pw".parse().expect("valid"), "hunter2hunter2".into())]);
        for shift in 0..16 {
            let mut capture = Capture::default();
            capture.push(&vec![b'.'; KEEP_BYTES - shift]);
            capture.push(b"hunter2hunter2");
            capture.push(&vec![b'.'; KEEP_BYTES]);
            capture.push(b"hunter2hunter2");
            capture.push(&vec![b'.'; KEEP_BYTES - shift]);
            let text = String::from_utf8(capture.clean(&redactor)).expect("text");
            assert!(!text.contains("hun") && !text.contains("er2"), "shift {shift}");
        }
    }
}
