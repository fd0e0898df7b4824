//! What is said while work goes on: one line for each thing that happened.

use plimsoll_core::Timestamp;
use plimsoll_core::event::{Actor, Event, EventKind};
use plimsoll_core::record::{CheckResult, DeployReport, DeployResult, MoveReason, Observed, State};
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
            Some(deployed(&format!("{version} on {target}"), report))
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

fn deployed(what: &str, report: &DeployReport) -> Said {
    let mark = match (&report.result, &report.observed) {
        (DeployResult::Done | DeployResult::FoundDone, Observed::Version(_)) => GOOD,
        (DeployResult::Done | DeployResult::FoundDone, Observed::Unknown(_))
        | (DeployResult::Misaimed { .. } | DeployResult::Failed { .. }, _) => BAD,
    };
    ("deploy".to_owned(), mark, format!("{what}: {}", say::deploy_result(report)))
}

fn noted(kind: &EventKind, reader: &Reader) -> Said {
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
