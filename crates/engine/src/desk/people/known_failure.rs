//! Putting a failure off, and taking that back.

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{Check, CheckKind};
use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{
    CheckName, PersonName, ReleaseId, Seq, ServiceName, TargetId, TargetName, Version,
};
use plimsoll_core::record::{CaseFailure, KnownFailure, signature_of};
use plimsoll_core::say;

use crate::desk::{Desk, DeskError, Wording};
use crate::words::Typed;

/// So many names fit on a screen.
const MOST_NAMES: usize = 10;

/// A known failure, as it is asked for.
#[derive(Debug, Clone)]
pub struct PutOff {
    /// Of this service.
    pub service: ServiceName,
    /// Of this check.
    pub check: CheckName,
    /// The single test, as the check names it; the check itself when absent.
    pub test: Option<Typed>,
    /// Take the signature from the last run there.
    pub from: Option<TargetId>,
    /// The signature, where there is no run to take it from.
    pub signature: Option<Typed>,
    /// Not one failure, but whatever pictures of this release's pages say.
    pub look: Option<Version>,
    /// Only on these targets; everywhere when empty.
    pub targets: Vec<TargetName>,
    /// Where it is worked on.
    pub ticket: Typed,
    /// Until when (exclusive).
    pub until: Timestamp,
}

impl Desk {
    /// Writes a known failure down.
    ///
    /// # Errors
    /// Something named is not there, or the signature cannot be told.
    pub async fn put_off(&self, asked: &PutOff, by: &PersonName) -> Result<Event, DeskError> {
        let asked_test = asked.test.as_ref().map(|test| self.words("test", test)).transpose()?;
        self.known_checks(&asked.service, [&asked.check])?;
        let (test, signature) = self.signature(asked, asked_test).await?;
        let known_failure = KnownFailure {
            check: asked.check.clone(),
            signature,
            look: asked.look.clone(),
            test,
            targets: asked.targets.clone(),
            ticket: self.words("ticket", &asked.ticket)?,
            by: by.clone(),
            at: self.now(),
            until: asked.until,
        };
        let kind = EventKind::KnownFailureRecorded { known_failure };
        self.say(&asked.service, by, |_| Ok(kind.clone())).await
    }

    /// Takes a known failure back: it counts as a failure again.
    ///
    /// # Errors
    /// There is none in force with that number, or the reason is blank.
    pub async fn withdraw_known_failure(
        &self,
        service: &ServiceName,
        known_failure: Seq,
        reason: &Typed,
        by: &PersonName,
    ) -> Result<Event, DeskError> {
        let reason = self.words("reason", reason)?;
        let kind = EventKind::KnownFailureWithdrawn { known_failure, reason };
        self.service(service)?;
        self.say(service, by, |state| {
            let mut known = state.people.known_failures.iter();
            match known.any(|said| said.seq == known_failure && said.withdrawn_at.is_none()) {
                true => Ok(kind.clone()),
                false => Err(DeskError::Refused(format!(
                    "event {known_failure} is no known failure in force of this service"
                ))),
            }
        })
        .await
    }

    /// What stands for the look of a release in the place of a signature.
    async fn look(&self, asked: &PutOff, version: &Version) -> Result<String, DeskError> {
        let service = self.service(&asked.service)?;
        let is_page = |check: &Check| matches!(check.kind, CheckKind::Page(_));
        if !service.checks.get(&asked.check).is_some_and(is_page) {
            return Err(DeskError::wrong(
                format!("{} looks at no page", asked.check),
                Wording::naming(|by| {
                    let (look, test, from) = (by.name("look"), by.name("test"), by.name("from"));
                    format!(
                        "{look} is for page checks; {test} and {from} name one failure of another"
                    )
                }),
            ));
        }
        if asked.test.is_some() || asked.from.is_some() || asked.signature.is_some() {
            return Err(DeskError::wrong(
                "a look is no single failure",
                Wording::naming(|by| {
                    let (test, from) = (by.name("test"), by.name("from"));
                    format!("leave {test}, {from} and {} out", by.name("signature"))
                }),
            ));
        }
        let release = ReleaseId { service: asked.service.clone(), version: version.clone() };
        self.known_release(&release).await?;
        Ok(format!("the look of {release} is meant"))
    }

    /// The signature as given, or that of the last run; and the test, which need not be named where one
    /// alone failed.
    async fn signature(
        &self,
        asked: &PutOff,
        test: Option<String>,
    ) -> Result<(Option<String>, String), DeskError> {
        if let Some(version) = &asked.look {
            return Ok((None, self.look(asked, version).await?));
        }
        if let Some(signature) = &asked.signature {
            return Ok((test, self.words("signature", signature)?));
        }
        let (Some(from), check) = (&asked.from, &asked.check) else {
            return Err(DeskError::wrong(
                "which failure?",
                Wording::naming(|by| {
                    let from = by.set("from", &format!("{}/staging/TARGET", asked.service));
                    format!("{from} takes it from the last run there")
                }),
            ));
        };
        let state = self.load(&asked.service).await?;
        let run = state.target(from).and_then(|target| target.results.get(check));
        let never =
            || DeskError::not_so(format!("{check} never ran on {from}"), "plimsoll verify first");
        let run = run.ok_or_else(never)?;
        let Some(red) = run.result.first_red() else {
            return Err(DeskError::not_so(
                format!("the last run of {check} on {from} was green"),
                format!("plimsoll show {}", run.id),
            ));
        };
        let cases = red.cases.as_ref().map(|cases| cases.failed.as_slice()).unwrap_or_default();
        if test
            .as_deref()
            .is_some_and(|test| red.page.as_ref().is_some_and(|page| page.is_of_look(test)))
        {
            return Err(DeskError::wrong(
                "what pictures say is put off for one release, and not by its words",
                Wording::naming(|by| {
                    format!(
                        "look first; if it is meant:  {} {}",
                        by.name("look"),
                        run.result.version
                    )
                }),
            ));
        }
        let more = red.cases.as_ref().map_or(0, |cases| cases.more_failed as usize);
        let all = cases.len() + more;
        match (test, cases) {
            (None, []) => Ok((None, signature_of(&red.finding))),
            (None, [only]) if all == 1 => Ok((Some(only.test.clone()), only.signature.clone())),
            (None, several) => {
                let failed = say::count(all, "test");
                Err(DeskError::wrong(
                    format!("{failed} failed there: which one?"),
                    names(several, all),
                ))
            }
            (Some(test), _) => match cases.iter().find(|case| case.test == test) {
                Some(case) => Ok((Some(test), case.signature.clone())),
                None => {
                    let message = format!("`{test}` did not fail there");
                    Err(DeskError::wrong(message, names(cases, all)))
                }
            },
        }
    }
}

/// How tests are named on a command line, one on each line: names hold blanks and commas.
fn names(cases: &[CaseFailure], all: usize) -> String {
    let shown = cases.iter().take(MOST_NAMES);
    let mut lines: Vec<String> =
        shown.map(|case| format!("--test {}", say::shell_word(&case.test))).collect();
    match all - lines.len() {
        0 => {}
        more => lines.push(format!("and {more} more, which  plimsoll show  lists")),
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_named_one_a_line_as_a_shell_takes_them() {
        let case = |test: &str| CaseFailure {
            test: test.into(),
            signature: test.into(),
            message: test.into(),
        };
        let cases = [case("a, b"), case("the picture /<n>.png answers 404"), case("map.tiles")];
        assert_eq!(
            names(&cases, 5),
            "--test 'a, b'\n--test 'the picture /<n>.png answers 404'\n--test map.tiles\nand 2 more, which  plimsoll show  lists"
        );
        assert_eq!(names(&cases[2..], 1), "--test map.tiles");
    }
}
