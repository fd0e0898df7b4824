//! `plimsoll serve`: the page, the API, and hands for what is under way.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_engine::tasks::{Drivers, ForgeTeller, Works};
use plimsoll_web::{Limits, Settings, Site, Web};
use plimsoll_wire::ExitCode;
use tokio::net::TcpListener;

use crate::app::{App, IssuersKeys};
use crate::console::Carrier;
use crate::error::CliError;

use super::hands::{self, InForce};
use super::log::Log;

/// How long forges are left alone after they were told something: while checks come in, something
/// changes all the time.
const SETTLES: Duration = Duration::from_millis(500);

/// Serves the page and the API, drives promotions that were begun there, and picks up what a server
/// that is gone left under way. The configuration is read anew when its files change; while it has
/// errors the last good one stays in force. Several servers may share one PostgreSQL ledger.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll serve
  plimsoll token create me --for ada --may release --until 90d     to do something at the page
  plimsoll serve --listen 0.0.0.0:7420 --base-url https://plimsoll.example

Behind a proxy: let it end TLS, name its address with --base-url, and pass X-Forwarded-For on.
On SIGTERM it finishes what it answers; what it drives goes on when a server runs again.")]
pub struct Args {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7420")]
    listen: SocketAddr,
    /// The address under which people reach it, where that is another: https://plimsoll.example
    #[arg(long, value_name = "URL")]
    base_url: Option<url::Url>,
    /// Who may look without a token: anybody, or nobody [default: anybody on a loopback address,
    /// nobody elsewhere]
    #[arg(long, value_name = "WHO")]
    open_to: Option<OpenTo>,
    /// How to log requests and what goes on, to standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log: Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum OpenTo {
    /// Everybody who reaches the address may look.
    Anybody,
    /// A token is needed to look.
    Nobody,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    args.log.begin();
    let ended = hands::stopped();
    let drivers = Arc::new(Drivers::default());
    let opened = app.open_to_serve(&drivers).await?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| CliError::Unavailable {
        message: format!("{} cannot be listened on: {error}", args.listen),
        hint: "another plimsoll may serve there; --listen 127.0.0.1:0 takes a free port".to_owned(),
    })?;
    let address = listener.local_addr()?;
    let open_read = match args.open_to {
        Some(who) => who == OpenTo::Anybody,
        None => address.ip().is_loopback(),
    };
    let settings = Settings {
        open_read,
        base_url: args.base_url.map(|url| url.as_str().trim_end_matches('/').to_owned()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    // The same ledger, blobs and caches under every configuration that comes.
    let desk = opened.desk.under(opened.desk.parts().clone(), opened.desk.shared_catalog());
    let site = Arc::new(Site::new(Arc::new(desk), Works::new(drivers), settings));
    let root = opened.files.first().and_then(|file| file.parent()).map(Path::to_owned);
    site.set_keys(Arc::new(IssuersKeys { root: root.unwrap_or_default() }));
    site.set_console(Arc::new(Carrier::new(&site, &opened)));
    greet(app, &site, address).await?;
    let stopped = async {
        ended.await;
        site.stop();
    };
    let router = plimsoll_web::router(&site);
    let server = plimsoll_web::serve(listener, router, Limits::default(), stopped);
    tokio::select! {
        served = server => served?,
        never = hands::look_after(app, &opened, &*site) => match never {},
        never = tell_forges(&site) => match never {},
    }
    site.works.stop().await;
    Ok(ExitCode::Yes)
}

/// Says where it is, and what is needed to do something there.
async fn greet(app: &App, site: &Web, address: SocketAddr) -> Result<(), CliError> {
    let desk = site.desk();
    let url = site.settings.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let (seq, _) = desk.parts().ledger.head().await.map_err(DeskError::from)?;
    let services = say::count(desk.catalog().services.len(), "service");
    let now = desk.now();
    let can_act = desk.tokens().await?.tokens.values().any(|token| token.in_force(now));
    let style = &app.style;
    let sentence = format!("Serving {services} at {url}, the ledger is at event {seq}.");
    let next = match can_act {
        true => format!("open {url}"),
        false => "plimsoll token create NAME --for YOU --may release     to do something there"
            .to_owned(),
    };
    app.print(&app.clean(&format!(
        "{}{}",
        style.answer(say::mark(State::Satisfied), &sentence),
        style.next(&next)
    )))
}

/// Tells forges how commits stand, whenever something has changed.
async fn tell_forges(site: &Web) -> std::convert::Infallible {
    let teller = ForgeTeller::new(site.settings.base_url.clone());
    loop {
        let desk = site.desk();
        let ledger = desk.parts().ledger.clone();
        let before = ledger.head().await;
        if let Err(error) = teller.round(&desk).await {
            tracing::warn!(%error, "could not look what forges are to be told");
        }
        // What the round wrote down itself is no reason for the next one to begin at once.
        tokio::time::sleep(SETTLES).await;
        if let Ok((seq, _)) = before
            && let Err(error) = ledger.wait_for_change(seq, hands::LOOK_EVERY).await
        {
            tracing::debug!(%error, "could not wait for a change");
            tokio::time::sleep(hands::LOOK_EVERY).await;
        }
    }
}

impl InForce for Site {
    fn desk(&self) -> Arc<Desk> {
        self.desk()
    }

    fn works(&self) -> &Works {
        &self.works
    }

    fn take(&self, desk: Desk) {
        self.exchange(Arc::new(desk));
        self.say_of_configuration(None);
    }

    fn keep(&self, fault: String) {
        self.say_of_configuration(Some(fault));
    }
}
