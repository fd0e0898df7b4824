//! What a lost declaration leaves behind: others of its rule that do nothing without it.
//!
//! That a declaration is gone is what an edit looks like. Who takes a grid away takes its columns away as
//! well; a rule that still says them, of elements that were a grid and are none, has lost one by mistake.
//! So has a page on which nothing sets a variable that rules go on to ask for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::facts::PageFacts;
use super::findings::Finding;
use super::looks::{Became, Kinds};

/// A declaration that does nothing, since what it needs is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Idle {
    /// A number for the kind of elements.
    pub kind: u32,
    /// The property that it needs: `display`.
    pub what: String,
    /// `.cards says grid-template-columns`.
    pub words: String,
    /// A number for each rule that says that property of these elements, as in `Effect::declares`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stated: Vec<u32>,
}

/// A variable that a rule asks for and nothing sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Unset {
    /// A number for the kind of elements.
    pub kind: u32,
    /// Its name.
    pub name: String,
    /// The rule's selector.
    pub words: String,
}

/// Says what was lost of rules that are still there.
pub(super) fn lost_declarations(facts: &PageFacts, good: &PageFacts) -> Vec<Finding> {
    if !good.is_measured() {
        return Vec::new();
    }
    let (here, there) = (Kinds::of(&facts.looks), Kinds::of(&good.looks));
    let restyled = |kind: u32| here.became_of(kind, &there) == Some(Became::Restyled);
    let effects = good.style_sheets.iter().flat_map(|sheet| &sheet.effects);
    let said: BTreeSet<u32> = effects.flat_map(|effect| effect.declares.iter().copied()).collect();
    let mut words: Vec<String> = Vec::new();
    for one in facts.idle.iter().filter(|one| restyled(one.kind)) {
        let was = good.idle.iter().any(|old| old.kind == one.kind && old.what == one.what);
        // A rule that is new and says what the element is now was written by somebody.
        let meant = one.stated.iter().any(|rule| !said.contains(rule));
        if !was && !meant {
            words.push(format!("{}, and the {} that this needs is lost", one.words, one.what));
        }
    }
    for one in facts.unset.iter().filter(|one| restyled(one.kind)) {
        if good.unset.iter().all(|old| old.name != one.name) {
            let (name, rule) = (&one.name, &one.words);
            words.push(format!("nothing sets {name} any more, and {rule} asks for it"));
        }
    }
    let Some(first) = words.first().cloned() else { return Vec::new() };
    let more = match words.len() {
        1 => String::new(),
        many => format!(", and {} more like this", many - 1),
    };
    vec![Finding::release(format!("{first}{more}"))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::facts::{Effect, StyleSheet};
    use crate::page::looks::KindLook;

    fn facts(style: u32) -> PageFacts {
        let effect = Effect { selector: ".cards".into(), on: vec![1], declares: vec![5] };
        PageFacts {
            measures: PageFacts::MEASURES,
            looks: vec![KindLook { kind: 1, styles: vec![style], area: 9 }],
            style_sheets: vec![StyleSheet {
                url: None,
                imported_by: None,
                applied: true,
                unused: false,
                rules: Some(1),
                content: Default::default(),
                effects: vec![effect],
            }],
            ..PageFacts::default()
        }
    }

    fn idle(style: u32, stated: &[u32]) -> PageFacts {
        let one = Idle {
            kind: 1,
            what: "display".into(),
            words: ".cards says row-gap".into(),
            stated: stated.to_vec(),
        };
        PageFacts { idle: vec![one], ..facts(style) }
    }

    fn unset(style: u32) -> PageFacts {
        let one = Unset { kind: 1, name: "--brand".into(), words: ".cards".into() };
        PageFacts { unset: vec![one], ..facts(style) }
    }

    #[test]
    fn what_does_nothing_any_more_is_told_from_what_somebody_wrote() {
        let good = facts(1);
        for (what, here, good, told) in [
            ("lost", idle(2, &[]), &good, true),
            ("an old rule says it too", idle(2, &[5]), &good, true),
            ("a new rule says what it is", idle(2, &[5, 6]), &good, false),
            ("looks as it did", idle(1, &[]), &good, false),
            ("idle there too", idle(2, &[]), &idle(1, &[]), false),
            ("unset", unset(2), &good, true),
            ("unset there too", unset(2), &unset(1), false),
            ("unset and not seen", unset(1), &good, false),
        ] {
            assert_eq!(lost_declarations(&here, good).len(), usize::from(told), "{what}");
        }
        let old = PageFacts { measures: 0, ..good };
        assert!(lost_declarations(&idle(2, &[]), &old).is_empty(), "nobody had measured it");
    }
}
