//! What a pusher names: `git push -o also=data8 -o force=production`.

use std::collections::BTreeSet;

use crate::catalog::{BranchRef, BranchRefError};
use crate::ids::{NameError, ServiceName};

/// What a pusher has named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Services that may ride along.
    pub also: BTreeSet<ServiceName>,
    /// Branches that may lose commits.
    pub force: BTreeSet<BranchRef>,
    /// Branches that may be deleted.
    pub delete: BTreeSet<BranchRef>,
}

/// A push option, as far as it is one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOption<'a> {
    /// It names something, and is noted.
    Noted,
    /// `break-glass=REASON`: the reason as it was typed.
    BreakGlass(&'a str),
    /// For another hook or the forge.
    NotOurs,
}

/// A push option that names nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// No service can have that name.
    #[error("-o also: {0}")]
    Service(#[from] NameError),
    /// No branch can have that name.
    #[error("-o {key}: {error}")]
    Branch {
        /// Which option.
        key: &'static str,
        /// Why not.
        error: BranchRefError,
    },
}

impl Named {
    /// Reads one push option. Forges have options of their own, so others are left alone.
    ///
    /// # Errors
    /// It is ours, and names nothing that there could be.
    pub fn note<'a>(&mut self, text: &'a str) -> Result<PushOption<'a>, OptionError> {
        let Some((key, value)) = text.split_once('=') else {
            // A bare `-o break-glass` is meant for us, and has no reason.
            let broken = text == "break-glass";
            return Ok(if broken { PushOption::BreakGlass("") } else { PushOption::NotOurs });
        };
        match key {
            "also" => {
                for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                    self.also.insert(name.parse()?);
                }
            }
            "force" => add_branches("force", value, &mut self.force)?,
            "delete" => add_branches("delete", value, &mut self.delete)?,
            "break-glass" => return Ok(PushOption::BreakGlass(value)),
            _ => return Ok(PushOption::NotOurs),
        }
        Ok(PushOption::Noted)
    }
}

fn add_branches(
    key: &'static str,
    value: &str,
    to: &mut BTreeSet<BranchRef>,
) -> Result<(), OptionError> {
    for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        to.insert(name.parse().map_err(|error| OptionError::Branch { key, error })?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_repeated_or_have_commas_and_others_are_left_alone() {
        let mut named = Named::default();
        for text in ["also=a", "also=b, c,", "force=production", "delete=refs/heads/old,older"] {
            assert_eq!(named.note(text), Ok(PushOption::Noted), "{text}");
        }
        for text in ["ci.skip", "merge_request.create", "also", "", "topic=a=b", "ALSO=x"] {
            assert_eq!(named.note(text), Ok(PushOption::NotOurs), "{text}");
        }
        assert_eq!(named.note("break-glass=it=down"), Ok(PushOption::BreakGlass("it=down")));
        assert_eq!(named.note("break-glass"), Ok(PushOption::BreakGlass("")));
        let also: Vec<_> = named.also.iter().map(ServiceName::as_str).collect();
        assert_eq!(also, ["a", "b", "c"]);
        assert_eq!((named.force.len(), named.delete.len()), (1, 2));
    }

    #[test]
    fn what_names_nothing_is_an_error_and_not_ignored() {
        let mut named = Named::default();
        for (text, said) in [
            ("also=a b", "cannot be the name of a service"),
            ("force=refs/tags/x", "`refs/tags/x` is no branch"),
            ("delete=a..b", "cannot be the name of a branch"),
        ] {
            let error = named.note(text).expect_err(text).to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
