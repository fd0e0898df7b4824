//! Collects answers, with the place of each.

use plimsoll_core::catalog::{PartPath, Selector, TwinPair, TwinPart, escape_key};
use plimsoll_core::record::{TwinAnswer, TwinChange, TwinSide, TwinState};

/// What is found, in the order of finding.
#[derive(Debug)]
pub(super) struct Telling<'p> {
    pair: &'p TwinPair,
    pub answers: Vec<Told>,
}

/// An answer, and the keys below the part.
#[derive(Debug)]
pub(super) struct Told {
    pub answer: TwinAnswer,
    pub keys: Vec<String>,
}

impl<'p> Telling<'p> {
    pub fn new(pair: &'p TwinPair) -> Self {
        Self { pair, answers: Vec::new() }
    }

    /// Tells about a change on `side`. A missing twin is placed where it is missing, everything
    /// else where it is.
    pub fn tell(
        &mut self,
        state: TwinState,
        keys: &[String],
        side: TwinSide,
        change: TwinChange,
        reason: Option<&str>,
    ) {
        let at = match state {
            TwinState::MissingTwin | TwinState::Divergent => side.other(),
            TwinState::Unparsable
            | TwinState::Accepted
            | TwinState::OnlyHere
            | TwinState::Mirrored => side,
        };
        let answer = TwinAnswer {
            state,
            place: self.place(at, keys),
            change,
            side,
            reason: reason.map(str::to_owned),
            pairs: vec![self.pair.to_string()],
        };
        self.answers.push(Told { answer, keys: keys.to_vec() });
    }

    fn place(&self, side: TwinSide, keys: &[String]) -> String {
        match side {
            TwinSide::Left => place(&self.pair.left, keys),
            TwinSide::Right => match &self.pair.right_in {
                Some(folder) => format!("{folder}/{}", place(&self.pair.right, keys)),
                None => place(&self.pair.right, keys),
            },
        }
    }
}

/// The place of a value below a part, spelled as the part is.
fn place(part: &TwinPart, keys: &[String]) -> String {
    let mut text = part.to_string();
    let path = match &part.selector {
        Selector::Path(path) | Selector::In(_, path) => Some(path),
        Selector::Whole | Selector::Lines | Selector::Between { .. } => None,
    };
    if matches!(part.selector, Selector::Whole) && !keys.is_empty() {
        text.push('#');
    }
    for key in keys {
        match path {
            Some(PartPath::Dotted(..)) if key.contains(['.', '[', '"', '\'']) => {
                text.push_str(&format!(".\"{key}\""));
            }
            Some(PartPath::Dotted(..)) => text.push_str(&format!(".{key}")),
            Some(PartPath::Section(..)) if text.ends_with(']') => text.push_str(key),
            Some(PartPath::Section(..) | PartPath::Pointer(_)) | None => {
                text.push('/');
                text.push_str(&escape_key(key));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spelled_as_their_part() {
        for (part, keys, expected) in [
            ("a.json#/x", ["b", "c/d"].as_slice(), "a.json#/x/b/c~1d"),
            ("a.json", &["b"], "a.json#/b"),
            ("a.json", &[], "a.json"),
            ("a.yaml#x.y", &["z", "a.b"], "a.yaml#x.y.z.\"a.b\""),
            ("a.ini#[s]", &["k"], "a.ini#[s]k"),
        ] {
            let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
            assert_eq!(place(&part.parse().expect("a part"), &keys), expected);
        }
    }
}
