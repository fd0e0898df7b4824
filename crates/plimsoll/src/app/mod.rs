//! Where all parts are wired: configuration, ledger, blobs, fleet, clock, terminal.

mod clock;
#[cfg(feature = "failpoints")]
mod failpoints;
mod keys;
mod moment;
mod names;
mod person;
mod presence;
mod reporter;
mod screen;
mod served;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use plimsoll_adapters::fleet::RealFleet;
use plimsoll_adapters::forge::RealForges;
use plimsoll_adapters::ground::FleetSettings;
use plimsoll_adapters::secrets::{Redactor, Secrets};
use plimsoll_config::Loaded;
use plimsoll_core::ids::PersonName;
use plimsoll_core::record::Scope;
use plimsoll_core::say::Reader;
use plimsoll_engine::desk::{Desk, DeskError, Parts};
use plimsoll_engine::ports::{Blobs, Clock as _, Presence, Quiet, Reporter};
use plimsoll_engine::tasks::{Drivers, WithDrivers};
use plimsoll_store::{DirBlobs, Location, Store};
use serde::Serialize;
use tempfile::TempDir;

use crate::error::CliError;
use crate::global::{Format, Global, When};
use crate::render::Style;

pub use clock::SystemClock;
pub use keys::IssuersKeys;
pub use moment::{exact, parse as moment, until};
pub use names::NameGiven;
use reporter::Teller;
pub use screen::Screen;
pub use served::{Served, Wants};

/// Everything a command needs.
pub struct App {
    /// What all commands share.
    pub global: Global,
    /// How the answer is shown.
    pub style: Style,
    /// The names on the command line.
    names: Vec<NameGiven>,
    /// What takes secrets out of answers, once the configuration has said which there are.
    redactor: OnceLock<Redactor>,
    /// Where answers, words and questions go.
    pub screen: Arc<dyn Screen>,
    /// How words on the way look.
    words: Style,
    /// For whom a server carries it out, if one does.
    pub served: Option<Served>,
}

/// An opened configuration and ledger.
pub struct Opened {
    /// Loads, decides, appends.
    pub desk: Desk,
    /// The ledger, for its keeper.
    pub store: Arc<dyn Store>,
    /// Content by hash.
    pub blobs: Arc<dyn Blobs>,
    /// Who works here.
    pub person: PersonName,
    /// Every file of the configuration, the main one first.
    pub files: Vec<PathBuf>,
    /// What may be looked at: everything, unless a server carries it out for somebody.
    pub scope: Scope,
    /// Where what belongs to this machine is kept.
    state_dir: PathBuf,
    /// Where the ledger is while there is none; it goes with this.
    _empty: Option<TempDir>,
}

/// What it means that there is no ledger.
#[derive(Debug, Clone, Copy)]
enum Missing {
    /// This command begins it.
    IsBegun,
    /// Nothing has happened yet.
    IsEmpty,
}

impl App {
    /// Looks at the terminal.
    pub fn new(global: Global, names: Vec<NameGiven>) -> Self {
        let color = match global.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                !no_color && reporter::is_terminal(&std::io::stdout())
            }
        };
        let style = Style { color, unicode: reporter::has_unicode(), width: reporter::width() };
        let words = Style { color: reporter::colours_words(global.color), ..style };
        let screen = Arc::new(screen::Here::new(style.unicode));
        Self { global, style, names, redactor: OnceLock::new(), screen, words, served: None }
    }

    /// For somebody whose command a server carries out.
    pub fn served(
        global: Global,
        names: Vec<NameGiven>,
        served: Served,
        screen: Arc<dyn Screen>,
    ) -> Self {
        let (style, words) = served.styles();
        let redactor = OnceLock::new();
        Self { global, style, names, redactor, screen, words, served: Some(served) }
    }

    /// Who reads the answer.
    pub fn reader(&self) -> Reader {
        let now = SystemClock::default().now();
        match (self.global.format, &self.served) {
            (Format::Json, _) => Reader::utc(now),
            (Format::Text, Some(served)) => Reader { now, zone: served.zone.clone() },
            (Format::Text, None) => Reader { now, zone: jiff::tz::TimeZone::system() },
        }
    }

    /// Who gave the command: as was said, else the login name.
    ///
    /// # Errors
    /// It is no handle.
    pub fn person(&self) -> Result<PersonName, CliError> {
        person::who(self.global.person.as_deref())
    }

    /// How words on the way look.
    pub fn words_style(&self) -> &Style {
        &self.words
    }

    /// Reads the configuration; warnings go to standard error.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn load(&self) -> Result<Loaded, CliError> {
        plimsoll_config::load(&self.global.config).map_err(CliError::Configuration)
    }

    /// Where the ledger is.
    fn location(&self, root: &Path) -> Result<(Location, PathBuf), CliError> {
        let beside = root.join(".plimsoll");
        let Some(text) = &self.global.ledger else {
            return Ok((Location::Directory(beside.clone()), beside));
        };
        let location: Location = text.parse().map_err(|error| {
            CliError::usage(
                format!("--ledger: {error}"),
                "--ledger DIRECTORY, or --ledger postgres://USER@HOST/DATABASE",
            )
        })?;
        let dir = match &location {
            Location::Directory(path) => path.clone(),
            Location::Postgres(_) => beside,
        };
        Ok((location, dir))
    }

    /// Opens the ledger alone to look at it, also when its end was cut off; the configuration need
    /// not be right.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn open_to_inspect(&self) -> Result<(Arc<dyn Store>, DirBlobs), CliError> {
        if let Some(served) = &self.served {
            return Ok((served.store.clone(), blobs_of(&served.state_dir)?));
        }
        let (location, blobs) = self.kept()?;
        let store = plimsoll_store::open_to_inspect(&location).await.map_err(DeskError::from)?;
        Ok((store, blobs))
    }

    /// Opens the ledger alone to copy it; the configuration need not be right.
    ///
    /// # Errors
    /// It cannot be opened, or its end was cut off: such a copy would be taken for a good one.
    pub async fn open_to_back_up(&self) -> Result<(Arc<dyn Store>, DirBlobs), CliError> {
        let (location, blobs) = self.kept()?;
        let store = plimsoll_store::open(&location).await.map_err(DeskError::from)?;
        Ok((store, blobs))
    }

    /// A ledger that is there already, and where its content is.
    fn kept(&self) -> Result<(Location, DirBlobs), CliError> {
        let root = folder_of(&self.global.config);
        let (location, state_dir) = self.location(&root)?;
        if let Location::Directory(path) = &location
            && !holds_ledger(path)
        {
            return Err(no_ledger(&location));
        }
        Ok((location, blobs_of(&state_dir)?))
    }

    /// Opens configuration, ledger and fleet.
    ///
    /// # Errors
    /// The configuration is wrong, or the ledger cannot be opened.
    pub async fn open(&self) -> Result<Opened, CliError> {
        self.open_at(Missing::IsBegun).await
    }

    /// As [`App::open`], for a command that only reads: it begins no ledger. Where none is at the
    /// usual place nothing has happened yet; one that was named must be there.
    ///
    /// # Errors
    /// As [`App::open`], or there is no ledger where one was named.
    pub async fn open_to_read(&self) -> Result<Opened, CliError> {
        self.open_at(Missing::IsEmpty).await
    }

    /// Opens configuration, ledger and fleet for a server, whose drivers have names of their own.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_to_serve(&self, drivers: &Arc<Drivers>) -> Result<Opened, CliError> {
        self.open_with(Missing::IsBegun, Some(drivers)).await
    }

    async fn open_at(&self, missing: Missing) -> Result<Opened, CliError> {
        self.open_with(missing, None).await
    }

    async fn open_with(
        &self,
        missing: Missing,
        drivers: Option<&Arc<Drivers>>,
    ) -> Result<Opened, CliError> {
        if let Some(served) = &self.served {
            names::no_secret_in(&self.names, |text| self.clean(text))?;
            return Ok(served.opened(self.reporter()));
        }
        let loaded = self.load()?;
        let root = absolute(&loaded.root)?;
        let redactor = Secrets::new(loaded.catalog.secrets.clone(), &root).redactor();
        let redactor = self.redactor.get_or_init(|| redactor).clone();
        names::no_secret_in(&self.names, |text| redactor.text(text))?;
        let person = self.person()?;
        let (location, state_dir) = self.location(&root)?;
        let empty = self.empty_instead(&location, missing)?;
        let location = match &empty {
            Some(folder) => Location::Directory(folder.path().to_owned()),
            None => location,
        };
        let store = plimsoll_store::open(&location).await.map_err(DeskError::from)?;
        let state_dir = absolute(&state_dir)?;
        let state_dir = if state_dir.is_file() { folder_of(&state_dir) } else { state_dir };
        let blobs = DirBlobs::open(&state_dir.join("blobs")).map_err(DeskError::from)?;
        let blobs: Arc<dyn Blobs> = Arc::new(blobs);
        let local = presence::Local::new();
        let driver = local.myself();
        let presence: Arc<dyn Presence> = match drivers {
            Some(drivers) => Arc::new(WithDrivers::new(drivers.clone(), &driver, Arc::new(local))),
            None => Arc::new(local),
        };
        let parts = Parts {
            ledger: store.clone(),
            blobs: blobs.clone(),
            fleet: Arc::new(fleet_of(&loaded, &root, &state_dir, &blobs)),
            forges: Arc::new(forges_of(&loaded, &root)),
            clock: Arc::new(SystemClock::default()),
            reporter: self.reporter(),
            redact: Arc::new(redactor),
            driver,
            presence,
        };
        #[cfg(feature = "failpoints")]
        let parts = failpoints::wrap(parts);
        let files = loaded.files;
        let desk = Desk::new(parts, Arc::new(loaded.catalog));
        let scope = Scope::everything();
        Ok(Opened { desk, store, blobs, person, files, scope, state_dir, _empty: empty })
    }

    /// The same desk under the configuration as it is in the files now.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn reload(&self, opened: &Opened, desk: &Desk) -> Result<(Desk, Vec<PathBuf>), CliError> {
        let loaded = self.load()?;
        let root = absolute(&loaded.root)?;
        let redactor = Secrets::new(loaded.catalog.secrets.clone(), &root).redactor();
        let fleet = fleet_of(&loaded, &root, &opened.state_dir, &opened.blobs);
        let parts = Parts {
            fleet: Arc::new(fleet),
            forges: Arc::new(forges_of(&loaded, &root)),
            redact: Arc::new(redactor),
            ..desk.parts().clone()
        };
        Ok((desk.under(parts, Arc::new(loaded.catalog)), loaded.files))
    }

    /// A folder with an empty ledger, for who reads where there is none yet; gone when it is
    /// dropped.
    fn empty_instead(
        &self,
        location: &Location,
        missing: Missing,
    ) -> Result<Option<TempDir>, CliError> {
        match (missing, location) {
            (Missing::IsEmpty, Location::Directory(path)) if !holds_ledger(path) => {}
            (
                Missing::IsEmpty | Missing::IsBegun,
                Location::Directory(_) | Location::Postgres(_),
            ) => {
                return Ok(None);
            }
        }
        if self.global.ledger.is_some() {
            return Err(no_ledger(location));
        }
        let folder = tempfile::Builder::new().prefix("plimsoll-").tempdir();
        Ok(Some(folder.map_err(|error| CliError::Unavailable {
            message: format!("there is no ledger yet, and no room for an empty one: {error}"),
            hint: "make room in the folder for temporary files".to_owned(),
        })?))
    }

    fn reporter(&self) -> Arc<dyn Reporter> {
        if self.global.quiet {
            return Arc::new(Quiet);
        }
        Arc::new(Teller::new(self.words, self.reader(), self.screen.clone()))
    }

    /// Answers: `text` for people, `view` for programs; secrets are taken out of both.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn answer<T: Serialize>(
        &self,
        view: &T,
        text: impl FnOnce(&Style) -> String,
    ) -> Result<(), CliError> {
        match self.global.format {
            Format::Json => {
                let mut json = serde_json::to_value(view).map_err(std::io::Error::from)?;
                self.clean_json(&mut json);
                let json = serde_json::to_string_pretty(&json).map_err(std::io::Error::from)?;
                self.print(&format!("{json}\n"))
            }
            Format::Text => self.print(&self.clean(&text(&self.style))),
        }
    }

    /// Shows what is about to be done, on standard error, unless it is to be quiet.
    pub fn show_before(&self, text: &str) {
        if !self.global.quiet {
            self.screen.err(&self.clean(text));
        }
    }

    /// Learns which secrets there are where the configuration was not looked at yet, so that an
    /// error about the command line does not repeat one. A configuration with errors says nothing.
    pub fn learn_secrets(&self) {
        if self.served.is_none() && self.redactor.get().is_none() {
            let _ = self.redactor.set(redactor_of(&self.global.config));
        }
    }

    /// The text without secrets, as far as the configuration has said which there are.
    pub fn clean(&self, text: &str) -> String {
        if let Some(served) = &self.served {
            return served.clean(text);
        }
        self.redactor.get().map_or_else(|| text.to_owned(), |redactor| redactor.text(text))
    }

    fn clean_json(&self, json: &mut serde_json::Value) {
        use serde_json::Value;
        match json {
            Value::String(text) => *text = self.clean(text),
            Value::Array(list) => list.iter_mut().for_each(|value| self.clean_json(value)),
            Value::Object(map) => map.values_mut().for_each(|value| self.clean_json(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Writes to standard output; a reader that has gone away is no error.
    ///
    /// # Errors
    /// Standard output cannot be written (a full disk).
    pub fn print(&self, text: &str) -> Result<(), CliError> {
        Ok(self.screen.out(text)?)
    }

    /// Says something on standard error, unless it is to be quiet.
    pub fn note(&self, words: &str) {
        if !self.global.quiet {
            self.screen.err(&format!("{}\n", plimsoll_core::say::safe(&self.clean(words))));
        }
    }
}

impl Opened {
    /// Where what belongs to this machine is kept.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }
}

fn fleet_of(loaded: &Loaded, root: &Path, state_dir: &Path, blobs: &Arc<dyn Blobs>) -> RealFleet {
    RealFleet::new(FleetSettings {
        root: root.to_owned(),
        state_dir: state_dir.to_owned(),
        secrets: loaded.catalog.secrets.clone(),
        blobs: blobs.clone(),
    })
}

fn forges_of(loaded: &Loaded, root: &Path) -> RealForges {
    let secrets = Secrets::new(loaded.catalog.secrets.clone(), root);
    RealForges::new(loaded.catalog.forges.clone(), secrets)
}

fn no_ledger(location: &Location) -> CliError {
    CliError::usage(
        format!("there is no ledger at {location}"),
        "name it with --ledger; the first release that is added begins one",
    )
}

/// What takes the secrets of a configuration out; nothing, when it has errors.
pub(crate) fn redactor_of(config: &Path) -> Redactor {
    let Ok(loaded) = plimsoll_config::load(config) else { return Redactor::none() };
    let Ok(root) = absolute(&loaded.root) else { return Redactor::none() };
    Secrets::new(loaded.catalog.secrets, &root).redactor()
}

/// Whether there is something to be taken for a ledger; what it is, the store says.
fn holds_ledger(path: &Path) -> bool {
    if path.is_dir() { path.join("ledger.db").exists() } else { path.exists() }
}

/// The content beside a ledger, which is a folder, or a file in one.
fn blobs_of(state_dir: &Path) -> Result<DirBlobs, CliError> {
    let state_dir = absolute(state_dir)?;
    let state_dir = if state_dir.is_file() { folder_of(&state_dir) } else { state_dir };
    Ok(DirBlobs::open(&state_dir.join("blobs")).map_err(DeskError::from)?)
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, CliError> {
    std::path::absolute(path).map_err(|error| CliError::Unavailable {
        message: format!("{}: {error}", path.display()),
        hint: "look at the path".to_owned(),
    })
}
