//! How much is read.

/// How much of a JUnit file is read before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JunitLimits {
    /// The largest file.
    ///
    /// # Units
    /// Bytes.
    pub bytes: usize,
    /// The most test cases.
    pub cases: usize,
    /// The deepest nesting of elements. Real files have five levels.
    pub depth: usize,
    /// How much is kept of each failure message; the rest is cut off.
    ///
    /// # Units
    /// Bytes.
    pub message_bytes: usize,
}

impl JunitLimits {
    /// What is usual.
    pub const USUAL: Self =
        Self { bytes: 64 << 20, cases: 1_000_000, depth: 64, message_bytes: 64 << 10 };
}

impl Default for JunitLimits {
    fn default() -> Self {
        Self::USUAL
    }
}
