//! Which services are shown: links with counts, and a search.

use std::sync::Arc;

use plimsoll_core::record::State;
use plimsoll_core::say::{self, Standing};

use crate::pages::link;
use crate::pages::parts::Look;

use super::row::ServiceRow;

/// What can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    All,
    Unwell,
    Refused,
    Waiting,
    Moving,
    Unverified,
    Ahead,
    Verified,
}

const ALL: [Show; 8] = [
    Show::All,
    Show::Unwell,
    Show::Refused,
    Show::Waiting,
    Show::Moving,
    Show::Unverified,
    Show::Ahead,
    Show::Verified,
];

impl Show {
    const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Unwell => "unwell",
            Self::Refused => "refused",
            Self::Waiting => "waiting",
            Self::Moving => "moving",
            Self::Unverified => "unverified",
            Self::Ahead => "ahead",
            Self::Verified => "verified",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Unwell => "something waits",
            Self::Refused => "refused or gone back",
            Self::Waiting => "waiting",
            Self::Moving => "moving",
            Self::Unverified => "not verified",
            Self::Ahead => "newer ahead",
            Self::Verified => "verified",
        }
    }

    const fn look(self) -> Option<Look> {
        match self {
            Self::All | Self::Unwell => None,
            Self::Refused => Some(Look::of(State::Failed)),
            Self::Waiting => Some(Look::WAITING),
            Self::Moving => Some(Look::of(State::Running)),
            Self::Unverified => Some(Look::of(State::NotRun)),
            Self::Ahead => Some(Look { class: "is-none", shape: "next" }),
            Self::Verified => Some(Look::of(State::Satisfied)),
        }
    }

    fn is_of(self, row: &ServiceRow) -> bool {
        let any = |is: fn(&Standing) -> bool| row.standings.iter().any(is);
        match self {
            Self::All => true,
            Self::Unwell => !row.standings.is_empty(),
            Self::Refused => any(|s| {
                matches!(s, Standing::Refused | Standing::RolledBack | Standing::NeedsPerson)
            }),
            Self::Waiting => any(|s| matches!(s, Standing::Waits | Standing::Held)),
            Self::Moving => {
                any(|s| matches!(s, Standing::Moving | Standing::GoingBack | Standing::Interrupted))
            }
            Self::Unverified => !row.is_verified,
            Self::Ahead => row.is_ahead,
            Self::Verified => row.is_verified,
        }
    }
}

/// A link that shows some of the services.
pub(super) struct Pill {
    pub href: String,
    pub words: &'static str,
    pub look: Option<Look>,
    pub count: usize,
    pub is_current: bool,
}

/// Which services are shown.
pub(super) struct Filter {
    show: Show,
    words: Vec<String>,
}

impl Filter {
    /// As the address asks; a word that is not known shows all.
    pub(super) fn of(show: &str, q: &str) -> Self {
        let show = ALL.into_iter().find(|one| one.name() == show).unwrap_or(Show::All);
        let words = q.split_whitespace().take(8).map(str::to_lowercase).collect();
        Self { show, words }
    }

    /// Its name in the address.
    pub(super) const fn name(&self) -> &'static str {
        self.show.name()
    }

    /// Whether this service is shown.
    pub(super) fn shows(&self, row: &ServiceRow) -> bool {
        self.show.is_of(row) && self.finds(row)
    }

    fn finds(&self, row: &ServiceRow) -> bool {
        self.words.iter().all(|word| row.search.contains(word))
    }

    /// What was asked for, when nothing is so.
    pub(super) fn words(&self) -> String {
        match (self.show, self.words.is_empty()) {
            (Show::All, _) => say::safe(&self.words.join(" ")).into_owned(),
            (show, true) => show.words().to_owned(),
            (show, false) => format!("{}, {}", show.words(), say::safe(&self.words.join(" "))),
        }
    }

    /// The links, each with how many services it shows; those that show none are left out.
    pub(super) fn pills(&self, rows: &[Arc<ServiceRow>]) -> Vec<Pill> {
        let q = self.words.join(" ");
        let of = |show: Show| Pill {
            href: match (show, q.is_empty()) {
                (Show::All, true) => "/".to_owned(),
                (show, true) => format!("/?show={}", show.name()),
                (show, false) => format!("/?show={}&q={}", show.name(), link::query(&q)),
            },
            words: show.words(),
            look: show.look(),
            count: rows.iter().filter(|row| show.is_of(row) && self.finds(row)).count(),
            is_current: show == self.show,
        };
        let shown = |pill: &Pill| pill.count > 0 || pill.is_current || pill.href == "/";
        ALL.map(of).into_iter().filter(shown).collect()
    }
}
