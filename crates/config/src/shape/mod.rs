//! The one table of what can be written. Each setting's file holds its part of it beside its
//! reader; unknown keys, the JSON Schema and the reference are all made from it.

mod kind;
mod object;

pub(crate) use kind::{Shape, article};
pub(crate) use object::{Key, Object, Presence, optional, preset, required};
