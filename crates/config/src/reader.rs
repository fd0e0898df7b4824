//! Reads values of the tree, reports what is wrong, and goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use plimsoll_core::catalog::Variable;
use plimsoll_core::ids::{RoleName, SecretName};

use crate::elements::{Owner, read_text};
use crate::render::names;
use crate::report::{Noted, Report};
use crate::shape::{Object, Presence};
use crate::text::{Entry, Node, Scalar, Span, Value, clean};

/// What is known while reading: the report, and the names that are declared for all services.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    /// Where problems go.
    pub report: &'a mut Report,
    /// The declared roles.
    pub roles: Rc<BTreeSet<RoleName>>,
    /// The declared secrets.
    pub secrets: Rc<BTreeSet<SecretName>>,
    /// The variables that were used since the last look, to be compared with the targets.
    pub used: Vec<(Variable, Span)>,
    /// The directories that are deployed to so far, and whose they are.
    pub directories: BTreeMap<String, Owner>,
}

/// The entries of a map with known keys.
pub(crate) struct Fields<'n> {
    /// The key of the whole, for what is missing.
    pub at: Span,
    object: &'static Object,
    entries: BTreeMap<&'static str, &'n Entry>,
}

impl<'n> Fields<'n> {
    /// The value of a key, if it is there.
    pub fn get(&self, name: &'static str) -> Option<&'n Node> {
        self.entry(name).map(|entry| &entry.node)
    }

    /// The key and its value, if they are there.
    pub fn entry(&self, name: &'static str) -> Option<&'n Entry> {
        assert!(self.object.names().any(|known| known == name), "{name} is in the table");
        #[cfg(test)]
        crate::testing::asked(self.object.name, name);
        self.entries.get(name).copied()
    }

    /// The text of a key that must be there; that it is missing has been reported.
    pub fn text(&self, r: &mut Reader<'_>, name: &'static str, what: &str) -> Option<String> {
        read_text(r, self.get(name)?, what)
    }

    /// The value of a key that may be absent; nothing at all where it is there and wrong.
    pub fn optional<T>(
        &self,
        r: &mut Reader<'_>,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'_>, &'n Node) -> Option<T>,
    ) -> Option<Option<T>> {
        self.get(name).map_or(Some(None), |node| read(r, node).map(Some))
    }

    /// The one of the keys of which there must be exactly one; its absence has been reported.
    pub fn choice(&self) -> Option<(&'static str, &'n Entry)> {
        self.object.one_of.iter().find_map(|name| Some((*name, self.entry(name)?)))
    }
}

impl Reader<'_> {
    /// Notes an error.
    pub fn error(&mut self, span: Span, message: impl Into<String>) -> Noted<'_> {
        self.report.error(span, message)
    }

    /// A map with known keys. Unknown ones, missing ones, and two of a choice are reported, and
    /// reading goes on with what is there, so that all errors come at once.
    pub fn object<'n>(&mut self, node: &'n Node, object: &'static Object) -> Option<Fields<'n>> {
        let entries = self.map(node, object)?;
        let mut known = BTreeMap::new();
        let no_choice = !entries.iter().any(|entry| object.one_of.contains(&&*entry.name));
        let mut strange = Vec::new();
        for entry in entries {
            match object.names().find(|name| **name == *entry.name) {
                Some(name) => drop(known.insert(name, entry)),
                None => strange.push(self.unknown_key(entry, object, no_choice)),
            }
        }
        self.no_key_is_missing(node, object, &known, &strange);
        if !no_choice || strange.is_empty() {
            self.exactly_one(node, object, &known);
        }
        Some(Fields { at: node.at, object, entries: known })
    }

    fn map<'n>(&mut self, node: &'n Node, object: &'static Object) -> Option<&'n [Entry]> {
        if let Value::Map(entries) = &node.value {
            return Some(entries);
        }
        let found = format!("expected a map ({}), found {}", names(object.names(), 4), node.kind());
        let hint = (!object.example.is_empty() && !object.example.contains('\n'))
            .then(|| format!("like  {}", object.example));
        self.error(node.span, found).hint_if(hint);
        None
    }

    /// Reports a key that is not known, and gives the hint.
    fn unknown_key(&mut self, entry: &Entry, object: &'static Object, no_choice: bool) -> String {
        let near = self.report.did_you_mean(&entry.name, object.names());
        let near = near.or_else(|| deeper(object, &entry.name));
        let hint = near.unwrap_or_else(|| match object.one_of {
            [_, ..] if no_choice => {
                format!("there are these kinds of {}: {}", object.name, object.one_of.join(", "))
            }
            _ => format!("there are: {}", object.list()),
        });
        self.error(entry.span, format!("unknown key `{}`", clean(&entry.name))).hint(hint.clone());
        hint
    }

    fn no_key_is_missing(
        &mut self,
        node: &Node,
        object: &'static Object,
        known: &BTreeMap<&str, &Entry>,
        hints: &[String],
    ) {
        let meant =
            |name: &str| hints.iter().any(|hint| *hint == format!("did you mean `{name}`?"));
        let missing: Vec<&str> = object
            .keys
            .iter()
            .filter(|key| key.presence == Presence::Required && !known.contains_key(key.name))
            .filter(|key| !meant(key.name))
            .map(|key| key.name)
            .collect();
        for name in &missing {
            let doc = object.keys.iter().find(|key| key.name == *name).map(|key| key.doc);
            self.error(node.at, format!("`{name}` is missing in this {}", object.name))
                .hint_if(doc.map(|doc| format!("`{name}`: {}", first_sentence(doc))));
        }
    }

    fn exactly_one(
        &mut self,
        node: &Node,
        object: &'static Object,
        known: &BTreeMap<&str, &Entry>,
    ) {
        if object.one_of.is_empty() {
            return;
        }
        let given: Vec<&&Entry> = object.one_of.iter().filter_map(|name| known.get(name)).collect();
        let list = object.one_of.join(", ");
        match given.as_slice() {
            [_] => {}
            [] => {
                let what = format!("this {} must be one of: {list}", object.name);
                self.error(node.at, what).hint_if(
                    (!object.example.contains('\n')).then(|| format!("like  {}", object.example)),
                );
            }
            [first, second, ..] => {
                let both = format!("`{}` and `{}` exclude each other", first.name, second.name);
                let later = if first.span.start > second.span.start { first } else { second };
                self.error(later.span, both).hint(format!("keep one of: {list}"));
            }
        }
    }

    /// A map with free keys.
    pub fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        if let Value::Map(entries) = &node.value {
            return Some(entries);
        }
        self.error(node.span, format!("expected a map of {what}, found {}", node.kind()))
            .hint("write  name: value  below it");
        None
    }

    /// Whether there are few enough of something that is compared with each other; nobody has
    /// more, and the time would grow with their square.
    pub fn at_most(&mut self, most: usize, count: usize, at: Span, what: &str) -> bool {
        if count > most {
            self.error(at, format!("{count} {what} are too many")).hint(format!("{most} at most"));
        }
        count <= most
    }

    /// A list.
    pub fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        if let Value::List(items) = &node.value {
            return Some(items);
        }
        let hint = match &node.value {
            Value::Scalar(scalar) => format!("write a list: [{}]", clean(&scalar.text)),
            Value::Empty | Value::List(_) | Value::Map(_) => "write a list: [one, two]".to_owned(),
        };
        self.error(node.span, format!("expected a list of {what}, found {}", node.kind()))
            .hint(hint);
        None
    }

    /// One value, or a list of them.
    pub fn one_or_list<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Empty | Value::Scalar(_) | Value::Map(_) => std::slice::from_ref(node),
        }
    }

    /// A scalar that is there and holds no NUL.
    pub fn scalar<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Scalar> {
        let Value::Scalar(scalar) = &node.value else {
            self.error(node.span, format!("expected {what}, found {}", node.kind())).hint_if(
                matches!(node.value, Value::Empty).then_some("write a value after the colon"),
            );
            return None;
        };
        if scalar.plain && matches!(&*scalar.text, "null" | "~" | "Null" | "NULL") {
            self.error(node.span, format!("expected {what}, found nothing (`{}`)", scalar.text))
                .hint("quote it if the word is meant, or leave the key out");
            return None;
        }
        if scalar.text.contains('\0') {
            self.error(node.span, format!("{what} cannot hold a NUL character"))
                .hint("leave it out");
            return None;
        }
        Some(scalar)
    }
}

/// Where a key stands that was written one step too high, if there is one such place.
fn deeper(object: &'static Object, name: &str) -> Option<String> {
    let mut places =
        object.keys.iter().filter(|key| object.one_of.contains(&key.name)).filter(|key| {
            key.shape.objects().iter().any(|inner| inner.names().any(|one| one == name))
        });
    match (places.next(), places.next()) {
        (Some(only), None) => {
            Some(format!("it stands below `{0}`:  {0}: {{ {name}: … }}", only.name))
        }
        (Some(_) | None, _) => None,
    }
}

/// A sentence without its full stop, for a hint.
fn first_sentence(doc: &str) -> &str {
    doc.split_once(". ").map_or(doc.trim_end_matches('.'), |(first, _)| first)
}
