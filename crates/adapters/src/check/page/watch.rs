//! What happens on a page while it is looked at: recorded, answered, and stopped when it is too
//! much.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use plimsoll_analyze::page::Recorder;
use serde_json::{Value, json};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::browser::{Line, TabEvent};

/// A page that asks more is in a loop.
const MOST_DIALOGS: u32 = 20;

/// A page that sends its visitor on more often never lets anyone arrive.
const MOST_NAVIGATIONS: u32 = 20;

/// Why a page is not looked at any longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// It is larger than it may be.
    TooLarge,
    /// It opens dialog after dialog.
    Dialogs,
    /// It goes on and on to other pages.
    Wanders,
    /// Its process has died.
    Crashed,
    /// The browser has died.
    BrowserGone,
}

/// What is known so far.
pub(super) struct Seen {
    /// The events.
    pub recorder: Recorder,
    /// Why it is over.
    pub stop: Option<Stop>,
    /// When something last went over the network.
    pub last_traffic: Instant,
}

/// What is answered to the page's requests.
pub(super) struct Rules {
    /// The page's own target.
    pub target: String,
    /// Headers for requests that are paused.
    pub headers: Vec<(String, String)>,
    /// How large the page may be.
    pub max_bytes: u64,
}

/// Watches a page until it is dropped.
pub(super) struct Watch {
    state: Arc<Mutex<Seen>>,
    changed: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watch {
    /// Begins to watch.
    pub fn begin(events: mpsc::UnboundedReceiver<TabEvent>, line: Line, rules: Rules) -> Self {
        let state = Arc::new(Mutex::new(Seen {
            recorder: Recorder::new(&rules.target),
            stop: None,
            last_traffic: Instant::now(),
        }));
        let changed = Arc::new(Notify::new());
        let task =
            tokio::spawn(pump(events, line, rules, Arc::clone(&state), Arc::clone(&changed)));
        Self { state, changed, task }
    }

    /// What is known now.
    pub fn now(&self) -> MutexGuard<'_, Seen> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is so.
    pub async fn until(&self, so: impl Fn(&Seen) -> bool) {
        loop {
            let changed = self.changed.notified();
            if so(&self.now()) {
                return;
            }
            changed.await;
        }
    }

    /// Waits until the page must not be looked at any longer.
    pub async fn stopped(&self) -> Stop {
        loop {
            let changed = self.changed.notified();
            let stop = self.now().stop.clone();
            if let Some(stop) = stop {
                return stop;
            }
            changed.await;
        }
    }

    /// Waits until something happens; what happens after this call is not missed.
    pub fn change(&self) -> Notified<'_> {
        self.changed.notified()
    }
}

async fn pump(
    mut events: mpsc::UnboundedReceiver<TabEvent>,
    line: Line,
    rules: Rules,
    state: Arc<Mutex<Seen>>,
    changed: Arc<Notify>,
) {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    while let Some((method, event)) = events.recv().await {
        if !answer(&method, &event, &line, &rules) {
            continue;
        }
        let mut seen = lock();
        let before = seen.recorder.traffic();
        seen.recorder.apply(&method, &event);
        if seen.recorder.traffic() != before {
            seen.last_traffic = Instant::now();
        }
        if seen.stop.is_none() {
            seen.stop = reason(&method, &seen.recorder, rules.max_bytes);
            if seen.stop.is_some() {
                line.tell("Page.stopLoading", json!({}));
            }
        }
        drop(seen);
        changed.notify_waiters();
    }
    let mut seen = lock();
    seen.stop.get_or_insert(Stop::BrowserGone);
    drop(seen);
    changed.notify_waiters();
}

fn reason(method: &str, recorder: &Recorder, max_bytes: u64) -> Option<Stop> {
    if method == "Inspector.targetCrashed" {
        Some(Stop::Crashed)
    } else if recorder.bytes() > max_bytes {
        Some(Stop::TooLarge)
    } else if recorder.dialogs() >= MOST_DIALOGS {
        Some(Stop::Dialogs)
    } else if recorder.navigations() >= MOST_NAVIGATIONS {
        Some(Stop::Wanders)
    } else {
        None
    }
}

/// Answers what wants an answer; says whether the event is to be recorded.
fn answer(method: &str, event: &Value, line: &Line, rules: &Rules) -> bool {
    match method {
        "Page.javascriptDialogOpening" => {
            // Leaving is allowed; everything else is dismissed.
            let accept = event["type"] == "beforeunload";
            line.tell("Page.handleJavaScriptDialog", json!({ "accept": accept }));
            true
        }
        "Target.targetCreated" => {
            let info = &event["targetInfo"];
            let other = info["type"] == "page" && info["targetId"] != rules.target.as_str();
            if other {
                line.close(info["targetId"].as_str().unwrap_or_default());
            }
            other
        }
        "Fetch.requestPaused" => {
            let request = event["requestId"].clone();
            let headers = with_headers(&event["request"]["headers"], &rules.headers);
            let params = json!({ "requestId": request, "headers": headers });
            line.tell("Fetch.continueRequest", params);
            false
        }
        "Fetch.authRequired" => {
            let cancel = json!({ "response": "CancelAuth" });
            let params =
                json!({ "requestId": event["requestId"], "authChallengeResponse": cancel });
            line.tell("Fetch.continueWithAuth", params);
            false
        }
        _ => true,
    }
}

fn with_headers(sent: &Value, more: &[(String, String)]) -> Vec<Value> {
    let replaced = |name: &str| more.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let sent = sent.as_object().into_iter().flatten();
    sent.filter(|(name, _)| !replaced(name))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .chain(more.iter().map(|(name, value)| json!({ "name": name, "value": value })))
        .collect()
}
