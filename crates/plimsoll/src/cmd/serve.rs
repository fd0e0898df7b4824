//! `plimsoll serve`: the page, the API, and hands for what is under way.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::tasks::{Drivers, ForgeTeller, Works};
use plimsoll_web::{Limits, Settings, Site, Web};
use plimsoll_wire::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, IssuersKeys, Opened};
use crate::console::Carrier;
use crate::error::CliError;

/// How often it is looked whether the configuration's files have changed, and whether another
/// server left something under way.
const LOOK_EVERY: Duration = Duration::from_secs(2);

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Log {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
    /// Nothing.
    Off,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    begin_log(args.log);
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
    let watch = Watching { app, opened: &opened, site: &site };
    let server = plimsoll_web::serve(
        listener,
        plimsoll_web::router(&site),
        Limits::default(),
        stopped(&site),
    );
    tokio::select! {
        served = server => served?,
        never = watch.run() => match never {},
        never = tell_forges(&site) => match never {},
    }
    site.works.stop().await;
    Ok(ExitCode::Yes)
}

fn begin_log(log: Log) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(std::io::stderr)
        .with_target(false);
    // One that is set already stays.
    let _ = match log {
        Log::Text => builder.with_ansi(false).try_init(),
        Log::Json => builder.json().try_init(),
        Log::Off => Ok(()),
    };
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

/// Over when somebody wants it to end.
async fn stopped(site: &Web) {
    let Ok(mut interrupts) = signal(SignalKind::interrupt()) else { return };
    let Ok(mut terminations) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = interrupts.recv() => {}
        _ = terminations.recv() => {}
    }
    tracing::info!("stops: what is being answered is finished");
    site.stop();
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
            && let Err(error) = ledger.wait_for_change(seq, LOOK_EVERY).await
        {
            tracing::debug!(%error, "could not wait for a change");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// What a server looks after beside answering.
struct Watching<'a> {
    app: &'a App,
    opened: &'a Opened,
    site: &'a Web,
}

impl Watching<'_> {
    async fn run(&self) -> std::convert::Infallible {
        let mut files = Files::of(self.opened.files.clone());
        loop {
            if let Some(changed) = files.changed() {
                self.reload(&mut files, changed);
            }
            match self.site.works.pick_up(&self.site.desk()).await {
                Ok(lanes) => {
                    for lane in lanes {
                        tracing::info!(%lane, "goes on with what was left under way");
                    }
                }
                Err(error) => tracing::warn!(%error, "could not look for what was left under way"),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Takes the configuration as it is now, unless it has errors.
    fn reload(&self, files: &mut Files, changed: Vec<Option<SystemTime>>) {
        files.seen = changed;
        match self.app.reload(self.opened, &self.site.desk()) {
            Ok((desk, read)) => {
                tracing::info!("the configuration has changed and is in force");
                *files = Files::of(read);
                self.site.exchange(Arc::new(desk));
                self.site.say_of_configuration(None);
            }
            Err(error) => {
                let words = self.app.clean(&error.to_string());
                tracing::error!(%words, "the configuration has errors; the last good one stays");
                self.site.say_of_configuration(Some(words));
            }
        }
    }
}

/// The files of the configuration, with when they were last changed.
struct Files {
    paths: Vec<PathBuf>,
    seen: Vec<Option<SystemTime>>,
}

impl Files {
    fn of(paths: Vec<PathBuf>) -> Self {
        let seen = times(&paths);
        Self { paths, seen }
    }

    fn changed(&self) -> Option<Vec<Option<SystemTime>>> {
        let now = times(&self.paths);
        (now != self.seen).then_some(now)
    }
}

fn times(paths: &[PathBuf]) -> Vec<Option<SystemTime>> {
    paths.iter().map(|path| std::fs::metadata(path).ok()?.modified().ok()).collect()
}
