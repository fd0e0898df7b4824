//! `plimsoll token`: who may ask a server for what.

use clap::Subcommand;
use plimsoll_core::ids::{PersonName, ServiceName, TokenName};
use plimsoll_core::ledger::TokenState;
use plimsoll_core::record::{Permission, Scope, State, Token};
use plimsoll_core::say;
use plimsoll_engine::words::Typed;
use plimsoll_web::caller::{Secret, TOKEN_PREFIX};
use plimsoll_wire::{ExitCode, TokenMadeView, TokenView, TokensView};

use crate::app::{App, Opened, Wants, until};
use crate::error::CliError;
use crate::render::{Row, paragraph, table};

/// Makes tokens for the page and the API, lists and revokes them. A token is for a person, for some
/// services or all, and for some of: read, report, deploy, release, administer. What is done with it
/// is written down as done by that person. It is shown once; only its hash is kept.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll token create ada-laptop --for ada --may release,deploy --until 90d
  plimsoll token create shop-ci --for ci --service shop --may read,report --until 365d
  plimsoll token list
  plimsoll token revoke shop-ci --reason \"it was printed in a log\"")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    verb: Verb,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::All(Permission::Administer)
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a token; it is shown once
    Create(Create),
    /// List tokens, with when each was last used
    List,
    /// Revoke a token: from then on it allows nothing, nor do browsers that signed in with it
    Revoke {
        /// The token
        name: TokenName,
        /// Why
        #[arg(long, value_name = "WHY")]
        reason: Typed,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
What a token may:
  read        look, and ask the gate (part of all others)
  report      name releases, report results and deployments that others made
  deploy      deploy to an environment without a gate, adopt, verify
  release     promote, go back, waive, sign off, hold, freeze
  administer  make and revoke tokens, read the ledger whole")]
struct Create {
    /// Its name: where it is used
    name: TokenName,
    /// Who works with it
    #[arg(long = "for", value_name = "PERSON")]
    holder: PersonName,
    /// For these services [default: all]
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    service: Vec<ServiceName>,
    /// What it may: read, report, deploy, release, administer
    #[arg(long, value_name = "VERB", value_delimiter = ',', default_value = "read")]
    may: Vec<Permission>,
    /// Until when: 90d, 2027-01-31
    #[arg(long, value_name = "END", default_value = "90d")]
    until: String,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    match args.verb {
        Verb::Create(create) => run_create(app, create).await,
        Verb::List => list(app).await,
        Verb::Revoke { name, reason } => {
            let opened = app.open().await?;
            opened.desk.revoke_token(&name, &reason, &opened.person).await?;
            let view = view(app, &opened, &name).await?;
            app.answer(&view, |style| {
                let sentence = format!("Revoked: {name} allows nothing any more.");
                let answer = style.answer(say::mark(State::Satisfied), &sentence);
                format!("{answer}{}", style.next("plimsoll token list"))
            })?;
            Ok(ExitCode::Yes)
        }
    }
}

async fn run_create(app: &App, args: Create) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let until = until("--until", &args.until, &app.reader())?;
    let secret = Secret::random(TOKEN_PREFIX).map_err(|error| CliError::Unavailable {
        message: format!("this machine has no randomness to give: {error}"),
        hint: "try again".to_owned(),
    })?;
    let services = (!args.service.is_empty()).then(|| args.service.into_iter().collect());
    let token = Token {
        name: args.name,
        person: args.holder,
        scope: Scope { services, permissions: args.may.into_iter().collect() },
        hash: secret.hash(),
        until,
    };
    opened.desk.create_token(&token, &opened.person).await?;
    let made = TokenMadeView {
        token: view(app, &opened, &token.name).await?,
        secret: secret.reveal().to_owned(),
    };
    app.answer(&made, |style| {
        let sentence =
            format!("Made: {} for {}. It is shown this once:", token.name, token.person);
        let next = "write it into a file that only you can read, then  plimsoll --server URL --token-file FILE status";
        format!(
            "{}\n  {}\n\n{}",
            style.answer(say::mark(State::Satisfied), &sentence),
            secret.reveal(),
            style.next(next)
        )
    })?;
    Ok(ExitCode::Yes)
}

async fn view(app: &App, opened: &Opened, name: &TokenName) -> Result<TokenView, CliError> {
    let tokens = opened.desk.tokens().await?;
    let state = tokens.tokens.get(name).ok_or_else(|| {
        CliError::usage(format!("there is no token {name}"), "plimsoll token list")
    })?;
    let used = opened.desk.token_used(name).await?;
    Ok(TokenView::of(state, used, app.reader().now))
}

async fn list(app: &App) -> Result<ExitCode, CliError> {
    let opened = app.open_to_read().await?;
    let tokens = opened.desk.tokens().await?;
    let reader = app.reader();
    let mut views = Vec::new();
    let mut rows = Vec::new();
    for state in tokens.tokens.values() {
        let used = opened.desk.token_used(&state.token.name).await?;
        views.push(TokenView::of(state, used, reader.now));
        rows.push(row(state, used, &reader));
    }
    let good = tokens.tokens.values().filter(|state| state.in_force(reader.now)).count();
    app.answer(&TokensView { tokens: views }, |style| {
        let sentence = match (good, rows.len()) {
            (_, 0) => "There is no token yet.".to_owned(),
            (good, all) => format!("{good} of {} in force.", say::count(all, "token")),
        };
        let mark = say::mark(State::Satisfied);
        let next = "plimsoll token create NAME --for PERSON --may release";
        let rows =
            if rows.is_empty() { String::new() } else { format!("\n{}", table(&rows, style)) };
        let note = match good {
            0 => paragraph("Nobody can do anything at a server without one.", style),
            _ => String::new(),
        };
        format!("{}{rows}{note}{}", style.answer(mark, &sentence), style.next(next))
    })?;
    Ok(ExitCode::Yes)
}

fn row(state: &TokenState, used: Option<plimsoll_core::Timestamp>, reader: &say::Reader) -> Row {
    let token = &state.token;
    let look = match (state.revoked.is_some(), state.in_force(reader.now)) {
        (true, _) => State::Failed,
        (false, true) => State::Satisfied,
        (false, false) => State::Stale,
    };
    Row {
        mark: say::mark(look),
        columns: vec![
            token.name.to_string(),
            format!("for {}", token.person),
            say::scope(&token.scope),
            say::token_standing(state, used, reader),
        ],
        next: vec![],
    }
}
