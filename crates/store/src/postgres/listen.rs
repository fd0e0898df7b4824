//! The task that listens for events of other processes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::poll_fn;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Error, NoTls};

use super::connect::{PATIENCE, Server};

/// Between attempts to reach a server that is away.
const PAUSE: Duration = Duration::from_millis(500);

/// Knows the last position that anybody told of. Starts to listen when first asked.
pub(super) struct Listener {
    server: Arc<Server>,
    last: watch::Sender<u64>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Listener {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self { server, last: watch::Sender::new(0), task: Mutex::new(None) }
    }

    /// The last position, as it grows.
    pub(super) fn last(&self) -> watch::Receiver<u64> {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_none_or(JoinHandle::is_finished) {
            *task =
                Some(tokio::spawn(listen_for_ever(Arc::clone(&self.server), self.last.clone())));
        }
        self.last.subscribe()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(task) = self.task.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

async fn listen_for_ever(server: Arc<Server>, last: watch::Sender<u64>) {
    loop {
        if let Err(error) = listen(&server, &last).await {
            tracing::debug!(ledger = server.name(), %error, "listening again");
        }
        sleep(PAUSE).await;
    }
}

async fn listen(server: &Server, last: &watch::Sender<u64>) -> Result<(), Error> {
    let Ok(connected) = timeout(PATIENCE, server.config().connect(NoTls)).await else {
        return Ok(());
    };
    let (client, mut connection) = connected?;
    // Goes on with the next message after each.
    let mut telling = poll_fn(|context| connection.poll_message(context));
    let listening = client.batch_execute("LISTEN plimsoll");
    tokio::pin!(listening);
    let mut asked = false;
    loop {
        tokio::select! {
            done = &mut listening, if !asked => {
                done?;
                asked = true;
            }
            message = &mut telling => match message {
                Some(message) => tell(&message?, last),
                None => return Ok(()),
            },
        }
    }
}

fn tell(message: &AsyncMessage, last: &watch::Sender<u64>) {
    if let AsyncMessage::Notification(notification) = message {
        let seq = notification.payload().parse().unwrap_or(0);
        last.send_if_modified(|last| {
            let grown = seq > *last;
            *last = seq.max(*last);
            grown
        });
    }
}
