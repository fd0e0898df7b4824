//! The tree.

use std::rc::Rc;

/// A range of bytes in one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Which file, by the order of reading.
    pub file: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What a mark goes under: the scalar, the `{…}` or `[…]`, or the key of an indented block.
    pub span: Span,
    /// The key that it is the value of, or the same as `span`.
    pub at: Span,
    /// The value.
    pub value: Value,
    /// How many values are in it, itself included: what an alias to it costs.
    pub size: usize,
}

/// What can be written. Lists and maps are shared, so that an alias costs nothing to copy.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Nothing after the colon.
    Empty,
    /// A text, number, word.
    Scalar(Scalar),
    /// A list.
    List(Rc<Vec<Node>>),
    /// A map, in the order of the text; its keys are different.
    Map(Rc<Vec<Entry>>),
}

/// A text as written.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    /// Its text, escapes resolved.
    pub text: Rc<str>,
    /// Written without quotes, so that `5` is a number and `null` is nothing.
    pub plain: bool,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The key.
    pub name: Rc<str>,
    /// Its place.
    pub span: Span,
    /// The value.
    pub node: Node,
}

impl Node {
    /// Its kind, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Empty => "nothing",
            Value::Scalar(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}
