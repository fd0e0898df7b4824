//! A check that others run, and whose result is reported.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::RoleName;

use super::JunitExpectation;

/// A check that plimsoll does not run: it waits for a result (OQ.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedCheck {
    /// Who runs it, in words.
    pub from: Option<String>,
    /// The roles whose holders may report it; everybody who may report for the service when empty. It
    /// is part of the definition: a result of a wider circle does not count for a narrower one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub by: BTreeSet<RoleName>,
    /// What its JUnit file must hold; an outcome alone is enough when absent.
    pub junit: Option<ExpectedTests>,
}

/// What a JUnit file must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedTests {
    /// Tests that must have been executed, by name as in the file: `class.name` or `name`.
    pub required_tests: BTreeSet<String>,
    /// Old name of a required or known test to its new name.
    pub renamed: BTreeMap<String, String>,
    /// How many tests must have been executed at least.
    pub min_tests: u32,
}

impl Default for ExpectedTests {
    /// One test: a file without any says nothing.
    fn default() -> Self {
        Self { required_tests: BTreeSet::new(), renamed: BTreeMap::new(), min_tests: 1 }
    }
}

impl ReportedCheck {
    /// Who is waited for, in words: as the configuration says it, and the roles that may report.
    #[must_use]
    pub fn expected_from(&self) -> Option<String> {
        let said = self.from.as_deref().unwrap_or_default();
        // A role that the words name already is not named again.
        let roles = self.by.iter().map(RoleName::as_str).filter(|role| !said.contains(*role));
        let roles: Vec<&str> = roles.collect();
        match (&self.from, roles.is_empty()) {
            (from, true) => from.clone(),
            (None, false) => Some(roles.join(" or ")),
            (Some(from), false) => Some(format!("{from} ({})", roles.join(" or "))),
        }
    }

    /// The same where nobody is named.
    #[must_use]
    pub fn who(&self) -> String {
        self.expected_from().unwrap_or_else(|| "whoever runs it".to_owned())
    }
}

impl JunitExpectation {
    /// What the files must hold, wherever they are.
    #[must_use]
    pub fn tests(&self) -> ExpectedTests {
        ExpectedTests {
            required_tests: self.required_tests.clone(),
            renamed: self.renamed.clone(),
            min_tests: self.min_tests,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_waited_for_is_named_once() {
        let who = |from: Option<&str>, by: &[&str]| {
            let by = by.iter().map(|role| role.parse().expect("a role")).collect();
            let from = from.map(str::to_owned);
            ReportedCheck { from, by, ..ReportedCheck::default() }.who()
        };
        assert_eq!(who(None, &[]), "whoever runs it");
        assert_eq!(who(None, &["qa", "testers"]), "qa or testers");
        assert_eq!(who(Some("the nightly suite"), &[]), "the nightly suite");
        assert_eq!(who(Some("the nightly suite"), &["ci"]), "the nightly suite (ci)");
        assert_eq!(who(Some("the testers"), &["testers"]), "the testers");
    }
}
