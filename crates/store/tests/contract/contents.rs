//! The content that a ledger names: verified with it, and backed up with it.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Actor, ContentRole, EventKind, NewEvent, Stream};
use plimsoll_core::ids::{ReleaseId, Seq};
use plimsoll_core::record::{
    Artifact, ArtifactKind, BlobRef, DeployReport, DeployResult, Entry, EntryKind, Manifest,
    Observed, Release,
};
use plimsoll_engine::ports::Blobs as _;
use plimsoll_store::{
    BackupError, ContentFaultKind, ContentsVerified, Depth, DirBlobs, Location, Store, Weight,
    backup, open, verify_contents,
};

use crate::ground::{Ground, fill, on_both, saying, unusable, verified};

on_both!(
    content_that_is_missing_or_changed_is_named_with_what_it_was_for,
    what_a_target_would_go_back_to_weighs_most,
    a_backup_holds_all_content_and_is_a_ledger_folder,
    a_backup_of_a_ledger_in_use_lacks_nothing,
    a_backup_without_content_holds_the_events,
    content_that_was_lost_before_stops_no_backup_and_is_said,
    a_backup_overwrites_nothing_and_says_why_there_is_none,
    a_backup_that_fails_leaves_nothing_behind,
);

const PAGE: &[u8] = b"<h1>shop</h1>";

struct World<'g> {
    ground: &'g Ground,
    store: std::sync::Arc<dyn Store>,
    blobs: DirBlobs,
}

impl<'g> World<'g> {
    /// An empty ledger.
    async fn empty(ground: &'g Ground) -> Self {
        let blobs = DirBlobs::open(&ground.dir.path().join("kept")).expect("a directory");
        Self { ground, store: ground.open().await, blobs }
    }

    /// A ledger with a release of a directory and of a file, and with an output.
    async fn new(ground: &'g Ground) -> Self {
        let world = Self::empty(ground).await;
        fill(&*world.store, 2).await;
        world.release("1", PAGE).await;
        world.output(b"deployed\n").await;
        world
    }

    async fn put(&self, bytes: &[u8]) -> Digest {
        self.blobs.put(bytes).await.expect("kept").digest
    }

    async fn release(&self, version: &str, page: &[u8]) {
        let digest = self.put(page).await;
        let kind = EntryKind::File { digest, bytes: page.len() as u64, executable: false };
        let manifest = Manifest::of(vec![Entry { path: "index.html".to_owned(), kind }]);
        let site = self.put(&manifest.to_bytes()).await;
        let app = self.put(format!("app {version}").as_bytes()).await;
        let id: ReleaseId = format!("shop@{version}").parse().expect("an id");
        let release = Release {
            id: id.clone(),
            artifacts: vec![
                artifact("app", ArtifactKind::File, app),
                artifact("site", ArtifactKind::Directory, site),
            ],
            change: plimsoll_core::catalog::ChangeClass::Minor,
            irreversible: false,
            notes: String::new(),
            added_at: saying(Stream::Release(id.clone()), "").at,
            added_by: "ada".parse().expect("a name"),
        };
        self.append(Stream::Release(id), EventKind::ReleaseAdded { release }).await;
    }

    async fn output(&self, bytes: &[u8]) {
        let blob = self.blobs.put(bytes).await.expect("kept");
        self.append(lane(), reported(blob)).await;
    }

    async fn append(&self, stream: Stream, kind: EventKind) {
        let event = NewEvent { actor: Actor::Plimsoll, kind, ..saying(stream, "") };
        self.store.append(vec![event], Vec::new()).await.expect("appended");
    }

    async fn verify(&self, depth: Depth) -> ContentsVerified {
        let (upto, _) = self.store.head().await.expect("read");
        verify_contents(&*self.store, &self.blobs, upto, depth, &|_, _, _| {}).await.expect("read")
    }

    async fn back_up(&self, name: &str) -> Result<PathBuf, BackupError> {
        let to = self.ground.dir.path().join(name);
        backup(&*self.store, Some(&self.blobs), &to, &|_, _, _| {}).await.map(|_| to)
    }

    fn file_of(&self, bytes: &[u8]) -> PathBuf {
        file_in(&self.ground.dir.path().join("kept"), bytes)
    }
}

fn file_in(dir: &Path, bytes: &[u8]) -> PathBuf {
    let hex = Digest::of(bytes).hex();
    dir.join(&hex[..2]).join(&hex[2..])
}

fn artifact(name: &str, kind: ArtifactKind, digest: Digest) -> Artifact {
    Artifact {
        name: name.parse().expect("a name"),
        kind,
        digest,
        source: String::new(),
        kept: true,
    }
}

fn lane() -> Stream {
    Stream::Lane("shop/staging".parse().expect("a lane"))
}

fn reported(output: BlobRef) -> EventKind {
    let observed = Observed::Version("1".parse().expect("valid"));
    let report =
        DeployReport { result: DeployResult::Done, observed, took_ms: 1, output: Some(output) };
    EventKind::DeploymentFinished {
        deployment: plimsoll_core::ids::DeploymentId(Seq(1)),
        epoch: 1,
        version: None,
        report,
    }
}

fn decided(whole: BlobRef) -> EventKind {
    EventKind::DecisionMade {
        release: "shop@3".parse().expect("an id"),
        to: "production".parse().expect("a name"),
        verdict: plimsoll_core::record::Verdict::Refused,
        counts: Vec::new(),
        unmet: Vec::new(),
        sameness: Digest::ZERO,
        policy: Digest::ZERO,
        whole,
    }
}

async fn content_that_is_missing_or_changed_is_named_with_what_it_was_for(ground: &Ground) {
    let world = World::new(ground).await;
    let whole = world.verify(Depth::Hash).await;
    assert_eq!((whole.contents, whole.faults.len()), (4, 0));
    assert!(whole.bytes > PAGE.len() as u64);
    fs::write(world.file_of(PAGE), "<h1>shot</h1>").expect("changed by hand");
    fs::remove_file(world.file_of(b"deployed\n")).expect("lost");
    let found = world.verify(Depth::Hash).await.faults;
    let page = &found[0];
    assert_eq!(
        (page.kind.clone(), page.seq, page.path.as_deref()),
        (ContentFaultKind::Changed, Seq(3), Some("index.html"))
    );
    assert_eq!(page.role, ContentRole::Directory { artifact: "site".to_owned() });
    assert_eq!((page.weight.clone(), page.digest), (Weight::Release, Digest::of(PAGE)));
    let output = &found[1];
    assert_eq!(
        (output.kind.clone(), output.seq, output.role.clone()),
        (ContentFaultKind::Missing, Seq(4), ContentRole::Output)
    );
    assert_eq!((output.weight.clone(), found.len()), (Weight::Record, 2));
    // Without reading, only what is gone is found.
    let found = world.verify(Depth::Presence).await.faults;
    assert_eq!((found.len(), found[0].seq), (1, Seq(4)));
}

async fn what_a_target_would_go_back_to_weighs_most(ground: &Ground) {
    let world = World::empty(ground).await;
    world.release("1", PAGE).await;
    world.release("2", b"two").await;
    for version in ["1", "2"] {
        let good = EventKind::VerifiedGood {
            targets: vec!["nl".parse().expect("a name")],
            version: version.parse().expect("valid"),
            promotion: None,
        };
        world.append(lane(), good).await;
    }
    world.release("3", b"three").await;
    let whole = world.blobs.put(b"a decision").await.expect("kept");
    world.append(Stream::Gate("shop".parse().expect("a name")), decided(whole)).await;
    for bytes in [PAGE, b"three", b"a decision"] {
        fs::remove_file(world.file_of(bytes)).expect("lost");
    }
    let weights: Vec<Weight> =
        world.verify(Depth::Hash).await.faults.into_iter().map(|fault| fault.weight).collect();
    let nl = "shop/staging/nl".parse().expect("a target");
    assert_eq!(weights, [Weight::WayBack(vec![nl]), Weight::Release, Weight::Record]);
}

async fn a_backup_holds_all_content_and_is_a_ledger_folder(ground: &Ground) {
    let world = World::new(ground).await;
    let to = world.back_up("backup").await.expect("backed up");
    // Nothing of the original is needed, and nothing in the copy is shared with it.
    fs::write(world.file_of(PAGE), "changed in place").expect("changed by hand");
    let copy = open(&Location::Directory(to.clone())).await.expect("a ledger folder");
    assert_eq!(verified(&*copy).await, 4);
    let blobs = DirBlobs::open(&to.join("blobs")).expect("a directory");
    let seen =
        verify_contents(&*copy, &blobs, Seq(4), Depth::Hash, &|_, _, _| {}).await.expect("read");
    assert_eq!((seen.contents, seen.faults), (4, Vec::new()));
    fill(&*copy, 1).await;
    assert!(!to.join("incomplete").exists());
}

async fn a_backup_of_a_ledger_in_use_lacks_nothing(ground: &Ground) {
    let world = World::new(ground).await;
    let (store, blobs) = (world.store.clone(), world.blobs.clone());
    let writer = tokio::spawn(async move {
        for number in 0_u32.. {
            let blob = blobs.put(&number.to_be_bytes().repeat(5_000)).await.expect("kept");
            let event =
                NewEvent { actor: Actor::Plimsoll, kind: reported(blob), ..saying(lane(), "") };
            store.append(vec![event], Vec::new()).await.expect("appended");
        }
    });
    for number in 0..3 {
        let to = world.back_up(&format!("backup-{number}")).await.expect("backed up");
        let copy = open(&Location::Directory(to.clone())).await.expect("a ledger folder");
        let upto = Seq(verified(&*copy).await);
        let blobs = DirBlobs::open(&to.join("blobs")).expect("a directory");
        let seen =
            verify_contents(&*copy, &blobs, upto, Depth::Hash, &|_, _, _| {}).await.expect("read");
        assert_eq!(seen.faults, Vec::new());
    }
    writer.abort();
    let _ = writer.await;
}

async fn a_backup_without_content_holds_the_events(ground: &Ground) {
    let world = World::new(ground).await;
    let to = ground.dir.path().join("events-only");
    backup(&*world.store, None, &to, &|_, _, _| {}).await.expect("backed up");
    let copy = open(&Location::Directory(to.clone())).await.expect("a ledger folder");
    assert_eq!(verified(&*copy).await, 4);
    assert!(!to.join("blobs").exists());
}

async fn content_that_was_lost_before_stops_no_backup_and_is_said(ground: &Ground) {
    let world = World::new(ground).await;
    fs::remove_file(world.file_of(b"deployed\n")).expect("lost");
    let to = ground.dir.path().join("backup");
    let done =
        backup(&*world.store, Some(&world.blobs), &to, &|_, _, _| {}).await.expect("backed up");
    assert_eq!((done.contents, done.faults.len()), (4, 1));
    assert_eq!(done.faults[0].kind, ContentFaultKind::Missing);
    assert_eq!(fs::read(file_in(&to.join("blobs"), PAGE)).expect("copied"), PAGE);
}

async fn a_backup_overwrites_nothing_and_says_why_there_is_none(ground: &Ground) {
    let world = World::new(ground).await;
    let at = |name: &str| ground.dir.path().join(name);
    fs::write(at("file"), "mine").expect("a file");
    fs::create_dir_all(at("full/of")).expect("a folder");
    fs::create_dir_all(at("broken/incomplete")).expect("a folder");
    fs::create_dir_all(at("empty")).expect("a folder");
    std::os::unix::fs::symlink("nowhere", at("link")).expect("a link");
    let error = |name: &'static str| world.back_up(name);
    assert!(matches!(error("file").await, Err(BackupError::Occupied(_))));
    assert!(matches!(error("full").await, Err(BackupError::Occupied(_))));
    assert!(matches!(error("link").await, Err(BackupError::Occupied(_))));
    assert!(matches!(error("broken").await, Err(BackupError::Interrupted(_))));
    let broken = open(&Location::Directory(at("broken"))).await.map(drop).expect_err("no ledger");
    assert!(unusable(&broken).contains("interrupted"), "{broken}");
    assert!(matches!(error("no/where").await, Err(BackupError::NoFolder(_))));
    assert!(matches!(error("file/below").await, Err(BackupError::NoFolder(_))));
    assert_eq!(fs::read_to_string(at("file")).expect("still there"), "mine");
    assert!(!at("no").exists());
    error("empty").await.expect("an empty folder is as good as a new one");
}

async fn a_backup_that_fails_leaves_nothing_behind(ground: &Ground) {
    let world = World::new(ground).await;
    ground.tamper("UPDATE events SET kind = '{\"moon-landed\":{}}' WHERE seq = 4").await;
    fs::create_dir(ground.dir.path().join("empty")).expect("a folder");
    for name in ["new", "empty"] {
        assert!(matches!(world.back_up(name).await, Err(BackupError::Ledger(_))));
    }
    assert!(!ground.dir.path().join("new").exists());
    assert_eq!(fs::read_dir(ground.dir.path().join("empty")).expect("there").count(), 0);
}
