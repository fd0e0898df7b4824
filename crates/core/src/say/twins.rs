//! Words about twins.

use crate::record::{State, TwinAnswer, TwinChange, TwinSide, TwinState};

use super::{Look, count, mark, number, plural, shorten};

/// How much of an item a sentence shows.
const LONGEST_ITEM: usize = 160;

/// How an answer is shown.
#[must_use]
pub const fn twin_look(state: TwinState) -> Look {
    let like = match state {
        TwinState::MissingTwin | TwinState::Divergent => State::Failed,
        TwinState::Unparsable => State::Errored,
        TwinState::Accepted => State::Waived,
        TwinState::OnlyHere => State::NotApplicable,
        TwinState::Mirrored => State::Satisfied,
    };
    Look { mark: mark(like), word: state.word() }
}

/// What changed: `added @copy:style-blocks`.
#[must_use]
pub fn twin_change(change: &TwinChange) -> String {
    let item = |text: &str| {
        if text.is_empty() { "an empty text".to_owned() } else { shorten(text, LONGEST_ITEM) }
    };
    match change {
        TwinChange::Added { item: it } => format!("added {}", item(it)),
        TwinChange::Removed { item: it } => format!("removed {}", item(it)),
        TwinChange::Changed { from, to } => format!("changed {} to {}", item(from), item(to)),
        TwinChange::Moved { item: it } => format!("moved {}", item(it)),
        TwinChange::Differs { item: it } => format!("has {}", item(it)),
        TwinChange::Unreadable { item: it } => format!("cannot read {}", item(it)),
    }
}

/// What to do about an answer that does not pass; nothing for one that does.
#[must_use]
pub fn twin_next(answer: &TwinAnswer) -> Option<String> {
    let place = &answer.place;
    let whose = match answer.side {
        TwinSide::Left => "left",
        TwinSide::Right => "right",
    };
    match answer.state {
        TwinState::MissingTwin => Some(match &answer.change {
            TwinChange::Added { item } => {
                format!("add  {}  to {place}", shorten(item, LONGEST_ITEM))
            }
            TwinChange::Removed { item } => {
                format!("remove  {}  from {place}", shorten(item, LONGEST_ITEM))
            }
            TwinChange::Changed { to, .. } => {
                format!("change {place} as well: {}", shorten(to, LONGEST_ITEM))
            }
            TwinChange::Moved { item } => {
                format!("move  {}  in {place} as well", shorten(item, LONGEST_ITEM))
            }
            TwinChange::Differs { .. } | TwinChange::Unreadable { .. } => {
                format!("look at {place}")
            }
        }),
        TwinState::Divergent => Some(format!("let {place} say the same on both sides")),
        TwinState::Unparsable => Some(format!("mend {place}, the {whose} side")),
        TwinState::Accepted | TwinState::OnlyHere | TwinState::Mirrored => None,
    }
}

/// The answer in a sentence, with a full stop.
#[must_use]
pub fn twins_brief(answers: &[TwinAnswer], pairs: usize) -> String {
    let with = |state: TwinState| answers.iter().filter(move |one| one.state == state);
    let missing: Vec<_> = with(TwinState::MissingTwin).collect();
    let divergent = with(TwinState::Divergent).count();
    let unparsable = with(TwinState::Unparsable).count();
    let mirrored = with(TwinState::Mirrored).count();
    let accepted = with(TwinState::Accepted).count();
    let mut parts = Vec::new();
    if let Some(first) = missing.first() {
        let elsewhere = missing.iter().filter(|one| one.place != first.place).count();
        let verb = if missing.len() == 1 { "lacks its" } else { "lack their" };
        let place = if elsewhere == 0 { format!(" in {}", first.place) } else { String::new() };
        parts.push(format!(
            "{} {} {verb} twin{place}",
            number(missing.len()),
            plural(missing.len(), "change")
        ));
    }
    if divergent > 0 {
        parts.push(format!("{} changed differently on both sides", number(divergent)));
    }
    if unparsable > 0 {
        let verb = if unparsable == 1 { "side cannot" } else { "sides cannot" };
        parts.push(format!("{} {verb} be read", number(unparsable)));
    }
    if !parts.is_empty() {
        return format!("Refused: {}.", parts.join(", and "));
    }
    let pairs = count(pairs, "pair");
    match (mirrored, accepted) {
        (0, 0) => format!("Mirrored: nothing changed in {pairs}."),
        (_, 0) => format!("Mirrored: {} in {pairs}.", count(mirrored, "change")),
        (_, _) => {
            format!("Mirrored: {} in {pairs}, {accepted} accepted.", count(mirrored, "change"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(state: TwinState, item: &str) -> TwinAnswer {
        TwinAnswer {
            state,
            place: "composer.json#/scripts/site:global".to_owned(),
            change: TwinChange::Added { item: item.to_owned() },
            side: TwinSide::Left,
            reason: None,
            pairs: Vec::new(),
        }
    }

    #[test]
    fn a_missing_twin_says_what_to_add_where() {
        let one = answer(TwinState::MissingTwin, "@copy:style-blocks");
        assert_eq!(twin_change(&one.change), "added @copy:style-blocks");
        assert_eq!(
            twin_next(&one).as_deref(),
            Some("add  @copy:style-blocks  to composer.json#/scripts/site:global")
        );
        assert_eq!(
            twins_brief(&[one.clone(), one], 3),
            "Refused: two changes lack their twin in composer.json#/scripts/site:global."
        );
    }

    #[test]
    fn what_passes_has_no_next_step() {
        let one = answer(TwinState::Mirrored, "a");
        assert_eq!(twin_next(&one), None);
        assert_eq!(twins_brief(&[one], 1), "Mirrored: 1 change in 1 pair.");
        assert_eq!(twins_brief(&[], 2), "Mirrored: nothing changed in 2 pairs.");
    }
}
