//! What a token allows, in words.

use crate::record::{NotAllowed, Permission};

use super::list;

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
