//! `plimsoll schema`: the JSON Schema of an answer.

use plimsoll_wire::{ExitCode, SHAPES};

use crate::app::App;
use crate::error::CliError;
use crate::render::Style;

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
        let names: Vec<_> = SHAPES.iter().map(|shape| shape.name).collect();
        app.answer(&names, list)?;
        return Ok(ExitCode::Yes);
    };
    let schema = plimsoll_wire::schema(name).ok_or_else(|| {
        let names: Vec<_> = SHAPES.iter().map(|shape| shape.name).collect();
        CliError::usage(
            format!("no answer is called `{name}`"),
            format!("there are: {}", names.join(", ")),
        )
    })?;
    app.answer(&schema, |_| format!("{schema:#}\n"))?;
    Ok(ExitCode::Yes)
}

fn list(style: &Style) -> String {
    let mut text = format!("{} answers have a schema.\n\n", SHAPES.len());
    for shape in SHAPES {
        let answers = shape.answers.replace('`', "");
        text.push_str(&style.text(&format!("  {:16}  {answers}", shape.name)));
        text.push('\n');
    }
    text.push_str(&style.next("plimsoll schema decision"));
    text
}
