//! Going through all content that a ledger names.

use std::collections::BTreeSet;

use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Content, ContentRole, Event};
use plimsoll_core::ids::Seq;
use plimsoll_core::record::Manifest;
use plimsoll_engine::ports::{Ledger, LedgerError};

use super::fault::{ContentFault, ContentFaultKind, Weight};

/// How many events are read at once.
const PAGE: u32 = 500;

/// Is told which event is looked at, of how many, and how many bytes of content were read.
pub type ContentsProgress<'a> = &'a (dyn Fn(u64, u64, u64) + Send + Sync);

/// What is to be done with each content.
#[async_trait::async_trait]
pub(super) trait Visit: Send {
    /// Looks at content; returns how many bytes were read.
    async fn visit(&mut self, digest: &Digest, bytes: Option<u64>)
    -> Result<u64, ContentFaultKind>;

    /// The bytes of a list of files.
    async fn list(&mut self, digest: &Digest) -> Result<Vec<u8>, ContentFaultKind>;
}

/// What going through it came to.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// How much content there is, each counted once.
    pub(super) contents: u64,
    /// How many bytes were read.
    pub(super) bytes: u64,
    /// What is wrong, in order of event.
    pub(super) faults: Vec<ContentFault>,
}

/// Looks at all content that the events up to `upto` name.
///
/// # Errors
/// The ledger cannot be read. What is wrong with content is no error.
pub(super) async fn walk(
    ledger: &dyn Ledger,
    upto: Seq,
    visit: &mut dyn Visit,
    progress: ContentsProgress<'_>,
) -> Result<Walked, LedgerError> {
    let mut walk = Walk { visit, seen: BTreeSet::new(), walked: Walked::default() };
    let mut after = Seq(0);
    while after < upto {
        let events = ledger.events(after, PAGE).await?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for event in events.iter().take_while(|event| event.seq <= upto) {
            for content in event.kind.contents() {
                walk.content(event, &content).await;
                progress(event.seq.0, upto.0, walk.walked.bytes);
            }
        }
        progress(after.0.min(upto.0), upto.0, walk.walked.bytes);
    }
    Ok(walk.walked)
}

struct Walk<'a> {
    visit: &'a mut dyn Visit,
    seen: BTreeSet<Digest>,
    walked: Walked,
}

impl Walk<'_> {
    async fn content(&mut self, event: &Event, content: &Content) {
        // Each once: the first event that names it stands for all of them.
        if !self.seen.insert(content.digest) {
            return;
        }
        match &content.role {
            ContentRole::Directory { .. } => self.directory(event, content).await,
            ContentRole::File { .. }
            | ContentRole::Output
            | ContentRole::Picture { .. }
            | ContentRole::Decision => self.one(event, content, None).await,
        }
    }

    async fn one(&mut self, event: &Event, content: &Content, path: Option<&str>) {
        self.walked.contents += 1;
        match self.visit.visit(&content.digest, content.bytes).await {
            Ok(bytes) => self.walked.bytes += bytes,
            Err(kind) => self.fault(event, content, path, kind),
        }
    }

    async fn directory(&mut self, event: &Event, content: &Content) {
        self.one(event, content, None).await;
        // Whether the list itself is there was just said.
        let Ok(bytes) = self.visit.list(&content.digest).await else { return };
        let manifest = match Manifest::parse(&bytes) {
            Ok(manifest) => manifest,
            Err(error) => {
                return self.fault(
                    event,
                    content,
                    None,
                    ContentFaultKind::Unreadable(error.to_string()),
                );
            }
        };
        for listed in manifest.files() {
            if self.seen.insert(*listed.digest) {
                let digest = *listed.digest;
                let file = Content { digest, bytes: None, role: content.role.clone() };
                self.one(event, &file, Some(listed.path)).await;
            }
        }
    }

    fn fault(
        &mut self,
        event: &Event,
        content: &Content,
        path: Option<&str>,
        kind: ContentFaultKind,
    ) {
        self.walked.faults.push(ContentFault {
            seq: event.seq,
            stream: event.stream.clone(),
            digest: content.digest,
            role: content.role.clone(),
            path: path.map(str::to_owned),
            kind,
            weight: Weight::of_role(&content.role),
        });
    }
}
