//! Content in a directory, named by its hash.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::record::BlobRef;
use plimsoll_engine::ports::{BlobError, Blobs};
use sha2::{Digest as _, Sha256};

use crate::durable::{TempFile, create_private_dir, parent, sync_parent};

/// A temporary file this old was left by a process that is gone.
const LEFT_OVER_AFTER: Duration = Duration::from_secs(24 * 3600);

/// How much is read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// Content in a directory: `ab/cdef…`, where `abcdef…` are the digits of its SHA-256. Files appear
/// whole, on the disk, under their name, or not at all.
#[derive(Debug, Clone)]
pub struct DirBlobs {
    dir: PathBuf,
}

impl DirBlobs {
    /// Takes a directory, which is created when something is first put; clears away what processes
    /// that died while writing have left there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn open(dir: &Path) -> Result<Self, BlobError> {
        let blobs = Self { dir: dir.to_owned() };
        match clear_left_overs(&blobs.incoming()) {
            Ok(()) => Ok(blobs),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(blobs),
            Err(source) => Err(failed(format!("read {}", blobs.incoming().display()), source)),
        }
    }

    /// Takes a directory as it is.
    pub(crate) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The length of content that is there, without reading it.
    ///
    /// # Errors
    /// `Missing`, or what the disk said.
    pub(crate) fn length(&self, digest: &Digest) -> Result<u64, BlobError> {
        let file = self.open_blob(digest)?;
        let about = file.metadata();
        Ok(about
            .map_err(|error| failed(format!("read {}", self.file_of(digest).display()), error))?
            .len())
    }

    /// Copies content into another directory of blobs that nobody else writes to and that is
    /// flushed as a whole afterwards; returns its length.
    ///
    /// # Errors
    /// The outer one: the other directory did not take it. The inner one: it is not here as it was;
    /// nothing of it stays there.
    pub(crate) async fn copy_blob(
        &self,
        digest: &Digest,
        into: &Self,
    ) -> io::Result<Result<u64, BlobError>> {
        let (this, into, digest) = (self.clone(), into.clone(), *digest);
        let copying = tokio::task::spawn_blocking(move || {
            let to = into.file_of(&digest);
            create_private_dir(parent(&to))?;
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&to)?;
            let mut taker = Taker { file, failed: None };
            let copied = this.copy_checked(&digest, &mut taker, &to);
            if copied.is_err() {
                fs::remove_file(&to)?;
            }
            match taker.failed {
                Some(error) => Err(error),
                None => Ok(copied.map(|blob| blob.bytes)),
            }
        });
        copying.await.map_err(io::Error::other)?
    }

    fn incoming(&self) -> PathBuf {
        self.dir.join("incoming")
    }

    fn file_of(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.dir.join(&hex[..2]).join(&hex[2..])
    }

    fn keep(&self, from: &mut dyn Read) -> Result<BlobRef, BlobError> {
        let wrote = |source| failed(format!("keep content in {}", self.dir.display()), source);
        create_private_dir(&self.incoming()).map_err(wrote)?;
        let mut temp = TempFile::create_in(&self.incoming()).map_err(wrote)?;
        let blob = copy_hashing(from, temp.file()).map_err(wrote)?;
        let file = self.file_of(&blob.digest);
        // What is there already may have been damaged since: then this is the chance to mend it.
        if matches!(hash_file(&file), Ok(found) if found == blob) {
            return Ok(blob);
        }
        let dir = parent(&file);
        if !dir.is_dir() {
            create_private_dir(dir).and_then(|()| sync_parent(dir)).map_err(wrote)?;
        }
        temp.replace(&file).map_err(wrote)?;
        Ok(blob)
    }

    fn open_blob(&self, digest: &Digest) -> Result<File, BlobError> {
        File::open(self.file_of(digest)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BlobError::Missing { digest: *digest },
            _ => failed(format!("read {}", self.file_of(digest).display()), error),
        })
    }

    fn copy_checked(
        &self,
        digest: &Digest,
        to: &mut dyn Write,
        name: &Path,
    ) -> Result<BlobRef, BlobError> {
        let mut file = self.open_blob(digest)?;
        let blob = copy_hashing(&mut file, to)
            .map_err(|source| failed(format!("copy {digest} to {}", name.display()), source))?;
        if blob.digest == *digest { Ok(blob) } else { Err(BlobError::Changed { digest: *digest }) }
    }

    fn copy_to_new(&self, digest: &Digest, path: &Path) -> Result<(), BlobError> {
        let wrote = |source| failed(format!("write {}", path.display()), source);
        let mut temp = TempFile::create_in(parent(path)).map_err(wrote)?;
        self.copy_checked(digest, temp.file(), path)?;
        temp.place_new(path).map_err(wrote)
    }
}

/// Remembers that it was the writing that failed, and not the reading.
struct Taker {
    file: File,
    failed: Option<io::Error>,
}

impl Write for Taker {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failed = Some(error);
            }
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn failed(what: String, source: io::Error) -> BlobError {
    BlobError::Io { what, source }
}

fn copy_hashing(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<BlobRef> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&chunk[..read]);
        to.write_all(&chunk[..read])?;
        bytes += read as u64;
    }
    Ok(BlobRef { digest: Digest::from_bytes(hasher.finalize().into()), bytes })
}

fn hash_file(path: &Path) -> io::Result<BlobRef> {
    copy_hashing(&mut File::open(path)?, &mut io::sink())
}

fn clear_left_overs(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let ours = entry.file_name().to_str().is_some_and(TempFile::is_name);
        let modified =
            entry.metadata().and_then(|data| data.modified()).unwrap_or_else(|_| SystemTime::now());
        let old = modified.elapsed().is_ok_and(|age| age > LEFT_OVER_AFTER);
        if ours && old {
            // Another process may be clearing away as well, and a full or read-only disk is no
            // reason not to read what is kept.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Runs `work` where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(failed(
                "finish: plimsoll is ending".into(),
                io::Error::from(io::ErrorKind::Interrupted),
            )),
        },
    }
}

#[async_trait]
impl Blobs for DirBlobs {
    async fn put(&self, bytes: &[u8]) -> Result<BlobRef, BlobError> {
        let (this, bytes) = (self.clone(), bytes.to_vec());
        blocking(move || this.keep(&mut bytes.as_slice())).await
    }

    async fn put_file(&self, path: &Path) -> Result<BlobRef, BlobError> {
        let (this, path) = (self.clone(), path.to_owned());
        blocking(move || {
            let opened = |source| failed(format!("read {}", path.display()), source);
            // Looked at before it is opened: opening a pipe would wait for its other end.
            if !fs::metadata(&path).map_err(opened)?.is_file() {
                return Err(opened(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "it is not a regular file",
                )));
            }
            this.keep(&mut File::open(&path).map_err(opened)?)
        })
        .await
    }

    async fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        let (this, digest) = (self.clone(), *digest);
        blocking(move || {
            let mut bytes = Vec::new();
            this.copy_checked(&digest, &mut bytes, Path::new("memory"))?;
            Ok(bytes)
        })
        .await
    }

    async fn copy_to(&self, digest: &Digest, path: &Path) -> Result<(), BlobError> {
        let (this, digest, path) = (self.clone(), *digest, path.to_owned());
        blocking(move || this.copy_to_new(&digest, &path)).await
    }

    async fn prove(&self, digest: &Digest) -> Result<BlobRef, BlobError> {
        let (this, digest) = (self.clone(), *digest);
        blocking(move || this.copy_checked(&digest, &mut io::sink(), Path::new("nowhere"))).await
    }
}
