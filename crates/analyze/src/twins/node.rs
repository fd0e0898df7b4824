//! The tree that every format becomes.

/// A value of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A single value.
    Scalar(Scalar),
    /// Values in order.
    List(Vec<Node>),
    /// Values by key, in the order of the text; the keys are different.
    Map(Vec<(String, Node)>),
}

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// What kind of value it is.
    pub kind: Kind,
    /// What is compared.
    pub text: String,
    /// What people are shown.
    pub shown: String,
}

/// What kind of value a scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The format knows texts only: ini, lines.
    Untyped,
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// Nothing.
    Null,
    /// A date or time.
    Time,
}

impl Node {
    /// A scalar of that kind.
    pub fn scalar(kind: Kind, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Scalar(Scalar { kind, shown: text.clone(), text })
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
            }
            Self::List(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
            Self::Scalar(_) => None,
        }
    }

    /// Whether a scalar of a format without types is in it.
    #[must_use]
    pub fn is_untyped(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.kind == Kind::Untyped,
            Self::List(items) => items.iter().any(Self::is_untyped),
            Self::Map(entries) => entries.iter().any(|(_, node)| node.is_untyped()),
        }
    }

    /// The node as it is compared: texts and keys in the spelling that `spell` gives, and texts
    /// made normal by `normal`.
    #[must_use]
    pub fn prepared(
        &self,
        spell: &impl Fn(&str) -> String,
        normal: &impl Fn(&str) -> String,
    ) -> Self {
        match self {
            Self::Scalar(scalar) => {
                let shown = spell(&scalar.text);
                let text = match scalar.kind {
                    Kind::Text if has_lines(&shown) => {
                        let lines = shown.lines().map(normal).filter(|line| !line.is_empty());
                        lines.collect::<Vec<_>>().join("\n")
                    }
                    Kind::Text | Kind::Untyped => normal(&shown),
                    Kind::Number | Kind::Bool | Kind::Null | Kind::Time => shown.clone(),
                };
                Self::Scalar(Scalar { kind: scalar.kind, text, shown: shown.trim().to_owned() })
            }
            Self::List(items) => {
                Self::List(items.iter().map(|item| item.prepared(spell, normal)).collect())
            }
            Self::Map(entries) => Self::Map(
                entries
                    .iter()
                    .map(|(key, node)| (spell(key), node.prepared(spell, normal)))
                    .collect(),
            ),
        }
    }

    /// A key that stands twice in one of its maps.
    #[must_use]
    pub fn double_key(&self) -> Option<&str> {
        match self {
            Self::Scalar(_) => None,
            Self::List(items) => items.iter().find_map(Self::double_key),
            Self::Map(entries) => {
                let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
                keys.sort_unstable();
                let double = keys.windows(2).find(|two| two[0] == two[1]).map(|two| two[0]);
                double.or_else(|| entries.iter().find_map(|(_, node)| node.double_key()))
            }
        }
    }

    /// A text that two nodes have in common exactly when they are the same: keys in order of the
    /// alphabet, and with `typed` a text told apart from a number.
    #[must_use]
    pub fn canonical(&self, typed: bool) -> String {
        let mut text = String::new();
        self.write_canonical(typed, &mut text);
        text
    }

    fn write_canonical(&self, typed: bool, out: &mut String) {
        match self {
            Self::Scalar(scalar) => {
                if typed {
                    out.push(match scalar.kind {
                        Kind::Untyped | Kind::Text => '"',
                        Kind::Number => '#',
                        Kind::Bool => '?',
                        Kind::Null => '-',
                        Kind::Time => '@',
                    });
                }
                // The length makes the text unambiguous whatever is in it.
                out.push_str(&scalar.text.len().to_string());
                out.push(':');
                out.push_str(&scalar.text);
            }
            Self::List(items) => {
                out.push('[');
                items.iter().for_each(|item| item.write_canonical(typed, out));
                out.push(']');
            }
            Self::Map(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                out.push('{');
                for (key, node) in sorted {
                    out.push_str(&key.len().to_string());
                    out.push(':');
                    out.push_str(key);
                    node.write_canonical(typed, out);
                }
                out.push('}');
            }
        }
    }

    /// The value as people read it, on one line.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut text = String::new();
        self.write_shown(&mut text);
        text
    }

    fn write_shown(&self, out: &mut String) {
        match self {
            Self::Scalar(scalar) => out.push_str(&scalar.shown),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    item.write_shown(out);
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push_str("{ ");
                for (index, (key, node)) in entries.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    out.push_str(key);
                    out.push_str(": ");
                    node.write_shown(out);
                }
                out.push_str(" }");
            }
        }
    }
}

/// Whether a text is more than one line.
#[must_use]
pub fn has_lines(text: &str) -> bool {
    text.trim().contains('\n')
}
