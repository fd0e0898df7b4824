//! Events of the browser, put together to facts.

mod add_seen;
mod console;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::explain::{explain, unapply};
use super::facts::{ConsoleLine, PageFacts, Ranked, Redirect, Resource};
use super::failure::Failure;
use super::seen::Seen;
use add_seen::add_seen;

/// No page needs more; one that asks for something each 10 ms would otherwise fill the memory.
const MOST_RESOURCES: usize = 3_000;
const LONGEST_TEXT: usize = 1_000;
const LONGEST_URL: usize = 2_000;

#[derive(Debug, Clone)]
struct Asked {
    resource: Resource,
    loader: String,
    main: bool,
    began_ms: f64,
    done: bool,
    /// The status of an answer that the page was not let see: the browser refused it.
    unseen: Option<u16>,
    /// Who hears of its end is not the page: it is a worker's script.
    ends_elsewhere: bool,
    /// What has come of it, unpacked.
    held: u64,
}

/// Puts events of the browser together. It reads no clock: times are the browser's own.
#[derive(Debug, Clone)]
pub struct Recorder {
    frame: String,
    loader: Option<String>,
    asked: HashMap<String, Asked>,
    order: Vec<String>,
    lost: u32,
    redirects: Vec<Redirect>,
    console: Vec<ConsoleLine>,
    more_console: u32,
    exceptions: u32,
    /// Numbers of exceptions that are listed, with their place among the lines.
    thrown: Vec<(u64, usize)>,
    /// Requests for the scripts of workers.
    of_workers: HashSet<String>,
    navigations: u32,
    loaded: bool,
    bytes: u64,
    dialogs: u32,
    pop_ups: u32,
    downloads: u32,
    traffic: u64,
    last_url: String,
}

impl Recorder {
    /// Records the page whose main frame this is.
    #[must_use]
    pub fn new(frame: &str) -> Self {
        Self {
            frame: frame.to_owned(),
            loader: None,
            asked: HashMap::new(),
            order: Vec::new(),
            lost: 0,
            redirects: Vec::new(),
            console: Vec::new(),
            more_console: 0,
            exceptions: 0,
            thrown: Vec::new(),
            of_workers: HashSet::new(),
            navigations: 0,
            loaded: false,
            bytes: 0,
            dialogs: 0,
            pop_ups: 0,
            downloads: 0,
            traffic: 0,
            last_url: String::new(),
        }
    }

    /// Takes an event; what it does not know is passed over.
    pub fn apply(&mut self, method: &str, event: &Value) {
        match method {
            "Network.requestWillBeSent" => self.requested(event),
            "Network.responseReceived" => self.answered(event),
            "Network.requestWillBeSentExtraInfo" => self.sent(event),
            "Network.responseReceivedExtraInfo" => self.answered_unseen(event),
            "Network.dataReceived" => self.received(event),
            "Network.loadingFinished" => self.finished(event, None),
            "Network.loadingFailed" => self.finished(event, Some(Failure::of_event(event))),
            "Page.frameNavigated" => self.navigated(&event["frame"]),
            "Page.loadEventFired" => self.loaded = true,
            "Page.javascriptDialogOpening" => self.dialogs += 1,
            "Page.downloadWillBegin" => self.downloads += 1,
            "Target.targetCreated" => self.pop_ups += 1,
            "Runtime.exceptionThrown" => self.threw(&event["exceptionDetails"]),
            "Runtime.exceptionRevoked" => self.caught_after_all(event),
            "Runtime.consoleAPICalled" => self.wrote(event),
            "Log.entryAdded" => self.logged(&event["entry"]),
            _ => {}
        }
    }

    /// A step goes to another page on purpose: what was there before is not looked at.
    pub fn begin(&mut self) {
        self.loaded = false;
        self.navigations = 0;
        self.redirects.clear();
    }

    /// Whether the page says that everything it needs has come.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Whether the document has come to an end, well or not.
    #[must_use]
    pub fn is_document_over(&self) -> bool {
        self.document().is_some_and(|document| document.done || document.resource.failure.is_some())
    }

    /// Changes with everything that goes over the network.
    #[must_use]
    pub fn traffic(&self) -> u64 {
        self.traffic
    }

    /// What has come over the network, unpacked.
    ///
    /// # Units
    /// Bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Dialogs that were opened.
    #[must_use]
    pub fn dialogs(&self) -> u32 {
        self.dialogs
    }

    /// How often another document came into the page since it began.
    #[must_use]
    pub fn navigations(&self) -> u32 {
        self.navigations
    }

    /// What was asked for last.
    #[must_use]
    pub fn last_url(&self) -> &str {
        &self.last_url
    }

    /// The status of the main document, as soon as it is known.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.document().and_then(|asked| asked.resource.status)
    }

    /// What is still on its way, without streams that have no end.
    pub fn on_the_way(&self) -> impl Iterator<Item = &Resource> {
        let under_way = |asked: &&Asked| {
            let ended = asked.done || asked.ends_elsewhere && asked.unseen.is_some();
            !(ended || endless(&asked.resource.kind))
        };
        self.asked.values().filter(under_way).map(|asked| &asked.resource)
    }

    /// Requests of a kind that have ended well, with the number that the browser gives them.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Resource)> {
        self.order.iter().filter_map(move |id| {
            let asked = self.asked.get(id)?;
            (asked.done && asked.resource.kind == kind && asked.resource.failure.is_none())
                .then_some((id.as_str(), &asked.resource))
        })
    }

    fn requested(&mut self, event: &Value) {
        self.traffic += 1;
        let id = text(event, "requestId");
        let url = event["request"]["url"].as_str().unwrap_or_default();
        if id.is_empty() || url.starts_with("data:") || url.starts_with("blob:") {
            return;
        }
        let loader = text(event, "loaderId");
        let main = event["frameId"] == self.frame.as_str() && id == loader;
        if main {
            let before = &event["redirectResponse"];
            match before["status"].as_u64().and_then(|status| u16::try_from(status).ok()) {
                Some(status) if self.redirects.len() < 30 => {
                    self.redirects.push(Redirect { status, to: cut(url, LONGEST_URL) });
                }
                Some(_) => {}
                None if !self.asked.contains_key(&id) => self.redirects.clear(),
                None => {}
            }
        }
        self.last_url = cut(url, LONGEST_URL);
        if !self.asked.contains_key(&id) {
            if self.asked.len() >= MOST_RESOURCES {
                self.lost += 1;
                return;
            }
            self.order.push(id.clone());
        }
        let resource = Resource {
            url: cut(url, LONGEST_URL),
            kind: kind_of(event).to_owned(),
            status: None,
            mime: String::new(),
            bytes: 0,
            took_ms: None,
            failure: None,
            empty: false,
            cut_short: false,
        };
        let began_ms = event["timestamp"].as_f64().unwrap_or(0.0) * 1e3;
        let ends_elsewhere = self.of_workers.contains(&id);
        self.asked.insert(
            id,
            Asked {
                resource,
                loader,
                main,
                began_ms,
                done: false,
                unseen: None,
                ends_elsewhere,
                held: 0,
            },
        );
    }

    /// What it is for, as the browser tells the server. That may be heard of before the request itself.
    fn sent(&mut self, event: &Value) {
        let id = text(event, "requestId");
        let header = |name: &str| {
            let all = event["headers"].as_object().into_iter().flatten();
            let mut found = all.filter(|(key, _)| key.eq_ignore_ascii_case(name));
            found.find_map(|(_, value)| value.as_str())
        };
        let is_workers =
            matches!(header("sec-fetch-dest"), Some("worker" | "sharedworker" | "serviceworker"));
        if is_workers && self.of_workers.len() < MOST_RESOURCES {
            self.of_workers.insert(id.clone());
        }
        if let Some(asked) = self.asked.get_mut(&id) {
            asked.ends_elsewhere |= is_workers;
        }
    }

    fn answered(&mut self, event: &Value) {
        self.traffic += 1;
        let Some(asked) = event["requestId"].as_str().and_then(|id| self.asked.get_mut(id)) else {
            return;
        };
        let answer = &event["response"];
        asked.resource.status = answer["status"].as_u64().and_then(|s| u16::try_from(s).ok());
        asked.resource.mime = cut(answer["mimeType"].as_str().unwrap_or_default(), 200);
        // An answer knows less of a beacon or a prefetch than its request did.
        if let Some(kind) = event["type"].as_str().filter(|kind| *kind != "Other") {
            asked.resource.kind = kind.to_owned();
        }
        if asked.resource.status.is_some_and(|status| status >= 400) {
            asked.resource.failure = asked.resource.status.map(Failure::Status);
        }
    }

    fn received(&mut self, event: &Value) {
        let bytes = event["dataLength"].as_u64().unwrap_or(0);
        self.bytes += bytes;
        if let Some(asked) = event["requestId"].as_str().and_then(|id| self.asked.get_mut(id)) {
            asked.held += bytes;
        }
    }

    /// An answer of the wrong type, or of another origin, never becomes a response of the page.
    fn answered_unseen(&mut self, event: &Value) {
        let asked = event["requestId"].as_str().and_then(|id| self.asked.get_mut(id));
        let status = event["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        if let (Some(asked), Some(status)) = (asked, status)
            && !(300..400).contains(&status)
        {
            asked.unseen = Some(status);
        }
    }

    fn finished(&mut self, event: &Value, failure: Option<Failure>) {
        self.traffic += 1;
        let Some(asked) = event["requestId"].as_str().and_then(|id| self.asked.get_mut(id)) else {
            return;
        };
        asked.done = true;
        let ended_ms = event["timestamp"].as_f64().unwrap_or(0.0) * 1e3;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a saturating cast of milliseconds"
        )]
        let took_ms = (ended_ms - asked.began_ms).max(0.0) as u64;
        asked.resource.took_ms = Some(took_ms);
        if let Some(bytes) = event["encodedDataLength"].as_f64() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a saturating cast of a size"
            )]
            let bytes = bytes.max(0.0) as u64;
            asked.resource.bytes = bytes;
        }
        // A 404 of a style sheet ends as a failed load too; the status says more.
        if asked.resource.failure.is_none() {
            asked.resource.failure = failure;
        }
    }

    fn navigated(&mut self, frame: &Value) {
        if frame["id"] != self.frame.as_str() {
            return;
        }
        let loader = text(frame, "loaderId");
        self.navigations += 1;
        self.loaded = false;
        self.asked.retain(|_, asked| asked.loader == loader);
        let asked = &self.asked;
        self.order.retain(|id| asked.contains_key(id));
        self.lost = 0;
        self.console.clear();
        self.thrown.clear();
        self.more_console = 0;
        self.exceptions = 0;
        self.loader = Some(loader);
    }

    fn document(&self) -> Option<&Asked> {
        let mut main = self.order.iter().filter_map(|id| self.asked.get(id)).filter(|a| a.main);
        match &self.loader {
            Some(loader) => main.find(|asked| asked.loader == *loader),
            None => main.next_back(),
        }
    }

    /// The facts, together with what was seen on the page itself. What has not arrived by now never
    /// did.
    #[must_use]
    pub fn facts(&self, seen: Option<&Seen>) -> PageFacts {
        let mut facts = PageFacts {
            redirects: self.redirects.clone(),
            navigations: self.navigations,
            console: self.console.clone(),
            more_console: self.more_console,
            exceptions: self.exceptions,
            more_resources: self.lost,
            dialogs: self.dialogs,
            pop_ups: self.pop_ups,
            downloads: self.downloads,
            bytes: self.bytes,
            ..PageFacts::default()
        };
        if let Some(document) = self.document() {
            facts.url = document.resource.url.clone();
            facts.document = document.resource.url.clone();
            facts.status = document.resource.status;
            facts.mime = document.resource.mime.clone();
            facts.document_failure = document.resource.failure.clone();
            if !document.done && facts.document_failure.is_none() {
                facts.document_failure = Some(Failure::NeverArrived);
            }
        }
        for asked in self.order.iter().filter_map(|id| self.asked.get(id)).filter(|a| !a.main) {
            let mut resource = asked.resource.clone();
            if let (None, Some(status)) = (resource.status, asked.unseen) {
                resource.status = Some(status);
                // That it is no success says more than that its error page has the wrong type.
                if status >= 400 {
                    resource.failure = Some(Failure::Status(status));
                }
            }
            // What comes out of a cache holds something, though nothing was received.
            let ended = asked.ends_elsewhere && asked.unseen.is_some();
            resource.empty =
                asked.done && resource.status == Some(200) && asked.held == 0 && resource.bytes > 0;
            if !(asked.done || ended || endless(&resource.kind)) && resource.failure.is_none() {
                resource.failure = Some(Failure::NeverArrived);
            }
            facts.resources.push(resource);
        }
        facts.heaviest = Ranked::of(&facts.resources, |one| one.bytes);
        facts.slowest = Ranked::of(&facts.resources, |one| one.took_ms.unwrap_or(0));
        if let Some(seen) = seen {
            add_seen(&mut facts, seen);
        }
        explain(&mut facts);
        unapply(&mut facts);
        facts
    }
}

/// What is asked for, in the protocol's words; more exactly where it says no more than `Other`.
fn kind_of(event: &Value) -> &str {
    let request = &event["request"];
    match event["type"].as_str().unwrap_or("Other") {
        "Other" if request["headers"]["Sec-Purpose"].is_string() => "Prefetched",
        "Other" if request["isLinkPreload"] == true => "Preloaded",
        // Neither the page's text nor a script asked: it is what stands beside its title.
        "Other" if event["initiator"]["type"] == "other" => "Icon",
        kind => kind,
    }
}

/// Streams that are meant to stay open.
fn endless(kind: &str) -> bool {
    matches!(kind, "EventSource" | "WebSocket" | "Ping" | "Media" | "Prefetch")
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
