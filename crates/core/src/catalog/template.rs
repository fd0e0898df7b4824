//! Texts with `{{ … }}` places.
//!
//! A template is parsed once, when the configuration is loaded, and a place can only be one of
//! [`Variable`]. Filling is a single pass: what a variable holds is never looked at again, and one
//! template always becomes exactly one argument.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::SecretName;

/// What a place in a template can stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// `service.name`
    Service,
    /// `environment.name`
    Environment,
    /// `target.name`
    Target,
    /// `target.site`
    Site,
    /// `target.platform`
    Platform,
    /// `target.url`
    Url,
    /// `target.vars.KEY`: free values of the target
    TargetVar(String),
    /// `release.version`
    Version,
    /// `release.digest`
    ReleaseDigest,
    /// `previous.version`: the version being replaced, empty when none is known
    PreviousVersion,
    /// `out`: a fresh directory for the files that a command writes
    Out,
    /// `secrets.NAME`
    Secret(SecretName),
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("`{{{{` is never closed by `}}}}`")]
    Unclosed,
    /// A name that is no variable.
    #[error("unknown variable `{0}`")]
    Unknown(String),
}

impl Variable {
    /// Every name that can be written, for hints; `KEY` and `NAME` stand for the user's own.
    pub const NAMES: [&'static str; 12] = [
        "service.name",
        "environment.name",
        "target.name",
        "target.site",
        "target.platform",
        "target.url",
        "target.vars.KEY",
        "release.version",
        "release.digest",
        "previous.version",
        "out",
        "secrets.NAME",
    ];
}

impl FromStr for Variable {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || TemplateError::Unknown(text.to_owned());
        Ok(match text {
            "service.name" => Self::Service,
            "environment.name" => Self::Environment,
            "target.name" => Self::Target,
            "target.site" => Self::Site,
            "target.platform" => Self::Platform,
            "target.url" => Self::Url,
            "release.version" => Self::Version,
            "release.digest" => Self::ReleaseDigest,
            "previous.version" => Self::PreviousVersion,
            "out" => Self::Out,
            _ => match text.strip_prefix("target.vars.") {
                Some(key) if !key.is_empty() => Self::TargetVar(key.to_owned()),
                _ => text
                    .strip_prefix("secrets.")
                    .and_then(|name| name.parse().ok())
                    .map(Self::Secret)
                    .ok_or_else(unknown)?,
            },
        })
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service => f.write_str("service.name"),
            Self::Environment => f.write_str("environment.name"),
            Self::Target => f.write_str("target.name"),
            Self::Site => f.write_str("target.site"),
            Self::Platform => f.write_str("target.platform"),
            Self::Url => f.write_str("target.url"),
            Self::TargetVar(key) => write!(f, "target.vars.{key}"),
            Self::Version => f.write_str("release.version"),
            Self::ReleaseDigest => f.write_str("release.digest"),
            Self::PreviousVersion => f.write_str("previous.version"),
            Self::Out => f.write_str("out"),
            Self::Secret(name) => write!(f, "secrets.{name}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Text(String),
    Place(Variable),
}

/// A parsed text with places; written and read as the text the user wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    pieces: Vec<Piece>,
}

impl Template {
    /// Every variable that occurs, in order.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Place(variable) => Some(variable),
        })
    }

    /// Fills every place with what `value` gives for it; `None` when one has no value, naming it.
    ///
    /// # Errors
    /// The first variable that has no value.
    pub fn fill(&self, value: impl Fn(&Variable) -> Option<String>) -> Result<String, Variable> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Place(variable) => {
                    text.push_str(&value(variable).ok_or_else(|| variable.clone())?);
                }
            }
        }
        Ok(text)
    }

    /// Fills from a map.
    ///
    /// # Errors
    /// The first variable that is not in the map.
    pub fn fill_from(&self, values: &BTreeMap<Variable, String>) -> Result<String, Variable> {
        self.fill(|variable| values.get(variable).cloned())
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            if open > 0 {
                pieces.push(Piece::Text(rest[..open].to_owned()));
            }
            let inside = &rest[open + 2..];
            let close = inside.find("}}").ok_or(TemplateError::Unclosed)?;
            pieces.push(Piece::Place(inside[..close].trim().parse()?));
            rest = &inside[close + 2..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => f.write_str(part)?,
                Piece::Place(variable) => write!(f, "{{{{ {variable} }}}}")?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_template_is_not_filled_again() {
        let template: Template = "v={{ release.version }}!".parse().expect("valid");
        let filled = template.fill(|_| Some("{{ secrets.token }}".to_owned()));
        assert_eq!(filled, Ok("v={{ secrets.token }}!".to_owned()));
    }

    #[test]
    fn unknown_and_unclosed_places_are_refused_at_parsing() {
        assert_eq!(
            "{{ release.vesion }}".parse::<Template>(),
            Err(TemplateError::Unknown("release.vesion".into()))
        );
        assert_eq!("a {{ b".parse::<Template>(), Err(TemplateError::Unclosed));
    }

    #[test]
    fn the_text_round_trips() {
        let text = "./deploy {{ target.vars.host }} {{ out }}";
        assert_eq!(text.parse::<Template>().map(|t| t.to_string()), Ok(text.to_owned()));
    }
}
