//! `plimsoll twins diff`: has every change its equal in the twin?

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use plimsoll_analyze::twins::{diff, merge};
use plimsoll_core::catalog::TwinPair;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::record::TwinAnswer;
use plimsoll_engine::ports::Clock as _;
use plimsoll_wire::{ExitCode, TwinsView};

use crate::app::{App, SystemClock};
use crate::error::CliError;
use crate::render;

use super::pairs::{Pairs, pairs};
use super::sources::Source;

/// Compares what changed in each of two parts, base to head: every change in one wants its equal in
/// the other. What always differed and did not change is no fault.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll twins diff v1.22..v1.23              the pairs of plimsoll.yaml, in this repository
  plimsoll twins diff origin/main...HEAD        from where the branch began
  plimsoll twins diff --base old --head new --pair \\
    'composer.json#/scripts/site-update = composer.json#/scripts/site:global'

Parts: FILE#/json/pointer, FILE#yaml.or.toml.path, FILE#[ini-section]key, FILE#lines,
FILE#between:START..END, or FILE alone. On the right, #PART alone is in the same file.

Exit codes: 0 every change has its twin, 10 one has not or cannot be read, 2 usage.")]
pub struct Args {
    /// Two revisions of this repository: BASE..HEAD, or BASE...HEAD from where they parted
    #[arg(value_name = "BASE..HEAD", conflicts_with_all = ["base", "head"], required_unless_present = "base")]
    range: Option<String>,
    /// The folder as it was
    #[arg(long, value_name = "DIR", requires = "head")]
    base: Option<PathBuf>,
    /// The folder as it is
    #[arg(long, value_name = "DIR", requires = "base")]
    head: Option<PathBuf>,
    /// A pair to compare instead of those of the configuration; can be given again
    #[arg(long, value_name = "LEFT = RIGHT")]
    pub(super) pair: Vec<String>,
    /// Only the pairs of this service
    #[arg(long, value_name = "SERVICE")]
    pub(super) service: Option<ServiceName>,
    /// The right parts are in this other clone
    #[arg(long, value_name = "DIR", conflicts_with = "base")]
    pub(super) right_in: Option<String>,
    /// The revisions in the other clone [default: the same names]
    #[arg(long, value_name = "BASE..HEAD", conflicts_with = "base")]
    right_range: Option<String>,
    /// The folder with the right parts as they were [default: that of --base]
    #[arg(long, value_name = "DIR", requires = "base", requires = "right_head")]
    right_base: Option<PathBuf>,
    /// The folder with the right parts as they are [default: that of --head]
    #[arg(long, value_name = "DIR", requires = "head", requires = "right_base")]
    right_head: Option<PathBuf>,
    /// Show what is mirrored, accepted or always differed as well
    #[arg(long)]
    all: bool,
}

/// Runs it.
///
/// # Errors
/// Nothing can be compared: no such revision, folder or pair.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let Pairs { list, folder } = pairs(app, args)?;
    let mut sources = Sources::open(args, folder)?;
    let today = SystemClock::default().now().to_zoned(TimeZone::UTC).date();
    let mut answers = Vec::new();
    for pair in &list {
        let left = sources.left.file(&pair.left.file)?;
        let right = sources.right(args, pair)?.file(&pair.right.file)?;
        answers.extend(diff(pair, &left, &right, today));
    }
    let answers = merge(answers);
    let mirrored = answers.iter().all(|answer| answer.state.passes());
    let (base, head) = sources.left.names();
    let view = TwinsView {
        mirrored,
        base,
        head,
        pairs: list.iter().map(ToString::to_string).collect(),
        answers: answers.iter().map(Into::into).collect(),
    };
    app.answer(&view, |style| {
        render::twins(&answers, list.len(), args.all, &again(args, &answers), style)
    })?;
    Ok(if mirrored { ExitCode::Yes } else { ExitCode::Refused })
}

/// The same command, for after the mending.
fn again(args: &Args, answers: &[TwinAnswer]) -> String {
    if answers.iter().all(|answer| answer.state.passes()) {
        return "nothing to do".to_owned();
    }
    match &args.range {
        Some(range) => format!("plimsoll twins diff {range}"),
        None => "the same command".to_owned(),
    }
}

struct Sources {
    folder: PathBuf,
    left: Source,
    /// The right side where it is in folders of its own.
    right: Option<Source>,
    /// Other clones by their folder.
    others: BTreeMap<String, Source>,
}

impl Sources {
    fn open(args: &Args, folder: PathBuf) -> Result<Self, CliError> {
        let (left, right) = match (&args.range, &args.base, &args.head) {
            (_, Some(base), Some(head)) => {
                let right = match (&args.right_base, &args.right_head) {
                    (Some(base), Some(head)) => Some(Source::folders(base, head)?),
                    (_, _) => None,
                };
                (Source::folders(base, head)?, right)
            }
            (Some(range), _, _) => (Source::commits(&folder, range)?, None),
            (None, _, _) => {
                return Err(CliError::usage(
                    "nothing is named to compare",
                    "plimsoll twins diff BASE..HEAD",
                ));
            }
        };
        Ok(Self { folder, left, right, others: BTreeMap::new() })
    }

    /// Where the right part of a pair is.
    fn right(&mut self, args: &Args, pair: &TwinPair) -> Result<&mut Source, CliError> {
        if let Some(right) = &mut self.right {
            return Ok(right);
        }
        let (Some(clone), Source::Commits { .. }) = (&pair.right_in, &self.left) else {
            return Ok(&mut self.left);
        };
        if !self.others.contains_key(clone) {
            let range = args.right_range.as_ref().or(args.range.as_ref());
            let source =
                Source::commits(&self.folder.join(clone), range.map_or("", String::as_str))?;
            self.others.insert(clone.clone(), source);
        }
        Ok(self.others.get_mut(clone).expect("it has just been put there"))
    }
}
