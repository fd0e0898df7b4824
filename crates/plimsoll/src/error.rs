//! Why a command did not do what was asked, and with which exit code it ends. One exhaustive match.

use plimsoll_config::{Diagnostic, Severity};
use plimsoll_core::ids::{LaneId, ReleaseId};
use plimsoll_core::promote::PlanError;
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::ports::{BlobError, LedgerError};
use plimsoll_wire::ExitCode;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command line is wrong.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: String,
    },
    /// The configuration is wrong.
    #[error("{}", of_diagnostics(.0))]
    Configuration(Vec<Diagnostic>),
    /// It is not allowed, or not so.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// The desk.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// Something that is needed is not there.
    #[error("{message}")]
    Unavailable {
        /// What.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// The answer could not be written.
    #[error("the answer could not be written: {0}")]
    Output(#[from] std::io::Error),
}

impl CliError {
    /// A wrong command line.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }

    /// Not allowed, or not so.
    pub fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), hint: hint.into() }
    }

    /// The exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage { .. } => ExitCode::Usage,
            Self::Configuration(_) => ExitCode::Configuration,
            Self::Refused { .. } => ExitCode::Refused,
            Self::Unavailable { .. } | Self::Output(_) => ExitCode::Unavailable,
            Self::Desk(error) => of_desk(error),
        }
    }

    /// The release that every target runs already, if that is why nothing was done.
    pub fn nothing_to_do(&self) -> Option<&ReleaseId> {
        match self {
            Self::Desk(DeskError::Plan(PlanError::NothingToDo(release))) => Some(release),
            _ => None,
        }
    }

    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self.exit_code() {
            ExitCode::Yes => "ok",
            ExitCode::Usage => "usage",
            ExitCode::Refused => "refused",
            ExitCode::EvidenceMissing => "evidence-missing",
            ExitCode::StillRunning => "still-running",
            ExitCode::RolledBack => "rolled-back",
            ExitCode::NeedsPerson => "needs-person",
            ExitCode::Unavailable => "unavailable",
            ExitCode::Bug => "bug",
            ExitCode::Configuration => "configuration",
        }
    }

    /// What to do next, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. }
            | Self::Refused { hint, .. }
            | Self::Unavailable { hint, .. } => (!hint.is_empty()).then(|| hint.clone()),
            Self::Configuration(_) => Some("plimsoll check  says all of it".to_owned()),
            Self::Output(_) => None,
            Self::Desk(error) => hint_of(error),
        }
    }
}

/// How many errors, and the first one.
fn of_diagnostics(diagnostics: &[Diagnostic]) -> String {
    let mut errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
    let Some(first) = errors.next() else { return "the configuration has errors".to_owned() };
    let place = match first.line {
        0 => first.file.display().to_string(),
        line => format!("{}:{line}:{}", first.file.display(), first.column),
    };
    let more = match errors.count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    format!("the configuration has errors: {place}: {}{more}", first.message)
}

fn of_desk(error: &DeskError) -> ExitCode {
    match error {
        DeskError::Ledger(_)
        | DeskError::Blob(_)
        | DeskError::Fold(_)
        | DeskError::Contended(_) => ExitCode::Unavailable,
        DeskError::NoService { .. }
        | DeskError::NoLane(_)
        | DeskError::NoTarget(_)
        | DeskError::NoRelease(_)
        | DeskError::Unaskable(_) => ExitCode::Usage,
        DeskError::Wrong { .. } | DeskError::Missing { .. } => ExitCode::Usage,
        DeskError::OtherContent { .. }
        | DeskError::NotSo { .. }
        | DeskError::NotTheirs { .. }
        | DeskError::Refused(_)
        | DeskError::DrivenByOther { .. } => ExitCode::Refused,
        DeskError::Plan(plan) => match plan {
            PlanError::NoEnvironment(_) | PlanError::NoTarget(_) | PlanError::ReleaseUnknown(_) => {
                ExitCode::Usage
            }
            PlanError::NothingToDo(_) => ExitCode::Yes,
            PlanError::UnderWay(_)
            | PlanError::NoWayBack { .. }
            | PlanError::NeverGood { .. }
            | PlanError::NeverDeployed(_)
            | PlanError::NothingDeployed(_) => ExitCode::Refused,
            PlanError::OtherDecision(_) => ExitCode::Bug,
        },
        DeskError::Fault(_) => ExitCode::Bug,
        DeskError::ConfigurationChanged { .. } => ExitCode::Configuration,
        DeskError::TakenOver(_) => ExitCode::StillRunning,
    }
}

fn hint_of(error: &DeskError) -> Option<String> {
    let hint = match error {
        DeskError::Missing { hint, .. }
        | DeskError::Wrong { hint, .. }
        | DeskError::NotSo { hint, .. }
        | DeskError::NotTheirs { hint, .. } => hint.to_string(),
        DeskError::Ledger(LedgerError::Unavailable { .. } | LedgerError::InDoubt { .. }) => {
            "nothing was lost; run the same command again when it is back".to_owned()
        }
        DeskError::Blob(BlobError::Io { .. }) => {
            "nothing half written was left; free some space or mend the disk, and run the same command again".to_owned()
        }
        DeskError::Ledger(LedgerError::Unusable { .. } | LedgerError::Conflict { .. })
        | DeskError::Blob(BlobError::Missing { .. } | BlobError::Changed { .. })
        | DeskError::Contended(_) => return None,
        DeskError::Fold(_) => "plimsoll ledger verify".to_owned(),
        DeskError::NoService { .. } | DeskError::NoLane(_) | DeskError::NoTarget(_) => {
            "plimsoll status  lists what there is".to_owned()
        }
        DeskError::NoRelease(id) => format!("plimsoll release add {id} PATH"),
        DeskError::Unaskable(_) => "a gate stands before an environment with  after:".to_owned(),
        DeskError::OtherContent { id, .. } => format!("plimsoll release show {id}"),
        DeskError::Plan(PlanError::UnderWay(id)) => format!("plimsoll show {id}"),
        DeskError::Plan(PlanError::NoWayBack { target, .. }) => {
            format!("plimsoll show {target}   shows what was ever verified good there")
        }
        DeskError::Plan(PlanError::NeverDeployed(target)) => adopt(&target.lane()),
        DeskError::Plan(PlanError::NothingDeployed(lane)) => adopt(lane),
        DeskError::Plan(_) | DeskError::Refused(_) | DeskError::DrivenByOther { .. } => return None,
        DeskError::ConfigurationChanged { lane, .. } => format!(
            "restore the configuration, then  plimsoll resume {lane};  or  plimsoll abort {lane} --reason WHY  to go back under the configuration as it is now"
        ),
        DeskError::TakenOver(id) => format!("plimsoll show {id}"),
        DeskError::Fault(_) => {
            "this is a bug of plimsoll's; nothing was moved. Please report the plan shown above".to_owned()
        }
    };
    Some(hint)
}

/// What tells the ledger of what runs somewhere already.
fn adopt(lane: &LaneId) -> String {
    let LaneId { service, environment } = lane;
    format!(
        "plimsoll adopt {service}@VERSION --on {environment}     with the version that runs there, if one does"
    )
}

/// Words that messages begin with. Only these get a capital: a handle, a service or a file at the
/// beginning is written as it is.
const BEGINNINGS: [&str; 28] = [
    "a",
    "another",
    "breaking",
    "every",
    "event",
    "everything",
    "it",
    "left",
    "names",
    "no",
    "nobody",
    "nothing",
    "only",
    "release",
    "something",
    "that",
    "the",
    "there",
    "this",
    "to",
    "what",
    "which",
    "who",
    "an",
    "hold",
    "one",
    "all",
    "some",
];

/// The message as a sentence.
pub fn sentence(message: &str) -> String {
    let first = message.split([' ', ',']).next().unwrap_or_default();
    let mut chars = message.chars();
    match chars.next() {
        Some(letter) if BEGINNINGS.contains(&first) => letter.to_uppercase().chain(chars).collect(),
        Some(_) | None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_with_a_capital_and_names_stay_as_they_are() {
        for (message, shown) in [
            ("there is no service `x`", "There is no service `x`"),
            ("nothing, really", "Nothing, really"),
            ("ada does not hold the role editors", "ada does not hold the role editors"),
            ("planet4/production has a gate", "planet4/production has a gate"),
            ("shop has no environment `x`", "shop has no environment `x`"),
            ("--reason is blank", "--reason is blank"),
            ("", ""),
        ] {
            assert_eq!(sentence(message), shown);
        }
    }
}
