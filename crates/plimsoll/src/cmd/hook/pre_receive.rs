//! `plimsoll hook pre-receive`: may this push enter?
//!
//! 1. Lines about protected branches are picked out; a push without any is none of our business.
//! 2. The repository says what each of them changes.
//! 3. The gate is asked about the release that is made of the very commit, for each changed service.
//! 4. A refusal that nobody has to name first may be overridden with a reason.

use std::io::{BufReader, stdin};
use std::path::Path;

use plimsoll_adapters::git::Repository;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::push::{Named, PushAnswer, PushOption, Stands};
use plimsoll_core::record::State;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, PushView};

use crate::app::{App, Opened};
use crate::error::CliError;
use crate::render::{self, PUSH_WIDTH, PushScene, Style};

use super::gather::{gather, of_git, with_same_content};
use super::{lines, pusher, trouble};

/// Answers a push, for a repository's hooks/pre-receive: reads OLD NEW REF lines and push options as
/// git gives them. A push to a protected branch (branches: in the configuration) enters only if the
/// gate allows the release that is made of the very commit, for each service that the push changes;
/// of several services all but one are named. Other refs pass untouched.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Push options:
  git push -o also=SERVICE         this service may ride along (several: repeat it, or use commas)
  git push -o force=BRANCH         the branch may lose commits
  git push -o delete=BRANCH        the branch may be deleted
  git push -o break-glass=REASON   enter although the gate refuses: it is written down, and what is
                                   missing is asked for at the next gate

Exit codes: 0 it may enter, 10 refused, 11 only evidence is missing or stale, 12 something still runs,
2, 69 and 78 when it could not be asked; git takes all but 0 for a refusal.")]
pub(super) struct Args {
    /// The services whose files are in this repository; all when none is named
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    service: Vec<ServiceName>,
}

/// What became of a push.
enum Judged {
    /// It is none of our business.
    Untouched,
    /// Asking is switched off, for this reason.
    Off(String),
    /// It was looked at.
    Answered(Box<Answered>),
}

struct Answered {
    answers: Vec<PushAnswer>,
    opened: Opened,
    given: Given,
}

/// What the pusher gave beside commits.
struct Given {
    named: Named,
    glass: Option<Typed>,
    takes_options: bool,
}

/// Runs it.
///
/// # Errors
/// None but that the answer cannot be written: whatever else is wrong refuses the push, in words.
pub(super) async fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let style = Style { color: false, width: PUSH_WIDTH, ..app.style };
    let here = std::env::current_dir()?;
    match judge(app, args).await {
        Ok(Judged::Untouched) => Ok(ExitCode::Yes),
        Ok(Judged::Off(reason)) => {
            eprint!("{}", app.clean(&trouble::off(&reason, &here, &style)));
            Ok(ExitCode::Yes)
        }
        Ok(Judged::Answered(answered)) => answer(app, &answered, &style),
        Err(error) => {
            app.learn_secrets();
            if app.global.format == crate::global::Format::Json {
                return Err(error);
            }
            eprint!("{}", app.clean(&trouble::words(&error, &here, &style)));
            Ok(error.exit_code())
        }
    }
}

async fn judge(app: &App, args: &Args) -> Result<Judged, CliError> {
    let repository = || Repository::open(Path::new(".")).map_err(|error| of_git(&error));
    let loaded = match app.load() {
        Ok(loaded) => loaded,
        Err(error) => return off(&repository()?)?.map_or(Err(error), |why| Ok(Judged::Off(why))),
    };
    let catalog = &loaded.catalog;
    let links = || repository()?.symbolic_refs().map_err(|error| of_git(&error));
    let lines = lines::protected(BufReader::new(stdin().lock()), &catalog.branches, links)?;
    if lines.is_empty() {
        return Ok(Judged::Untouched);
    }
    let repository = repository()?;
    if let Some(reason) = off(&repository)? {
        return Ok(Judged::Off(reason));
    }
    if let Some(unknown) = args.service.iter().find(|name| !catalog.services.contains_key(*name)) {
        return Err(CliError::Unavailable {
            message: format!("the hook asks for a service {unknown}, and there is none"),
            hint: "correct --service in hooks/pre-receive".to_owned(),
        });
    }
    let given = given(&repository)?;
    let mut gathered = Vec::with_capacity(lines.len());
    for line in lines {
        gathered.push(gather(&repository, catalog, &args.service, line, &given.named)?);
    }
    let opened = app.open().await?;
    let mut answers = Vec::with_capacity(gathered.len());
    for one in gathered {
        let question = with_same_content(&opened, &repository, one).await?;
        answers.push(opened.desk.ask_push(question).await?);
    }
    let answers = force(app, &opened, answers, &given).await?;
    Ok(Judged::Answered(Box::new(Answered { answers, opened, given })))
}

/// The reason for which every push enters unasked, if somebody with a shell here has set one.
fn off(repository: &Repository) -> Result<Option<String>, CliError> {
    repository.own_setting(trouble::OFF).map_err(|error| of_git(&error))
}

fn given(repository: &Repository) -> Result<Given, CliError> {
    let options = lines::push_options(|key| {
        std::env::var_os(key).map(|value| value.to_string_lossy().into_owned())
    });
    // Git counts none also where the repository takes none.
    let takes_options =
        !options.is_empty() || repository.takes_push_options().map_err(|error| of_git(&error))?;
    let mut given = Given { named: Named::default(), glass: None, takes_options };
    for option in options {
        let read = given.named.note(&option);
        let read =
            read.map_err(|error| CliError::usage(error.to_string(), "git push -o also=SERVICE"))?;
        if let PushOption::BreakGlass(reason) = read {
            let Ok(reason) = reason.parse::<Typed>();
            if reason.is_blank() {
                let words = "breaking the glass needs a reason that others can read later";
                return Err(CliError::usage(words, "git push -o break-glass=\"WHY\""));
            }
            given.glass = Some(reason);
        }
    }
    Ok(given)
}

/// Breaks the glass where a person wants it and may. A push enters as a whole, so nothing is
/// written down of it while something else keeps it out.
async fn force(
    app: &App,
    opened: &Opened,
    answers: Vec<PushAnswer>,
    given: &Given,
) -> Result<Vec<PushAnswer>, CliError> {
    let Some(reason) = &given.glass else { return Ok(answers) };
    let refused = |answer: &&PushAnswer| !answer.is_allowed();
    if !answers.iter().filter(refused).all(PushAnswer::glass_can_be_broken) {
        return Ok(answers);
    }
    let by = match &app.global.person {
        Some(_) => opened.person.clone(),
        None => {
            pusher::of_host(|key| std::env::var(key).ok())?.unwrap_or_else(|| opened.person.clone())
        }
    };
    let mut forced = Vec::with_capacity(answers.len());
    for answer in answers {
        forced.push(match answer.is_allowed() {
            true => answer,
            false => opened.desk.force_push(answer, reason, &by).await?,
        });
    }
    Ok(forced)
}

fn answer(app: &App, answered: &Answered, style: &Style) -> Result<ExitCode, CliError> {
    let Answered { answers, opened, given } = answered;
    let reader = app.reader();
    let scene = PushScene {
        reader: &reader,
        style,
        catalog: opened.desk.catalog(),
        takes_options: given.takes_options,
        glass: given.glass.is_some(),
    };
    match app.global.format {
        crate::global::Format::Json => app.answer(&PushView::of(answers), |_| String::new())?,
        crate::global::Format::Text => eprint!("{}", app.clean(&render::push(answers, &scene))),
    }
    Ok(code(answers))
}

fn code(answers: &[PushAnswer]) -> ExitCode {
    let refused = || answers.iter().filter(|answer| !answer.is_allowed());
    if refused().next().is_none() {
        return ExitCode::Yes;
    }
    let unnamed = |answer: &PushAnswer| !answer.glass_can_be_broken();
    let asked = || refused().flat_map(|answer| &answer.asked);
    let nameless = asked().any(|one| matches!(one.stands, Stands::NoRelease));
    if nameless || refused().any(unnamed) {
        return ExitCode::Refused;
    }
    let unmet = asked().flat_map(|one| match &one.stands {
        Stands::Decided { decision, .. } => decision.unmet().map(|r| r.state).collect(),
        Stands::NoRelease | Stands::Forced { .. } => Vec::<State>::new(),
    });
    match ExitCode::of_states(unmet) {
        // Refused without anything unmet is refused all the same.
        ExitCode::Yes => ExitCode::Refused,
        code => code,
    }
}
