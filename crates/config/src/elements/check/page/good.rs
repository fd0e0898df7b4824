//! Where a page is known to be good.

use plimsoll_core::catalog::CompareWith;
use plimsoll_core::ids::EnvironmentName;

use crate::elements::environments::Environments;
use crate::elements::template::{Place, read_template};
use crate::elements::text::read_text;
use crate::reader::Reader;
use crate::text::{Node, clean};

/// An environment, a URL, or nothing.
pub(super) fn read_good(
    r: &mut Reader<'_>,
    node: &Node,
    environments: &Environments,
) -> Option<CompareWith> {
    let text = read_text(r, node, "an environment or a URL")?;
    if text.starts_with("http://") || text.starts_with("https://") || text.starts_with("{{") {
        return read_template(r, node, "a URL", Place::PATH).map(CompareWith::Url);
    }
    if text == "nothing" {
        return Some(CompareWith::Nothing);
    }
    if let Ok(name) = text.parse::<EnvironmentName>()
        && environments.known.contains(&name)
    {
        return Some(CompareWith::Environment(name));
    }
    r.error(node.span, format!("`{}` is neither an environment nor a URL", clean(&text))).hint(
        "where the page is known to be good: production, https://www.example, {{ target.vars.good }}, or nothing",
    );
    None
}
