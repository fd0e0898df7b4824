//! Words of people. Whatever a person writes may hold a secret, and what is written down is never
//! deleted: so what was typed cannot be read, except through [`Opened::words`], which takes every
//! secret out.
//!
//! Names (releases, targets, handles) are not words: with something taken out they would be other
//! names. One that holds a secret is refused.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use plimsoll_adapters::secrets::Redactor;

use crate::error::CliError;

use super::Opened;

/// The longest text that is written down.
const LONGEST: usize = 2_000;

/// Words as they were typed. Nothing but [`Opened::words`] and [`Opened::note`] gives them out.
#[derive(Clone, Default)]
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

/// An argument that is no words: a name, a moment, a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameGiven {
    /// As the help calls it: `--to <ENVIRONMENT>`.
    pub argument: String,
    /// What was typed.
    pub text: String,
}

impl Opened {
    /// What a person said, without secrets: for events and answers.
    ///
    /// # Errors
    /// It is blank or too long.
    pub fn words(&self, flag: &str, typed: &Typed) -> Result<String, CliError> {
        if typed.0.trim().is_empty() {
            return Err(CliError::usage(format!("{flag} is blank"), format!("{flag} \"WHY\"")));
        }
        self.note(flag, typed)
    }

    /// The same where nothing needs to be said.
    ///
    /// # Errors
    /// It is too long.
    pub fn note(&self, flag: &str, typed: &Typed) -> Result<String, CliError> {
        let text = typed.0.trim();
        if text.len() > LONGEST {
            return Err(CliError::usage(
                format!("{flag} is too long ({LONGEST} characters at most)"),
                "put the rest into a ticket",
            ));
        }
        Ok(self.redactor.text(text))
    }
}

/// Refuses names that hold a secret, without saying it again.
///
/// # Errors
/// One does.
pub(super) fn no_secret_in(names: &[NameGiven], redactor: &Redactor) -> Result<(), CliError> {
    for name in names {
        let shown = redactor.text(&name.text);
        if shown != name.text {
            return Err(CliError::usage(
                format!("{} holds a secret: {shown}", name.argument),
                "names are written down and shown everywhere: choose another one",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::*;

    fn redactor() -> Redactor {
        Redactor::new([("pw".parse().expect("a name"), "hunter2hunter2".to_owned())])
    }

    #[test]
    fn names_that_hold_a_secret_are_refused_without_saying_it() {
        let given =
            |text: &str| [NameGiven { argument: "<RELEASE>".to_owned(), text: text.to_owned() }];
        assert!(no_secret_in(&given("shop@1.0"), &redactor()).is_ok());
        let refused = no_secret_in(&given("shop@hunter2hunter2"), &redactor());
        let words = refused.expect_err("it is refused").to_string();
        assert!(words.contains("<RELEASE> holds a secret: shop@[secret pw]"), "{words}");
    }

    #[test]
    fn what_was_typed_is_not_shown_by_accident() {
        let typed: Typed = "hunter2hunter2".parse().expect("any text");
        assert!(!format!("{typed:?}").contains("hunter"));
    }

    /// Arguments that are plain text and never become an event: moments, what to show, which schema.
    const NO_WORDS: [&str; 9] =
        ["ledger", "person", "until", "since", "from", "what", "close", "name", "confirm"];

    #[test]
    fn every_argument_that_takes_free_text_is_typed_words() {
        fn look(command: &Command, bare: &mut Vec<String>) {
            for argument in command.get_arguments() {
                let text = clap::value_parser!(String);
                let is_text = argument.get_value_parser().type_id() == text.type_id();
                if is_text && !NO_WORDS.contains(&argument.get_id().as_str()) {
                    bare.push(format!("{} {argument}", command.get_name()));
                }
            }
            // They read files and write no event.
            let inner = command.get_subcommands();
            inner
                .filter(|inner| !matches!(inner.get_name(), "twins" | "picture"))
                .for_each(|inner| look(inner, bare));
        }
        let mut bare = Vec::new();
        look(&crate::cli::Cli::command(), &mut bare);
        assert!(bare.is_empty(), "words of people are `Typed`, not text: {bare:?}");
    }
}
