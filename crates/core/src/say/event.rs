//! What happened, one line an event.

use crate::Timestamp;
use crate::event::{Actor, Event, EventKind, PromotionEnd, Stream};
use crate::ids::{PromotionId, Seq, Version};
use crate::record::{
    CommitStatus, DeployReport, DeployResult, Observed, PlanKind, RuleVerdict, State, Verdict,
};
use crate::units::Period;

use super::Reader;
use super::cause::because;
use super::mark::{Mark, WAITING, mark};
use super::matrix::stands;
use super::moves::{
    deploy_result, direction, end, end_look, observed, plan_kind, process, regressions,
};
use super::push::short_commit;
use super::text::{count, list, plural, safe, shorten};

/// How much an event matters to somebody who asks what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Only to who looks closely.
    Detail,
    /// To everybody.
    Headline,
}

/// An event in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// Its position.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// What happened: `going back`.
    pub word: String,
    /// With what: `planet4@1.23 → production`.
    pub what: String,
    /// More, in short.
    pub detail: String,
    /// Who caused it.
    pub who: String,
    /// How much it matters.
    pub weight: Weight,
    /// Its mark.
    pub mark: Mark,
}

/// Word, what, detail, mark and weight of a kind of event.
type Said = (String, String, String, Mark, Weight);

/// An event in words.
#[must_use]
pub fn event(event: &Event, reader: &Reader) -> EventLine {
    let (word, what, detail, mark, weight) = said(event, reader);
    let who = match &event.actor {
        Actor::Person(person) => person.to_string(),
        Actor::Plimsoll => "plimsoll".to_owned(),
    };
    EventLine { seq: event.seq, at: event.at, word, what, detail, who, weight, mark }
}

fn line(
    word: &str,
    what: impl Into<String>,
    detail: impl Into<String>,
    mark: Mark,
    weight: Weight,
) -> Said {
    (word.to_owned(), what.into(), detail.into(), mark, weight)
}

const GOOD: Mark = mark(State::Satisfied);
const BAD: Mark = mark(State::Failed);
const MOVING: Mark = mark(State::Running);
const QUIET: Mark = mark(State::NotApplicable);
const PERSON: Mark = mark(State::Waived);

#[expect(clippy::too_many_lines, reason = "one short arm for each kind of event, and no wildcard")]
fn said(event: &Event, reader: &Reader) -> Said {
    use Weight::{Detail, Headline};
    let lane = place(&event.stream);
    let on = |promotion: &PromotionId| format!("{lane}, {promotion}");
    let at = |moment: Timestamp| reader.clock(moment);
    match &event.kind {
        EventKind::ReleaseAdded { release } => {
            let parts = count(release.artifacts.len(), "artifact");
            line("added", release.id.to_string(), parts, GOOD, Headline)
        }
        EventKind::ArtifactsNamed { artifacts } => {
            line("artifacts named", lane, count(artifacts.len(), "artifact"), GOOD, Headline)
        }
        EventKind::PromotionStarted { plan, follow_ups, .. } => {
            let what = format!("{} → {}", plan.release, plan.lane.environment);
            let targets = count(plan.changes.len(), "target");
            match &plan.kind {
                PlanKind::BreakGlass { reason } => {
                    let left = format!("{} left open: {}", follow_ups.len(), shorten(reason, 80));
                    line("broke the glass", what, left, BAD, Headline)
                }
                PlanKind::Rollback { reason } => {
                    let detail = format!("{targets}: {}", shorten(reason, 80));
                    line("rollback began", what, detail, MOVING, Headline)
                }
                kind @ (PlanKind::Promotion | PlanKind::Deployment | PlanKind::Rehearsal) => {
                    let word = format!("{} began", plan_kind(kind));
                    line(&word, what, targets, MOVING, Headline)
                }
            }
        }
        EventKind::DriverClaimed { promotion, driver, epoch, changed } => {
            let under = match changed.as_slice() {
                [] => String::new(),
                changed => format!("today's configuration of {}; ", list(changed, 3)),
            };
            let detail = format!("{under}{}, driver {epoch}", process(driver));
            let word = if *epoch > 1 { "taken over" } else { "driven" };
            line(word, on(promotion), detail, QUIET, if *epoch > 1 { Headline } else { Detail })
        }
        EventKind::WaveStarted { promotion, wave, decision } => {
            let allowed =
                decision.map_or_else(|| "no gate".to_owned(), |id| format!("allowed by {id}"));
            line(&format!("wave {} began", wave + 1), on(promotion), allowed, MOVING, Detail)
        }
        EventKind::WaveHeld { promotion, wave, decision } => {
            let word = format!("wave {} waits", wave + 1);
            line(&word, on(promotion), format!("refused by {decision}"), WAITING, Headline)
        }
        EventKind::DeploymentStarted { target, version, reason, .. } => {
            let what = format!("{version} on {lane}/{target}");
            line("deploying", what, direction(*reason), MOVING, Detail)
        }
        EventKind::DeploymentFinished { deployment, version, report, .. } => {
            let (word, mark, weight) = deployed(version.as_ref(), report);
            let version = version.as_ref().map(|version| format!("{version} on "));
            let what = format!("{}{lane}, {deployment}", version.unwrap_or_default());
            line(word, what, deploy_result(report), mark, weight)
        }
        EventKind::WaveVerified { promotion, wave } => line(
            &format!("wave {} verified", wave + 1),
            on(promotion),
            "all checks green",
            GOOD,
            Detail,
        ),
        EventKind::SoakFinished { promotion, wave } => {
            line(&format!("wave {} watched", wave + 1), on(promotion), "no signal", GOOD, Detail)
        }
        EventKind::GapSeen { target, check, from, to, .. } => {
            let gap = Period::between(*from, *to).roughly();
            let detail = format!("{check} red for {gap}, not long enough to go back");
            line("gap seen", format!("{lane}/{target}"), detail, mark(State::Flaky), Headline)
        }
        EventKind::RegressionFound { promotion, regressions: found, .. } => {
            let causes = regressions(found).join("; ");
            line("regression", on(promotion), shorten(&causes, 200), BAD, Headline)
        }
        EventKind::AbortRequested { promotion, reason } => {
            line("abort asked for", on(promotion), shorten(reason, 120), PERSON, Headline)
        }
        EventKind::RollbackStarted { promotion, targets, reason } => {
            let detail = format!("{}: {}", list(targets, 3), shorten(reason, 120));
            line("going back", on(promotion), detail, MOVING, Headline)
        }
        EventKind::VerifiedGood { targets, version, .. } => {
            let what = format!("{version} on {lane}");
            let detail = format!("{}: {}", count(targets.len(), "target"), list(targets, 3));
            line("verified good", what, detail, GOOD, Detail)
        }
        EventKind::PromotionFinished { promotion, end: how, .. } => {
            let detail = match how {
                PromotionEnd::Withdrawn { reason }
                | PromotionEnd::RolledBack { reason }
                | PromotionEnd::NeedsPerson { reason } => shorten(reason, 160),
                PromotionEnd::VerifiedGood | PromotionEnd::Deployed | PromotionEnd::Rehearsed => {
                    end(how)
                }
            };
            let look = end_look(how);
            line(look.word, on(promotion), detail, look.mark, Headline)
        }
        EventKind::FollowUpBecameMoot { id, reason } => {
            let what = format!("{lane}, {}.{}", id.decision, id.index);
            line("moot", what, shorten(reason, 120), QUIET, Headline)
        }
        EventKind::Adopted { targets, version, unknown } => {
            let what = format!("{version} on {lane}");
            let unknown = match unknown.len() {
                0 => String::new(),
                n => format!(", {} not known", count(n, "thing")),
            };
            line("adopted", what, format!("{}{unknown}", list(targets, 3)), GOOD, Headline)
        }
        EventKind::DriftFound { target, expected, observed: seen } => {
            let expected = expected.as_ref().map_or("nothing", |version| version.as_str());
            let detail = format!("{} runs, {expected} was deployed", observed(seen));
            line("drifted", format!("{lane}/{target}"), detail, mark(State::WrongVersion), Headline)
        }
        EventKind::DriftEnded { target } => line(
            "drift ended",
            format!("{lane}/{target}"),
            "what was deployed runs",
            GOOD,
            Headline,
        ),
        EventKind::RehearsalFinished { rehearsal } => {
            let what = format!("{} → {} on {}", rehearsal.from, rehearsal.to, rehearsal.target);
            match &rehearsal.finding {
                None if rehearsal.effect_observed => {
                    line("rehearsed", what, "there and back observed", GOOD, Headline)
                }
                None => {
                    line("rehearsal failed", what, "its effect was not observed", BAD, Headline)
                }
                Some(finding) => {
                    line("rehearsal failed", what, shorten(finding, 120), BAD, Headline)
                }
            }
        }
        EventKind::VerifyStarted { version, targets, checks, .. } => {
            let detail =
                format!("{}, {}", count(targets.len(), "target"), count(checks.len(), "check"));
            line("verifying", format!("{version} on {lane}"), detail, MOVING, Detail)
        }
        EventKind::CheckFinished { result } => {
            let (state, finding) = stands(result);
            let (word, weight) = match state {
                State::Satisfied => ("passed", Detail),
                other => (other.word(), Headline),
            };
            let what = format!("{} on {}, {}", result.check, result.target, result.version);
            line(word, what, shorten(&finding, 120), mark(state), weight)
        }
        EventKind::CheckControlled { target, check, control, .. } => {
            let what = format!("{check} on {lane}/{target}");
            let mark = if control.cause.rank() == 0 { BAD } else { QUIET };
            line(control.cause.word(), what, because(&control.cause, reader), mark, Detail)
        }
        EventKind::VerifyFinished { started } => {
            line("checks ended", lane, format!("begun by event {started}"), QUIET, Detail)
        }
        EventKind::DecisionMade { release, to, verdict, counts, .. } => {
            let what = format!("{release} → {to}");
            let unmet: u32 = counts.iter().filter(|(s, _)| !s.lets_pass()).map(|(_, n)| n).sum();
            let met: u32 = counts.iter().filter(|(s, _)| s.lets_pass()).map(|(_, n)| n).sum();
            match verdict {
                Verdict::Allowed => line("allowed", what, format!("{met} met"), GOOD, Headline),
                Verdict::Refused => line("refused", what, format!("{unmet} unmet"), BAD, Headline),
            }
        }
        EventKind::WaiverGiven { waiver } => {
            let what = format!("{} for {} → {}", waiver.rule, waiver.release, waiver.to);
            let detail = format!("until {}: {}", at(waiver.until), shorten(&waiver.reason, 100));
            line("waived", what, detail, PERSON, Headline)
        }
        EventKind::WaiverWithdrawn { waiver, reason } => {
            let what = format!("{lane}, event {waiver}");
            line("waiver withdrawn", what, shorten(reason, 120), PERSON, Headline)
        }
        EventKind::KnownFailureRecorded { known_failure: known } => {
            let test = known.test.as_ref().map(|test| format!(" {}", shorten(test, 60)));
            let look = known.look.as_ref().map(|version| format!(" the look of {version}"));
            let part = test.or(look).unwrap_or_default();
            let what = format!("{lane}, {}{part}", known.check);
            let detail = format!("{} until {}", safe(&known.ticket), at(known.until));
            line("known failure", what, detail, mark(State::KnownFailure), Headline)
        }
        EventKind::KnownFailureWithdrawn { known_failure, reason } => {
            let what = format!("{lane}, event {known_failure}");
            line("known failure withdrawn", what, shorten(reason, 120), PERSON, Headline)
        }
        EventKind::PicturesOpened { opened } => {
            let what = format!("{} on {}", opened.release, opened.environment);
            line("pictures opened", what, list(&opened.targets, 6), PERSON, Detail)
        }
        EventKind::SignedOff { sign_off } => {
            let scope = sign_off
                .target
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| sign_off.site.as_ref().map(ToString::to_string));
            let scope = scope.map(|scope| format!(", {scope}")).unwrap_or_default();
            let what = format!("{} → {}{scope}", sign_off.release, sign_off.to);
            let detail = format!("as {} {}", sign_off.role, shorten(&sign_off.note, 80));
            line("signed off", what, detail.trim_end(), PERSON, Headline)
        }
        EventKind::HoldPlaced { hold } => {
            let environment = hold.environment.as_ref().map_or("everywhere", |e| e.as_str());
            let what = format!("{lane}, {environment}");
            line("held", what, shorten(&hold.reason, 120), WAITING, Headline)
        }
        EventKind::HoldReleased { hold, reason } => {
            let what = format!("{lane}, event {hold}");
            line("let go", what, shorten(reason, 120), PERSON, Headline)
        }
        EventKind::FreezeDeclared { environment, from, until, reason } => {
            let environment = environment.as_ref().map_or("every gate", |e| e.as_str());
            let what = format!("{lane}, {environment}");
            let detail = format!("{} to {}: {}", at(*from), at(*until), shorten(reason, 80));
            line("freeze declared", what, detail, WAITING, Headline)
        }
        EventKind::FreezeLifted { freeze, reason } => {
            let what = format!("{lane}, event {freeze}");
            line("freeze lifted", what, shorten(reason, 120), PERSON, Headline)
        }
        EventKind::FollowUpClosed { id, reason } => {
            let what = format!("{lane}, {} of {}", plural(1, "requirement"), id.decision);
            line("made up for", what, shorten(reason, 120), GOOD, Headline)
        }
        EventKind::PushForced { push, follow_ups } => {
            // The host of a repository tells who pushed.
            let by_another = event.actor != Actor::Person(push.by.clone());
            let by = if by_another { format!(", told: by {}", push.by) } else { String::new() };
            let what = format!("{} → {}{by}", push.release, push.branch);
            let left = format!("{} left open", follow_ups.len());
            let detail = format!("{}, {left}: {}", push.decision, shorten(&push.reason, 80));
            line("push forced", what, detail, BAD, Headline)
        }
        EventKind::TokenCreated { token } => {
            let services = match &token.scope.services {
                None => "all services".to_owned(),
                Some(some) => list(&some.iter().collect::<Vec<_>>(), 4),
            };
            let verbs: Vec<_> = token.scope.permissions.iter().collect();
            let detail = format!("{} of {services}, until {}", list(&verbs, 5), at(token.until));
            line(
                "token made",
                format!("{} for {}", token.name, token.person),
                detail,
                PERSON,
                Headline,
            )
        }
        EventKind::TokenRevoked { name, reason } => {
            line("token revoked", name.to_string(), shorten(reason, 120), PERSON, Headline)
        }
        EventKind::SessionOpened { session } => {
            let until = format!("until {}", at(session.until));
            line("signed in", format!("with {}", session.token), until, QUIET, Detail)
        }
        EventKind::SessionClosed { session } => {
            line("signed out", format!("event {session}"), "", QUIET, Detail)
        }
        EventKind::ForgeClaimed { driver } => {
            line("forge taken", lane, process(driver), QUIET, Detail)
        }
        EventKind::WebhookReceived { delivery } => {
            let what = format!("{} {}", delivery.repository, short_commit(&delivery.commit));
            let asks = delivery.asks.as_ref();
            let asks = asks.map(|asks| format!(", asks for {}", asks.environment));
            let detail = format!("{}{}", shorten(&delivery.event, 40), asks.unwrap_or_default());
            let weight = if delivery.asks.is_some() { Headline } else { Detail };
            line("heard", format!("{what}, {lane}"), detail, QUIET, weight)
        }
        EventKind::StatusPosted { status } => {
            let detail = format!("{} {}: {}", status.context, status.state, status.description);
            line("told", status_place(status, &lane), shorten(&detail, 160), QUIET, Detail)
        }
        EventKind::StatusNotPosted { status, fault } => {
            let detail = format!("{} {}: {}", status.context, fault.kind.word(), fault.words);
            let place = status_place(status, &lane);
            line("not told", place, shorten(&detail, 160), mark(State::Errored), Detail)
        }
        EventKind::RuleAnswered { request, answer } => {
            let (word, mark) = match answer.verdict {
                RuleVerdict::Approved => ("deployment approved", GOOD),
                RuleVerdict::Rejected => ("deployment rejected", BAD),
                RuleVerdict::Waiting => ("deployment waits", WAITING),
            };
            let what = format!("{lane}, event {request}");
            line(word, what, shorten(&answer.comment, 160), mark, Headline)
        }
        EventKind::RuleNotAnswered { request, answer, fault } => {
            let detail = format!("{}: {}", answer.verdict.word(), fault.words);
            let what = format!("{lane}, event {request}");
            line("not answered", what, shorten(&detail, 160), mark(State::Errored), Headline)
        }
    }
}

/// Only what was seen to run afterwards looks good. Of an older event it is not known what should.
fn deployed(version: Option<&Version>, report: &DeployReport) -> (&'static str, Mark, Weight) {
    let (mark, weight) = match (version, &report.observed) {
        (_, Observed::Unknown(_)) => (mark(State::Errored), Weight::Headline),
        (None, Observed::Version(_) | Observed::Altered { .. }) => (QUIET, Weight::Detail),
        (Some(version), seen) if seen.is(version) => (GOOD, Weight::Detail),
        (Some(_), Observed::Version(_) | Observed::Altered { .. }) => {
            (mark(State::WrongVersion), Weight::Headline)
        }
    };
    match &report.result {
        DeployResult::Done => ("deployed", mark, weight),
        DeployResult::FoundDone => ("found deployed", mark, weight),
        DeployResult::Misaimed { .. } => ("misaimed", BAD, Weight::Headline),
        DeployResult::Failed { .. } => ("not deployed", BAD, Weight::Headline),
    }
}

/// `acme/shop 4f1c2ab9d0e1, github`.
fn status_place(status: &CommitStatus, forge: &str) -> String {
    format!("{} {}, {forge}", status.repository, short_commit(&status.commit))
}

/// What the stream is about, as users name it.
fn place(stream: &Stream) -> String {
    match stream {
        Stream::Release(release) => release.to_string(),
        Stream::Lane(lane) | Stream::Evidence(lane) => lane.to_string(),
        Stream::Gate(service) | Stream::People(service) => service.to_string(),
        Stream::Tokens => "tokens".to_owned(),
        Stream::Forge(forge) => forge.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Ending;

    /// The mark of a deployment of 1.8 after which this was observed.
    fn look(version: Option<&str>, result: DeployResult, observed: Observed) -> (Mark, Weight) {
        let version: Option<Version> = version.map(|version| version.parse().expect("a version"));
        let report = DeployReport { result, observed, took_ms: 1, output: None };
        let (_, mark, weight) = deployed(version.as_ref(), &report);
        (mark, weight)
    }

    #[test]
    fn a_deployment_is_green_only_where_its_version_was_seen_to_run() {
        let runs = |version: &str| Observed::Version(version.parse().expect("a version"));
        let done = || DeployResult::Done;
        assert_eq!(look(Some("1.8"), done(), runs("1.8")), (GOOD, Weight::Detail));
        let other = (mark(State::WrongVersion), Weight::Headline);
        assert_eq!(look(Some("1.9"), done(), runs("1.8")), other);
        let unseen = Observed::Unknown("no answer".to_owned());
        assert_eq!(look(Some("1.8"), done(), unseen).0, mark(State::Errored));
        // Events of before the version was written down say neither.
        assert_eq!(look(None, done(), runs("1.8")), (QUIET, Weight::Detail));
        let failed = DeployResult::Failed { ending: Ending::Exit(1), finding: String::new() };
        assert_eq!(look(Some("1.8"), failed, runs("1.8")).0, BAD);
    }
}
