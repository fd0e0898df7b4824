//! How long the files are. Printed, not judged: a file beyond 500 lines wants a hard look.

use std::fmt::Write;

use crate::tree::Tree;

/// From here on a file is named.
const LONG: usize = 500;

/// A table of the lines per file, tests left out: median, 90th percentile, the long ones.
#[must_use]
pub fn say_sizes(tree: &Tree) -> String {
    let mut sizes: Vec<(usize, String)> = tree
        .files
        .iter()
        .filter(|file| !file.is_test())
        .map(|file| (production_lines(&file.production), file.path.display().to_string()))
        .collect();
    sizes.sort();
    let lines: Vec<usize> = sizes.iter().map(|(lines, _)| *lines).collect();
    let mut out = format!(
        "{} files, {} lines without tests; median {}, 90th percentile {}\n",
        lines.len(),
        lines.iter().sum::<usize>(),
        percentile(&lines, 50),
        percentile(&lines, 90),
    );
    for (lines, path) in sizes.iter().rev().take_while(|(lines, _)| *lines > LONG) {
        writeln!(out, "{lines:>6}  {path}").expect("writing to a string works");
    }
    out
}

/// The lines up to the last one that is not blank once comments stay and tests are gone.
fn production_lines(production: &str) -> usize {
    production.trim_end().lines().count()
}

/// The nearest-rank percentile of sorted numbers; 0 when there are none.
fn percentile(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::RustFile;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let ten: Vec<usize> = (1..=10).collect();
        assert_eq!((percentile(&ten, 50), percentile(&ten, 90)), (5, 9));
        assert_eq!((percentile(&[7], 50), percentile(&[], 50)), (7, 0));
    }

    #[test]
    fn tests_do_not_count_and_long_files_are_named() {
        let long = "fn f() {}\n".repeat(501);
        let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        let files = [("crates/a/src/long.rs", long.clone()), ("crates/a/src/tested.rs", tested)]
            .map(|(path, text)| RustFile::new(path.into(), &text))
            .into();
        let said = say_sizes(&Tree { files, ..Tree::default() });
        assert!(said.contains("2 files, 502 lines"), "{said}");
        assert!(said.contains("long.rs") && !said.contains("tested.rs"), "{said}");
    }
}
