//! Maps with keys of their own.

use super::Shape;

/// A map whose keys are known.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its name in the schema and the reference.
    pub name: &'static str,
    /// What it is, in a sentence or two.
    pub doc: &'static str,
    /// Its keys, in the order of the reference.
    pub keys: &'static [Key],
    /// The keys of which there must be exactly one; none when empty.
    pub one_of: &'static [&'static str],
    /// What stands after keys that are free, beside the known ones; none are when absent.
    pub rest: Option<Shape>,
    /// An example of its value; a test reads it.
    pub example: &'static str,
}

/// A key and what stands after it.
#[derive(Debug)]
pub(crate) struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What stands after it.
    pub shape: Shape,
    /// Whether it must be there.
    pub presence: Presence,
    /// What it means.
    pub doc: &'static str,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It must.
    Required,
    /// It need not; this holds without it.
    Preset(&'static str),
    /// It need not.
    Optional,
}

/// A key that must be there.
pub(crate) const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, presence: Presence::Required, doc }
}

/// A key that need not be there, and what holds without it.
pub(crate) const fn preset(
    name: &'static str,
    shape: Shape,
    without: &'static str,
    doc: &'static str,
) -> Key {
    Key { name, shape, presence: Presence::Preset(without), doc }
}

/// A key that need not be there.
pub(crate) const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, presence: Presence::Optional, doc }
}

impl Object {
    /// The names of its keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }

    /// The names of the keys, for a sentence.
    pub fn list(&self) -> String {
        self.names().collect::<Vec<_>>().join(", ")
    }
}
