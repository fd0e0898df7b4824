//! Names: of new things, and of things that must exist.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use plimsoll_core::ids::NameError;

use crate::reader::Reader;
use crate::shape::article;
use crate::text::{Entry, Node, Span, clean};

/// A new name, as a key.
pub(crate) fn key_name<T: FromStr<Err = NameError>>(
    r: &mut Reader<'_>,
    entry: &Entry,
) -> Option<T> {
    parse(r, &entry.name, entry.span)
}

/// A new name, as a value.
pub(crate) fn read_name<T: FromStr<Err = NameError>>(
    r: &mut Reader<'_>,
    node: &Node,
    what: &str,
) -> Option<T> {
    let scalar = r.scalar(node, &format!("the name of a {what}"))?;
    parse(r, &scalar.text, node.span)
}

fn parse<T: FromStr<Err = NameError>>(r: &mut Reader<'_>, text: &str, span: Span) -> Option<T> {
    match text.parse() {
        Ok(name) => Some(name),
        Err(NameError { what, text, why }) => {
            let why = why.split(" (a version").next().unwrap_or(why);
            r.error(span, format!("`{text}` cannot be the name of {} {what}", article(what)))
                .hint(why);
            None
        }
    }
}

/// The name of something that is declared elsewhere; `where_from` says where.
pub(crate) fn read_known<T: Ord + Clone + Display + std::borrow::Borrow<str>>(
    r: &mut Reader<'_>,
    node: &Node,
    known: &BTreeSet<T>,
    what: &str,
    where_from: &str,
) -> Option<T> {
    let scalar = r.scalar(node, &format!("the name of a {what}"))?;
    let found = known.get(&*scalar.text).cloned();
    if found.is_none() {
        unknown(r, &scalar.text, node.span, known, (what, where_from));
    }
    found
}

/// Reports a name that is declared nowhere.
pub(crate) fn unknown<T: std::borrow::Borrow<str>>(
    r: &mut Reader<'_>,
    text: &str,
    span: Span,
    known: &BTreeSet<T>,
    (what, where_from): (&str, &str),
) {
    let names = || known.iter().map(std::borrow::Borrow::borrow);
    let near = r.report.did_you_mean(text, names());
    let hint = near.unwrap_or_else(|| {
        if known.is_empty() {
            format!("add it under {where_from}")
        } else {
            format!(
                "there {} {}",
                if known.len() == 1 { "is only" } else { "are:" },
                crate::render::names(names(), 8)
            )
        }
    });
    r.error(span, format!("there is no {what} `{}`", clean(text))).hint(hint);
}

/// A list of such names, or one alone.
pub(crate) fn read_known_list<T: Ord + Clone + Display + std::borrow::Borrow<str>>(
    r: &mut Reader<'_>,
    node: &Node,
    known: &BTreeSet<T>,
    what: &str,
    where_from: &str,
) -> BTreeSet<T> {
    r.one_or_list(node)
        .iter()
        .filter_map(|item| read_known(r, item, known, what, where_from))
        .collect()
}
