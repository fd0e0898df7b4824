//! `plimsoll hook pre-receive`: may this push enter?
//!
//! 1. Lines about protected branches are picked out; a push without any is none of our business.
//! 2. The repository says what each of them changes.
//! 3. The gate is asked, here or at a server, about the release that is made of the very commit, for each changed service.
//! 4. A refusal that nobody has to name first may be overridden with a reason.

use std::io::{BufReader, stdin};
use std::path::Path;

use plimsoll_adapters::git::Repository;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::push::{Named, PushOption, PushTerms};
use plimsoll_core::units::Period;
use plimsoll_engine::words::{LONGEST, Typed};
use plimsoll_wire::{ExitCode, PushView};

use crate::app::App;
use crate::error::CliError;
use crate::render::{self, PUSH_WIDTH, PushScene, Style};

use super::asker::Asker;
use super::gather::{gather, of_git, with_same_content};
use super::{lines, trouble};

/// Answers a push, for a repository's hooks/pre-receive: reads OLD NEW REF lines and push options as
/// git gives them. A push to a protected branch (branches: in the configuration) enters only if the
/// gate allows the release that is made of the very commit, for each service that the push changes;
/// of several services all but one are named. Other refs pass untouched. With --server the
/// configuration and the ledger are those of that server, and only what the push changes is sent.
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
    /// How long a server is waited for, all in all
    #[arg(long, value_name = "PERIOD", default_value = WITHIN)]
    within: Period,
}

/// How long a server is waited for: it looks at every target, and somebody waits for their push.
pub(super) const WITHIN: &str = "30s";

/// What became of a push.
enum Judged {
    /// It is none of our business.
    Untouched,
    /// Asking is switched off, for this reason.
    Off(String),
    /// It was looked at.
    Answered(PushView, Given),
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
        Ok(Judged::Answered(view, given)) => answer(app, &view, &given, &style),
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
    let (asker, terms) = match begin(app, args).await {
        Ok(begun) => begun,
        Err(error) => return off(&repository()?)?.map_or(Err(error), |why| Ok(Judged::Off(why))),
    };
    let links = || repository()?.symbolic_refs().map_err(|error| of_git(&error));
    let lines = lines::protected(BufReader::new(stdin().lock()), &terms.branches, links)?;
    if lines.is_empty() {
        return Ok(Judged::Untouched);
    }
    let repository = repository()?;
    if let Some(reason) = off(&repository)? {
        return Ok(Judged::Off(reason));
    }
    let terms = terms.only(&args.service).map_err(|unknown| CliError::Unavailable {
        message: format!("the hook asks for a service {unknown}, and there is none"),
        hint: "correct --service in hooks/pre-receive".to_owned(),
    })?;
    let given = given(&repository)?;
    let mut questions = Vec::with_capacity(lines.len());
    for line in lines {
        let gathered = gather(&repository, &terms, line, &given.named)?;
        questions.push(with_same_content(&asker, &repository, gathered).await?);
    }
    let view = asker.ask(questions, &given.named, given.glass.as_ref()).await?;
    Ok(Judged::Answered(view, given))
}

/// Who answers, and what has to be known before a question.
async fn begin<'a>(app: &'a App, args: &Args) -> Result<(Asker<'a>, PushTerms), CliError> {
    let asker = Asker::of(app, args.within)?;
    let terms = asker.terms(&args.service).await?;
    Ok((asker, terms))
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
            if reason.is_too_long() {
                let words =
                    format!("the reason to break the glass has more than {LONGEST} characters");
                return Err(CliError::usage(words, "put the rest into a ticket, and name that"));
            }
            if given.glass.replace(reason).is_some() {
                let words = "the glass is broken for one reason";
                return Err(CliError::usage(words, "git push -o break-glass=\"WHY, and WHY\""));
            }
        }
    }
    Ok(given)
}

fn answer(app: &App, view: &PushView, given: &Given, style: &Style) -> Result<ExitCode, CliError> {
    let glass = given.glass.is_some();
    let scene = PushScene { style, takes_options: given.takes_options, glass };
    match app.global.format {
        crate::global::Format::Json => app.answer(view, |_| String::new())?,
        crate::global::Format::Text => eprint!("{}", app.clean(&render::push(view, &scene))),
    }
    Ok(ExitCode::of_code(view.exit_code))
}
