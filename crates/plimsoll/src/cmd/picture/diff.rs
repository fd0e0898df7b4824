//! `plimsoll picture diff`: how two pictures differ.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use plimsoll_analyze::picture::{Difference, FrameError, Verdict, frame};
use plimsoll_wire::ExitCode;

use super::{How, file, view};
use crate::app::App;
use crate::error::CliError;
use crate::render;

/// Compares two PNGs. Rows are aligned first, so that an inserted banner is one change; soft edges of
/// letters do not count.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll picture diff before.png after.png
  plimsoll picture diff before.png after.png --mask 0,0,1280,90 --output framed.png
  plimsoll picture diff before.png after.png --plain=odiff --format json

Exit codes: 0 the same, 10 different, 2 usage, 69 a picture is broken or cannot be read.")]
pub struct Args {
    /// The picture before
    #[arg(value_name = "A.png")]
    first: PathBuf,
    /// The picture after
    #[arg(value_name = "B.png")]
    second: PathBuf,
    #[command(flatten)]
    how: How,
    /// Write the second picture with what changed framed
    #[arg(long, value_name = "D.png")]
    output: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// A picture is broken or cannot be read, or the framed one not be written.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let difference = file::compare(&args.first, &args.second, &args.how.options())?;
    if let Some(output) = &args.output {
        write_framed(args, &difference, output)?;
    }
    let view = view::picture(&difference, args.how.plain, args.output.as_deref());
    app.answer(&view, |style| render::picture(&view, &args.second.display().to_string(), style))?;
    Ok(match difference.verdict {
        Verdict::Same => ExitCode::Yes,
        Verdict::Minor | Verdict::Changed | Verdict::Broken => ExitCode::Refused,
    })
}

/// Writes the framed picture beside its place first, so that nothing half written is left there.
fn write_framed(args: &Args, difference: &Difference, output: &Path) -> Result<(), CliError> {
    let unwritable = |error: std::io::Error| CliError::Unavailable {
        message: format!("{}: {error}", output.display()),
        hint: "name a place for the framed picture that can be written".to_owned(),
    };
    let mut name = output.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = output.with_file_name(name);
    let mut second = file::open(&args.second)?;
    let written = File::create(&part).map_err(FrameError::Write).and_then(|created| {
        let mut out = BufWriter::new(created);
        frame(&mut second, &difference.regions, &mut out)?;
        out.flush().map_err(FrameError::Write)?;
        std::fs::rename(&part, output).map_err(FrameError::Write)
    });
    if let Err(error) = written {
        // What was begun is of no use to anybody; if it cannot be removed, the error still tells.
        let _ = std::fs::remove_file(&part);
        return Err(match error {
            FrameError::Write(error) => unwritable(error),
            FrameError::Picture(error) => file::errored(&args.first, &args.second, &error),
        });
    }
    Ok(())
}
