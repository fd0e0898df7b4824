//! The one thread that writes.
//!
//! 1. It takes everything that waits (at most [`MOST_AT_ONCE`]).
//! 2. It does all of it in one transaction, unless the ledger's end is not what was written last;
//!    what conflicts is refused and spoils nothing.
//! 3. It commits: one flush to the disk for all.
//! 4. It answers everyone.
//!
//! When the transaction fails, each piece is tried on its own, so that one that cannot be written
//! does not take others with it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use plimsoll_core::event::Event;
use plimsoll_engine::ports::LedgerError;
use rusqlite::{Connection, Error, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::append::{Done, Refused, Tail, Work, finished, perform};
use super::fault::{is_busy, leaves_doubt, ledger_error};
use super::file::{Mode, connect, still_current};
use super::queries;

/// Keeps a transaction well under the time that other processes wait.
const MOST_AT_ONCE: usize = 512;

type Answer = Result<Vec<Event>, LedgerError>;

struct Request {
    work: Work,
    answer: oneshot::Sender<Answer>,
}

/// A handle to the thread; it ends when this is dropped.
pub(super) struct Writer {
    file: PathBuf,
    last: watch::Sender<u64>,
    thread: Mutex<Option<(Sender<Request>, JoinHandle<()>)>>,
}

impl Writer {
    /// Does not start the thread yet: many commands only read.
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), last: watch::Sender::new(0), thread: Mutex::new(None) }
    }

    /// The last position that was written by this process.
    pub(super) fn last(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    /// Hands work to the thread and waits until it is on the disk.
    pub(super) async fn perform(&self, work: Work) -> Answer {
        let (answer, answered) = oneshot::channel();
        let gone =
            || LedgerError::InDoubt { reason: "the thread that writes the ledger is gone".into() };
        self.sender()?.send(Request { work, answer }).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    fn sender(&self) -> Result<Sender<Request>, LedgerError> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((sender, _)) = thread.as_ref() {
            return Ok(sender.clone());
        }
        let (sender, receiver) = channel();
        let mut work =
            Thread { file: self.file.clone(), connection: None, last: self.last.clone() };
        let handle = std::thread::Builder::new()
            .name("ledger-writer".into())
            .spawn(move || work.run(&receiver))
            .map_err(|error| LedgerError::Unavailable {
                reason: format!("no thread to write with: {error}"),
            })?;
        *thread = Some((sender.clone(), handle));
        Ok(sender)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sender, handle)) = thread {
            drop(sender);
            let _ = handle.join();
        }
    }
}

struct Thread {
    file: PathBuf,
    connection: Option<Connection>,
    last: watch::Sender<u64>,
}

/// Why a whole transaction was not written.
enum Spoiled {
    /// Nothing of it was.
    NotWritten(LedgerError),
    /// Nothing of it was, and waiting again would take as long again.
    Busy(LedgerError),
    /// Nobody knows.
    InDoubt(String),
}

impl Thread {
    fn run(&mut self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut batch = vec![first];
            batch.extend(requests.try_iter().take(MOST_AT_ONCE - 1));
            self.serve(batch);
        }
    }

    fn serve(&mut self, batch: Vec<Request>) {
        match self.transact(&batch) {
            Ok(outcomes) => {
                for (Request { work, answer }, outcome) in batch.into_iter().zip(outcomes) {
                    // Who asked may have gone away.
                    let _ = answer.send(outcome.map(|done| finished(work, done)));
                }
            }
            Err(Spoiled::NotWritten(_)) if batch.len() > 1 => {
                for request in batch {
                    self.serve(vec![request]);
                }
            }
            Err(spoiled) => {
                for request in batch {
                    let _ = request.answer.send(Err(spoiled.to_error()));
                }
            }
        }
    }

    fn transact(&mut self, batch: &[Request]) -> Result<Vec<Result<Done, LedgerError>>, Spoiled> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.file, Mode::Write).map_err(|error| self.not_written(&error))?,
        };
        let outcomes = self.transact_on(&mut connection, batch);
        // After a failure a fresh connection is the safest to go on with.
        if outcomes.is_ok() {
            self.connection = Some(connection);
        }
        outcomes
    }

    fn transact_on(
        &self,
        connection: &mut Connection,
        batch: &[Request],
    ) -> Result<Vec<Result<Done, LedgerError>>, Spoiled> {
        let fail = |error: Error| self.not_written(&error);
        let tx =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        still_current(&tx, &self.file).map_err(Spoiled::NotWritten)?;
        let end = queries::end(&tx).map_err(fail)?;
        end.check(&self.file.display().to_string()).map_err(Spoiled::NotWritten)?;
        let mut tail = Tail::of(&end);
        let before = tail.seq;
        let mut outcomes = Vec::with_capacity(batch.len());
        for request in batch {
            match perform(&tx, &mut tail, &request.work) {
                Ok(done) => outcomes.push(Ok(done)),
                Err(Refused::Conflict(conflict)) => outcomes.push(Err(conflict)),
                Err(Refused::Sql(error)) => return Err(fail(error)),
            }
        }
        if tail.seq != before {
            tail.save(&tx).map_err(fail)?;
        }
        tx.commit().map_err(|error| {
            if leaves_doubt(&error) { Spoiled::InDoubt(error.to_string()) } else { fail(error) }
        })?;
        self.last.send_if_modified(|last| {
            let grown = tail.seq > *last;
            *last = tail.seq.max(*last);
            grown
        });
        Ok(outcomes)
    }

    fn not_written(&self, error: &Error) -> Spoiled {
        let words = ledger_error(&self.file, error);
        if is_busy(error) { Spoiled::Busy(words) } else { Spoiled::NotWritten(words) }
    }
}

impl Spoiled {
    fn to_error(&self) -> LedgerError {
        match self {
            Self::NotWritten(error) | Self::Busy(error) => error.clone(),
            Self::InDoubt(reason) => LedgerError::InDoubt { reason: reason.clone() },
        }
    }
}
