//! Parts that changed together in the past, proposed as twins. Nothing is enforced by it.
//!
//! `history` (commits → which files are worth a look) → `parts` (which parts of a file a commit
//! changed) → `propose` (which parts change together, and how alike they are).

mod history;
mod parts;
mod propose;

pub use history::{Candidates, Commit, FileChange, Step};
pub use propose::{Proposal, Witness, propose};

/// What is asked of a proposal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// In how many changes both parts changed, at least.
    pub min_support: u32,
    /// The share of the changes of the busier part in which the other changed too, at least.
    pub min_confidence: f64,
    /// How alike the parts and their changes are, at least.
    pub min_similarity: f64,
    /// A commit with more files is a mass change, which says nothing.
    pub most_files: usize,
    /// How many versions of files are taken apart.
    pub most_steps: usize,
    /// How many pairs are proposed.
    pub most_proposals: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            min_support: 3,
            min_confidence: 0.5,
            min_similarity: 0.3,
            most_files: 40,
            most_steps: 6_000,
            most_proposals: 20,
        }
    }
}
