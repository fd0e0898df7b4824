//! What a page looked like, in a few numbers.

use serde::{Deserialize, Serialize};

use super::BlobRef;

/// A page as it was seen; all facts are in the output of the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSummary {
    /// The browser: `Chrome/156.0.8078.79`.
    pub browser: String,
    /// One for each window size.
    pub views: Vec<PageView>,
    /// The pictures that were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// Of the failures, by their names, those that are what a picture says and nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of_look: Vec<String>,
}

impl PageSummary {
    /// Whether a failure is what a picture says and nothing else.
    #[must_use]
    pub fn is_of_look(&self, test: &str) -> bool {
        self.of_look.iter().any(|one| one == test)
    }
}

/// A page in one window size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView {
    /// The name of the window size.
    pub viewport: String,
    /// The status of the main document; none when it did not answer.
    pub status: Option<u16>,
    /// Where it was in the end, without what stands after `?`.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Sub-resources that were asked for.
    pub resources: u32,
    /// Those of them that failed.
    pub failed_resources: u32,
    /// Style sheets that were asked for, `@import`s and `<style>` among them.
    pub style_sheets: u32,
    /// Those that apply at least one rule.
    pub applied_style_sheets: u32,
    /// Rules that all of them apply.
    pub style_rules: u32,
    /// Exceptions that nothing caught.
    pub exceptions: u32,
    /// Everything that was loaded, as it came over the network.
    pub bytes: u64,
    /// From the first request until it was ready.
    pub ready_ms: Option<u64>,
}

/// A picture that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What it shows: `desktop.png`.
    pub name: String,
    /// Where it is.
    pub blob: BlobRef,
}
