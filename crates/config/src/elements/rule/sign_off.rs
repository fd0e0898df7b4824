//! Signatures.

use std::collections::BTreeMap;

use plimsoll_core::catalog::{Per, RuleKind};
use plimsoll_core::ids::RoleName;

use crate::elements::count::read_count;
use crate::elements::name::unknown;
use crate::elements::word::read_word;
use crate::reader::Reader;
use crate::shape::{Object, Shape, preset};
use crate::text::Node;

const PER: [(&str, Per); 3] =
    [("release", Per::Release), ("site", Per::Site), ("target", Per::Target)];

/// The rule. Beside `per`, its keys are roles.
pub(super) static SIGN_OFF: Object = Object {
    name: "sign-off rule",
    doc: "How many people of each role must have signed: `ROLE: count`, with the roles of `roles:`.",
    keys: &[preset(
        "per",
        Shape::Word(&["release", "site", "target"]),
        "release",
        "What one signature stands for. Every other key is a role, and its value how many.",
    )],
    one_of: &[],
    rest: Some(Shape::Count { least: 1, most: 100 }),
    example: "{ editors: 1, per: site }",
};

/// The rule.
pub(super) fn read_sign_off(r: &mut Reader<'_>, node: &Node) -> Option<RuleKind> {
    let mut roles = BTreeMap::new();
    let mut per = Per::Release;
    let entries = r.entries(node, "roles, and how many of each")?;
    #[cfg(test)]
    crate::testing::asked(SIGN_OFF.name, "per");
    for entry in entries {
        if &*entry.name == "per" {
            per = read_word(r, &entry.node, &PER)?;
            continue;
        }
        let count = read_count(r, &entry.node, 1, 100);
        match r.roles.get(&*entry.name).cloned() {
            Some(role) => drop(roles.insert(role, count?)),
            None => {
                let known = r.roles.clone();
                unknown::<RoleName>(r, &entry.name, entry.span, &known, ("role", "roles:"));
            }
        }
    }
    if entries.iter().all(|entry| &*entry.name == "per") {
        r.error(node.at, "nobody is asked to sign").hint("like  sign-off: { editors: 1 }");
        return None;
    }
    Some(RuleKind::SignOff { roles, per })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_gate};

    #[test]
    fn sign_offs_name_roles_that_exist_and_ask_somebody() {
        bad(
            in_gate,
            &[
                (
                    "{ sign-off: { editor: 1 } }",
                    "11:15 [editor] there is no role `editor` → did you mean `editors`?",
                ),
                (
                    "{ sign-off: { editors: 0 } }",
                    "11:24 [0] 0 is out of bounds → write a number from 1 to 100",
                ),
                (
                    "{ sign-off: { per: site } }",
                    "11:3 [sign-off] nobody is asked to sign → like  sign-off: { editors: 1 }",
                ),
                (
                    "{ sign-off: { editors: 1, per: host } }",
                    "11:32 [host] `host` is not one of release, site, target",
                ),
                (
                    "{ sign-off: [editors] }",
                    "11:13 [[editors]] expected a map of roles, and how many of each, found a list → write  name: value  below it",
                ),
                (
                    "{ sign-off: {} }",
                    "11:3 [sign-off] nobody is asked to sign → like  sign-off: { editors: 1 }",
                ),
            ],
        );
    }
}
