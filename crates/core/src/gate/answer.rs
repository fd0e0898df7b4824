//! What the rules say, one after the other.

use crate::Timestamp;
use crate::catalog::RuleName;
use crate::record::{FreezeStatus, Requirement, State, Why};

use super::scene::requirement;

/// What the rules have said so far.
#[derive(Default)]
pub(super) struct Answer {
    pub requirements: Vec<Requirement>,
    pub freezes: Vec<FreezeStatus>,
    /// The first moment at which something that lets pass no longer does.
    pub good_until: Option<Timestamp>,
}

impl Answer {
    /// Adds a requirement.
    pub(super) fn add(&mut self, requirement: Requirement) {
        self.requirements.push(requirement);
    }

    /// Adds a requirement of the release as a whole.
    pub(super) fn say(&mut self, rule: RuleName, state: State, why: Why) {
        self.add(requirement(rule, state, why));
    }

    /// Says what is configured and not asked of this release.
    pub(super) fn not_asked(&mut self, rule: RuleName, whys: Vec<Why>) {
        for why in whys {
            self.say(rule, State::NotApplicable, why);
        }
    }

    /// Something that lets pass ends at `end`.
    pub(super) fn holds_until(&mut self, end: Timestamp) {
        self.good_until = Some(self.good_until.map_or(end, |other| other.min(end)));
    }
}
