//! Words of people. Whatever a person writes may hold a secret, and what is written down is never
//! deleted: so what was typed cannot be read, except through [`Desk::words`] and [`Desk::note`],
//! which take every secret out, and on its way to a server that does.
//!
//! Names (releases, targets, handles) are not words: with something taken out they would be other
//! names.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::desk::{Desk, DeskError, Wording};

/// The longest text that is written down.
///
/// # Units
/// Characters, without the blanks around it.
pub const LONGEST: usize = 2_000;

/// Words as they were typed. Nothing but [`Desk::words`] and [`Desk::note`] gives them out here.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Typed(String);

impl FromStr for Typed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Typed {
    /// As it was typed, for a server that takes the secrets out of it and writes it down. Nothing
    /// here does.
    #[must_use]
    pub fn for_a_server(&self) -> &str {
        &self.0
    }

    /// Whether nothing but blanks was typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Whether it is longer than what is written down.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.0.trim().chars().nth(LONGEST).is_some()
    }
}

impl Desk {
    /// What a person said, without secrets: for events and answers. `field` is how the person
    /// knows it: `reason`.
    ///
    /// # Errors
    /// It is blank or too long.
    pub fn words(&self, field: &str, typed: &Typed) -> Result<String, DeskError> {
        if typed.is_blank() {
            return Err(DeskError::wrong(
                Wording::naming(|by| format!("{} is blank", by.name(field))),
                Wording::naming(|by| by.say(field)),
            ));
        }
        self.note(field, typed)
    }

    /// The same where nothing needs to be said.
    ///
    /// # Errors
    /// It is too long.
    pub fn note(&self, field: &str, typed: &Typed) -> Result<String, DeskError> {
        if typed.is_too_long() {
            return Err(DeskError::wrong(
                Wording::naming(|by| {
                    format!("{} is too long ({LONGEST} characters at most)", by.name(field))
                }),
                "put the rest into a ticket",
            ));
        }
        Ok(self.parts.redact.text(typed.0.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_shown_by_accident() {
        let typed: Typed = "hunter2hunter2".parse().expect("any text");
        assert!(!format!("{typed:?}").contains("hunter"));
    }

    #[test]
    fn length_is_counted_in_characters_and_not_in_bytes() {
        let typed = |text: String| text.parse::<Typed>().expect("any text");
        assert!(!typed("ö".repeat(LONGEST)).is_too_long());
        assert!(!typed(format!("  {}\n", "x".repeat(LONGEST))).is_too_long());
        assert!(typed("x".repeat(LONGEST + 1)).is_too_long());
    }
}
