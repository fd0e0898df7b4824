//! What is said while work goes on: one line for each thing that happened.

use plimsoll_core::Timestamp;
use plimsoll_core::event::{Actor, Event, EventKind};
use plimsoll_core::ids::{TargetName, Version};
use plimsoll_core::record::{CheckResult, DeployReport, DeployResult, MoveReason, State};
use plimsoll_core::say::{self, Mark, Reader, cell, list, mark, regressions};
use plimsoll_core::units::Period;
use plimsoll_engine::ports::Progress;

use super::{Paint, Style};

/// The line of a step, with the time; nothing for a step that only a moving display shows.
#[must_use]
pub fn progress_line(
    progress: &Progress,
    at: Timestamp,
    reader: &Reader,
    style: &Style,
) -> Option<String> {
    let (label, mark, words) = said(progress, reader)?;
    let time = style.paint(Paint::Dim, &reader.seconds(at));
    let mark =
        mark.map(|mark| format!("{} ", style.paint(Paint::Mark(mark.colour), style.shape(mark))));
    let label = style.text(&label);
    Some(format!("  {time}  {label:<8}  {}{}", mark.unwrap_or_default(), style.text(&words)))
}

type Said = (String, Option<Mark>, String);

const GOOD: Option<Mark> = Some(mark(State::Satisfied));
const BAD: Option<Mark> = Some(mark(State::Failed));
const MOVING: Option<Mark> = Some(mark(State::Running));

fn said(progress: &Progress, reader: &Reader) -> Option<Said> {
    let line = |label: &str, mark, words: String| Some((label.to_owned(), mark, words));
    let took = |ms: u64| Period::from_millis(ms).roughly();
    match progress {
        Progress::VerifyBegan { lane, version, targets, expected } => {
            let targets = say::count(*targets as usize, "target");
            line(
                "verify",
                MOVING,
                format!(
                    "{version} on {lane}: {targets}, {} expected",
                    say::count(*expected as usize, "result")
                ),
            )
        }
        Progress::CheckBegan { .. } => None,
        Progress::CheckEnded { result, done, expected } => Some(check(result, *done, *expected)),
        Progress::PromotionBegan { promotion, lane, taken_over_from } => {
            let taken = taken_over_from
                .as_ref()
                .map(|driver| format!(", taken over from {driver}"))
                .unwrap_or_default();
            line("begin", MOVING, format!("{promotion} on {lane}{taken}"))
        }
        Progress::WaveBegan { wave, of, targets } => {
            let words = format!("of {of}: {}", list(targets, 12));
            line(&wave_label(*wave), MOVING, words)
        }
        Progress::WaveWaits { wave, summary, until } => {
            let until = reader.clock(*until);
            line(&wave_label(*wave), Some(say::WAITING), format!("waits until {until}: {summary}"))
        }
        Progress::DeployBegan { target, version, reason } => {
            let back = match reason {
                MoveReason::Forward => "",
                MoveReason::Back => ", going back",
            };
            line("deploy", MOVING, format!("{version} on {target}{back}"))
        }
        Progress::DeployEnded { target, version, report, .. } => {
            Some(deployed(target, version, report))
        }
        Progress::WaveVerified { wave, of, took_ms } => {
            let words = format!("of {of} verified, all checks green   {}", took(*took_ms));
            line(&wave_label(*wave), GOOD, words)
        }
        Progress::Soaking { wave, until } => {
            line("watch", MOVING, format!("wave {}, until {}", wave + 1, reader.seconds(*until)))
        }
        Progress::Soaked { took_ms: 0, .. } => None,
        Progress::Soaked { wave, took_ms } => {
            line("watched", GOOD, format!("wave {}, {}, no signal", wave + 1, took(*took_ms)))
        }
        Progress::Regressed { wave, regressions: found } => {
            line(&wave_label(*wave), BAD, regressions(found).join("; "))
        }
        Progress::GoingBack { targets, reason } => {
            line("back", MOVING, format!("{}: {reason}", list(targets, 12)))
        }
        // How it ended is the answer, which follows at once.
        Progress::PromotionEnded { promotion, end: _, took_ms } => {
            line("end", None, format!("{promotion} has ended, after {}", took(*took_ms)))
        }
        Progress::Noted { kind } => Some(noted(kind, reader)),
        Progress::Said { words } => line("", None, words.clone()),
    }
}

fn wave_label(wave: u32) -> String {
    format!("wave {}", wave + 1)
}

fn check(result: &CheckResult, done: u32, expected: u32) -> Said {
    let seen = cell(&result.target.target, &result.check, None);
    let run = plimsoll_core::ids::CheckRunId(plimsoll_core::ids::Seq(0));
    let stands = cell(&seen.target, &seen.check, Some((run, result)));
    let took = Period::between(result.started_at, result.finished_at).roughly();
    let word = if stands.state == State::Satisfied { "passed" } else { stands.state.word() };
    let words = format!(
        "{:<8}  {:<8}  {took:>6}  {}   {done} of {expected}",
        result.target.target.as_str(),
        result.check.as_str(),
        stands.finding
    );
    (word.to_owned(), Some(mark(stands.state)), words)
}

fn deployed(target: &TargetName, version: &Version, report: &DeployReport) -> Said {
    let what = format!("{version} on {target}");
    let (mark, result) = match &report.result {
        DeployResult::Done | DeployResult::FoundDone if report.observed.is(version) => {
            (GOOD, say::deploy_result(report))
        }
        // It says that it is done, and something else runs.
        DeployResult::Done | DeployResult::FoundDone if report.observed.is_other_than(version) => {
            (BAD, format!("{}, not {version}", say::deploy_result(report)))
        }
        DeployResult::Done
        | DeployResult::FoundDone
        | DeployResult::Misaimed { .. }
        | DeployResult::Failed { .. } => (BAD, say::deploy_result(report)),
    };
    ("deploy".to_owned(), mark, format!("{what}: {result}"))
}

fn noted(kind: &EventKind, reader: &Reader) -> Said {
    if let EventKind::CheckControlled { target, check, control, .. } = kind {
        let word = control.cause.word();
        let words = format!(
            "{:<8}  {:<8}  {word}: {}",
            target.as_str(),
            check.as_str(),
            say::because(&control.cause, reader)
        );
        let blamed = control.cause.rank() == 0;
        let state = if blamed { State::Failed } else { State::NotApplicable };
        return ("cause".to_owned(), Some(mark(state)), words);
    }
    // The words of an event do not depend on its place in the chain.
    let event = Event {
        seq: plimsoll_core::ids::Seq(0),
        stream: plimsoll_core::event::Stream::Gate(
            plimsoll_core::ids::ServiceName::new("service").expect("a name"),
        ),
        version: 0,
        at: reader.now,
        actor: Actor::Plimsoll,
        kind: kind.clone(),
        prev: plimsoll_core::digest::Digest::ZERO,
        hash: plimsoll_core::digest::Digest::ZERO,
    };
    let line = say::event(&event, reader);
    ("noted".to_owned(), Some(line.mark), format!("{}: {}", line.word, line.detail))
}

#[cfg(test)]
mod tests {
    use plimsoll_core::record::Observed;

    use super::*;

    fn line(observed: Observed) -> String {
        let progress = Progress::DeployEnded {
            target: "nl-vm".parse().expect("a name"),
            version: "1.9".parse().expect("a version"),
            reason: MoveReason::Forward,
            report: Box::new(DeployReport {
                result: DeployResult::Done,
                observed,
                took_ms: 2_000,
                output: None,
            }),
        };
        let now = "2026-11-18T22:32:00Z".parse().expect("a moment");
        progress_line(&progress, now, &Reader::utc(now), &Style::PLAIN).expect("it is shown")
    }

    #[test]
    fn a_deployment_is_green_only_if_what_was_deployed_runs() {
        let version = |text: &str| Observed::Version(text.parse().expect("a version"));
        let good = Style::PLAIN.shape(mark(State::Satisfied));
        let bad = Style::PLAIN.shape(mark(State::Failed));
        let done = line(version("1.9"));
        assert!(done.contains(&format!("{good} 1.9 on nl-vm: done in 2 s, 1.9 runs")), "{done}");
        let other = line(version("1.8"));
        assert!(other.contains(&format!("{bad} 1.9 on nl-vm")), "{other}");
        assert!(other.ends_with("1.8 runs, not 1.9"), "{other}");
        let unseen = line(Observed::Unknown("no answer".to_owned()));
        assert!(unseen.contains(&format!("{bad} 1.9 on nl-vm")), "{unseen}");
    }
}
