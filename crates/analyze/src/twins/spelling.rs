//! From the left spelling to the right one.

use plimsoll_core::catalog::Respelling;
use regex::{Regex, RegexBuilder};

/// The size of a compiled expression.
const LARGEST_BYTES: usize = 1 << 20;

/// Respellings, ready to be used.
#[derive(Debug, Clone)]
pub struct Spelling(Vec<Step>);

#[derive(Debug, Clone)]
enum Step {
    Text { from: String, to: String },
    Regex { from: Regex, to: String },
}

impl Spelling {
    /// Compiles them.
    ///
    /// # Errors
    /// An expression does not compile; the sentence says which.
    pub fn new(mapping: &[Respelling]) -> Result<Self, String> {
        let step = |respelling: &Respelling| match respelling {
            Respelling::Text { from, to } => Ok(Step::Text { from: from.clone(), to: to.clone() }),
            Respelling::Regex { from, to } => RegexBuilder::new(from)
                .size_limit(LARGEST_BYTES)
                .build()
                .map(|regex| Step::Regex { from: regex, to: to.clone() })
                .map_err(|_| format!("the mapping `re:{from}` does not compile")),
        };
        mapping.iter().map(step).collect::<Result<_, _>>().map(Self)
    }

    /// The text in the right spelling.
    #[must_use]
    pub fn spell(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, step| match step {
            Step::Text { from, .. } if from.is_empty() => text,
            Step::Text { from, to } => text.replace(from.as_str(), to),
            Step::Regex { from, to } => from.replace_all(&text, to.as_str()).into_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_expressions_are_respelled_in_order() {
        let mapping =
            [Respelling::new("/srv/vm", "/srv/k8s"), Respelling::new("re:-v(\\d+)", " v$1")];
        let spelling = Spelling::new(&mapping).expect("compiles");
        assert_eq!(spelling.spell("cp /srv/vm/a-v12 /srv/vm/b"), "cp /srv/k8s/a v12 /srv/k8s/b");
        assert!(Spelling::new(&[Respelling::new("re:(", "")]).is_err());
        assert!(Spelling::new(&[Respelling::new("re:a{1000}{1000}", "")]).is_err());
    }
}
