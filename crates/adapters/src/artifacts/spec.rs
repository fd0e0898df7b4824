//! How an artifact is named on the command line.

use std::path::PathBuf;
use std::str::FromStr;

use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{ArtifactName, NameError};

/// An artifact as it is named on the command line: `[NAME=]PATH`, `[NAME=]git:REPO@REV`,
/// `NAME@sha256:…` or `NAME=ANYTHING@sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactSpec {
    /// Its name in the release.
    pub name: ArtifactName,
    /// Where it comes from.
    pub source: ArtifactSource,
}

/// Where an artifact comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactSource {
    /// A file or a directory.
    Path(PathBuf),
    /// A commit in a local clone.
    Git {
        /// The clone.
        repository: PathBuf,
        /// A branch, a tag, an id.
        revision: String,
    },
    /// Anything that its digest stands for.
    Named {
        /// What it is, for people.
        what: String,
        /// Its digest.
        digest: Digest,
    },
}

/// Why a text names no artifact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Nothing is named.
    #[error("`{0}` names nothing: write [NAME=]PATH, [NAME=]git:REPO@REV or NAME@sha256:…")]
    Nothing(String),
    /// A commit without a repository or a revision.
    #[error("`{0}` is not of the form git:REPO@REV")]
    Git(String),
    /// A digest that is none.
    #[error("`{0}` has no whole digest: write sha256: and 64 hexadecimal digits")]
    Digest(String),
    /// The name cannot be one.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No name can be made of it.
    #[error("`{text}` needs a name: write NAME={text}")]
    NeedsName {
        /// The text.
        text: String,
    },
}

impl FromStr for ArtifactSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || text.chars().take(120).flat_map(char::escape_debug).collect::<String>();
        let (name, rest) = match text.split_once('=') {
            // `./a=b` is a path.
            Some((name, rest)) if !name.contains('/') && !name.contains(':') => {
                (Some(name.parse::<ArtifactName>()?), rest)
            }
            _ => (None, text),
        };
        if rest.is_empty() || rest.contains(char::is_control) {
            return Err(SpecError::Nothing(shown()));
        }
        let (own_name, source) = source(rest, &shown)?;
        let name = match (name, own_name.and_then(|own| own.parse().ok())) {
            (Some(name), _) | (None, Some(name)) => name,
            (None, None) => return Err(SpecError::NeedsName { text: shown() }),
        };
        Ok(Self { name, source })
    }
}

fn source(
    text: &str,
    shown: &impl Fn() -> String,
) -> Result<(Option<String>, ArtifactSource), SpecError> {
    if let Some(rest) = text.strip_prefix("git:") {
        let (repository, revision) =
            rest.rsplit_once('@').ok_or_else(|| SpecError::Git(shown()))?;
        if repository.is_empty() || revision.is_empty() || revision.starts_with('-') {
            return Err(SpecError::Git(shown()));
        }
        let repository = PathBuf::from(repository);
        let own = last_part(&repository).map(|name| name.trim_end_matches(".git").to_owned());
        return Ok((own, ArtifactSource::Git { repository, revision: revision.to_owned() }));
    }
    if let Some((what, digits)) = text.split_once("@sha256:") {
        let digest = format!("sha256:{digits}").parse().map_err(|_| SpecError::Digest(shown()))?;
        if what.is_empty() {
            return Err(SpecError::Nothing(shown()));
        }
        let named = ArtifactSource::Named { what: what.to_owned(), digest };
        return Ok((Some(what.to_owned()), named));
    }
    let path = PathBuf::from(text);
    Ok((last_part(&path), ArtifactSource::Path(path)))
}

fn last_part(path: &std::path::Path) -> Option<String> {
    path.file_name().and_then(|name| name.to_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, ArtifactSource) {
        let spec: ArtifactSpec = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        (spec.name.to_string(), spec.source)
    }

    #[test]
    fn every_form_is_understood() {
        let digest = Digest::of(b"x");
        let git = |repository: &str, revision: &str| ArtifactSource::Git {
            repository: repository.into(),
            revision: revision.into(),
        };
        let named = |what: &str| ArtifactSource::Named { what: what.into(), digest };
        for (text, name, source) in [
            ("dist/site", "site", ArtifactSource::Path("dist/site".into())),
            ("site=./dist", "site", ArtifactSource::Path("./dist".into())),
            ("x=./a=b", "x", ArtifactSource::Path("./a=b".into())),
            ("./a/app.tar.gz", "app.tar.gz", ArtifactSource::Path("./a/app.tar.gz".into())),
            ("git:../code.git@v1.2", "code", git("../code.git", "v1.2")),
            ("src=git:/a@b/code@main", "src", git("/a@b/code", "main")),
            (&format!("app@{digest}"), "app", named("app")),
            (&format!("app=r.example/team/app@{digest}"), "app", named("r.example/team/app")),
        ] {
            assert_eq!(parsed(text), (name.to_owned(), source), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in [
            ("", "names nothing"),
            ("x=", "names nothing"),
            ("..", "needs a name"),
            (".", "needs a name"),
            ("a b=./x", "cannot be the name"),
            ("git:code", "git:REPO@REV"),
            ("git:code@-x", "git:REPO@REV"),
            ("app@sha256:abc", "64 hexadecimal digits"),
            ("a\nb", "names nothing"),
            ("./b c", "needs a name"),
        ] {
            let error = text.parse::<ArtifactSpec>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
            assert!(!error.contains('\n'), "{text}");
        }
    }
}
