//! What elements of a page look like, so that it can be told whether two pages have one style.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::{hex_list, read_hex_list};

/// Elements of one kind (the same name and classes), with the looks that they have.
///
/// # Shape
/// Written as one line: the kind, its looks and the area, `1f2e3d4c 0a1b2c3d,99887766 12000`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KindLook {
    /// A number for the kind.
    pub kind: u32,
    /// A number for each look: colours, letters, borders, what does not hang on the content.
    pub styles: Vec<u32>,
    /// What text and pictures of this kind take, where they can be seen.
    ///
    /// # Units
    /// Square CSS pixels.
    pub area: u64,
}

/// Elements of one kind whose text nobody can read: it has the colour of what is behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unread {
    /// A number for the kind.
    pub kind: u32,
    /// The name and classes of its elements.
    pub name: String,
}

impl From<KindLook> for String {
    fn from(one: KindLook) -> Self {
        format!("{:08x} {} {}", one.kind, hex_list(&one.styles), one.area)
    }
}

impl TryFrom<String> for KindLook {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no look of a kind of elements");
        let mut parts = text.split(' ');
        let mut hex = || parts.next().and_then(read_hex_list).ok_or_else(wrong);
        let (kind, styles) = (hex()?, hex()?);
        let [kind] = kind[..] else { return Err(wrong()) };
        let area = parts.next().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        Ok(Self { kind, styles, area })
    }
}

/// How the kinds of elements of one page are found again on another.
pub(super) struct Kinds<'a>(BTreeMap<u32, &'a KindLook>);

/// What became of a kind of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// It is there and looks as it did.
    Same,
    /// It is there and looks otherwise.
    Restyled,
    /// There is none.
    Gone,
}

impl<'a> Kinds<'a> {
    /// The kinds of a page.
    pub fn of(all: &'a [KindLook]) -> Self {
        Self(all.iter().map(|one| (one.kind, one)).collect())
    }

    /// What became here of a kind that looked like this there.
    pub fn became(&self, there: &KindLook) -> Became {
        match self.0.get(&there.kind) {
            None => Became::Gone,
            Some(here) if here.styles.iter().any(|style| there.styles.contains(style)) => {
                Became::Same
            }
            Some(_) => Became::Restyled,
        }
    }

    /// What became of a kind by its number; none when the other page does not list it.
    pub fn became_of(&self, kind: u32, there: &Self) -> Option<Became> {
        there.0.get(&kind).map(|there| self.became(there))
    }
}

/// A page whose text and pictures take less than this part of what they took has not other content.
const SHRUNK: u64 = 6;

/// The share, from 0 to 1, of what can be seen on the good page that is here and looks the same: by
/// the area of text and pictures. None when that is not known of one of them.
#[must_use]
pub fn kept_share(here: &[KindLook], good: &[KindLook]) -> Option<f64> {
    let area = |looks: &[KindLook]| looks.iter().map(|one| one.area).sum::<u64>();
    let all = area(good);
    if here.is_empty() || all == 0 {
        return None;
    }
    // All of it is there and looks the same, and so small that nobody sees it.
    if area(here) * SHRUNK < all {
        return Some(0.0);
    }
    let kinds = Kinds::of(here);
    // A kind that is there and covered by something else is not seen.
    let seen = |there: &&KindLook| {
        kinds.became(there) == Became::Same
            && kinds.0.get(&there.kind).is_some_and(|here| here.area > 0)
    };
    let kept: u64 = good.iter().filter(seen).map(|one| one.area).sum();
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
    Some(kept as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(kind: u32, style: u32, area: u64) -> KindLook {
        KindLook { kind, styles: vec![style], area }
    }

    #[test]
    fn a_look_reads_as_it_was_written() {
        let one = KindLook { kind: 7, styles: vec![1, 0xffff_ffff], area: 99 };
        let text = serde_json::to_string(&one).expect("JSON");
        assert_eq!(text, "\"00000007 00000001,ffffffff 99\"");
        assert_eq!(serde_json::from_str::<KindLook>(&text).expect("reads"), one);
        for wrong in ["", "7", "7 x 1", "7 1", "7 1 x"] {
            assert!(KindLook::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_kept_is_measured_by_area_and_what_is_covered_or_restyled_is_not_kept() {
        let good = [look(1, 10, 90), look(2, 20, 10)];
        for (here, kept) in [
            (vec![look(1, 10, 5), look(2, 20, 5), look(3, 30, 900)], 1.0),
            (vec![look(1, 10, 9), look(2, 20, 2)], 0.0),
            (vec![look(1, 11, 90), look(2, 20, 10)], 0.1),
            (vec![look(1, 10, 0), look(2, 20, 10), look(3, 30, 90)], 0.1),
            (vec![look(2, 20, 10), look(3, 30, 90)], 0.1),
        ] {
            let share = kept_share(&here, &good).expect("known");
            assert!((share - kept).abs() < 1e-9, "{here:?}: {share}");
        }
        assert_eq!(kept_share(&[], &good), None);
    }
}
