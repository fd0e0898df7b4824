//! `BASE..HEAD`: from words to commits.

use std::collections::BTreeMap;

use super::run::{SMALL, run};
use super::{GitError, Repository};

/// The room for the list of renamed files.
const RENAMES: u64 = 8 << 20;

/// Two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Before, by full object id.
    pub base: String,
    /// After, by full object id.
    pub head: String,
}

impl Repository {
    /// The commits of `BASE..HEAD`, of `BASE...HEAD` (from where the two parted), or of `BASE`
    /// alone (to `HEAD`).
    ///
    /// # Errors
    /// It is no range, or git does not know one of the revisions.
    pub fn range(&self, text: &str) -> Result<Range, GitError> {
        let no_range =
            || GitError::NoRange(text.chars().take(200).flat_map(char::escape_debug).collect());
        let (base, head, parted) = match (text.split_once("..."), text.split_once("..")) {
            (Some((base, head)), _) => (base, head, true),
            (None, Some((base, head))) => (base, head, false),
            (None, None) => (text, "HEAD", false),
        };
        if head.contains("..") || (base.is_empty() && head.is_empty()) {
            return Err(no_range());
        }
        let or_head = |revision: &str| {
            if revision.is_empty() { "HEAD".to_owned() } else { revision.to_owned() }
        };
        let (base, head) = (self.commit(&or_head(base))?, self.commit(&or_head(head))?);
        if !parted {
            return Ok(Range { base, head });
        }
        let answer = run(&self.dir, &["merge-base", &base, &head], SMALL)?;
        let fail =
            |_| GitError::NoRevision { revision: format!("{text}: the two have no common commit") };
        let base = answer.text().map_err(fail)?.trim().to_owned();
        Ok(Range { base, head })
    }

    /// The commit that a revision names now.
    fn commit(&self, revision: &str) -> Result<String, GitError> {
        let unknown = || GitError::NoRevision {
            revision: revision.chars().take(200).flat_map(char::escape_debug).collect(),
        };
        if revision.is_empty() || revision.starts_with('-') || revision.contains(char::is_control) {
            return Err(unknown());
        }
        let wanted = format!("{revision}^{{commit}}");
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", wanted.as_str()];
        let id = run(&self.dir, &args, SMALL)?.text().map_err(|_| unknown())?.trim().to_owned();
        let full = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if full { Ok(id) } else { Err(unknown()) }
    }

    /// Files that have another name in the head: from the old name to the new one, both from the
    /// root of the repository.
    ///
    /// # Errors
    /// Git fails.
    pub fn renames(&self, range: &Range) -> Result<BTreeMap<String, String>, GitError> {
        let args = [
            "diff-tree",
            "-r",
            "-z",
            "-M",
            "--diff-filter=R",
            "--name-status",
            "--no-ext-diff",
            range.base.as_str(),
            range.head.as_str(),
        ];
        let fail = |why| GitError::Failed { what: "diff-tree", why };
        let text = run(&self.dir, &args, RENAMES)?.text().map_err(fail)?;
        let mut fields = text.split('\0');
        let mut renames = BTreeMap::new();
        while let (Some(status), Some(old), Some(new)) =
            (fields.next(), fields.next(), fields.next())
        {
            if status.starts_with('R') {
                renames.insert(old.to_owned(), new.to_owned());
            }
        }
        Ok(renames)
    }
}
