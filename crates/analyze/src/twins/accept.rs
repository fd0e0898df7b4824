//! Differences that somebody has accepted.

use jiff::civil::Date;
use plimsoll_core::catalog::AcceptedDifference;
use plimsoll_core::record::{TwinChange, TwinState};

use super::spelling::Spelling;
use super::tell::Told;

/// Turns what somebody has accepted into accepted answers; what has expired only says so.
pub(super) fn apply(
    told: &mut [Told],
    accepted: &[AcceptedDifference],
    spelling: &Spelling,
    today: Date,
) {
    for one in told.iter_mut().filter(|one| may_be_accepted(one.answer.state)) {
        let fits = |difference: &&AcceptedDifference| {
            names(one).iter().any(|name| {
                matches(&difference.item, name) || matches(&spelling.spell(&difference.item), name)
            })
        };
        let mut fitting: Vec<&AcceptedDifference> = accepted.iter().filter(fits).collect();
        fitting.sort_by_key(|difference| difference.until);
        let Some(last) = fitting.last() else { continue };
        if last.until >= today {
            one.answer.state = TwinState::Accepted;
            one.answer.reason = Some(format!("{} (until {})", last.reason, last.until));
        } else if !one.answer.state.passes() {
            let ended = format!("was accepted until {}: {}", last.until, last.reason);
            one.answer.reason = Some(match &one.answer.reason {
                Some(reason) => format!("{reason}; {ended}"),
                None => ended,
            });
        }
    }
}

const fn may_be_accepted(state: TwinState) -> bool {
    match state {
        TwinState::MissingTwin | TwinState::Divergent | TwinState::OnlyHere => true,
        TwinState::Unparsable | TwinState::Accepted | TwinState::Mirrored => false,
    }
}

/// Everything by which an answer can be named.
fn names(told: &Told) -> Vec<String> {
    let mut names = vec![told.answer.change.item().to_owned()];
    if let TwinChange::Changed { from, .. } = &told.answer.change {
        names.push(from.clone());
    }
    if !told.keys.is_empty() {
        names.push(told.keys.join("."));
        names.push(format!("/{}", told.keys.join("/")));
    }
    names
}

/// Whether the text is that of the pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, fits) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("@core:*", "@core:js", true),
            ("*:js", "@core:js", true),
            ("@*:*s", "@core:js", true),
            ("ab*ba", "aba", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }
}
