//! Plain lines. Blank ones make no difference; a line that ends with a backslash goes on.

use crate::twins::node::{Kind, Node};

use super::PartError;

/// Every line that is not blank.
#[must_use]
pub fn lines(text: &str) -> Node {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let line = |line: &str| Node::scalar(Kind::Untyped, line);
    Node::List(joined.lines().filter(|text| !text.trim().is_empty()).map(line).collect())
}

/// The lines between the one that contains `start` and the next that contains `end`; nothing when
/// neither is there.
///
/// # Errors
/// One of the markers is missing, or the start stands twice.
pub fn between(text: &str, start: &str, end: &str) -> Result<Option<Node>, PartError> {
    let starts: Vec<usize> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains(start))
        .map(|(at, _)| at)
        .collect();
    // Where one marker contains the other, the same line begins and ends.
    let (first, after) = match starts.as_slice() {
        [] if text.lines().any(|line| line.contains(end)) => {
            return Err(PartError::Markers(format!(
                "`{end}` stands there without `{start}` before it"
            )));
        }
        [] => return Ok(None),
        [first, ..] => (*first, &starts[1..]),
    };
    let last = text.lines().enumerate().skip(first + 1).find(|(_, line)| line.contains(end));
    let Some((last, _)) = last else {
        return Err(PartError::Markers(format!("no line after `{start}` contains `{end}`")));
    };
    if after.iter().any(|at| *at != last) {
        return Err(PartError::Markers(format!("`{start}` stands there more than once")));
    }
    let inside: Vec<&str> = text.lines().skip(first + 1).take(last - first - 1).collect();
    Ok(Some(lines(&inside.join("\n"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_between_markers_are_found() {
        let text = "a\n# twin: start\nRUN x \\\n  y\n\nRUN z\n# twin: end\nb\n";
        let found = between(text, "twin: start", "twin: end").expect("both").expect("there");
        assert_eq!(found.shown(), "[RUN x    y, RUN z]");
        assert_eq!(between("a\n", "start", "end"), Ok(None));
    }

    #[test]
    fn half_a_pair_of_markers_is_refused() {
        for text in ["start\na", "a\nend", "start\nstart\nend", "start\nend\nstart\nend"] {
            assert!(between(text, "start", "end").is_err(), "{text:?}");
        }
    }
}
