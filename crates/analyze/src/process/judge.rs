//! What many looks at a process come to.

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::ProcessCheck;
use plimsoll_core::record::{Ending, Outcome};
use plimsoll_core::say;
use plimsoll_core::units::Period;
use serde::Serialize;

use super::{Look, Running};

/// Everything that was looked at, in order.
#[derive(Debug, Default)]
pub struct Observed {
    /// When each look was, and what it saw, or why nobody could look.
    pub looks: Vec<(Timestamp, Result<Look, String>)>,
    /// When the deployment that is checked had finished.
    pub deployed_at: Option<Timestamp>,
}

/// What was found, and what it was made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Judged {
    /// What it comes to.
    pub outcome: Outcome,
    /// One sentence.
    pub finding: String,
    /// How often it was started again since the deployment.
    pub restarts: u64,
    /// How the last process that ended did, if somebody knows.
    pub ended: Option<Ending>,
    /// What runs in the end.
    pub process: Option<Running>,
    /// The most memory that was seen.
    pub most_memory_bytes: Option<u64>,
    /// When the deployment that is checked had finished.
    pub deployed_at: Option<Timestamp>,
}

/// Judges what was observed. What is seen to die is the release's fault, whatever could not be
/// looked at beside it.
#[must_use]
pub fn judge(check: &ProcessCheck, observed: &Observed) -> Judged {
    let looks: Vec<&Look> =
        observed.looks.iter().filter_map(|(_, look)| look.as_ref().ok()).collect();
    let running: Vec<&Running> =
        looks.iter().filter_map(|look| look.process.as_ref().ok()).collect();
    let restarts = restarts(check, observed.deployed_at, &looks, &running);
    let ended = looks.iter().rev().find_map(|look| look.ended);
    let (outcome, finding) = found(check, observed, restarts, ended);
    Judged {
        outcome,
        finding,
        restarts: restarts.all(),
        ended,
        process: looks.last().and_then(|look| look.process.clone().ok()),
        most_memory_bytes: running.iter().filter_map(|one| one.memory_bytes).max(),
        deployed_at: observed.deployed_at,
    }
}

/// How often it was started again since the deployment.
#[derive(Debug, Clone, Copy)]
struct Restarts {
    /// Before it was watched.
    before: u64,
    /// While it was.
    watched: u64,
}

impl Restarts {
    const fn all(self) -> u64 {
        self.before.saturating_add(self.watched)
    }
}

fn restarts(
    check: &ProcessCheck,
    deployed_at: Option<Timestamp>,
    looks: &[&Look],
    running: &[&Running],
) -> Restarts {
    let changes = running.windows(2).filter(|pair| !pair[0].is(pair[1])).count() as u64;
    let counts: Vec<u64> = looks.iter().filter_map(|look| look.restarts).collect();
    let (first, last) = (counts.first().copied(), counts.last().copied());
    // Whoever counts may begin anew, which is a restart of its own that the change shows.
    let counted = last.unwrap_or(0).saturating_sub(first.unwrap_or(0));
    let in_time = deployed_at
        .zip(running.first())
        .map(|(deployed_at, first)| first.started_at <= check.grace.after(deployed_at));
    let before = match (in_time, first) {
        // What was counted belongs to the deployments before it.
        (Some(true), _) => 0,
        (Some(false), count) => count.unwrap_or(1).max(1),
        (None, count) => count.unwrap_or(0),
    };
    Restarts { before, watched: changes.max(counted) }
}

fn found(
    check: &ProcessCheck,
    observed: &Observed,
    restarts: Restarts,
    ended: Option<Ending>,
) -> (Outcome, String) {
    let Some((at, last)) = observed.looks.last() else {
        return (Outcome::Errored, "nobody looked".to_owned());
    };
    let mut wrong = Vec::new();
    if restarts.all() > u64::from(check.restarts) {
        wrong.push(started_again(check, observed, restarts));
    }
    match last {
        Err(why) if wrong.is_empty() => return (Outcome::Errored, why.clone()),
        Err(why) => wrong.push(format!("then nobody could look: {why}")),
        Ok(Look { process: Err(why), .. }) => wrong.push(why.clone()),
        Ok(Look { process: Ok(process), .. }) => {
            let up = Period::between(process.started_at, *at);
            if wrong.is_empty() && up >= check.up_for {
                return (Outcome::Passed, steady(check, process, up, restarts.all()));
            }
            if up < check.up_for {
                let (up, wanted) = (up.roughly(), check.up_for.roughly());
                wrong.push(format!(
                    "process {} is up for {up}, and must be for {wanted}",
                    process.pid
                ));
            }
        }
    }
    wrong.extend(ended.map(|ended| format!("the last one {}", was(ended))));
    (Outcome::Failed, wrong.join("; "))
}

/// `it was started again 3 times in 30 s`, or since the deployment.
fn started_again(check: &ProcessCheck, observed: &Observed, restarts: Restarts) -> String {
    let times = match restarts.all() {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    let since = match (restarts.before, observed.deployed_at) {
        (0, _) => format!("in {}", check.watched.roughly()),
        (_, Some(_)) => "since it was deployed".to_owned(),
        (_, None) => "as whoever starts it counts".to_owned(),
    };
    match check.restarts {
        0 => format!("it was started again {times} {since}"),
        most => format!("it was started again {times} {since}, at most {most} is allowed"),
    }
}

fn steady(check: &ProcessCheck, process: &Running, up: Period, restarts: u64) -> String {
    let memory = process
        .memory_bytes
        .map_or_else(String::new, |bytes| format!(", {} MB", bytes.div_ceil(1_000_000)));
    let again = match restarts {
        0 => "not started again".to_owned(),
        some => format!("started again {some} of {} times", check.restarts),
    };
    format!("process {} is up for {}, {again}{memory}", process.pid, up.roughly())
}

fn was(ended: Ending) -> String {
    match ended {
        Ending::Signal(_) => format!("was {}", say::ending(ended)),
        Ending::Exit(code) => format!("ended with exit code {code}"),
        Ending::TimedOut | Ending::NotStarted => say::ending(ended),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::catalog::ProcessSource;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_516_890_600 + seconds).expect("a moment")
    }

    fn check(restarts: u32, up_for: u64) -> ProcessCheck {
        ProcessCheck {
            source: ProcessSource::PidFile("run/pid".parse().expect("a template")),
            watched: Period::from_secs(30),
            restarts,
            up_for: Period::from_secs(up_for),
            grace: Period::from_secs(30),
        }
    }

    /// A process that began so many seconds after the deployment.
    fn runs(pid: u32, began: i64) -> Look {
        let running = Running {
            pid,
            began: began.to_string(),
            started_at: at(began),
            memory_bytes: Some(1_500_000),
        };
        Look { process: Ok(running), restarts: None, ended: None }
    }

    fn nothing(ended: Option<Ending>) -> Look {
        Look { process: Err("run/pid is not there".to_owned()), restarts: None, ended }
    }

    /// Judges looks, one each second from the hundredth after the deployment.
    fn judged(check: &ProcessCheck, looks: Vec<Result<Look, String>>) -> (Outcome, String) {
        let looks = (100..).map(at).zip(looks).collect();
        let judged = judge(check, &Observed { looks, deployed_at: Some(at(0)) });
        (judged.outcome, judged.finding)
    }

    #[test]
    fn one_that_began_with_the_deployment_and_stays_passes() {
        let (outcome, words) = judged(&check(0, 0), vec![Ok(runs(7, 2)), Ok(runs(7, 2))]);
        assert_eq!(
            (outcome, &*words),
            (Outcome::Passed, "process 7 is up for 1 m 39 s, not started again, 2 MB")
        );
    }

    #[test]
    fn one_that_is_another_each_time_fails_though_something_runs_at_every_look() {
        let looks = vec![Ok(runs(7, 2)), Ok(runs(8, 101)), Ok(runs(9, 102))];
        let (outcome, words) = judged(&check(0, 0), looks.clone());
        assert_eq!((outcome, &*words), (Outcome::Failed, "it was started again twice in 30 s"));
        assert_eq!(judged(&check(2, 0), looks).0, Outcome::Passed, "as many as are allowed");
    }

    #[test]
    fn the_same_number_with_another_beginning_is_another_process() {
        let (outcome, _) = judged(&check(0, 0), vec![Ok(runs(7, 2)), Ok(runs(7, 101))]);
        assert_eq!(outcome, Outcome::Failed);
    }

    #[test]
    fn one_that_began_long_after_the_deployment_was_started_again_unseen() {
        let (outcome, words) = judged(&check(0, 0), vec![Ok(runs(7, 31)), Ok(runs(7, 31))]);
        assert_eq!(
            (outcome, &*words),
            (Outcome::Failed, "it was started again once since it was deployed")
        );
        assert_eq!(
            judged(&check(0, 0), vec![Ok(runs(7, 30))]).0,
            Outcome::Passed,
            "within the grace"
        );
        assert_eq!(judged(&check(1, 0), vec![Ok(runs(7, 31))]).0, Outcome::Passed);
    }

    #[test]
    fn one_that_ended_fails_with_how_it_ended() {
        let looks = vec![Ok(runs(7, 2)), Ok(nothing(Some(Ending::Signal(7))))];
        let (outcome, words) = judged(&check(0, 0), looks);
        assert_eq!(
            (outcome, &*words),
            (Outcome::Failed, "run/pid is not there; the last one was killed by SIGBUS (7)")
        );
        let never = judged(&check(0, 0), vec![Ok(nothing(None))]);
        assert_eq!(never, (Outcome::Failed, "run/pid is not there".to_owned()));
    }

    #[test]
    fn what_is_counted_counts_from_this_deployment_on() {
        let counted =
            |began: i64, restarts: u64| Look { restarts: Some(restarts), ..runs(7, began) };
        let judged = |looks| judged(&check(0, 0), looks).0;
        assert_eq!(
            judged(vec![Ok(counted(2, 9)), Ok(counted(2, 9))]),
            Outcome::Passed,
            "of earlier ones"
        );
        assert_eq!(
            judged(vec![Ok(counted(2, 0)), Ok(counted(2, 1))]),
            Outcome::Failed,
            "while watched"
        );
        assert_eq!(judged(vec![Ok(counted(90, 3))]), Outcome::Failed);
    }

    #[test]
    fn one_that_is_not_up_for_long_enough_fails() {
        let (outcome, words) = judged(&check(1, 60), vec![Ok(runs(7, 80))]);
        assert_eq!(
            (outcome, &*words),
            (Outcome::Failed, "process 7 is up for 20 s, and must be for 1 m")
        );
    }

    #[test]
    fn who_cannot_look_says_nothing_of_the_release_but_forgets_nothing_either() {
        let blind = || Err("run/pid: permission denied".to_owned());
        let (outcome, words) = judged(&check(0, 0), vec![Ok(runs(7, 2)), blind()]);
        assert_eq!((outcome, &*words), (Outcome::Errored, "run/pid: permission denied"));
        let died = judged(&check(0, 0), vec![Ok(runs(7, 2)), Ok(runs(8, 101)), blind()]);
        assert_eq!(died.0, Outcome::Failed, "{}", died.1);
        let again = judged(&check(0, 0), vec![blind(), Ok(runs(7, 2))]);
        assert_eq!(again.0, Outcome::Passed);
        assert_eq!(judged(&check(0, 0), vec![]).0, Outcome::Errored);
    }
}
