//! Messages on the pipe: JSON texts, each ended by a zero byte, read in bounded memory.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A page may write a gigabyte to its console; an event larger than this is let go.
const LARGEST_EVENT_BYTES: usize = 4 << 20;

/// The picture of the longest page, as base64, is far smaller.
const LARGEST_ANSWER_BYTES: usize = 256 << 20;

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// A whole message.
    Whole(Vec<u8>),
    /// An answer that was too large to be kept; the number of its call.
    TooLarge(u64),
}

/// Cuts the stream of bytes into messages.
pub(super) struct Messages<R> {
    from: R,
    chunk: Vec<u8>,
    at: usize,
    end: usize,
}

impl<R: AsyncRead + Unpin> Messages<R> {
    /// Reads from the pipe.
    pub fn new(from: R) -> Self {
        Self { from, chunk: vec![0; 64 << 10], at: 0, end: 0 }
    }

    /// The next message; none when the browser is gone. Events that are too large are passed over.
    pub async fn next(&mut self) -> Option<Incoming> {
        loop {
            let mut message = Vec::new();
            let whole = self.read_one(&mut message).await?;
            if whole {
                return Some(Incoming::Whole(message));
            }
            if let Some(number) = answer_number(&message) {
                return Some(Incoming::TooLarge(number));
            }
        }
    }

    /// Reads up to the zero byte; false when the message is larger than may be kept.
    async fn read_one(&mut self, message: &mut Vec<u8>) -> Option<bool> {
        let mut whole = true;
        loop {
            if self.at == self.end {
                self.at = 0;
                self.end = self.from.read(&mut self.chunk).await.ok().filter(|read| *read > 0)?;
            }
            let rest = &self.chunk[self.at..self.end];
            let stop = rest.iter().position(|byte| *byte == 0);
            let part = &rest[..stop.unwrap_or(rest.len())];
            if whole {
                message.extend_from_slice(part);
                if message.len() > limit(message) {
                    whole = false;
                    message.truncate(64);
                    message.shrink_to_fit();
                }
            }
            self.at += part.len() + usize::from(stop.is_some());
            if stop.is_some() {
                return Some(whole);
            }
        }
    }
}

fn limit(message: &[u8]) -> usize {
    if message.starts_with(b"{\"id\":") { LARGEST_ANSWER_BYTES } else { LARGEST_EVENT_BYTES }
}

fn answer_number(head: &[u8]) -> Option<u64> {
    let rest = head.strip_prefix(b"{\"id\":")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(bytes: &[u8]) -> Vec<Incoming> {
        let mut messages = Messages::new(bytes);
        let mut all = Vec::new();
        while let Some(one) = messages.next().await {
            all.push(one);
        }
        all
    }

    #[tokio::test]
    async fn messages_are_cut_at_zero_bytes_and_a_torn_one_is_left_out() {
        let found = all(b"{\"id\":1}\0{\"method\":\"a\"}\0{\"id\":").await;
        let whole = |text: &str| Incoming::Whole(text.as_bytes().to_vec());
        assert_eq!(found, [whole("{\"id\":1}"), whole("{\"method\":\"a\"}")]);
    }

    #[tokio::test]
    async fn an_event_that_is_too_large_is_passed_over_without_being_kept() {
        let mut bytes = b"{\"method\":\"".to_vec();
        bytes.resize(LARGEST_EVENT_BYTES + 100_000, b'x');
        bytes.extend_from_slice(b"\0{\"id\":7}\0");
        assert_eq!(all(&bytes).await, [Incoming::Whole(b"{\"id\":7}".to_vec())]);
        assert_eq!(answer_number(b"{\"id\":12,\"result\""), Some(12));
    }
}
