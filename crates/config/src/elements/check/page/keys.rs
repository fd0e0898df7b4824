//! What may be said of a page, as the reference and editors have it.

use crate::elements::check::http_match::MATCH;
use crate::shape::{Object, Shape, optional, preset, required};

use super::step::STEP;
use super::visitor::BASIC_AUTH;

/// A page.
pub(in crate::elements::check) static PAGE: Object = Object {
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
