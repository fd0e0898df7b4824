//! What a token allows, in words.

use crate::Timestamp;
use crate::ledger::TokenState;
use crate::record::{NotAllowed, Permission, Scope};

use super::{Reader, list, shorten};

/// What a scope allows: `read, report for shop`.
#[must_use]
pub fn scope(scope: &Scope) -> String {
    let may: Vec<&Permission> = scope.permissions.iter().collect();
    let services = match &scope.services {
        None => "all services".to_owned(),
        Some(some) => list(&some.iter().collect::<Vec<_>>(), 4),
    };
    format!("{} for {services}", list(&may, 5))
}

/// How a token stands: until when, when it was last used, or why it is none any more.
#[must_use]
pub fn token_standing(state: &TokenState, used: Option<Timestamp>, reader: &Reader) -> String {
    let used = match used {
        Some(at) => format!("last used {}", reader.whole(at)),
        None => "never used".to_owned(),
    };
    let until = reader.whole(state.token.until);
    match &state.revoked {
        Some((at, why)) => format!("revoked {}: {}", reader.whole(*at), shorten(why, 60)),
        None if state.in_force(reader.now) => format!("until {until}, {used}"),
        None => format!("over since {until}, {used}"),
    }
}

/// Why somebody may not do what they asked: `this token may read and deploy for shop, not release
/// for labs`.
#[must_use]
pub fn not_allowed(not: &NotAllowed) -> String {
    let may: Vec<&Permission> = not.permissions.iter().collect();
    let of = match &not.services {
        None => "all services".to_owned(),
        Some(some) => list(&some.iter().collect::<Vec<_>>(), 6),
    };
    let may = if may.is_empty() { "nothing".to_owned() } else { list(&may, 5) };
    let asked = match &not.service {
        Some(service) => service.to_string(),
        None => "all services".to_owned(),
    };
    match not.other_service {
        true => format!("this token is for {of}, and this is about {asked}"),
        false => format!("this token may {may} for {of}; to {} is not part of it", not.permission),
    }
}
