//! `plimsoll forge`: what forges were told of commits, and what hangs.

use clap::Subcommand;
use plimsoll_core::ids::ForgeName;
use plimsoll_core::ledger::ForgeState;
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_engine::tasks::{ForgeTeller, Round};
use plimsoll_wire::{ExitCode, ForgeView, ForgesView};

use crate::app::{App, Opened, Wants};
use crate::error::CliError;
use crate::render::{Row, Style, table};

/// So many lines are shown of each forge; JSON has them all.
const SHOWN: usize = 30;

/// A server tells the forges of the configuration how the commits of their repositories stand at the
/// gates, and answers deployments that wait there. What it was to say and could not is tried again,
/// later and later, and nothing is lost meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll forge status
  plimsoll forge post --base-url https://plimsoll.example      once, where no server runs

Which commits: those that a forge named in a webhook, and those that releases are made of, of the
last seven days. The context is plimsoll/ENVIRONMENT, for each environment with a gate.")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// What each forge was told, and what hangs
    Status,
    /// Tell them what is due, once: for a CI job where no server runs
    Post {
        /// The address of a server for people to look at: https://plimsoll.example
        #[arg(long, value_name = "URL")]
        base_url: Option<url::Url>,
    },
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        match self.verb {
            Verb::Status => Wants::All(Permission::Read),
            Verb::Post { .. } => Wants::Here,
        }
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    match args.verb {
        Verb::Status => {
            let opened = app.open_to_read().await?;
            show(app, &opened, None).await?;
            Ok(ExitCode::Yes)
        }
        Verb::Post { base_url } => {
            let opened = app.open().await?;
            let base_url = base_url.map(|url| url.as_str().trim_end_matches('/').to_owned());
            let round = ForgeTeller::new(base_url).round(&opened.desk).await?;
            show(app, &opened, Some(round)).await?;
            Ok(if round.not_told > 0 { ExitCode::Unavailable } else { ExitCode::Yes })
        }
    }
}

async fn show(app: &App, opened: &Opened, round: Option<Round>) -> Result<(), CliError> {
    let desk = &opened.desk;
    let now = app.reader().now;
    let mut views = Vec::new();
    let mut told = Told::default();
    for (name, forge) in &desk.catalog().forges {
        let state = desk.forge_state(name).await?;
        views.push(ForgeView::of(name, forge, &state, now));
        told.add(name, &state, &app.reader());
    }
    app.answer(&ForgesView { forges: views }, |style| told.text(round, style))
}

/// What is shown of all forges.
#[derive(Default)]
struct Told {
    forges: usize,
    statuses: usize,
    hanging: usize,
    rows: Vec<Row>,
    next: Option<&'static str>,
}

impl Told {
    fn add(&mut self, name: &ForgeName, state: &ForgeState, reader: &say::Reader) {
        self.forges += 1;
        self.statuses += state.statuses.len();
        let lines = say::forge_lines(name, state, |_, _| true, reader);
        for line in &lines {
            match line.fault.map(say::forge_remedy) {
                // What stands in the way of everything is mended first.
                Some(remedy) if line.is_pause => self.next = Some(remedy),
                Some(remedy) => {
                    self.hanging += 1;
                    self.next.get_or_insert(remedy);
                }
                None => {}
            }
        }
        let row = |line: say::ForgeLine| Row {
            mark: line.mark,
            columns: vec![line.of, line.about, line.words],
            next: Vec::new(),
        };
        self.rows.extend(lines.into_iter().take(SHOWN).map(row));
    }

    fn text(&self, round: Option<Round>, style: &Style) -> String {
        let look = if self.hanging > 0 { State::Errored } else { State::Satisfied };
        let sentence = self.sentence(round);
        let rows = match self.rows.is_empty() {
            true => String::new(),
            false => format!("\n{}", table(&self.rows, style)),
        };
        let next = match (self.forges, self.next) {
            (0, _) => "name one under  forges:  in plimsoll.yaml",
            (_, Some(next)) => next,
            (_, None) => "plimsoll history --all     to see when it was told what",
        };
        format!("{}{rows}{}", style.answer(say::mark(look), &sentence), style.next(next))
    }

    fn sentence(&self, round: Option<Round>) -> String {
        let hangs = match self.hanging {
            0 => "nothing hangs".to_owned(),
            n => format!("{} {}", say::count(n, "thing"), if n == 1 { "hangs" } else { "hang" }),
        };
        match round {
            _ if self.forges == 0 => "No forge is in the configuration.".to_owned(),
            None => {
                let forges = say::count(self.forges, "forge");
                let noun = if self.statuses == 1 { "status" } else { "statuses" };
                format!("{forges}, {} {noun} told; {hangs}.", self.statuses)
            }
            Some(Round { elsewhere, told: 0, not_told: 0 }) if elsewhere > 0 => {
                format!("A server tells them already; {hangs}.")
            }
            Some(round) => format!("{} said now; {hangs}.", say::count(round.told, "thing")),
        }
    }
}
