//! Who wins where several rules say one thing of one kind of elements in different ways.
//!
//! Rules win by their order, the order of their layers, and how exact they are. Where the same rules are
//! there as on the good page, word for word, and another one wins, their order was changed: nobody has
//! edited what the page should look like.

use serde::{Deserialize, Serialize};

use super::facts::PageFacts;
use super::findings::Finding;
use super::looks::{Became, Kinds};

/// Several rules that give a property of a kind of elements different values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Contest {
    /// A number for the kind with the property.
    pub on: u32,
    /// A number for the kind.
    pub kind: u32,
    /// A number for each rule, with its value, that the elements look as.
    pub won: Vec<u32>,
    /// The same for those that they do not look as.
    pub lost: Vec<u32>,
    /// `background-color of div.hero`.
    pub words: String,
}

impl Contest {
    /// Whether two rules have changed places: each won where the other lost.
    fn is_turned(&self, there: &Self) -> bool {
        let common = |here: &[u32], there: &[u32]| here.iter().any(|rule| there.contains(rule));
        self.on == there.on
            && common(&self.won, &there.lost)
            && common(&there.won, &self.lost)
            && !common(&self.won, &there.won)
    }
}

/// Says where the same rules come to something else because of their order.
pub(super) fn reordered(facts: &PageFacts, good: &PageFacts) -> Option<Finding> {
    let (here, there) = (Kinds::of(&facts.looks), Kinds::of(&good.looks));
    let shows = |kind: u32| facts.looks.iter().any(|look| look.kind == kind && look.area > 0);
    let mut turned = facts.contests.iter().filter(|one| {
        shows(one.kind)
            && here.became_of(one.kind, &there) == Some(Became::Restyled)
            && good.contests.iter().any(|other| one.is_turned(other))
    });
    let first = turned.next()?;
    let more = match turned.count() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(Finding::release(format!(
        "the same style rules are in another order, and another one wins: {}{more}",
        first.words
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::looks::KindLook;

    fn facts(style: u32, area: u64, contest: (u32, &[u32], &[u32])) -> PageFacts {
        let (on, won, lost) = contest;
        PageFacts {
            looks: vec![KindLook { kind: 1, styles: vec![style], area }],
            contests: vec![Contest {
                on,
                kind: 1,
                won: won.to_vec(),
                lost: lost.to_vec(),
                words: "color of p".into(),
            }],
            ..PageFacts::default()
        }
    }

    #[test]
    fn rules_that_changed_places_are_told_and_rules_that_were_edited_are_not() {
        let good = facts(5, 9, (7, &[10], &[11]));
        for (here, told) in [
            (facts(6, 9, (7, &[11], &[10])), true),
            // Another property; a new rule; an edited one; what nobody sees; what looks as it did.
            (facts(6, 9, (8, &[11], &[10])), false),
            (facts(6, 9, (7, &[12], &[10, 11])), false),
            (facts(6, 9, (7, &[11], &[13])), false),
            (facts(6, 0, (7, &[11], &[10])), false),
            (facts(5, 9, (7, &[11], &[10])), false),
        ] {
            assert_eq!(reordered(&here, &good).is_some(), told, "{:?}", here.contests);
        }
    }
}
