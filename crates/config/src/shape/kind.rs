//! Kinds of values.

use super::Object;

/// What can stand after a key or in a list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// A text; what it is for.
    Text(&'static str),
    /// A name; of what.
    Name(&'static str),
    /// A length of time.
    Period,
    /// A whole number within bounds.
    Count {
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// A number of bytes with its unit.
    Bytes,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// Any value of JSON.
    Json,
    /// A list.
    List(&'static Shape),
    /// One, or a list of them.
    OneOrList(&'static Shape),
    /// A map with free keys; what they are.
    Map(&'static str, &'static Shape),
    /// A map with known keys.
    Object(&'static Object),
    /// The short form, or the long one.
    Either(&'static Shape, &'static Shape),
}

impl Shape {
    /// What it is, for messages and the reference.
    pub fn describe(&self) -> String {
        match self {
            Self::Text(what) => (*what).to_owned(),
            Self::Name(what) => format!("the name of a {what}"),
            Self::Period => "a duration".to_owned(),
            Self::Count { least, most } => format!("a number from {least} to {most}"),
            Self::Bytes => "a size".to_owned(),
            Self::Word(words) => words.join(" or "),
            Self::Flag => "true or false".to_owned(),
            Self::Json => "any value".to_owned(),
            Self::List(item) => format!("a list: {}", item.describe()),
            Self::OneOrList(item) => format!("{}, or a list", item.describe()),
            Self::Map(key, value) => format!("a map: {key} to {}", value.describe()),
            Self::Object(object) => format!("{} {}", article(object.name), object.name),
            Self::Either(short, long) => format!("{}; or {}", short.describe(), long.describe()),
        }
    }

    /// The maps with known keys that it leads to, directly.
    pub fn objects(&self) -> Vec<&'static Object> {
        match self {
            Self::Text(_)
            | Self::Name(_)
            | Self::Period
            | Self::Count { .. }
            | Self::Bytes
            | Self::Word(_)
            | Self::Flag
            | Self::Json => Vec::new(),
            Self::List(inner) | Self::OneOrList(inner) | Self::Map(_, inner) => inner.objects(),
            Self::Object(object) => vec![object],
            Self::Either(short, long) => [short.objects(), long.objects()].concat(),
        }
    }
}

/// `a` or `an`.
pub(crate) fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
