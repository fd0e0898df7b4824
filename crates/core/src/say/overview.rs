//! How the whole stands, in one sentence that can be read out on the phone.

use std::collections::BTreeMap;

use super::board::{BoardRow, Standing};
use super::text::{count, plural};

/// What is not well, counted: `1 release is refused, 1 is going back, 3 wait.` Nothing is said of
/// nothing.
#[must_use]
pub fn overview(rows: &[BoardRow]) -> Option<String> {
    let mut counts: BTreeMap<Standing, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.standing).or_default() += 1;
    }
    let mut parts: Vec<String> =
        counts.iter().map(|(standing, n)| format!("{n} {}", verb(*standing, *n == 1))).collect();
    let (first, n) = counts.first_key_value()?;
    parts[0] = format!("{} {}", count(*n, "release"), verb(*first, *n == 1));
    Some(format!("{}.", parts.join(", ")))
}

/// The same where nothing is unwell: `41 services, and nothing waits.`
#[must_use]
pub fn all_well(services: usize, known: usize) -> String {
    match (services, known) {
        (0, _) => "No service is configured.".to_owned(),
        (n, 0) => format!(
            "{}: nothing was ever deployed or adopted, so nothing is known.",
            count(n, "service")
        ),
        (n, known) if known < n => {
            let unknown = n - known;
            format!(
                "{}, and nothing waits; of {unknown} nothing is known yet.",
                count(n, "service")
            )
        }
        (n, _) => format!("{}, and nothing waits.", count(n, "service")),
    }
}

/// What the services are beside those that wait: `41 services, 131 targets, 36 have nothing waiting`.
#[must_use]
pub fn extent(services: usize, targets: usize, well: usize) -> String {
    let has = if well == 1 { "has" } else { "have" };
    format!(
        "{}, {}; {well} {has} nothing waiting",
        count(services, "service"),
        count(targets, "target")
    )
}

/// A tier with what is not well in it: `5 services: 1 refused, 2 waiting`.
#[must_use]
pub fn tier_sum(services: usize, standings: &[Standing]) -> String {
    let mut counts: BTreeMap<Standing, usize> = BTreeMap::new();
    for standing in standings {
        *counts.entry(*standing).or_default() += 1;
    }
    let parts: Vec<_> = counts.iter().map(|(s, n)| format!("{n} {}", s.word())).collect();
    let services = count(services, "service");
    if parts.is_empty() { services } else { format!("{services}: {}", parts.join(", ")) }
}

fn verb(standing: Standing, one: bool) -> String {
    let (is, has, was) = if one { ("is", "has", "was") } else { ("are", "have", "were") };
    match standing {
        Standing::NeedsPerson => if one { "needs a person" } else { "need a person" }.to_owned(),
        Standing::Refused => format!("{is} refused"),
        Standing::RolledBack => format!("{was} rolled back"),
        Standing::Drifted => format!("{has} drifted"),
        Standing::Interrupted => format!("{was} interrupted"),
        Standing::Red(state) => format!("{is} {}", state.word()),
        Standing::GoingBack => format!("{is} going back"),
        Standing::Moving => format!("{is} moving"),
        Standing::Waits => plural(if one { 2 } else { 1 }, "wait"),
        Standing::Held => format!("{is} held"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::State;

    #[test]
    fn the_whole_is_one_sentence() {
        let rows = |standings: &[Standing]| -> Vec<BoardRow> {
            let row = |standing: &Standing| BoardRow {
                standing: *standing,
                service: "shop".to_owned(),
                version: "1".to_owned(),
                sentence: String::new(),
                command: String::new(),
            };
            standings.iter().map(row).collect()
        };
        let said = |standings: &[Standing]| overview(&rows(standings)).unwrap_or_default();
        use Standing as S;
        assert_eq!(
            said(&[S::Waits, S::Refused, S::GoingBack, S::Waits, S::Waits]),
            "1 release is refused, 1 is going back, 3 wait."
        );
        assert_eq!(said(&[S::Waits]), "1 release waits.");
        assert_eq!(said(&[S::Red(State::Failed), S::Red(State::Failed)]), "2 releases are failed.");
        assert_eq!(said(&[]), "");
        assert_eq!(tier_sum(5, &[S::Held, S::Refused]), "5 services: 1 refused, 1 held");
    }
}
