//! Who pushes.

use plimsoll_core::ids::PersonName;

use crate::error::CliError;

/// What git hosts tell a hook, in this order: GitLab, Gitea and Forgejo, gitolite, git over HTTP.
const KEYS: [&str; 4] = ["GL_USERNAME", "GITEA_PUSHER_NAME", "GL_USER", "REMOTE_USER"];

/// Who pushes, as the host of the repository says; nothing when it says nothing. Then it is the
/// login name, as everywhere.
///
/// # Errors
/// The host's name for the person cannot be a handle.
pub(super) fn of_host(
    get: impl Fn(&str) -> Option<String>,
) -> Result<Option<PersonName>, CliError> {
    let said = KEYS.iter().map(|key| (*key, get(key).unwrap_or_default()));
    let mut said = said.filter(|(_, name)| !name.is_empty());
    let Some((key, name)) = said.next() else { return Ok(None) };
    match name.parse() {
        Ok(person) => Ok(Some(person)),
        Err(error) => Err(CliError::refused(
            format!("who pushes is not known: {key} says {error}"),
            "PLIMSOLL_PERSON in the hook's environment says it",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(all: &[(&str, &str)]) -> Result<Option<String>, String> {
        let get = |key: &str| {
            all.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        };
        match of_host(get) {
            Ok(person) => Ok(person.map(|person| person.to_string())),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_host_that_knows_more_is_believed_first() {
        assert_eq!(who(&[]), Ok(None));
        assert_eq!(who(&[("REMOTE_USER", "ada"), ("GL_USERNAME", "bo")]), Ok(Some("bo".into())));
        assert_eq!(who(&[("GL_USERNAME", ""), ("GITEA_PUSHER_NAME", "cy")]), Ok(Some("cy".into())));
        let error = who(&[("REMOTE_USER", "ada lovelace")]).expect_err("no handle");
        assert!(error.contains("REMOTE_USER") && error.contains("cannot be"), "{error}");
    }
}
