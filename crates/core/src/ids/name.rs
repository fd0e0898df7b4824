//! Validated names.
//!
//! Names end up in file names, URLs, argument lists and environment variables, so one narrow
//! alphabet serves all: letters, digits, `.`, `_`, `-`, beginning with a letter or digit, and
//! never `..`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot be the name of a {what}: {why}")]
pub struct NameError {
    /// What was to be named.
    pub what: &'static str,
    /// The text, shortened, control characters escaped.
    pub text: String,
    /// What is wrong with it, and what is allowed.
    pub why: &'static str,
}

fn validate(what: &'static str, text: &str, extra: &str, longest: usize) -> Result<(), NameError> {
    let fail = |why| {
        let text = text.chars().take(40).flat_map(char::escape_debug).collect();
        Err(NameError { what, text, why })
    };
    if text.is_empty() {
        return fail("it is empty");
    }
    if text.len() > longest {
        return fail("it is too long (63 characters at most, 128 for a version)");
    }
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return fail("it must begin with a letter or a digit");
    }
    if text.contains("..") {
        return fail("`..` is not allowed in a name");
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c) || extra.contains(c);
    if !text.chars().all(allowed) {
        return fail(
            "use letters, digits, `.`, `_` and `-` (a version may also have `+`, `~`, `:`)",
        );
    }
    Ok(())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $extra:literal, $longest:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks the alphabet and the length.
            ///
            /// # Errors
            /// [`NameError`] says what is wrong; show it to whoever wrote the name.
            pub fn new(text: &str) -> Result<Self, NameError> {
                validate($what, text, $extra, $longest)?;
                Ok(Self(text.into()))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// The name of a service.
    ServiceName, "service", "", 63);
name!(
    /// The name of an environment (an ordered stage: staging, production).
    EnvironmentName, "environment", "", 63);
name!(
    /// The name of a platform (how things are deployed: vm, k8s, packages).
    PlatformName, "platform", "", 63);
name!(
    /// The name of a target inside its environment.
    TargetName, "target", "", 63);
name!(
    /// The name of a site.
    SiteName, "site", "", 63);
name!(
    /// The name of a check inside its service.
    CheckName, "check", "", 63);
name!(
    /// The version of a release.
    Version, "version", "+~:", 128);
name!(
    /// The name of an artifact inside its release.
    ArtifactName, "artifact", "", 63);
name!(
    /// A person's handle.
    PersonName, "person", "@", 63);
name!(
    /// The name of a role that people hold.
    RoleName, "role", "", 63);
name!(
    /// The name of a secret.
    SecretName, "secret", "", 63);
name!(
    /// The name of a forge.
    ForgeName, "forge", "", 63);
name!(
    /// The name of a token.
    TokenName, "token", "", 63);
name!(
    /// The name under which an issuer of tokens is trusted.
    TrustName, "trusted issuer", "", 63);
name!(
    /// The name of a freeze window.
    WindowName, "freeze window", "", 63);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_escape_a_path_or_an_argument_are_refused() {
        for bad in [
            "",
            "a/b",
            "..",
            "a..b",
            "-rf",
            ".hidden",
            "a b",
            "a\nb",
            "a\0b",
            "{{x}}",
            "$(id)",
            "é",
            &"x".repeat(64),
        ] {
            assert!(ServiceName::new(bad).is_err(), "{bad:?}");
        }
        for good in ["planet4", "nl-k8s", "a", "A.b_c-9"] {
            assert_eq!(ServiceName::new(good).map(|n| n.to_string()), Ok(good.to_owned()));
        }
    }

    #[test]
    fn versions_allow_what_packages_and_semver_need() {
        for good in ["1.23", "1.0.0+build.5", "2:4.6~rc1", "4.6.1731"] {
            assert!(Version::new(good).is_ok(), "{good}");
        }
        assert!(Version::new("1/2").is_err());
    }

    #[test]
    fn control_characters_are_escaped_in_the_message() {
        let error = TargetName::new("a\u{1b}[31m").expect_err("escape is no name");
        assert!(!error.to_string().contains('\u{1b}'));
    }
}
