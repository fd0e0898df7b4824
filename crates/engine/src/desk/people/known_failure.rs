//! Putting a failure off, and taking that back.

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{Check, CheckKind};
use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{
    CheckName, PersonName, ReleaseId, Seq, ServiceName, TargetId, TargetName, Version,
};
use plimsoll_core::record::{KnownFailure, signature_of};
use plimsoll_core::say;

use crate::desk::{Desk, DeskError};
use crate::words::Typed;

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
        let test = asked.test.as_ref().map(|test| self.words("test", test)).transpose()?;
        self.known_checks(&asked.service, [&asked.check])?;
        let known_failure = KnownFailure {
            check: asked.check.clone(),
            signature: self.signature(asked, test.as_deref()).await?,
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
                "--look is for page checks; --test and --from name one failure of another",
            ));
        }
        if asked.test.is_some() || asked.from.is_some() || asked.signature.is_some() {
            return Err(DeskError::wrong(
                "a look is no single failure",
                "leave --test, --from and --signature out",
            ));
        }
        let release = ReleaseId { service: asked.service.clone(), version: version.clone() };
        self.known_release(&release).await?;
        Ok(format!("the look of {release} is meant"))
    }

    /// The signature as given, or that of the last run.
    async fn signature(&self, asked: &PutOff, test: Option<&str>) -> Result<String, DeskError> {
        if let Some(version) = &asked.look {
            return self.look(asked, version).await;
        }
        if let Some(signature) = &asked.signature {
            return self.words("signature", signature);
        }
        let (Some(from), check) = (&asked.from, &asked.check) else {
            return Err(DeskError::wrong(
                "which failure?",
                format!("--from {}/staging/TARGET takes it from the last run there", asked.service),
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
        let tests: Vec<_> = cases.iter().map(|case| case.test.as_str()).collect();
        let Some(test) = test else {
            return match cases {
                [] => Ok(signature_of(&red.finding)),
                several => Err(DeskError::wrong(
                    format!("{} failed there", say::count(several.len(), "test")),
                    format!("--test one of: {}", say::list(&tests, 10)),
                )),
            };
        };
        // Any other loss of its style would be called the same.
        if red.page.as_ref().is_some_and(|page| page.is_of_look(test)) {
            return Err(DeskError::wrong(
                format!("`{test}` is another look, which one release may mean"),
                format!("--look {} in place of --from and --test", run.result.version),
            ));
        }
        let found = cases.iter().find(|case| case.test == test);
        found.map(|case| case.signature.clone()).ok_or_else(|| {
            DeskError::wrong(
                format!("`{test}` did not fail there"),
                format!("failed: {}", say::list(&tests, 10)),
            )
        })
    }
}
