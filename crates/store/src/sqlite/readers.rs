//! Connections for reading.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_engine::ports::LedgerError;
use rusqlite::{Connection, Error};
use tokio::sync::Semaphore;

use super::fault::ledger_error;
use super::file::connect_to_read;

/// More do not read faster from one disk.
const MOST: usize = 4;

/// A few connections, opened as they are needed.
pub(super) struct Readers {
    shared: Arc<Shared>,
    permits: Semaphore,
}

struct Shared {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(file: &Path) -> Self {
        let shared = Shared { file: file.to_owned(), idle: Mutex::new(Vec::new()) };
        Self { shared: Arc::new(shared), permits: Semaphore::new(MOST) }
    }

    /// The file they read.
    pub(super) fn file(&self) -> &Path {
        &self.shared.file
    }

    /// Reads on a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let shared = Arc::clone(&self.shared);
        self.blocking(move || shared.read(read)).await
    }

    /// Runs `work` on a thread that may block, when it is its turn.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let ending = || LedgerError::Unavailable { reason: "plimsoll is ending".into() };
        let _permit = self.permits.acquire().await.map_err(|_| ending())?;
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(ending()),
            },
        }
    }
}

impl Shared {
    fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, LedgerError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect_to_read(&self.file)?,
        };
        let found = read(&connection).map_err(|error| ledger_error(&self.file, &error))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(found)
    }
}
