//! The conversation with one browser: calls and their answers, and events by whom they concern.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::{mpsc, oneshot};

use super::message::{Incoming, Messages};

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The browser is gone.
    #[error("the browser has died")]
    Gone,
    /// It refuses.
    #[error("the browser refuses {method}: {why}")]
    Refused {
        /// What was called.
        method: String,
        /// Its words.
        why: String,
    },
    /// The answer was too large to be kept.
    #[error("the browser's answer is larger than 256 MiB")]
    TooLarge,
}

type Answer = Result<Value, CallError>;

/// Something that happened, to those whose it is.
pub(super) type Event = (String, Value);

#[derive(Default)]
struct Waiting {
    calls: HashMap<u64, (String, oneshot::Sender<Answer>)>,
    /// By session, and by browser context for what concerns a target as a whole.
    listeners: HashMap<String, mpsc::UnboundedSender<Event>>,
    gone: bool,
}

/// The conversation. Clones speak over the same pipe.
#[derive(Clone)]
pub(super) struct Connection {
    out: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Arc<Mutex<Waiting>>,
    numbers: Arc<AtomicU64>,
}

impl Connection {
    /// Speaks over the pipes.
    pub fn new(to: Sender, from: Receiver) -> Self {
        let (out, texts) = mpsc::unbounded_channel();
        let waiting = Arc::default();
        tokio::spawn(write(to, texts));
        tokio::spawn(read(from, Arc::clone(&waiting)));
        Self { out, waiting, numbers: Arc::default() }
    }

    /// Whether the browser has died.
    pub fn is_gone(&self) -> bool {
        lock(&self.waiting).gone
    }

    /// Calls a method and waits for its result.
    pub async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.send(session, method, params, Some(reply));
        answer.await.unwrap_or(Err(CallError::Gone))
    }

    /// Calls a method whose result does not matter; it is sent even when nobody lives to wait.
    pub fn tell(&self, session: Option<&str>, method: &str, params: Value) {
        self.send(session, method, params, None);
    }

    fn send(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
        reply: Option<oneshot::Sender<Answer>>,
    ) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        let mut message = json!({ "id": number, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = Value::from(session);
        }
        if let Some(reply) = reply {
            let mut waiting = lock(&self.waiting);
            if waiting.gone {
                return;
            }
            waiting.calls.insert(number, (method.to_owned(), reply));
        }
        let mut text = message.to_string().into_bytes();
        text.push(0);
        let _ = self.out.send(text);
    }

    /// Events of a session or of a browser context.
    pub fn listen(&self, to: &str, sender: mpsc::UnboundedSender<Event>) {
        let mut waiting = lock(&self.waiting);
        if !waiting.gone {
            waiting.listeners.insert(to.to_owned(), sender);
        }
    }

    /// No more events.
    pub fn stop_listening(&self, to: &str) {
        lock(&self.waiting).listeners.remove(to);
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn write(mut to: Sender, mut texts: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(text) = texts.recv().await {
        if to.write_all(&text).await.is_err() {
            return;
        }
    }
}

async fn read(from: Receiver, waiting: Arc<Mutex<Waiting>>) {
    let mut messages = Messages::new(from);
    while let Some(incoming) = messages.next().await {
        match incoming {
            Incoming::TooLarge(number) => {
                if let Some((_, reply)) = lock(&waiting).calls.remove(&number) {
                    let _ = reply.send(Err(CallError::TooLarge));
                }
            }
            Incoming::Whole(text) => {
                if let Ok(message) = serde_json::from_slice::<Value>(&text) {
                    dispatch(&waiting, message);
                }
            }
        }
    }
    // Whoever waits learns of it by their channel's end.
    let mut waiting = lock(&waiting);
    waiting.gone = true;
    waiting.calls.clear();
    waiting.listeners.clear();
}

fn dispatch(waiting: &Mutex<Waiting>, mut message: Value) {
    if let Some(number) = message["id"].as_u64() {
        let Some((method, reply)) = lock(waiting).calls.remove(&number) else { return };
        let answer = match message.get("error") {
            Some(error) => Err(CallError::Refused {
                method,
                why: error["message"].as_str().unwrap_or("without a reason").to_owned(),
            }),
            None => Ok(message["result"].take()),
        };
        let _ = reply.send(answer);
        return;
    }
    let Some(method) = message["method"].as_str().map(str::to_owned) else { return };
    let params = message["params"].take();
    let whose = message["sessionId"]
        .as_str()
        .or_else(|| params["targetInfo"]["browserContextId"].as_str())
        .map(str::to_owned);
    let Some(whose) = whose else { return };
    let listener = lock(waiting).listeners.get(&whose).cloned();
    if let Some(listener) = listener {
        let _ = listener.send((method, params));
    }
}
