//! From text to a tree in which every key and value knows its place.

mod build;
mod file;
mod node;
mod shown;
mod syntax;

pub(crate) use build::parse;
pub(crate) use file::{Place, SourceText};
pub(crate) use node::{Entry, Node, Scalar, Span, Value};
pub(crate) use shown::{clean, escaped};
