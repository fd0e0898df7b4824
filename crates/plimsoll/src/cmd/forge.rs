//! `plimsoll forge`: what forges were told of commits, and what hangs.

use clap::Subcommand;
use plimsoll_core::forge::{hangs_until, paused_until};
use plimsoll_core::ids::ForgeName;
use plimsoll_core::ledger::{ForgeState, Hanging, StatusSaid};
use plimsoll_core::record::{Permission, State, StatusState};
use plimsoll_core::say;
use plimsoll_engine::tasks::{ForgeTeller, Round};
use plimsoll_wire::{ExitCode, ForgeView, ForgesView};

use crate::app::{App, Opened, Wants};
use crate::error::CliError;
use crate::render::{Row, Style, table};

/// So many statuses are shown; JSON has them all.
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
        if let Some((pause, until)) = state.pause.as_ref().zip(paused_until(state, reader.now)) {
            let words = say::forge_fault(&pause.fault, until, reader);
            let columns = [name.to_string(), pause.fault.kind.word().to_owned(), words];
            self.row(StatusState::Error, true, columns);
            self.next = Some(say::forge_remedy(pause.fault.kind));
        }
        for waiting in state.waiting.values() {
            let Some(asks) = &waiting.delivery.asks else { continue };
            let what = place(name, waiting.delivery.repository.as_str(), &waiting.delivery.commit);
            let words = match (&waiting.hangs, &waiting.told) {
                (Some(hanging), _) => self.hangs(state, hanging, reader),
                (None, Some((answer, at))) => {
                    let comment = say::shorten(&answer.comment, 120);
                    format!("told to wait {}: {comment}", reader.distance(*at))
                }
                (None, None) => format!("asked {}", reader.distance(waiting.at)),
            };
            let deployment = format!("deployment to {}", asks.environment);
            self.row(StatusState::Pending, waiting.hangs.is_some(), [what, deployment, words]);
        }
        let mut statuses: Vec<_> = state.statuses.iter().collect();
        statuses.sort_by_key(|(_, said)| (said.hangs.is_none(), std::cmp::Reverse(said.seq)));
        self.statuses += statuses.len();
        for ((repository, commit, context), said) in statuses.into_iter().take(SHOWN) {
            let what = place(name, repository.as_str(), commit);
            let words = self.status(state, said, reader);
            let stands = said.told.as_ref().map_or(StatusState::Pending, |(told, _)| told.state);
            self.row(stands, said.hangs.is_some(), [what, context.clone(), words]);
        }
    }

    fn status(&mut self, state: &ForgeState, said: &StatusSaid, reader: &say::Reader) -> String {
        let told = said.told.as_ref().map(|(status, at)| {
            format!("{}, {}: {}", status.state, reader.distance(*at), status.description)
        });
        match (&said.hangs, told) {
            (Some(hanging), _) => {
                let words = self.hangs(state, hanging, reader);
                format!("{} was not told: {words}", hanging.what.state)
            }
            (None, told) => told.unwrap_or_default(),
        }
    }

    fn hangs<T>(
        &mut self,
        state: &ForgeState,
        hanging: &Hanging<T>,
        reader: &say::Reader,
    ) -> String {
        self.hanging += 1;
        self.next.get_or_insert(say::forge_remedy(hanging.fault.kind));
        say::forge_fault(&hanging.fault, hangs_until(state, hanging), reader)
    }

    fn row(&mut self, stands: StatusState, hangs: bool, columns: [String; 3]) {
        let mark = say::status_mark(stands, hangs);
        self.rows.push(Row { mark, columns: columns.into(), next: Vec::new() });
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

/// `github acme/shop 4f1c2ab9d0e1`.
fn place(forge: &ForgeName, repository: &str, commit: &str) -> String {
    format!("{forge} {repository} {}", say::short_commit(commit))
}
