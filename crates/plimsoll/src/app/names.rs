//! Names on the command line. With something taken out they would be other names, so one that holds
//! a secret is refused. Free words are [`plimsoll_engine::words::Typed`], which nobody can read
//! before the secrets are out.

use crate::error::CliError;

/// An argument that is no words: a name, a moment, a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameGiven {
    /// As the help calls it: `--to <ENVIRONMENT>`.
    pub argument: String,
    /// What was typed.
    pub text: String,
}

/// Refuses names that hold a secret, without saying it again.
///
/// # Errors
/// One does.
pub(super) fn no_secret_in(
    names: &[NameGiven],
    clean: impl Fn(&str) -> String,
) -> Result<(), CliError> {
    for name in names {
        let shown = clean(&name.text);
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
    use clap::Command;
    use plimsoll_adapters::secrets::Redactor;

    use super::*;

    fn redactor() -> Redactor {
        Redactor::new([("pw".parse().expect("a name"), "hunter2hunter2".to_owned())])
    }

    #[test]
    fn names_that_hold_a_secret_are_refused_without_saying_it() {
        let given =
            |text: &str| [NameGiven { argument: "<RELEASE>".to_owned(), text: text.to_owned() }];
        assert!(no_secret_in(&given("shop@1.0"), |text| redactor().text(text)).is_ok());
        let refused = no_secret_in(&given("shop@hunter2hunter2"), |text| redactor().text(text));
        let words = refused.expect_err("it is refused").to_string();
        assert!(words.contains("<RELEASE> holds a secret: shop@[secret pw]"), "{words}");
    }

    /// Arguments that are plain text and never become an event: moments, what to show, which schema.
    const NO_WORDS: [&str; 10] =
        ["ledger", "person", "until", "since", "from", "began", "what", "close", "name", "confirm"];

    #[test]
    fn every_argument_that_takes_free_text_is_typed_words() {
        fn look(command: &Command, bare: &mut Vec<String>) {
            // Help and versions take no value.
            let taking = |argument: &&clap::Arg| argument.get_action().takes_values();
            for argument in command.get_arguments().filter(taking) {
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
        look(&crate::cli::Cli::tree(), &mut bare);
        assert!(bare.is_empty(), "words of people are `Typed`, not text: {bare:?}");
    }
}
