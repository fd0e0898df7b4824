//! Who holds which role.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::ids::{PersonName, RoleName};

use crate::reader::Reader;
use crate::text::Entry;

use super::name::{key_name, read_name};

/// One role and the people who hold it.
pub(crate) fn read_role(
    r: &mut Reader<'_>,
    entry: &Entry,
    roles: &mut BTreeMap<RoleName, BTreeSet<PersonName>>,
) {
    let Some(name) = key_name::<RoleName>(r, entry) else { return };
    if name.as_str() == "per" {
        r.error(entry.span, "`per` cannot be a role")
            .hint("it is a key of sign-off: take another name");
        return;
    }
    let items = r.list(&entry.node, "people");
    if items.is_some_and(<[_]>::is_empty) {
        r.report
            .warning(entry.span, format!("nobody holds `{name}`"))
            .hint(format!("like  {name}: [anna]"));
    }
    let people =
        items.unwrap_or_default().iter().filter_map(|item| read_name(r, item, "person")).collect();
    roles.insert(name, people);
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_roles};

    #[test]
    fn roles_are_lists_of_people() {
        bad(
            in_roles,
            &[
                (
                    "{ editors: anna }",
                    "13:19 [anna] expected a list of people, found a text → write a list: [anna]",
                ),
                (
                    "{ editors: ['an na'] }",
                    "13:20 ['an na'] `an na` cannot be the name of a person → use letters, digits, `.`, `_` and `-`",
                ),
                (
                    "{ 'e d': [anna] }",
                    "13:10 ['e d'] `e d` cannot be the name of a role → use letters, digits, `.`, `_` and `-`",
                ),
                (
                    "{ editors: [anna], per: [anna] }",
                    "13:27 [per] `per` cannot be a role → it is a key of sign-off: take another name",
                ),
                (
                    "[editors]",
                    "13:8 [[editors]] expected a map of roles, found a list → write  name: value  below it",
                ),
            ],
        );
    }
}
