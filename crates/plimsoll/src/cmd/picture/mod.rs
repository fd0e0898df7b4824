//! `plimsoll picture`: how two pictures differ.

mod batch;
mod diff;
mod file;
mod same;
mod view;

use clap::Subcommand;
use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::error::CliError;

/// Compares pictures of pages: what differs, where, in what way, and what to make of it. Needs
/// neither configuration nor ledger.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Compare two pictures
    Diff(diff::Args),
    /// Compare many pairs of pictures
    Batch(batch::Args),
}

/// Runs it.
///
/// # Errors
/// A picture is broken or cannot be read, or the command line is wrong.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    match &args.verb {
        Verb::Diff(args) => diff::run(app, args),
        Verb::Batch(args) => batch::run(app, args),
    }
}

/// How pictures are compared.
#[derive(Debug, Clone, clap::Args)]
struct How {
    /// Compare pixel by pixel, without aligning rows, and count as a known tool does
    #[arg(long, value_name = "RULES", num_args = 0..=1, require_equals = true, default_missing_value = "pixelmatch")]
    plain: Option<PlainRules>,
    /// Do not look at this rectangle, in either picture; may be given often
    #[arg(long = "mask", value_name = "X,Y,W,H", value_parser = mask)]
    masks: Vec<plimsoll_analyze::picture::Rect>,
    /// How far a colour may be away and still be the same, from 0 to 1
    #[arg(long, value_name = "T", default_value_t = plimsoll_analyze::picture::THRESHOLD, value_parser = threshold)]
    threshold: f64,
}

/// Which known tool to count as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum PlainRules {
    /// pixelmatch 7.2: anti-aliasing does not count
    Pixelmatch,
    /// odiff 4.5: anti-aliasing counts
    Odiff,
    /// odiff 4.5 with --antialiasing
    OdiffAntialiasing,
}

impl How {
    fn options(&self) -> plimsoll_analyze::picture::Options {
        use plimsoll_analyze::picture::Rules;
        let plain = self.plain.map(|rules| match rules {
            PlainRules::Pixelmatch => Rules::Pixelmatch,
            PlainRules::Odiff => Rules::Odiff,
            PlainRules::OdiffAntialiasing => Rules::OdiffAntialiasing,
        });
        let masks = self.masks.clone();
        plimsoll_analyze::picture::Options { plain, threshold: self.threshold, masks }
    }
}

fn mask(text: &str) -> Result<plimsoll_analyze::picture::Rect, String> {
    let numbers: Option<Vec<u32>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[x, y, width, height]) if width > 0 && height > 0 => {
            Ok(plimsoll_analyze::picture::Rect { x, y, width, height })
        }
        Some(_) | None => {
            Err("a mask is four whole numbers in pixels: left,top,width,height".to_owned())
        }
    }
}

fn threshold(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(threshold) if (0.0..=1.0).contains(&threshold) => Ok(threshold),
        Ok(_) | Err(_) => Err("a threshold is a number from 0 to 1".to_owned()),
    }
}
