//! What comparing twins found.

use plimsoll_core::record::{TwinAnswer, TwinState};
use plimsoll_core::say::{count, list, safe, twin_change, twin_look, twin_next, twins_brief};
use plimsoll_wire::TwinProposalsView;

use super::{Paint, Style};

/// Answers of one place and state, in the order of the answers.
struct Group<'a> {
    state: TwinState,
    place: &'a str,
    answers: Vec<&'a TwinAnswer>,
}

/// The answers; those that pass only as a count, unless `all`. `again` is the command for after
/// the mending.
#[must_use]
pub fn twins(
    answers: &[TwinAnswer],
    pairs: usize,
    all: bool,
    again: &str,
    style: &Style,
) -> String {
    let passed = answers.iter().all(|answer| answer.state.passes());
    let worst = answers.iter().map(|answer| answer.state).min().unwrap_or(TwinState::Mirrored);
    let state = if passed { TwinState::Mirrored } else { worst };
    let mut text = style.answer(twin_look(state).mark, &twins_brief(answers, pairs));
    let shown: Vec<&TwinAnswer> =
        answers.iter().filter(|answer| all || !answer.state.passes()).collect();
    for group in groups(&shown) {
        text.push('\n');
        push_group(&group, style, &mut text);
    }
    text.push('\n');
    text.push_str(&counts(answers, all, style));
    text.push_str(&style.next(&last_step(answers, again)));
    text
}

fn groups<'a>(answers: &[&'a TwinAnswer]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for answer in answers.iter().copied() {
        match groups.iter_mut().find(|one| one.state == answer.state && one.place == answer.place) {
            Some(group) => group.answers.push(answer),
            None => groups.push(Group {
                state: answer.state,
                place: &answer.place,
                answers: vec![answer],
            }),
        }
    }
    groups
}

fn push_group(group: &Group<'_>, style: &Style, text: &mut String) {
    let look = twin_look(group.state);
    let place = style.paint(Paint::Bold, &style.text(group.place));
    text.push_str(&format!("  {} {}  {place}\n", style.mark(look.mark), look.word));
    for answer in &group.answers {
        let reason = answer.reason.as_deref().map(|why| format!(" ({})", style.text(why)));
        let change = style.text(&twin_change(&answer.change));
        text.push_str(&format!("      {change}{}\n", reason.unwrap_or_default()));
    }
    let mut pairs: Vec<&String> = group.answers.iter().flat_map(|answer| &answer.pairs).collect();
    let mut seen = std::collections::BTreeSet::new();
    pairs.retain(|pair| seen.insert(*pair));
    for pair in pairs {
        text.push_str(&format!(
            "      {}\n",
            style.paint(Paint::Dim, &format!("twins: {}", style.text(pair)))
        ));
    }
}

fn counts(answers: &[TwinAnswer], all: bool, style: &Style) -> String {
    let of = |state: TwinState| answers.iter().filter(|answer| answer.state == state).count();
    let parts: Vec<String> = [
        TwinState::MissingTwin,
        TwinState::Divergent,
        TwinState::Unparsable,
        TwinState::Accepted,
        TwinState::Mirrored,
        TwinState::OnlyHere,
    ]
    .into_iter()
    .filter(|state| of(*state) > 0)
    .map(|state| format!("{} {}", of(state), state.word()))
    .collect();
    if parts.is_empty() {
        return String::new();
    }
    let more = if all || answers.iter().all(|answer| !answer.state.passes()) {
        ""
    } else {
        "; --all shows what passes"
    };
    format!("  {}\n", style.paint(Paint::Dim, &format!("{}{more}.", parts.join(", "))))
}

/// What to do: everything that is to be added to the first place, or the first other step.
fn last_step(answers: &[TwinAnswer], again: &str) -> String {
    let Some(first) = answers.iter().find(|answer| !answer.state.passes()) else {
        return again.to_owned();
    };
    let is_added = |answer: &&TwinAnswer| {
        answer.state == TwinState::MissingTwin
            && answer.place == first.place
            && matches!(answer.change, plimsoll_core::record::TwinChange::Added { .. })
    };
    let added: Vec<String> = answers
        .iter()
        .filter(is_added)
        .map(|answer| safe(answer.change.item()).into_owned())
        .collect();
    let step = if added.len() > 1 {
        format!("add  {}  to {}", list(&added, 12), first.place)
    } else {
        twin_next(first).unwrap_or_default()
    };
    format!("{step}, then  {again}")
}

/// Pairs that a history proposes.
#[must_use]
pub fn twin_proposals(view: &TwinProposalsView, mass_changes: usize, style: &Style) -> String {
    let looked = format!("{} read", count(view.commits, "commit"));
    let skipped = if mass_changes == 0 {
        String::new()
    } else {
        format!(", {} of them too large to say anything", mass_changes)
    };
    if view.proposals.is_empty() {
        let sentence =
            format!("None: no two parts changed together often enough; {looked}{skipped}.");
        let mark = twin_look(TwinState::OnlyHere).mark;
        return style.answer(mark, &sentence)
            + &style.next("a lower --min-support or --min-confidence finds more");
    }
    let sentence = format!(
        "Proposed: {} that changed together; {looked}{skipped}.",
        count(view.proposals.len(), "pair")
    );
    let mut text = style.answer(twin_look(TwinState::Mirrored).mark, &sentence);
    text.push('\n');
    for line in view.configuration.lines() {
        text.push_str(&format!("    {}\n", style.text(line)));
    }
    text.push('\n');
    text.push_str(&style.next("copy what makes sense into a service of plimsoll.yaml, then  plimsoll twins diff BASE..HEAD"));
    text
}

#[cfg(test)]
mod tests {
    use plimsoll_core::record::{TwinChange, TwinSide};

    use super::*;

    fn answer(state: TwinState, place: &str, item: &str) -> TwinAnswer {
        TwinAnswer {
            state,
            place: place.to_owned(),
            change: TwinChange::Added { item: item.to_owned() },
            side: TwinSide::Left,
            reason: None,
            pairs: vec!["c.json#/vm = c.json#/k8s".to_owned()],
        }
    }

    #[test]
    fn the_answer_comes_first_and_what_to_add_where_last() {
        let answers = [
            answer(TwinState::MissingTwin, "c.json#/k8s", "@a"),
            answer(TwinState::MissingTwin, "c.json#/k8s", "@b"),
            answer(TwinState::OnlyHere, "c.json#/vm", "@c"),
        ];
        assert_eq!(
            twins(&answers, 1, false, "plimsoll twins diff a..b", &Style::PLAIN),
            "\
✗ Refused: two changes lack their twin in c.json#/k8s.

  ✗ missing twin  c.json#/k8s
      added @a
      added @b
      twins: c.json#/vm = c.json#/k8s

  2 missing twin, 1 only here; --all shows what passes.
→ add  @a, @b  to c.json#/k8s, then  plimsoll twins diff a..b
"
        );
        assert_eq!(
            twins(&[], 1, false, "nothing to do", &Style::PLAIN),
            "✓ Mirrored: nothing changed in 1 pair.\n\n→ nothing to do\n"
        );
    }
}
