//! What a server shows, and how requests find what answers them.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use plimsoll_engine::desk::Desk;
use plimsoll_engine::tasks::Works;
use tokio::sync::watch;

use crate::feed::Feed;
use crate::gate_answers::GateAnswers;
use crate::guesses::Guesses;
use crate::hooks::Hooks;
use crate::metrics::Metrics;
use crate::oidc::{Issuers, SharedKeys};
use crate::rates::Rates;
use crate::uses::Uses;
use crate::{api, assets, hooks, limits, pages};

/// The longest body of a request that names no other limit.
///
/// # Units
/// Bytes.
pub(crate) const LONGEST_BODY: usize = 1 << 20;

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Everybody may look, without a token. To do something one is always needed.
    pub open_read: bool,
    /// The address under which people reach it: `https://plimsoll.example`. Cookies are sent over
    /// TLS only when it begins with `https`.
    pub base_url: Option<String>,
    /// The version of the program.
    pub version: String,
}

/// What a server shows.
pub struct Site {
    desk: RwLock<Arc<Desk>>,
    /// How it behaves.
    pub settings: Settings,
    /// What goes on by itself: promotions that are driven, checks that run.
    pub works: Works,
    /// What is wrong with the configuration's files, while an older one is in force.
    fault: RwLock<Option<String>>,
    console: OnceLock<api::SharedConsole>,
    stops: watch::Sender<bool>,
    pub(crate) commands: api::Commands,
    pub(crate) gate_answers: GateAnswers,
    pub(crate) pages: pages::Shared,
    pub(crate) answers: api::Answers,
    pub(crate) feed: Feed,
    pub(crate) guesses: Guesses,
    pub(crate) hooks: Hooks,
    pub(crate) issuers: Issuers,
    pub(crate) metrics: Metrics,
    pub(crate) rates: Rates,
    pub(crate) uses: Uses,
}

/// The site, as handlers get it.
pub type Web = Arc<Site>;

impl Site {
    /// A site over this desk.
    #[must_use]
    pub fn new(desk: Arc<Desk>, works: Works, settings: Settings) -> Self {
        let gate_answers = GateAnswers::default();
        Self {
            desk: RwLock::new(desk),
            settings,
            works,
            fault: RwLock::default(),
            console: OnceLock::new(),
            stops: watch::Sender::new(false),
            commands: api::Commands::default(),
            gate_answers,
            pages: pages::Shared::default(),
            answers: api::Answers::default(),
            feed: Feed::default(),
            guesses: Guesses::default(),
            hooks: Hooks::default(),
            issuers: Issuers::default(),
            metrics: Metrics::default(),
            rates: Rates::default(),
            uses: Uses::default(),
        }
    }

    /// The desk, under the configuration that is in force now.
    #[must_use]
    pub fn desk(&self) -> Arc<Desk> {
        self.desk.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is wrong with the configuration's files, in one sentence, while an older one is in
    /// force.
    #[must_use]
    pub fn configuration_fault(&self) -> Option<String> {
        self.fault.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says what is wrong with the configuration's files, or that nothing is.
    pub fn say_of_configuration(&self, fault: Option<String>) {
        *self.fault.write().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Says that the server stops: answers that go on for long come to their end.
    pub fn stop(&self) {
        self.stops.send_replace(true);
        self.feed.close();
    }

    /// Over when the server stops.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stops = self.stops.subscribe();
        async move {
            // The sender lives as long as the site does.
            let _ = stops.wait_for(|stops| *stops).await;
        }
    }

    /// Says what carries command lines out; only the first time counts.
    pub fn set_console(&self, console: api::SharedConsole) {
        let _ = self.console.set(console);
    }

    /// What carries command lines out.
    pub(crate) fn console(&self) -> Option<api::SharedConsole> {
        self.console.get().cloned()
    }

    /// Says what gets the keys of trusted issuers; only the first time counts.
    pub fn set_keys(&self, keys: SharedKeys) {
        self.issuers.set_fetcher(keys);
    }

    /// Takes another desk from now on; requests that are being answered keep theirs.
    pub fn exchange(&self, desk: Arc<Desk>) {
        *self.desk.write().unwrap_or_else(PoisonError::into_inner) = desk;
    }
}

/// Everything that answers.
pub fn router(site: &Web) -> Router {
    Router::new()
        .merge(pages::router())
        .nest("/api/v1", api::router(site))
        .merge(hooks::router())
        .merge(assets::router())
        .merge(api::health())
        .merge(api::metrics())
        .layer(middleware::from_fn_with_state(site.clone(), limits::around))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(site.clone())
}
