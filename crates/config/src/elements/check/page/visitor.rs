//! Who looks at a page, and with what.

use plimsoll_core::catalog::{BasicAuth, ColourScheme, PageCheck, Viewport};

use crate::elements::template::{Place, read_argument, read_template};
use crate::elements::text::read_text;
use crate::elements::word::read_word;
use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, required};
use crate::text::{Node, clean};

/// Smaller windows show nothing, larger ones are nobody's.
const SIDES: std::ops::RangeInclusive<u32> = 100..=4096;

/// A user and a password.
pub(super) static BASIC_AUTH: Object = Object {
    name: "basic auth",
    doc: "A user and a password, as servers ask for them before they show anything.",
    keys: &[
        required("user", Shape::Text("a name"), "The user."),
        required("password", Shape::Text("a secret"), "The password: `{{ secrets.NAME }}`."),
    ],
    one_of: &[],
    rest: None,
    example: "{ user: ann, password: \"{{ secrets.token }}\" }",
};

/// Who looks, and with what.
pub(super) fn visitor(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    check: &mut PageCheck,
) -> Option<()> {
    if let Some(node) = fields.get("viewports") {
        check.viewports = read_viewports(r, node)?;
    }
    if let Some(node) = fields.get("colours") {
        let words = [("light", ColourScheme::Light), ("dark", ColourScheme::Dark)];
        check.colours = read_word(r, node, &words)?;
    }
    if let Some(node) = fields.get("locale") {
        check.locale = Some(read_language(r, node)?);
    }
    if let Some(node) = fields.get("certificate") {
        check.any_certificate = read_word(r, node, &[("trusted", false), ("any", true)])?;
    }
    if let Some(node) = fields.get("clock") {
        let text = read_text(r, node, "a moment")?;
        let Ok(clock) = text.parse() else {
            r.error(node.span, format!("`{}` is not a moment", clean(&text)))
                .hint("like 2026-01-01T12:00:00Z");
            return None;
        };
        check.clock = Some(clock);
    }
    if let Some(node) = fields.get("basic-auth") {
        let fields = r.object(node, &BASIC_AUTH)?;
        let user =
            fields.get("user").and_then(|node| read_template(r, node, "a name", Place::SENT));
        let password =
            fields.get("password").and_then(|node| read_template(r, node, "a secret", Place::SENT));
        check.basic_auth = Some(BasicAuth { user: user?, password: password? });
    }
    if let Some(node) = fields.get("cookies") {
        for entry in r.entries(node, "cookies")? {
            let value = read_argument(r, &entry.node, Place::SENT)?;
            check.cookies.insert(entry.name.to_string(), value);
        }
    }
    Some(())
}

fn read_viewports(r: &mut Reader<'_>, node: &Node) -> Option<Vec<Viewport>> {
    let items = r.one_or_list(node);
    if items.is_empty() {
        r.error(node.span, "with no window at all nothing would be seen")
            .hint("leave `viewports` out for a desktop");
        return None;
    }
    let mut all: Vec<Viewport> = Vec::new();
    for item in items {
        let text = read_text(r, item, "a window's size")?;
        let Some(viewport) = viewport(&text) else {
            r.error(item.span, format!("`{}` is not a window's size", clean(&text)))
                .hint("write phone, desktop, or a width and a height from 100 to 4096: 1024x768");
            return None;
        };
        if all.iter().any(|other| other.name == viewport.name) {
            r.error(item.span, format!("`{}` is there twice", clean(&text)))
                .hint("leave one of them out");
            return None;
        }
        all.push(viewport);
    }
    Some(all)
}

fn viewport(text: &str) -> Option<Viewport> {
    match text {
        "desktop" => return Some(Viewport::desktop()),
        "phone" => return Some(Viewport::phone()),
        _ => {}
    }
    let (width, height) = text.split_once('x')?;
    let side = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|side| digits && SIDES.contains(side))
    };
    let (width, height) = (side(width)?, side(height)?);
    Some(Viewport { name: format!("{width}x{height}"), width, height, mobile: false })
}

/// A language.
pub(super) fn read_language(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "a language")?;
    let fits = text.len() <= 35
        && text.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    if !fits {
        r.error(node.span, format!("`{}` is not a language", clean(&text)))
            .hint("like nl or nl-NL");
        return None;
    }
    Some(text)
}
