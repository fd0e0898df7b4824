//! A history as a page heads it.

use crate::event::EventKind;

use super::moves::end_look;
use super::story::Told;
use super::text::count;

/// What the lines tell, in one sentence: `2 moves began: 1 verified good, 1 rolled back.`
#[must_use]
pub fn history_answer(told: &[Told], older: bool, from_the_middle: bool) -> String {
    let mut ends: Vec<(&str, usize)> = Vec::new();
    let mut began = 0;
    for one in told {
        if let EventKind::PromotionStarted { .. } = &one.event.kind {
            began += 1;
        }
        if let EventKind::PromotionFinished { end, .. } = &one.event.kind {
            let word = end_look(end).word;
            match ends.iter_mut().find(|(known, _)| *known == word) {
                Some((_, n)) => *n += 1,
                None => ends.push((word, 1)),
            }
        }
    }
    let lines = match (told.len(), older || from_the_middle) {
        (0, _) => return "Nothing happened that was asked for.".to_owned(),
        (n, true) => format!("{} of what happened", count(n, "line")),
        (n, false) => format!("All that happened, {}", count(n, "line")),
    };
    let ends: Vec<_> = ends.iter().map(|(word, n)| format!("{n} {word}")).collect();
    match (began, ends.is_empty()) {
        (0, true) => format!("{lines}; no move among it."),
        (0, false) => format!("{lines}; {}.", ends.join(", ")),
        (n, true) => format!("{lines}; {} began.", count(n, "move")),
        (n, false) => format!("{lines}; {} began, {}.", count(n, "move"), ends.join(", ")),
    }
}
