//! A page as a browser shows it.

use std::collections::BTreeMap;

use plimsoll_core::catalog::{
    BasicAuth, ColourScheme, CompareWith, HttpMatch, PageCheck, PictureRule, ScriptErrors,
    Template, Viewport,
};
use plimsoll_core::ids::EnvironmentName;

use crate::elements::bytes::read_bytes;
use crate::elements::environments::Environments;
use crate::elements::period::read_limit;
use crate::elements::regex::read_regex;
use crate::elements::template::{Place, read_argument, read_template};
use crate::elements::text::{read_text, read_texts};
use crate::elements::word::read_word;
use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, preset, required};
use crate::text::{Node, Value, clean};

use super::Limit;
use super::http::{read_headers, read_http_path};
use super::http_match::{MATCH, read_match};
use super::page_step::{STEP, read_steps};

/// The largest page when nothing is said: 50 MB, as the reference says.
const MAX_BYTES: u64 = 50_000_000;

/// Smaller windows show nothing, larger ones are nobody's.
const SIDES: std::ops::RangeInclusive<u32> = 100..=4096;

/// A page.
pub(super) static PAGE: Object = Object {
    name: "page check",
    doc: "A page as a browser shows it. Without another word it must answer 2xx, nothing of the site's own may be missing, each of its style sheets must apply a rule, and something must be seen.",
    keys: &[
        required("path", Shape::Text("a path"), "The path on the target's URL, or a whole URL."),
        preset(
            "viewports",
            Shape::OneOrList(&Shape::Text("phone, desktop or WIDTHxHEIGHT")),
            "desktop",
            "The windows it is looked at with: `desktop` is 1280x800, `phone` is 390x844.",
        ),
        preset(
            "colours",
            Shape::Word(&["light", "dark"]),
            "light",
            "Which colours the visitor prefers.",
        ),
        optional("locale", Shape::Text("a language"), "The visitor's language: `nl-NL`."),
        optional(
            "headers",
            Shape::Map("a header's name", &Shape::Text("its value")),
            "Headers that are sent to the page's own origin, and to no other. They may hold secrets.",
        ),
        optional(
            "basic-auth",
            Shape::Object(&BASIC_AUTH),
            "User and password, sent to the page's own origin alone.",
        ),
        optional(
            "cookies",
            Shape::Map("a cookie's name", &Shape::Text("its value")),
            "Cookies of the page's own origin. They may hold secrets.",
        ),
        optional(
            "steps",
            Shape::List(&Shape::Object(&STEP)),
            "What is done before it is looked at.",
        ),
        optional(
            "contains",
            Shape::OneOrList(&Shape::Text("a text")),
            "The visible text contains each of these.",
        ),
        optional(
            "lacks",
            Shape::OneOrList(&Shape::Text("a text")),
            "The visible text contains none of these.",
        ),
        optional(
            "matches",
            Shape::OneOrList(&Shape::Text("a regular expression")),
            "The visible text matches each of these.",
        ),
        optional(
            "elements",
            Shape::OneOrList(&Shape::Text("a CSS selector")),
            "Each of these finds something visible.",
        ),
        optional(
            "title",
            Shape::Either(&Shape::Text("a text"), &Shape::Object(&MATCH)),
            "What the title must be.",
        ),
        optional("language", Shape::Text("a language"), "What `lang` of the page must be."),
        preset(
            "script-errors",
            Shape::Word(&["new", "exceptions", "all"]),
            "new",
            "Which errors of scripts fail it: those that the page of `compare-with` does not have, every exception that nothing catches, or also everything that is written to the console as an error. All are written down.",
        ),
        optional(
            "own-hosts",
            Shape::OneOrList(&Shape::Text("a host")),
            "More hosts whose resources are as much the site's own.",
        ),
        optional(
            "allow-hosts",
            Shape::OneOrList(&Shape::Text("a host")),
            "Hosts that the page may send its visitor to, or have its style sheets and scripts from, though they are not the target's. Else it fails: what is seen there is not the release.",
        ),
        optional(
            "ignore",
            Shape::OneOrList(&Shape::Text("a part of a URL")),
            "What fails at URLs with this in them, and what scripts from there throw, is written down and fails nothing.",
        ),
        preset(
            "compare-with",
            Shape::Text("an environment, a URL or nothing"),
            "what it stands for",
            "Where the page is known to be good: what is wrong there too fails nothing, and it must not have more style sheets nor fewer exceptions. Usually that are the targets that this one stands for, as they are today, and where there are none itself, as it last passed; a check with steps that change something, or with secrets, is compared only with what is named. `nothing`: everything counts.",
        ),
        preset(
            "picture",
            Shape::Word(&["broken", "changed", "off"]),
            "broken",
            "From when on its picture fails it, beside the one of the page that is known to be good: when it is blank or has lost its style, when anything but words and small moves differs, or never.",
        ),
        optional(
            "clock",
            Shape::Text("a moment"),
            "The moment that scripts see, like `2026-01-01T12:00:00Z`; random numbers are then fixed too.",
        ),
        preset(
            "certificate",
            Shape::Word(&["trusted", "any"]),
            "trusted",
            "Whether the certificate must lead to a root that the browser trusts.",
        ),
        preset(
            "max-bytes",
            Shape::Bytes,
            "50MB",
            "Loading stops, and it fails, when it is larger.",
        ),
        preset(
            "within",
            Shape::Period,
            "30s",
            "The time limit of one attempt; the same as beside `page`.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ path: /, viewports: [phone, desktop], contains: Welcome }",
};

/// A user and a password.
static BASIC_AUTH: Object = Object {
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

/// Who looks, and with what.
fn visitor(r: &mut Reader<'_>, fields: &Fields<'_>, check: &mut PageCheck) -> Option<()> {
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

/// What must be seen.
fn expected(r: &mut Reader<'_>, fields: &Fields<'_>, check: &mut PageCheck) -> Option<()> {
    if let Some(node) = fields.get("contains") {
        check
            .expect_text
            .extend(read_texts(r, node, "a text").into_iter().map(HttpMatch::Contains));
    }
    if let Some(node) = fields.get("lacks") {
        check.expect_text.extend(read_texts(r, node, "a text").into_iter().map(HttpMatch::Lacks));
    }
    if let Some(node) = fields.get("matches") {
        for item in r.one_or_list(node) {
            check.expect_text.push(HttpMatch::Matches(read_regex(r, item)?));
        }
    }
    if let Some(node) = fields.get("elements") {
        check.expect_elements = read_texts(r, node, "a CSS selector");
    }
    if let Some(node) = fields.get("title") {
        check.expect_title = Some(read_match(r, node)?);
    }
    if let Some(node) = fields.get("language") {
        check.expect_language = Some(read_language(r, node)?);
    }
    if let Some(node) = fields.get("script-errors") {
        let words = [
            ("new", ScriptErrors::New),
            ("exceptions", ScriptErrors::Exceptions),
            ("all", ScriptErrors::All),
        ];
        check.script_errors = read_word(r, node, &words)?;
    }
    if let Some(node) = fields.get("own-hosts") {
        check.own_hosts = read_hosts(r, node);
    }
    if let Some(node) = fields.get("allow-hosts") {
        check.allow_hosts = read_hosts(r, node);
    }
    if let Some(node) = fields.get("picture") {
        let words = [
            ("broken", PictureRule::Broken),
            ("changed", PictureRule::Changed),
            ("off", PictureRule::Off),
        ];
        check.picture = read_word(r, node, &words)?;
    }
    if let Some(node) = fields.get("ignore") {
        check.ignore = read_texts(r, node, "a part of a URL");
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

fn read_language(r: &mut Reader<'_>, node: &Node) -> Option<String> {
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

fn read_hosts(r: &mut Reader<'_>, node: &Node) -> Vec<String> {
    let mut hosts = Vec::new();
    for item in r.one_or_list(node) {
        let Some(text) = read_text(r, item, "a host") else { continue };
        if text.contains(['/', ':', '*', ' ']) {
            r.error(item.span, format!("`{}` is not a host's name", clean(&text)))
                .hint("like static.example, without scheme, port or path");
        } else {
            hosts.push(text.to_ascii_lowercase());
        }
    }
    hosts
}

fn read_good(r: &mut Reader<'_>, node: &Node, environments: &Environments) -> Option<CompareWith> {
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

#[cfg(test)]
mod tests {
    use plimsoll_core::catalog::{CheckKind, CompareWith};

    use crate::testing::{bad, in_checks, load_one};

    #[test]
    fn a_page_is_compared_with_what_it_stands_for_an_environment_a_site_or_nothing() {
        for (written, wanted, is_public) in [
            ("", CompareWith::Usual, true),
            (
                ", compare-with: production",
                CompareWith::Environment("production".parse().expect("a name")),
                true,
            ),
            (", compare-with: nothing", CompareWith::Nothing, true),
            (
                ", compare-with: 'https://www.example'",
                CompareWith::Url("https://www.example".parse().expect("a template")),
                true,
            ),
            (", steps: [{ expect: Words }]", CompareWith::Usual, true),
            (", steps: [{ click: a }]", CompareWith::Usual, false),
            (", cookies: { a: '{{ secrets.token }}' }", CompareWith::Usual, false),
            (", headers: { x-preview: '1' }", CompareWith::Usual, true),
        ] {
            let text = in_checks(&format!("{{ page: {{ path: /{written} }} }}"));
            let loaded = load_one(&text).unwrap_or_else(|why| panic!("{written}: {why:?}"));
            let service = loaded.catalog.services.values().next().expect("one");
            let CheckKind::Page(page) = &service.checks.values().next().expect("one").kind else {
                panic!("it is a page")
            };
            assert_eq!((&page.compare_with, page.is_public()), (&wanted, is_public), "{written}");
            let staging = &service.environments[0];
            let target = staging.targets.values().next().expect("one");
            let ahead = service.stood_for(&staging.name, target);
            assert_eq!(
                ahead.iter().map(ToString::to_string).collect::<Vec<_>>(),
                ["s/production/a"]
            );
        }
    }

    #[test]
    fn pages_that_cannot_be_looked_at_are_refused() {
        bad(
            in_checks,
            &[
                ("{ page: home }", "9:18 [home] `home` is neither a path nor a URL → write  /home"),
                (
                    "{ page: { path: /, viewports: [phone, 10x10] } }",
                    "9:48 [10x10] `10x10` is not a window's size → write phone, desktop, or a width and a height from 100 to 4096: 1024x768",
                ),
                (
                    "{ page: { path: /, viewports: [phone, phone] } }",
                    "9:48 [phone] `phone` is there twice → leave one of them out",
                ),
                (
                    "{ page: { path: /, viewports: [] } }",
                    "9:40 [[]] with no window at all nothing would be seen → leave `viewports` out for a desktop",
                ),
                (
                    "{ page: { path: /, compare-with: productoin } }",
                    "9:43 [productoin] `productoin` is neither an environment nor a URL → where the page is known to be good: production, https://www.example, {{ target.vars.good }}, or nothing",
                ),
                (
                    "{ page: { path: '/?t={{ secrets.token }}' } }",
                    "9:34 [secrets.token] a secret cannot stand here: it would be visible in logs and addresses → pass it by env: of a command, or by a header or the body of a question",
                ),
                (
                    "{ page: { path: /, clock: noon } }",
                    "9:36 [noon] `noon` is not a moment → like 2026-01-01T12:00:00Z",
                ),
                (
                    "{ page: { path: /, locale: nl_NL } }",
                    "9:37 [nl_NL] `nl_NL` is not a language → like nl or nl-NL",
                ),
                (
                    "{ page: { path: /, own-hosts: 'https://a.example' } }",
                    "9:40 ['https://a.example'] `https://a.example` is not a host's name → like static.example, without scheme, port or path",
                ),
                (
                    "{ page: { path: /, basic-auth: { user: a } } }",
                    "9:29 [basic-auth] `password` is missing in this basic auth → `password`: The password: `{{ secrets.NAME }}`",
                ),
                (
                    "{ page: { path: /, colours: blue } }",
                    "9:38 [blue] `blue` is not one of light, dark",
                ),
                (
                    "{ page: { path: /, picture: same } }",
                    "9:38 [same] `same` is not one of broken, changed, off",
                ),
                (
                    "{ page: { path: /, allow-hosts: 'a.example:80' } }",
                    "9:42 ['a.example:80'] `a.example:80` is not a host's name → like static.example, without scheme, port or path",
                ),
                (
                    "{ page: { path: /, contain: x } }",
                    "9:29 [contain] unknown key `contain` → did you mean `contains`?",
                ),
                (
                    "{ page: { path: /, within: 2s }, within: 3s }",
                    "9:43 [within] `within` is said twice → keep the one beside the kind of the check",
                ),
            ],
        );
    }
}
