//! Whether the configuration is right.

use plimsoll_core::record::State;
use plimsoll_core::say::{count, mark};

use super::Style;

/// What was found: `rendered` are the diagnostics with their lines, errors first, made safe by
/// who made them.
#[must_use]
pub fn check_report(
    file: &str,
    errors: usize,
    warnings: usize,
    rendered: &[String],
    services: usize,
    style: &Style,
) -> String {
    let warned = match warnings {
        0 => String::new(),
        n => format!(", {}", count(n, "warning")),
    };
    let (state, answer) = match errors {
        0 => (
            State::Satisfied,
            format!("Right: {file} names {}{warned}.", count(services, "service")),
        ),
        n => {
            (State::Failed, format!("{} in {file}{warned}; nothing was loaded.", count(n, "error")))
        }
    };
    let mut text = style.answer(mark(state), &answer);
    if !rendered.is_empty() {
        text.push('\n');
    }
    for diagnostic in rendered {
        for line in diagnostic.trim_end().lines() {
            text.push_str(format!("  {line}").trim_end());
            text.push('\n');
        }
    }
    let then =
        if errors == 0 { "plimsoll status" } else { "mend these, then  plimsoll check  again" };
    text.push_str(&style.next(then));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_shown_and_the_last_line_says_what_to_do() {
        let found = ["plimsoll.yaml:14:23  unknown key `max_age`\n".to_owned()];
        assert_eq!(
            check_report("plimsoll.yaml", 1, 0, &found, 0, &Style::PLAIN),
            "\
✗ 1 error in plimsoll.yaml; nothing was loaded.

  plimsoll.yaml:14:23  unknown key `max_age`
→ mend these, then  plimsoll check  again
"
        );
        assert_eq!(
            check_report("plimsoll.yaml", 0, 0, &[], 2, &Style::PLAIN),
            "✓ Right: plimsoll.yaml names 2 services.\n→ plimsoll status\n"
        );
    }
}
