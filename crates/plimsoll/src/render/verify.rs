//! What checks found, as a table of targets and checks.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::ids::{CheckName, TargetName};
use plimsoll_core::record::State;
use plimsoll_core::say::{Cell, Matrix, list, mark, plural};
use plimsoll_core::units::Period;
use unicode_width::UnicodeWidthStr as _;

use super::table::{Row, paragraph, table};
use super::{Paint, Style};

/// How many targets are rows of their own; the well ones beyond are counted.
const MOST_TARGETS: usize = 40;

/// How many causes are listed under the table.
const MOST_CAUSES: usize = 20;

/// The answer, the table with unhealthy targets first, the legend with counts, what was found, and
/// what to do next: `then` when all is well.
#[must_use]
pub fn verify_matrix(
    matrix: &Matrix,
    took: Option<Period>,
    then: Option<&str>,
    style: &Style,
) -> String {
    let well = matrix.is_verified();
    let answer = mark(if well { State::Satisfied } else { State::Failed });
    let took = took.map(|took| format!(" It took {}.", took.roughly())).unwrap_or_default();
    let mut text = style.answer(answer, &format!("{}{took}", matrix.summary()));
    text.push('\n');
    text.push_str(&matrix_table(matrix, style));
    text.push_str(&last(matrix, then, style));
    text
}

/// The table with unhealthy targets first, the legend with counts, and what was found.
#[must_use]
pub fn matrix_table(matrix: &Matrix, style: &Style) -> String {
    let mut text = grid(matrix, style);
    let uncovered = matrix.uncovered.iter().chain(&matrix.ahead);
    let uncovered: Vec<_> = uncovered.take(MOST_TARGETS).map(uncovered_row).collect();
    text.push_str(&table(&uncovered, style));
    text.push_str(&legend(matrix, style));
    let causes = causes(matrix);
    if !causes.is_empty() {
        text.push('\n');
        text.push_str(&table(&causes[..causes.len().min(MOST_CAUSES)], style));
        if causes.len() > MOST_CAUSES {
            let more = causes.len() - MOST_CAUSES;
            text.push_str(&paragraph(&format!("and {more} more {}", plural(more, "cause")), style));
        }
    }
    text
}

fn uncovered_row((target, why): &(String, String)) -> Row {
    let word = State::Uncovered.word().to_owned();
    Row {
        mark: mark(State::Uncovered),
        columns: vec![word, target.clone(), why.clone()],
        next: vec![],
    }
}

fn worst(cells: &BTreeMap<&CheckName, &Cell>) -> State {
    cells.values().map(|cell| cell.state).min().unwrap_or(State::NotRun)
}

fn grid(matrix: &Matrix, style: &Style) -> String {
    let mut targets: BTreeMap<&TargetName, BTreeMap<&CheckName, &Cell>> = BTreeMap::new();
    for cell in &matrix.cells {
        targets.entry(&cell.target).or_default().insert(&cell.check, cell);
    }
    let checks: BTreeSet<_> = matrix.cells.iter().map(|cell| &cell.check).collect();
    let mut rows: Vec<_> = targets.into_iter().collect();
    rows.sort_by_key(|(name, cells)| (worst(cells), *name));
    let names = rows.iter().map(|(name, _)| name.as_str().width()).max().unwrap_or(0);
    let wide = 2 + names + checks.iter().map(|c| column(c, style) + 2).sum::<usize>();
    if wide > style.width {
        return String::new();
    }
    let mut text = format!("  {:names$}", "");
    for check in &checks {
        text.push_str("  ");
        text.push_str(&pad(check.as_str(), check.as_str(), column(check, style)));
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    for (name, cells) in rows.iter().take(MOST_TARGETS) {
        let shown = pad(&style.paint(Paint::Bold, name.as_str()), name.as_str(), names);
        let mut line = format!("  {shown}");
        for check in &checks {
            line.push_str("  ");
            line.push_str(&grid_cell(cells.get(*check), column(check, style), style));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if let Some(hidden) = rows.get(MOST_TARGETS..).filter(|hidden| !hidden.is_empty()) {
        text.push_str(&paragraph(&hidden_words(hidden), style));
    }
    text
}

type TargetRow<'a> = (&'a TargetName, BTreeMap<&'a CheckName, &'a Cell>);

fn hidden_words(hidden: &[TargetRow<'_>]) -> String {
    let unwell = hidden.iter().filter(|(_, cells)| !worst(cells).lets_pass()).count();
    let count = hidden.len();
    let targets = plural(count, "target");
    format!("and {count} more {targets}, {unwell} of them not well")
}

fn column(check: &CheckName, style: &Style) -> usize {
    check.as_str().width().max(style.mark_width())
}

fn pad(shown: &str, bare: &str, width: usize) -> String {
    format!("{shown}{}", " ".repeat(width.saturating_sub(bare.width())))
}

/// A mark in the middle of its column; a check that is not expected there is written as such.
fn grid_cell(cell: Option<&&Cell>, width: usize, style: &Style) -> String {
    let mark = mark(cell.map_or(State::NotApplicable, |cell| cell.state));
    let shape = style.shape(mark);
    let left = width.saturating_sub(shape.width()) / 2;
    let painted = style.paint(Paint::Mark(mark.colour), shape);
    let right = width.saturating_sub(left + shape.width());
    format!("{}{painted}{}", " ".repeat(left), " ".repeat(right))
}

fn legend(matrix: &Matrix, style: &Style) -> String {
    let parts: Vec<_> = matrix
        .counts()
        .iter()
        .map(|(state, count)| {
            let mark = mark(*state);
            let word = if *state == State::Satisfied { "passed" } else { state.word() };
            let shape = style.paint(Paint::Mark(mark.colour), style.shape(mark));
            format!("{shape} {word} {count}")
        })
        .collect();
    format!("  {}\n", parts.join("   "))
}

/// What is not a pass, one row for each cause.
fn causes(matrix: &Matrix) -> Vec<Row> {
    let mut causes: BTreeMap<(State, &CheckName, &str), Vec<&TargetName>> = BTreeMap::new();
    for cell in matrix.cells.iter().filter(|cell| !cell.state.lets_pass()) {
        causes.entry((cell.state, &cell.check, &cell.finding)).or_default().push(&cell.target);
    }
    causes
        .into_iter()
        .map(|((state, check, finding), targets)| Row {
            mark: mark(state),
            columns: vec![
                state.word().to_owned(),
                check.to_string(),
                list(&targets, 3),
                finding.to_owned(),
            ],
            next: vec![],
        })
        .collect()
}

fn last(matrix: &Matrix, then: Option<&str>, style: &Style) -> String {
    if matrix.is_verified() {
        return then.map(|then| style.next(then)).unwrap_or_default();
    }
    style.next(&matrix.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(target: &str, check: &str, state: State, finding: &str) -> Cell {
        let name = "a name";
        Cell {
            target: target.parse().expect(name),
            check: check.parse().expect(name),
            state,
            finding: finding.to_owned(),
            run: Some("r-7".parse().expect("a number")),
            cause: None,
            awaited: None,
        }
    }

    fn matrix(cells: Vec<Cell>) -> Matrix {
        Matrix {
            release: "planet4@1.23".parse().expect("a release"),
            environment: "staging".parse().expect("a name"),
            cells,
            uncovered: vec![],
            ahead: vec![],
        }
    }

    #[test]
    fn unhealthy_targets_come_first_and_uncovered_ones_are_written_out() {
        let mut matrix = matrix(vec![
            cell("in-vm", "home", State::Satisfied, ""),
            cell("in-vm", "suite", State::Waived, "editor until Nov 28"),
            cell("nl-k8s", "home", State::Failed, "/static/style.css answers 404"),
            cell("nl-k8s", "suite", State::Satisfied, ""),
        ]);
        matrix.ahead = vec![(
            "ca-k8s".to_owned(),
            "nothing on staging stands for production/ca-k8s".to_owned(),
        )];
        assert_eq!(
            verify_matrix(&matrix, Some(Period::from_secs(126)), None, &Style::PLAIN),
            "\
✗ Not verified: 1 of 2 targets is not well; 2 of 4 results passed; nothing covers one target. It
  took 2 m 6 s.

          home  suite
  nl-k8s   ✗      ✓
  in-vm    ✓      ⚑
  □ uncovered  ca-k8s  nothing on staging stands for production/ca-k8s
  ✗ failed 1   ⚑ waived 1   ✓ passed 2

  ✗ failed  home  nl-k8s  /static/style.css answers 404
→ plimsoll show r-7
"
        );
    }

    #[test]
    fn all_well_is_said_and_leads_on() {
        let matrix = matrix(vec![cell("nl-vm", "home", State::Satisfied, "200")]);
        assert_eq!(
            verify_matrix(
                &matrix,
                None,
                Some("plimsoll gate planet4@1.23 --to production"),
                &Style::PLAIN
            ),
            "\
✓ Verified: planet4@1.23 is well on staging; 1 of 1 result passed.

         home
  nl-vm   ✓
  ✓ passed 1
→ plimsoll gate planet4@1.23 --to production
"
        );
    }

    #[test]
    fn a_target_ahead_that_nothing_stands_for_is_named_and_says_nothing_about_this_environment() {
        let mut matrix = matrix(vec![cell("nl-vm", "home", State::Satisfied, "200")]);
        let why = "nothing on staging stands for production/ca-k8s".to_owned();
        matrix.ahead = vec![("ca-k8s".to_owned(), why)];
        let text = verify_matrix(&matrix, None, None, &Style::PLAIN);
        let answer = "✓ Verified: planet4@1.23 is well on staging; 1 of 1 result passed; \
                      nothing stands for one target\n  ahead.\n";
        assert!(text.starts_with(answer), "{text}");
        assert!(text.contains("□ uncovered  ca-k8s  nothing on staging stands"), "{text}");
    }

    #[test]
    fn a_thousand_targets_stay_readable() {
        let cells = (0..1000)
            .map(|n| {
                cell(
                    &format!("site-{n:04}"),
                    "home",
                    if n % 2 == 0 { State::Failed } else { State::Satisfied },
                    "404",
                )
            })
            .collect();
        let text = verify_matrix(&matrix(cells), None, None, &Style::PLAIN);
        assert!(text.lines().count() < 60, "{text}");
        assert!(text.contains("and 960 more targets, 460 of them not well"), "{text}");
        assert!(text.contains("site-0000, site-0002 and 498 more"), "{text}");
        assert!(text.lines().all(|line| line.width() <= 100), "{text}");
    }

    #[test]
    fn nothing_expected_is_not_verified() {
        let text = verify_matrix(&matrix(vec![]), None, None, &Style::PLAIN);
        assert!(text.starts_with("✗ Not verified: no check is expected"), "{text}");
    }
}
