//! One setting a file: its part of the table, its reader, and its bad inputs.

mod address;
mod apart;
mod branches;
mod bytes;
mod catalog;
mod check;
mod command;
mod count;
mod environments;
mod fit;
mod flag;
mod forge;
mod include;
mod json;
mod limits;
mod name;
mod path;
mod path_pattern;
mod period;
mod platform;
mod promotion;
mod regex;
mod repository_paths;
mod roles;
mod rule;
mod secrets;
mod service;
mod target;
mod template;
mod text;
mod trust;
mod twins;
mod word;

pub(crate) use apart::Owner;
pub(crate) use catalog::{FILE, read_catalog};
pub(crate) use include::{Include, read_include};
#[cfg(test)]
pub(crate) use json::read_json;
pub(crate) use text::read_text;
