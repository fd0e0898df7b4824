//! A calendar: events that are on once, or every week.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::Days;

/// The events of a calendar file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// In the order of the file.
    pub events: Vec<CalendarEvent>,
}

/// Something that is on, in the wall clock of its zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEvent {
    /// What it is, in words.
    pub summary: String,
    /// Its IANA time zone; that of the window when it names none. *Checked*: it exists.
    pub zone: Option<String>,
    /// Its first beginning.
    pub start: DateTime,
    /// The end of the first time, exclusive. *Checked*: after its start.
    pub end: DateTime,
    /// Every week, if not once.
    pub weekly: Option<Weekly>,
    /// Beginnings at which it is left out.
    pub except: Vec<DateTime>,
}

/// An event that comes again each week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekly {
    /// The days on which it begins.
    pub days: Days,
    /// The last moment at which it may begin, inclusive.
    pub until: Option<Timestamp>,
}

/// A calendar file as it was when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarRead {
    /// It was read.
    Read(Calendar),
    /// It could not be: in words, with its place.
    Unreadable(String),
}
