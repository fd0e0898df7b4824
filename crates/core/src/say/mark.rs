//! How a state looks: shape, colour and word, always all three.

use crate::catalog::RuleName;
use crate::record::{Requirement, State, Why};

/// The colour of a mark, by meaning; each medium has its own table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// A pass.
    Good,
    /// The release's fault.
    Bad,
    /// To be looked at.
    Doubt,
    /// Our own trouble.
    Ours,
    /// Nothing is known.
    None,
    /// It moves.
    Sea,
    /// A person said so.
    Person,
}

/// A shape for terminals, with and without UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// One column wide.
    pub glyph: &'static str,
    /// At most five columns wide.
    pub ascii: &'static str,
    /// Its colour.
    pub colour: Colour,
}

/// How something is shown: a mark and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The mark.
    pub mark: Mark,
    /// The word beside it.
    pub word: &'static str,
}

/// The mark of what waits for a person or a time.
pub const WAITING: Mark = Mark { glyph: "‖", ascii: "wait", colour: Colour::Doubt };

/// The mark of a state.
#[must_use]
pub const fn mark(state: State) -> Mark {
    let (glyph, ascii, colour) = match state {
        State::Failed => ("✗", "FAIL", Colour::Bad),
        State::Unmet => ("✘", "UNMET", Colour::Bad),
        State::Flaky => ("◐", "flaky", Colour::Doubt),
        State::Errored => ("△", "ERR", Colour::Ours),
        State::Uncovered => ("□", "none", Colour::None),
        State::NotRun => ("◌", "----", Colour::None),
        State::Running => ("◔", "....", Colour::Sea),
        State::Stale => ("◷", "stale", Colour::Doubt),
        State::WrongVersion => ("≠", "!=", Colour::Doubt),
        State::KnownFailure => ("▣", "known", Colour::Person),
        State::Waived => ("⚑", "waive", Colour::Person),
        State::NotApplicable => ("·", "n.a.", Colour::None),
        State::Satisfied => ("✓", "ok", Colour::Good),
    };
    Mark { glyph, ascii, colour }
}

/// How a requirement is shown. What only waits for a person or a time has the mark of waiting.
#[must_use]
pub fn look(requirement: &Requirement) -> Look {
    match waiting_word(requirement) {
        Some(word) => Look { mark: WAITING, word },
        None => Look { mark: mark(requirement.state), word: word(requirement) },
    }
}

fn word(requirement: &Requirement) -> &'static str {
    match (requirement.rule, requirement.state) {
        (RuleName::Evidence, State::Satisfied) => "passed",
        (_, state) => state.word(),
    }
}

fn waiting_word(requirement: &Requirement) -> Option<&'static str> {
    if requirement.state != State::Unmet {
        return None;
    }
    if matches!(requirement.why, Why::WindowUnreadable { .. }) {
        return None;
    }
    match requirement.rule {
        RuleName::Freeze => Some("in force"),
        RuleName::Hold => Some("held"),
        RuleName::SignOff => Some("not signed"),
        RuleName::Soak => Some("waits"),
        RuleName::FollowUp => Some("left open"),
        RuleName::Release
        | RuleName::Coverage
        | RuleName::Evidence
        | RuleName::RolledBack
        | RuleName::WayBack
        | RuleName::Condition => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_has_a_mark_a_word_and_an_ascii_mark_of_its_own() {
        let glyphs: BTreeSet<_> = State::ALL.iter().map(|s| mark(*s).glyph).collect();
        let ascii: BTreeSet<_> = State::ALL.iter().map(|s| mark(*s).ascii).collect();
        let words: BTreeSet<_> = State::ALL.iter().map(|s| s.word()).collect();
        assert_eq!([glyphs.len(), ascii.len(), words.len()], [State::ALL.len(); 3]);
        assert!(ascii.iter().all(|a| a.is_ascii() && !a.is_empty() && a.len() <= 5));
        assert!(glyphs.iter().all(|g| g.chars().count() == 1));
        assert!(!glyphs.contains(WAITING.glyph) && !ascii.contains(WAITING.ascii));
    }

    #[test]
    fn only_what_lets_pass_may_look_good() {
        for state in State::ALL {
            assert!(state.lets_pass() || mark(state).colour != Colour::Good, "{state:?}");
        }
    }
}
