//! What a token says.

use plimsoll_core::Timestamp;
use plimsoll_core::say;
use serde_json::{Map, Value};

use super::NotTrusted;

/// How far clocks may be apart.
///
/// # Units
/// Seconds.
const SKEW: i64 = 60;

/// How old a token may be, however long it says it lasts.
///
/// # Units
/// Seconds.
const OLDEST: i64 = 24 * 60 * 60;

/// What a token says.
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    /// Whether it says that this one issued it.
    pub(super) fn is_of(&self, issuer: &str) -> bool {
        self.0.get("iss").and_then(Value::as_str) == Some(issuer)
    }

    /// Whether it is for this audience, among others.
    pub(super) fn is_for(&self, audience: &str) -> bool {
        match self.0.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(audience)),
            _ => false,
        }
    }

    /// Until when it is good; it must be so now.
    pub(super) fn until(&self, now: Timestamp) -> Result<Timestamp, NotTrusted> {
        let now = now.as_second();
        let until = self.second("exp")?.ok_or(NotTrusted::Time("it has no end (exp)"))?;
        if now >= until.saturating_add(SKEW) {
            return Err(NotTrusted::Time("it is over"));
        }
        if self.second("nbf")?.is_some_and(|from| from.saturating_sub(SKEW) > now) {
            return Err(NotTrusted::Time("it is not yet good"));
        }
        let issued = self.second("iat")?.ok_or(NotTrusted::Time("it has no beginning (iat)"))?;
        if issued.saturating_sub(SKEW) > now {
            return Err(NotTrusted::Time("it was issued in the future"));
        }
        if now.saturating_sub(issued) > OLDEST {
            return Err(NotTrusted::Time("it is more than a day old"));
        }
        Timestamp::from_second(until.min(issued.saturating_add(OLDEST)).saturating_add(SKEW))
            .map_err(|_| NotTrusted::Time("its end is no time"))
    }

    /// A claim as a text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(yes) => Some(yes.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Whose it is and from where, for a person who wonders why it is not accepted.
    pub(super) fn in_short(&self) -> String {
        let told = ["repository", "project_path", "ref", "sub"].into_iter();
        let told = told
            .filter_map(|name| Some(format!("{name} is {}", say::shorten(&self.text(name)?, 100))));
        let told: Vec<String> = told.take(3).collect();
        if told.is_empty() { "it does not say whose it is".to_owned() } else { told.join(", ") }
    }

    fn second(&self, name: &'static str) -> Result<Option<i64>, NotTrusted> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => {
                let whole = number.as_i64();
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "it is saturated: beyond is as good as never"
                )]
                let second = whole.or_else(|| number.as_f64().map(|second| second as i64));
                second.map(Some).ok_or(NotTrusted::Malformed("a time is no number"))
            }
            Some(_) => Err(NotTrusted::Malformed("a time is no number")),
        }
    }
}
