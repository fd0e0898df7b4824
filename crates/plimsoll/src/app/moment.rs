//! Moments as people write them: `7d`, `2026-12-01`, `2026-12-01T18:00:00Z`.

use jiff::civil::{Date, DateTime};
use plimsoll_core::Timestamp;
use plimsoll_core::say::Reader;
use plimsoll_core::units::Period;

use crate::error::CliError;

/// A moment after now, from `flag`.
///
/// # Errors
/// It is no moment, or one that has passed.
pub fn until(flag: &str, text: &str, reader: &Reader) -> Result<Timestamp, CliError> {
    let moment = parse(text, reader).ok_or_else(|| {
        CliError::usage(
            format!("{flag}: `{text}` is no end"),
            format!("{flag} 7d, {flag} 2026-12-31, or {flag} 2026-12-31T18:00:00Z"),
        )
    })?;
    if moment <= reader.now {
        return Err(CliError::usage(format!("{flag}: {text} has passed"), format!("{flag} 7d")));
    }
    Ok(moment)
}

/// A duration from now, a day (its beginning, in the reader's zone), a civil or an exact moment.
pub fn parse(text: &str, reader: &Reader) -> Option<Timestamp> {
    match text.parse::<Period>() {
        Ok(period) => Some(period.after(reader.now)),
        Err(_) => exact(text, reader),
    }
}

/// A day (its beginning, in the reader's zone), a civil or an exact moment.
pub fn exact(text: &str, reader: &Reader) -> Option<Timestamp> {
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(exact);
    }
    if let Ok(date) = text.parse::<Date>() {
        return Some(date.to_zoned(reader.zone.clone()).ok()?.timestamp());
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(reader.zone.clone()).ok()?.timestamp())
}
