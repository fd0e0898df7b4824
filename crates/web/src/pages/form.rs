//! `application/x-www-form-urlencoded`, as browsers send it.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

/// A field that may be left blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Maybe<T>(pub Option<T>);

/// A field that may come several times; blank ones do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Many<T>(pub Vec<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

struct Texts<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for Texts<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or several")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        let text = text.trim();
        match text.is_empty() {
            true => Ok(Vec::new()),
            false => Ok(vec![text.parse().map_err(E::custom)?]),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(text) = seq.next_element::<String>()? {
            let text = text.trim();
            if !text.is_empty() {
                all.push(text.parse().map_err(serde::de::Error::custom)?);
            }
        }
        Ok(all)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Texts(PhantomData)).map(Self)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = deserializer.deserialize_any(Texts(PhantomData))?;
        Ok(Self(all.pop()))
    }
}

/// The pairs of a form, in order. What is no UTF-8 is replaced.
pub(super) fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let parts = bytes.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let at = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            let value = part.get(at + 1..).unwrap_or_default();
            (decoded(&part[..at]), decoded(value))
        })
        .collect()
}

fn decoded(part: &[u8]) -> String {
    let mut out = Vec::with_capacity(part.len());
    let mut at = 0;
    while at < part.len() {
        let digit = |place: usize| part.get(place).and_then(|byte| char::from(*byte).to_digit(16));
        match (part[at], digit(at + 1), digit(at + 2)) {
            (b'+', ..) => out.push(b' '),
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 2;
            }
            (byte, ..) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let all = pairs("a=1+2&b=%C3%A9%&c&=d&%zz=%4".as_bytes());
        let all: Vec<_> = all.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(all, [("a", "1 2"), ("b", "é%"), ("c", ""), ("", "d"), ("%zz", "%4")]);
        assert_eq!(pairs(&[b'a', b'=', 0xff]), [("a".to_owned(), "\u{fffd}".to_owned())]);
    }
}
