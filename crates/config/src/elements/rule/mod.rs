//! What is asked at a gate.

mod condition;
mod evidence;
mod freeze;
mod sign_off;
mod way_back;
mod window;

use std::collections::BTreeSet;

use plimsoll_core::catalog::{Applies, ChangeClass, Rule, RuleKind, RuleName, Tier};

use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional};
use crate::text::{Node, Span, clean};

use super::period::read_limit;
use super::word::read_word;

/// The words for tiers.
pub(crate) const TIERS: [(&str, Tier); 3] =
    [("critical", Tier::Critical), ("standard", Tier::Standard), ("leaf", Tier::Leaf)];
/// The words for tiers alone.
pub(crate) const TIER_WORDS: &[&str] = &["critical", "standard", "leaf"];
const CHANGES: [(&str, ChangeClass); 3] =
    [("major", ChangeClass::Major), ("minor", ChangeClass::Minor), ("patch", ChangeClass::Patch)];

/// A rule.
pub(crate) static RULE: Object = Object {
    name: "rule",
    doc: "One thing that is asked. Evidence, coverage, the way back, holds and open follow-ups are \
          asked at every gate, even where none of them is named.",
    keys: &[
        optional(
            "evidence",
            Shape::Object(&evidence::EVIDENCE),
            "Every expected check has passed on every stand-in, on this deployment, with this check, on this version.",
        ),
        optional("soak", Shape::Period, "The release has run on every stand-in for this long."),
        optional(
            "way-back",
            Shape::Object(&way_back::WAY_BACK),
            "Each target can go back, and it has been tried.",
        ),
        optional(
            "freeze",
            Shape::Object(&freeze::FREEZE),
            "Not while this window is on. It never stops a rollback.",
        ),
        optional(
            "sign-off",
            Shape::Object(&sign_off::SIGN_OFF),
            "People of these roles have signed.",
        ),
        optional(
            "condition",
            Shape::Either(
                &Shape::Text("an expression (CEL)"),
                &Shape::Object(&condition::CONDITION),
            ),
            "An expression that must be true. An error in it refuses.",
        ),
        optional(
            "tiers",
            Shape::OneOrList(&Shape::Word(TIER_WORDS)),
            "Only asked of services of these tiers. Where it does not apply, the decision says so.",
        ),
        optional(
            "changes",
            Shape::OneOrList(&Shape::Word(&["major", "minor", "patch"])),
            "Only asked of releases with these classes of change.",
        ),
    ],
    one_of: &["evidence", "soak", "way-back", "freeze", "sign-off", "condition"],
    rest: None,
    example: "{ soak: 30m, tiers: [critical, standard], changes: [major, minor] }",
};

/// The rules that a gate may have.
const MOST_RULES: usize = 500;

/// The rules of one gate.
pub(crate) fn read_rules(r: &mut Reader<'_>, node: &Node) -> Vec<Rule> {
    let mut rules: Vec<(Rule, Span)> = Vec::new();
    let items = r.list(node, "rules").unwrap_or_default();
    if !r.at_most(MOST_RULES, items.len(), node.at, "rules") {
        return Vec::new();
    }
    for item in items {
        if let Some((rule, span)) = read_rule(r, item) {
            asked_once(r, &rules, &rule, span);
            rules.push((rule, span));
        }
    }
    rules.into_iter().map(|(rule, _)| rule).collect()
}

fn read_rule(r: &mut Reader<'_>, node: &Node) -> Option<(Rule, Span)> {
    if always_asked(r, node) {
        return None;
    }
    let fields = r.object(node, &RULE)?;
    let applies = read_applies(r, &fields);
    let (kind, entry) = fields.choice()?;
    let node = &entry.node;
    let kind = match kind {
        "evidence" => evidence::read_evidence(r, node)?,
        "soak" => RuleKind::Soak { period: read_limit(r, node)? },
        "way-back" => way_back::read_way_back(r, node)?,
        "freeze" => RuleKind::Freeze(freeze::read_freeze(r, node)?),
        "sign-off" => sign_off::read_sign_off(r, node)?,
        _ => condition::read_condition(r, node)?,
    };
    Some((Rule { kind, applies }, entry.span))
}

/// Rules that need no entry, which people write all the same.
fn always_asked(r: &mut Reader<'_>, node: &Node) -> bool {
    let crate::text::Value::Map(entries) = &node.value else { return false };
    let names = [
        RuleName::Release,
        RuleName::Coverage,
        RuleName::Hold,
        RuleName::FollowUp,
        RuleName::RolledBack,
    ];
    let found = entries.iter().find(|entry| names.iter().any(|name| name.as_str() == &*entry.name));
    if let Some(entry) = found {
        r.error(
            entry.span,
            format!("`{}` is asked at every gate and has no settings", clean(&entry.name)),
        )
        .hint("leave this rule out");
    }
    found.is_some()
}

fn read_applies(r: &mut Reader<'_>, fields: &Fields<'_>) -> Applies {
    let mut applies = Applies::default();
    if let Some(node) = fields.get("tiers") {
        applies.tiers = read_words(r, node, &TIERS);
    }
    if let Some(node) = fields.get("changes") {
        applies.changes = read_words(r, node, &CHANGES);
    }
    applies
}

fn read_words<T: Copy + Ord>(r: &mut Reader<'_>, node: &Node, words: &[(&str, T)]) -> BTreeSet<T> {
    let items = r.one_or_list(node);
    if items.is_empty() {
        r.error(node.span, "an empty list would ask nobody").hint("leave it out to ask all");
    }
    items.iter().filter_map(|item| read_word(r, item, words)).collect()
}

/// Two rules of a kind that say different things about the same releases leave it open which counts.
fn asked_once(r: &mut Reader<'_>, rules: &[(Rule, Span)], rule: &Rule, span: Span) {
    let same = |other: &RuleKind| match (&rule.kind, other) {
        (RuleKind::Evidence { .. }, RuleKind::Evidence { .. })
        | (RuleKind::Soak { .. }, RuleKind::Soak { .. })
        | (RuleKind::WayBack { .. }, RuleKind::WayBack { .. }) => true,
        (RuleKind::Freeze(one), RuleKind::Freeze(other)) => one.name == other.name,
        _ => false,
    };
    let earlier =
        rules.iter().find(|(other, _)| other.applies == rule.applies && same(&other.kind));
    if let Some((_, first)) = earlier {
        let place = r.report.other_place(*first, span);
        let name = r.report.slice(span).to_owned();
        r.error(span, format!("`{}` is asked twice of the same releases", clean(&name))).hint(
            format!("the first is in {place}; keep one, or tell them apart by tiers or changes"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_gate};

    #[test]
    fn rules_that_do_not_exist_or_contradict_are_refused() {
        bad(
            in_gate,
            &[
                (
                    "{ twins: {} }",
                    "11:3 [twins] unknown key `twins` → there are these kinds of rule: evidence, soak, way-back, freeze, sign-off, condition",
                ),
                (
                    "{ soak: 1h, freeze: {} }",
                    "11:13 [freeze] `soak` and `freeze` exclude each other → keep one of: evidence, soak, way-back, freeze, sign-off, condition",
                ),
                (
                    "{ coverage: {} }",
                    "11:3 [coverage] `coverage` is asked at every gate and has no settings → leave this rule out",
                ),
                (
                    "{ soak: 1h, tiers: [critcal], changes: [] }",
                    "11:21 [critcal] `critcal` is not one of critical, standard, leaf → did you mean `critical`?\n11:40 [[]] an empty list would ask nobody → leave it out to ask all",
                ),
                (
                    "{ soak: 1h }, { soak: 2h }",
                    "11:17 [soak] `soak` is asked twice of the same releases → the first is in line 11; keep one, or tell them apart by tiers or changes",
                ),
                (
                    "{ soak: 1h, tier: leaf }",
                    "11:13 [tier] unknown key `tier` → did you mean `tiers`?",
                ),
                (
                    "soak",
                    "11:1 [soak] expected a map (evidence, soak, way-back, freeze and 4 more), found a text → like  { soak: 30m, tiers: [critical, standard], changes: [major, minor] }",
                ),
                (
                    "{ tiers: [leaf] }",
                    "11:1 [{ tiers: [leaf] }] this rule must be one of: evidence, soak, way-back, freeze, sign-off, condition → like  { soak: 30m, tiers: [critical, standard], changes: [major, minor] }",
                ),
            ],
        );
    }
}
