//! `plimsoll schema`: the JSON Schema of an answer.

use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::error::CliError;

/// Prints the JSON Schema of what a command answers with --format json.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll schema
  plimsoll schema decision")]
pub struct Args {
    /// Which answer; all names are listed when not given
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs it.
///
/// # Errors
/// There is no answer of that name.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let Some(name) = &args.name else {
        let names: Vec<_> = plimsoll_wire::NAMES.iter().map(ToString::to_string).collect();
        app.answer(&names, |_| names.join("\n") + "\n")?;
        return Ok(ExitCode::Yes);
    };
    let schema = plimsoll_wire::schema(name).ok_or_else(|| {
        let names: Vec<_> = plimsoll_wire::NAMES.iter().map(ToString::to_string).collect();
        CliError::usage(
            format!("no answer is called `{name}`"),
            format!("there are: {}", names.join(", ")),
        )
    })?;
    app.answer(&schema, |_| format!("{schema:#}\n"))?;
    Ok(ExitCode::Yes)
}
