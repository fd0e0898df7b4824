//! A state that was put aside, and how far it is believed.
//!
//! Whoever may write to the ledger's tables may write to a snapshot, and nothing hashes that. So the
//! bytes begin with a hash of themselves and of what they stand for, and `ledger verify` folds the
//! events anew and compares ([`examine_snapshot`]).

use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::ledger::{STATE_SHAPE, ServiceState};

use crate::ports::{Ledger, LedgerError, Snapshot};

/// Tells snapshots that begin with their own hash from those of an older plimsoll, which do not.
const SEALED: u32 = 1 << 16;

/// The shape of snapshots that are written and believed here.
const SHAPE: u32 = SEALED | STATE_SHAPE;

/// How many letters the hash before a state has: 64 and the end of the line.
const SEAL: usize = 65;

/// Events read at once while a snapshot is compared.
const PAGE: u32 = 2_000;

/// A snapshot that is not what its events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFault {
    /// Of which service it is the state.
    pub service: ServiceName,
    /// The event after which it was put aside.
    pub seq: Seq,
    /// What is wrong with it, as the end of a sentence: `it …`.
    pub why: String,
}

/// The snapshot of a state; none when nothing has happened yet.
pub(super) fn seal(service: &ServiceName, state: &ServiceState) -> Option<Snapshot> {
    let hash = state.hash?;
    let json = serde_json::to_vec(state).ok()?;
    let mut bytes = seal_of(service, state.seq, &hash, &json).into_bytes();
    bytes.push(b'\n');
    bytes.extend_from_slice(&json);
    Some(Snapshot { seq: state.seq, hash, shape: SHAPE, bytes })
}

/// The state in a snapshot; none when its shape is another, or a byte of it was changed. Whether it
/// is of this history, the caller looks at.
pub(super) fn opened(service: &ServiceName, snapshot: &Snapshot) -> Option<ServiceState> {
    if snapshot.shape != SHAPE {
        return None;
    }
    let state: ServiceState = serde_json::from_slice(json_of(service, snapshot)?).ok()?;
    (state.seq == snapshot.seq && state.hash == Some(snapshot.hash)).then_some(state)
}

fn json_of<'s>(service: &ServiceName, snapshot: &'s Snapshot) -> Option<&'s [u8]> {
    let (seal, json) = snapshot.bytes.split_at_checked(SEAL)?;
    let computed = seal_of(service, snapshot.seq, &snapshot.hash, json);
    (seal.strip_suffix(b"\n") == Some(computed.as_bytes())).then_some(json)
}

fn seal_of(service: &ServiceName, seq: Seq, hash: &Digest, json: &[u8]) -> String {
    let head = format!("{service}\n{}\n{hash}\n{SHAPE}\n", seq.0);
    Digest::of(&[head.as_bytes(), json].concat()).hex()
}

/// Folds the events of a service anew, up to where its snapshot was put aside, and compares. None
/// when there is no snapshot, when it is one of another plimsoll's (which is not used), or when
/// nothing is wrong with it. `tell` hears of the position that was reached, and of the last one.
///
/// # Errors
/// The ledger cannot be read.
pub async fn examine_snapshot(
    ledger: &dyn Ledger,
    service: &ServiceName,
    tell: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Option<SnapshotFault>, LedgerError> {
    let Some(snapshot) = ledger.snapshot(service).await? else { return Ok(None) };
    if snapshot.shape != SHAPE {
        return Ok(None);
    }
    let seq = snapshot.seq;
    let fault = |why: String| Ok(Some(SnapshotFault { service: service.clone(), seq, why }));
    let event = ledger.event(seq).await?;
    if event.is_none_or(|event| event.hash != snapshot.hash) {
        return fault("belongs to another history".to_owned());
    }
    let Some(state) = opened(service, &snapshot) else {
        return fault("was changed after it was written".to_owned());
    };
    match folded(ledger, service, seq, tell).await? {
        Err(why) => fault(format!("cannot have been folded: {why}")),
        Ok(folded) if folded == state => Ok(None),
        Ok(_) => fault("is not what its events say".to_owned()),
    }
}

async fn folded(
    ledger: &dyn Ledger,
    service: &ServiceName,
    upto: Seq,
    tell: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Result<ServiceState, String>, LedgerError> {
    let mut state = ServiceState::default();
    loop {
        let events = ledger.service_events(service, state.seq, PAGE).await?;
        for event in events.iter().take_while(|event| event.seq <= upto) {
            if let Err(error) = state.apply(event) {
                return Ok(Err(error.to_string()));
            }
        }
        tell(state.seq.0, upto.0);
        if events.len() < PAGE as usize || state.seq >= upto {
            return Ok(Ok(state));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> ServiceName {
        "shop".parse().expect("a name")
    }

    fn snapshot() -> Snapshot {
        let hash = Some(Digest::of(b"the last event"));
        let state = ServiceState { seq: Seq(700), hash, gate_version: 12, ..Default::default() };
        seal(&shop(), &state).expect("something has happened")
    }

    #[test]
    fn a_state_comes_back_as_it_was_put_aside() {
        let state = opened(&shop(), &snapshot()).expect("it was not changed");
        assert_eq!((state.seq, state.gate_version), (Seq(700), 12));
        assert_eq!(seal(&shop(), &ServiceState::default()), None);
    }

    #[test]
    fn a_snapshot_of_which_anything_was_changed_is_not_believed() {
        let good = snapshot();
        for at in 0..good.bytes.len() {
            let mut bytes = good.bytes.clone();
            bytes[at] ^= 1;
            let changed = Snapshot { bytes, ..good.clone() };
            assert_eq!(opened(&shop(), &changed), None, "byte {at}");
        }
        let moved = [
            Snapshot { seq: Seq(701), ..good.clone() },
            Snapshot { hash: Digest::ZERO, ..good.clone() },
            Snapshot { shape: STATE_SHAPE, ..good.clone() },
            Snapshot { bytes: good.bytes[..40].to_vec(), ..good.clone() },
            Snapshot { bytes: Vec::new(), ..good.clone() },
        ];
        for changed in moved {
            assert_eq!(opened(&shop(), &changed), None, "{changed:?}");
        }
        assert_eq!(opened(&"other".parse().expect("a name"), &good), None);
    }
}
