//! The chain: each event's hash covers its content and the hash before it.

use crate::digest::Digest;

/// What is wrong with a ledger, and at which event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The content is not what was written.
    #[error("event {seq} was changed after it was written")]
    Changed {
        /// The event.
        seq: u64,
    },
    /// There is a hole.
    #[error("event {missing} is missing (event {found} follows event {before})")]
    Missing {
        /// The first event that is not there.
        missing: u64,
        /// The last event before the hole.
        before: u64,
        /// The first event after the hole.
        found: u64,
    },
    /// It does not follow the event before it.
    #[error("event {seq} does not follow event {before}: reordered, replaced or inserted")]
    Reordered {
        /// The event.
        seq: u64,
        /// The event before it.
        before: u64,
    },
    /// The last events are gone.
    #[error("the ledger ends at event {found}, and event {expected} was already written")]
    Truncated {
        /// The last event that is there.
        found: u64,
        /// The last event that was written.
        expected: u64,
    },
    /// It cannot be read as an event.
    #[error("event {seq} cannot be read: {reason}")]
    Unreadable {
        /// The event.
        seq: u64,
        /// Why.
        reason: String,
    },
}

/// The hash of an event: over the hash before it and over its stored texts, each framed by its
/// length. `at` is the RFC 3339 text; `actor` and `kind` are the JSON texts exactly as stored.
#[must_use]
pub fn link_hash(
    prev: &Digest,
    seq: u64,
    stream: &str,
    version: u64,
    at: &str,
    actor: &str,
    kind: &str,
) -> Digest {
    Digest::of_parts([
        prev.as_bytes().as_slice(),
        &seq.to_be_bytes(),
        stream.as_bytes(),
        &version.to_be_bytes(),
        at.as_bytes(),
        actor.as_bytes(),
        kind.as_bytes(),
    ])
}

/// Checks one event against the one before it (`(0, Digest::ZERO)` before the first).
///
/// # Errors
/// The fault, naming the event.
pub fn verify_link(
    before: (u64, Digest),
    seq: u64,
    prev: &Digest,
    hash: &Digest,
    computed: &Digest,
) -> Result<(), ChainFault> {
    let (last, last_hash) = before;
    if seq <= last {
        return Err(ChainFault::Reordered { seq, before: last });
    }
    if seq != last + 1 {
        return Err(ChainFault::Missing { missing: last + 1, before: last, found: seq });
    }
    if computed != hash {
        return Err(ChainFault::Changed { seq });
    }
    if *prev != last_hash {
        return Err(ChainFault::Reordered { seq, before: last });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_named() {
        let one = Digest::of(b"1");
        let two = Digest::of(b"2");
        assert_eq!(verify_link((1, one), 2, &one, &two, &two), Ok(()));
        assert_eq!(verify_link((1, one), 2, &one, &two, &one), Err(ChainFault::Changed { seq: 2 }));
        assert_eq!(
            verify_link((1, one), 3, &one, &two, &two),
            Err(ChainFault::Missing { missing: 2, before: 1, found: 3 })
        );
        assert_eq!(
            verify_link((1, one), 2, &two, &two, &two),
            Err(ChainFault::Reordered { seq: 2, before: 1 })
        );
    }
}
