//! `plimsoll picture batch`: many pairs of pictures in one process.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use plimsoll_analyze::picture::Options;
use plimsoll_wire::{ExitCode, PicturePairView, PictureVerdictView, PicturesView};

use super::{How, file, view};
use crate::app::App;
use crate::error::CliError;
use crate::render;

/// Compares pairs of PNGs that a file lists, a pair a line, separated by a tab. Names are taken from
/// where the command runs; empty lines and those that begin with # are passed over.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 all the same, 10 some differ, 2 usage, 69 a picture is broken or cannot be read; the
others are compared all the same.")]
pub struct Args {
    /// The pairs: A.png, a tab, B.png
    #[arg(value_name = "FILE.tsv")]
    file: PathBuf,
    /// How many are compared at once [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    how: How,
}

type Pair = (String, String);

/// Runs it.
///
/// # Errors
/// The list cannot be read. What is wrong with a picture is in the answer.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let pairs = read(&args.file)?;
    let jobs = args.jobs.or_else(|| std::thread::available_parallelism().ok());
    let options = args.how.options();
    let answers = compare_all(&pairs, jobs.map_or(1, NonZeroUsize::get), |pair| {
        compare(pair, &options, &args.how)
    });
    let view = count(answers);
    app.answer(&view, |style| render::pictures(&view, style))?;
    Ok(match (view.errored, view.different) {
        (0, 0) => ExitCode::Yes,
        (0, _) => ExitCode::Refused,
        (_, _) => ExitCode::Unavailable,
    })
}

fn read(path: &Path) -> Result<Vec<Pair>, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| CliError::Unavailable {
        message: format!("{}: {error}", path.display()),
        hint: "give a file with A.png, a tab and B.png on each line".to_owned(),
    })?;
    let lines = text.lines().enumerate();
    let pairs = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let pairs: Result<Vec<Pair>, CliError> = pairs
        .map(|(number, line)| match line.split('\t').collect::<Vec<_>>()[..] {
            [first, second] if !first.is_empty() && !second.is_empty() => {
                Ok((first.to_owned(), second.to_owned()))
            }
            _ => Err(CliError::usage(
                format!("{}:{}: not two names with a tab between", path.display(), number + 1),
                "write A.png, a tab, B.png",
            )),
        })
        .collect();
    let pairs = pairs?;
    if pairs.is_empty() {
        let message = format!("{} names no pairs, so nothing was compared", path.display());
        return Err(CliError::usage(message, "write A.png, a tab, B.png on each line"));
    }
    Ok(pairs)
}

/// Answers for all pairs, in their order.
fn compare_all(
    pairs: &[Pair],
    jobs: usize,
    compare: impl Fn(&Pair) -> PicturePairView + Sync,
) -> Vec<PicturePairView> {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::with_capacity(pairs.len()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(pairs.len()) {
            scope.spawn(|| {
                while let (at, Some(pair)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    (at, pairs.get(at))
                } {
                    let answer = compare(pair);
                    if let Ok(mut answers) = answers.lock() {
                        answers.push((at, answer));
                    }
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_default();
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn compare((first, second): &Pair, options: &Options, how: &How) -> PicturePairView {
    let compared = file::compare(Path::new(first), Path::new(second), options);
    let (difference, error) = match compared {
        Ok(difference) => (Some(view::picture(&difference, how.plain, None)), None),
        Err(error) => (None, Some(error.to_string())),
    };
    PicturePairView { first: first.clone(), second: second.clone(), difference, error }
}

fn count(pairs: Vec<PicturePairView>) -> PicturesView {
    let (mut same, mut different, mut errored) = (0, 0, 0);
    for pair in &pairs {
        match &pair.difference {
            Some(difference) if difference.verdict == PictureVerdictView::Same => same += 1,
            Some(_) => different += 1,
            None => errored += 1,
        }
    }
    PicturesView { pairs, same, different, errored }
}
