//! Sentences that name parts of what was asked, spelled as whoever asked has written them.

use std::fmt;

/// How the parts of a question are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As flags of a command: `--url`.
    Flags,
    /// As keys of a body, of a query, or of a form: `url`.
    Keys,
}

impl Spelling {
    /// The part alone: `--url`.
    #[must_use]
    pub fn name(self, part: &str) -> String {
        match self {
            Self::Flags => format!("--{part}"),
            Self::Keys => format!("`{part}`"),
        }
    }

    /// The part with a value: `--until 90d`.
    #[must_use]
    pub fn set(self, part: &str, value: &str) -> String {
        match self {
            Self::Flags => format!("--{part} {value}"),
            Self::Keys => format!("\"{part}\": \"{value}\""),
        }
    }

    /// The part with words of a person: `--reason "WHY"`.
    #[must_use]
    pub fn say(self, part: &str) -> String {
        match self {
            Self::Flags => format!("--{part} \"WHY\""),
            Self::Keys => self.set(part, "WHY"),
        }
    }
}

/// A sentence in both spellings. Where nobody says which is wanted it is the command's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    flags: String,
    keys: String,
}

impl Wording {
    /// A sentence that names parts of the question.
    pub fn naming(words: impl Fn(Spelling) -> String) -> Self {
        Self { flags: words(Spelling::Flags), keys: words(Spelling::Keys) }
    }

    /// As whoever asked has written it.
    #[must_use]
    pub fn spelled(&self, by: Spelling) -> &str {
        match by {
            Spelling::Flags => &self.flags,
            Spelling::Keys => &self.keys,
        }
    }
}

impl From<String> for Wording {
    fn from(words: String) -> Self {
        Self { flags: words.clone(), keys: words }
    }
}

impl From<&str> for Wording {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reads_the_part_as_it_was_written() {
        let words =
            Wording::naming(|by| format!("{} is before {}", by.name("until"), by.name("from")));
        assert_eq!(words.spelled(Spelling::Flags), "--until is before --from");
        assert_eq!(words.spelled(Spelling::Keys), "`until` is before `from`");
        let next = Wording::naming(|by| by.set("until", "2027-01-31"));
        assert_eq!(next.spelled(Spelling::Keys), r#""until": "2027-01-31""#);
        assert_eq!(next.to_string(), "--until 2027-01-31");
        assert_eq!(Wording::naming(|by| by.say("reason")).to_string(), r#"--reason "WHY""#);
    }
}
