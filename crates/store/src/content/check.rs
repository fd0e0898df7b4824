//! Whether all content that a ledger names is still there as it was.

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::{Blobs as _, Ledger, LedgerError};

use super::fault::{ContentFault, ContentFaultKind, weigh};
use super::named::{ContentsProgress, Visit, walk};
use crate::blobs::DirBlobs;

/// How closely content is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything is read and hashed.
    Hash,
    /// Whether there is a file, of the right length where that is known. A changed byte is not
    /// found.
    Presence,
}

/// What a look at all content came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentsVerified {
    /// How much content the ledger names, each counted once.
    pub contents: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// What is missing or changed, the heaviest first.
    pub faults: Vec<ContentFault>,
}

/// Looks at all content that the events up to `upto` name.
///
/// # Errors
/// The ledger cannot be read. What is wrong with content is in the answer.
pub async fn verify_contents(
    ledger: &dyn Ledger,
    blobs: &DirBlobs,
    upto: Seq,
    depth: Depth,
    progress: ContentsProgress<'_>,
) -> Result<ContentsVerified, LedgerError> {
    let mut look = Look { blobs, depth };
    let mut walked = walk(ledger, upto, &mut look, progress).await?;
    weigh(ledger, &mut walked.faults).await?;
    Ok(ContentsVerified { contents: walked.contents, bytes: walked.bytes, faults: walked.faults })
}

struct Look<'a> {
    blobs: &'a DirBlobs,
    depth: Depth,
}

#[async_trait]
impl Visit for Look<'_> {
    async fn visit(
        &mut self,
        digest: &Digest,
        bytes: Option<u64>,
    ) -> Result<u64, ContentFaultKind> {
        let found = match self.depth {
            Depth::Hash => self.blobs.prove(digest).await?.bytes,
            Depth::Presence => self.blobs.length(digest)?,
        };
        match bytes {
            Some(expected) if expected != found => Err(ContentFaultKind::Changed),
            Some(_) | None => Ok(if self.depth == Depth::Hash { found } else { 0 }),
        }
    }

    async fn list(&mut self, digest: &Digest) -> Result<Vec<u8>, ContentFaultKind> {
        Ok(self.blobs.get(digest).await?)
    }
}
