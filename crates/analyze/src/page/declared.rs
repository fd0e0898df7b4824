//! What a style sheet declares, so that it is found again where sheets were merged, split or inlined.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// So many are kept of a sheet: enough to tell whether four fifths of it are there.
const KEPT: usize = 64;

/// A number for each declaration of a style sheet with its selector.
///
/// # Shape
/// Written as eight hexadecimal digits for each, one after the other; of many, the 64 smallest, which
/// are as good as drawn at random.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared(BTreeSet<u32>);

impl Declared {
    /// Whether nothing is known of what it declares.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many of the numbers that are kept of it are among these, and how many are kept.
    pub(super) fn found_in(&self, all: &BTreeSet<u32>) -> (usize, usize) {
        let kept = self.0.iter().take(KEPT);
        (kept.clone().filter(|number| all.contains(number)).count(), kept.count())
    }

    /// All numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.0.iter().copied()
    }
}

impl FromIterator<u32> for Declared {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        Self(numbers.into_iter().collect())
    }
}

impl Serialize for Declared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(8 * KEPT);
        for number in self.0.iter().take(KEPT) {
            text.push_str(&format!("{number:08x}"));
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Declared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits =
            text.as_bytes().chunks(8).map(|digits| std::str::from_utf8(digits).unwrap_or(""));
        digits
            .map(|digits| u32::from_str_radix(digits, 16).map_err(serde::de::Error::custom))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_a_sample_and_reads_as_it_was_written() {
        let few: Declared = [3, 1, 0xffff_ffff].into_iter().collect();
        let text = serde_json::to_string(&few).expect("JSON");
        assert_eq!(text, "\"0000000100000003ffffffff\"");
        assert_eq!(serde_json::from_str::<Declared>(&text).expect("reads"), few);
        let many: Declared = (0..1_000).collect();
        let back: Declared =
            serde_json::from_str(&serde_json::to_string(&many).expect("JSON")).expect("reads");
        assert_eq!(back.found_in(&(0..32).collect()), (32, KEPT));
        assert!(serde_json::from_str::<Declared>("\"xyz\"").is_err());
    }
}
