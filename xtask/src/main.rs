//! Repository checks that need code: `cargo xtask floors | sizes | words | check`.
//!
//! Each check reads the tree as text, returns what it found, and knows nothing of the others.

mod finding;
mod floors;
mod folders;
mod purity;
mod sizes;
mod source;
mod tree;
mod words;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use finding::Finding;
use tree::Tree;

const USAGE: &str = "\
cargo xtask floors   every crate, and every folder of core, uses only what is below it
cargo xtask sizes    prints how long the files are: median, 90th percentile, those over 500 lines
cargo xtask words    refuses module names and macros that the house does not want
cargo xtask check    all of these; what `make lint` runs
";

fn main() -> Result<ExitCode> {
    let asked = std::env::args().nth(1).unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask stands in a tree")?;
    let tree = Tree::read(root)?;
    let findings = match asked.as_str() {
        "floors" => floors(&tree)?,
        "words" => words::find_words(&tree),
        "sizes" => {
            print!("{}", sizes::say_sizes(&tree));
            return Ok(ExitCode::SUCCESS);
        }
        "check" => {
            print!("{}", sizes::say_sizes(&tree));
            let mut all = floors(&tree)?;
            all.extend(words::find_words(&tree));
            all
        }
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        other => {
            eprint!("unknown task `{other}`\n\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    Ok(answer(&asked, &findings))
}

fn floors(tree: &Tree) -> Result<Vec<Finding>> {
    let mut found = floors::find_crates_above(tree)?;
    found.extend(folders::find_folders_above(tree));
    found.extend(folders::find_adapters_that_know_each_other(tree));
    found.extend(purity::find_impure(tree));
    Ok(found)
}

fn answer(asked: &str, findings: &[Finding]) -> ExitCode {
    for finding in findings {
        eprintln!("{finding}");
    }
    if findings.is_empty() {
        println!("xtask {asked}: nothing found");
        ExitCode::SUCCESS
    } else {
        eprintln!("xtask {asked}: {} found", findings.len());
        ExitCode::FAILURE
    }
}
