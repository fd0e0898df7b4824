//! A check that others run, and whose result is reported.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::JunitExpectation;

/// A check that plimsoll does not run: it waits for a result (OQ.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedCheck {
    /// Who runs it, in words.
    pub from: Option<String>,
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
    /// Who is waited for, in words.
    #[must_use]
    pub fn who(&self) -> String {
        self.from.clone().unwrap_or_else(|| "whoever runs it".to_owned())
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
