//! A page as a browser shows it.

mod expected;
mod good;
mod keys;
mod step;
#[cfg(test)]
mod tests;
mod visitor;

use std::collections::BTreeMap;

use plimsoll_core::catalog::{
    ColourScheme, CompareWith, PageCheck, PictureRule, ScriptErrors, Template, Viewport,
};

use crate::elements::bytes::read_bytes;
use crate::elements::environments::Environments;
use crate::elements::period::read_limit;
use crate::elements::template::Place;
use crate::reader::Reader;
use crate::text::{Node, Value};

use super::Limit;
use super::http::{read_headers, read_http_path};
use expected::expected;
use good::read_good;
pub(super) use keys::PAGE;
use step::read_steps;
use visitor::visitor;

/// The largest page when nothing is said: 50 MB, as the reference says.
const MAX_BYTES: u64 = 50_000_000;

/// A page, and the time limit inside it.
pub(super) fn read_page(
    r: &mut Reader<'_>,
    node: &Node,
    environments: &Environments,
) -> Option<(PageCheck, Limit)> {
    if matches!(node.value, Value::Scalar(_)) {
        return Some((page(read_http_path(r, node, Place::PATH)?), None));
    }
    let fields = r.object(node, &PAGE)?;
    let within = fields.entry("within").map(|within| (within.span, read_limit(r, &within.node)));
    let path = fields.get("path").and_then(|node| read_http_path(r, node, Place::PATH));
    let headers = read_headers(r, &fields, Place::SENT);
    let mut check = page(path?);
    visitor(r, &fields, &mut check)?;
    expected(r, &fields, &mut check)?;
    check.headers = headers?;
    if let Some(node) = fields.get("compare-with") {
        check.compare_with = read_good(r, node, environments)?;
    }
    if let Some(node) = fields.get("max-bytes") {
        check.max_bytes = read_bytes(r, node)?;
    }
    if let Some(node) = fields.get("steps") {
        check.steps = read_steps(r, node)?;
    }
    Some((check, within))
}

/// A page with nothing but a path.
fn page(path: Template) -> PageCheck {
    PageCheck {
        path,
        viewports: vec![Viewport::desktop()],
        colours: ColourScheme::Light,
        locale: None,
        headers: BTreeMap::new(),
        basic_auth: None,
        cookies: BTreeMap::new(),
        steps: Vec::new(),
        expect_text: Vec::new(),
        expect_elements: Vec::new(),
        expect_title: None,
        expect_language: None,
        script_errors: ScriptErrors::New,
        own_hosts: Vec::new(),
        ignore: Vec::new(),
        allow_hosts: Vec::new(),
        picture: PictureRule::Broken,
        compare_with: CompareWith::Usual,
        clock: None,
        any_certificate: false,
        max_bytes: MAX_BYTES,
    }
}
