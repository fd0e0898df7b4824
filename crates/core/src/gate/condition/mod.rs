//! Conditions: expressions of the user's that must be true (CEL, the Common Expression Language).
//!
//! # Variables
//! | name | type | what |
//! |---|---|---|
//! | `release.version` | string | the candidate's version |
//! | `release.change` | string | `major`, `minor` or `patch` |
//! | `release.irreversible` | bool | whether it says that it cannot be undone |
//! | `release.notes` | string | free words of its author |
//! | `release.artifacts` | list | `name`, `kind` and `digest` of each artifact |
//! | `service.name` | string | the service |
//! | `service.tier` | string | `critical`, `standard` or `leaf` |
//! | `environment` | string | where it wants to go |
//! | `now` | timestamp | the time of the decision |
//! | `targets` | int | how many targets the environment has |
//! | `current` | list | `target` and `version` of each target there; `""` where nothing is known |
//! | `unmet` | list | `rule`, `target`, `check` and `state` of what the other rules found unmet |
//! | `counts` | map | how many requirements of the other rules stand how: `counts.failed` |
//!
//! The keys of `counts` are the states with `_` for the space: `not_run`, `wrong_version`.
//!
//! # Functions
//! The operators; `size`, `contains`, `startsWith`, `endsWith`, `matches`, `string`, `int`,
//! `uint`, `double`, `bool`, `timestamp`, `duration` and the parts of a time (`getDayOfWeek`, …);
//! the macros `has`, `all`, `exists`, `exists_one` and `filter`.
//!
//! # Limits
//! A condition cannot run long or grow large: it is short, shallow, has no `map`, no macro inside
//! a macro, and a macro goes over `unmet`, `current`, `release.artifacts` or a written list only.
//! Everything that breaks a limit is refused when the configuration is read.

mod audit;
mod evaluate;
mod scan;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use cel::{Env, ParseErrors, Program};

pub use evaluate::{EvaluationError, Inputs};

/// A condition that compiles.
#[derive(Debug)]
pub struct Condition {
    program: Program,
}

/// A text that is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConditionError {
    /// What is wrong, one sentence.
    pub message: String,
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// The column in characters, from 1, where it is known.
    pub column: Option<u32>,
}

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// Reads a condition, and refuses what could not be evaluated: unknown variables, fields and
/// functions, and whatever breaks a limit.
///
/// # Errors
/// [`ConditionError`], to be shown with the place in the configuration.
pub fn compile(text: &str) -> Result<Condition, ConditionError> {
    scan::scan(text)?;
    let parsed = catch_unwind(AssertUnwindSafe(|| ENV.compile(text)));
    let program = match parsed {
        Ok(Ok(program)) => program,
        Ok(Err(errors)) => return Err(from_parser(&errors)),
        Err(_) => return Err(ConditionError::whole("it cannot be read as an expression")),
    };
    audit::audit(&program, text)?;
    Ok(Condition { program })
}

fn from_parser(errors: &ParseErrors) -> ConditionError {
    let Some(first) = errors.errors.first() else {
        return ConditionError::whole("it cannot be read as an expression");
    };
    let positive = |number: isize| u32::try_from(number).ok().filter(|n| *n > 0);
    let message = in_plain_words(&first.msg);
    ConditionError { message, line: positive(first.pos.0), column: positive(first.pos.1) }
}

/// The parser's words without its list of everything that could have stood there.
fn in_plain_words(message: &str) -> String {
    let plain = message.strip_prefix("Syntax error: ").unwrap_or(message);
    let plain = plain.split(" expecting ").next().unwrap_or(plain);
    if plain.contains("<EOF>") {
        return "it ends too early".to_owned();
    }
    plain.chars().take(200).flat_map(visible).collect()
}

fn visible(c: char) -> impl Iterator<Item = char> {
    let escaped: Vec<char> = if c.is_control() { c.escape_default().collect() } else { vec![c] };
    escaped.into_iter()
}

impl ConditionError {
    fn whole(message: &str) -> Self {
        Self { message: message.to_owned(), line: None, column: None }
    }

    /// At the byte `offset` of `text`.
    fn at(text: &str, offset: usize, message: String) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { message, line: u32::try_from(line).ok(), column: u32::try_from(column).ok() }
    }
}

#[cfg(test)]
mod tests;
