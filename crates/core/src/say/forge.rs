//! What a forge is told of a commit, and how it stands with what it was told.

use crate::Timestamp;
use crate::catalog::ForgeKind;
use crate::forge::{Standing, standing};
use crate::push::{AskedService, PushAnswer, Stands};
use crate::record::{ForgeFault, ForgeFaultKind, RuleVerdict, State, StatusState};

use super::Reader;
use super::gate_page::verdict_line;
use super::group::groups;
use super::mark::{Mark, WAITING, mark};
use super::summary::brief;
use super::text::{count, list, shorten};

/// How long the comment on a deployment may be.
///
/// # Units
/// Characters; forges count bytes in places, so some are left over.
///
/// # Source
/// GitHub's documentation of deployment protection rules: 1,024.
const LONGEST_COMMENT: usize = 1_000;

/// So many reasons of a refusal are told in a comment.
const MOST_REASONS: usize = 12;

/// Why a commit stands as it does, in as many words as the forge takes: of several services, those
/// that keep it out.
#[must_use]
pub fn status_description(answer: &PushAnswer, kind: ForgeKind, reader: &Reader) -> String {
    let held: Vec<&AskedService> =
        answer.asked.iter().filter(|one| !one.stands.lets_pass()).collect();
    let to = &answer.question.environment;
    let words = match (held.as_slice(), answer.asked.as_slice()) {
        ([], []) => format!("nothing with a gate to {to} changes"),
        ([], all) => {
            let releases: Vec<_> = all.iter().map(release_of).collect();
            format!("{} may enter {to}", list(&releases, 3))
        }
        (held, _) => {
            let each: Vec<_> = held.iter().map(|one| held_back(answer, one, reader)).collect();
            each.join("; ")
        }
    };
    shorten(&words, kind.longest_description())
}

fn release_of(one: &AskedService) -> String {
    match &one.stands {
        Stands::NoRelease => one.service.to_string(),
        Stands::Decided { decision, .. } | Stands::Forced { decision, .. } => {
            decision.release.to_string()
        }
    }
}

fn held_back(answer: &PushAnswer, one: &AskedService, reader: &Reader) -> String {
    match &one.stands {
        Stands::NoRelease => format!("no release of {} is made of this commit yet", one.service),
        Stands::Decided { decision, .. } | Stands::Forced { decision, .. } => {
            let (release, to) = (&decision.release, &answer.question.environment);
            let yet = if standing(answer) == Standing::Waiting { " yet" } else { "" };
            format!("{release} may not enter {to}{yet}: {}", brief(decision, reader))
        }
    }
}

/// What is answered to a deployment that waits, with reasons, and where more is to be seen.
#[must_use]
pub fn rule_comment(
    answer: &PushAnswer,
    verdict: RuleVerdict,
    url: Option<&str>,
    reader: &Reader,
) -> String {
    let to = &answer.question.environment;
    let mut lines = Vec::new();
    if verdict == RuleVerdict::Waiting {
        lines.push(
            "This deployment waits; it goes on by itself once the gate allows it.".to_owned(),
        );
    }
    if answer.asked.is_empty() {
        lines.push(format!("No service of this repository has a gate to {to} here."));
    }
    for one in &answer.asked {
        match &one.stands {
            Stands::NoRelease => {
                lines.push(format!("No release of {} is made of this commit.", one.service));
            }
            Stands::Decided { decision, .. } | Stands::Forced { decision, .. } => {
                lines.push(verdict_line(decision, reader));
                let rows = groups(decision, reader);
                let more = rows.len().saturating_sub(MOST_REASONS);
                for row in rows.iter().take(MOST_REASONS) {
                    let place = if row.place.is_empty() { "" } else { " on " };
                    let (label, place_of) = (&row.label, &row.place);
                    let words = format!("{label}{place}{place_of}: {}", row.sentence);
                    lines.push(format!("- {}", shorten(&words, 160)));
                }
                if more > 0 {
                    lines.push(format!("- and {}", count(more, "more reason")));
                }
            }
        }
    }
    with_url(&lines, url)
}

/// As many whole lines as fit, and the address always.
fn with_url(lines: &[String], url: Option<&str>) -> String {
    let end = url.map(|url| format!("\n{url}")).unwrap_or_default();
    let mut room = LONGEST_COMMENT.saturating_sub(end.len());
    let mut text = String::new();
    for line in lines {
        if line.len() + 1 > room {
            text.push('…');
            break;
        }
        room -= line.len() + 1;
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text + &end
}

/// A fault in words, and when it is tried again.
#[must_use]
pub fn forge_fault(fault: &ForgeFault, again: Timestamp, reader: &Reader) -> String {
    let words = shorten(&fault.words, 200);
    if again > reader.now {
        format!("{words}; tried again {}", reader.distance(again))
    } else {
        format!("{words}; tried again now")
    }
}

/// What somebody can do about a fault.
#[must_use]
pub const fn forge_remedy(kind: ForgeFaultKind) -> &'static str {
    match kind {
        ForgeFaultKind::Away => "look whether the forge is up; it goes on by itself",
        ForgeFaultKind::Limited => "wait; it goes on by itself",
        ForgeFaultKind::NotAllowed => {
            "give the token, or the app, what docs/forges.md lists, and see that it is not over"
        }
        ForgeFaultKind::Refused => {
            "see that the repository's name is right and that the commit was pushed"
        }
    }
}

/// The mark of what a forge was told of a commit; of what it could not be told when that hangs.
#[must_use]
pub const fn status_mark(state: StatusState, hangs: bool) -> Mark {
    match state {
        _ if hangs => mark(State::Errored),
        StatusState::Pending => WAITING,
        StatusState::Success => mark(State::Satisfied),
        StatusState::Failure => mark(State::Failed),
        StatusState::Error => mark(State::Errored),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::testing::{answer, decided};
    use crate::gate::testing::{World, now};

    fn reader() -> Reader {
        Reader::utc(now())
    }

    fn failing(finding: &str) -> World {
        let mut world = World::green();
        world.fail("nl-vm", "check0", finding);
        world
    }

    #[test]
    fn a_description_says_which_release_may_enter_or_why_not() {
        let words = |asked| status_description(&answer(asked), ForgeKind::Github, &reader());
        let world = World::green();
        assert_eq!(
            words(vec![("shop", decided(&world))]),
            format!("{} may enter production", world.candidate)
        );
        let none = words(vec![("shop", decided(&world)), ("cart", Stands::NoRelease)]);
        assert_eq!(none, "no release of cart is made of this commit yet");
        let red = words(vec![("shop", decided(&failing("status 500")))]);
        assert!(red.contains("may not enter production: ") && red.contains("check0"), "{red}");
        assert_eq!(words(vec![]), "nothing with a gate to production changes");
    }

    #[test]
    fn descriptions_and_comments_are_as_short_as_forges_ask_whatever_is_in_them() {
        let long = "größe ".repeat(400);
        let asked = || (0..9).map(|_| ("shop", decided(&failing(&long)))).collect::<Vec<_>>();
        for (kind, most) in
            [(ForgeKind::Github, 140), (ForgeKind::Gitlab, 255), (ForgeKind::Gitea, 255)]
        {
            let words = status_description(&answer(asked()), kind, &reader());
            assert!(words.chars().count() <= most, "{kind}: {words}");
        }
        let url = "https://plimsoll.example/gate/shop@1.23/production";
        let comment = rule_comment(&answer(asked()), RuleVerdict::Rejected, Some(url), &reader());
        assert!(comment.len() <= 1_024 && comment.ends_with(url), "{comment}");
    }

    #[test]
    fn a_comment_gives_the_reasons_line_by_line() {
        let one =
            answer(vec![("shop", decided(&failing("status 500"))), ("cart", Stands::NoRelease)]);
        let comment = rule_comment(&one, RuleVerdict::Rejected, None, &reader());
        assert!(comment.contains("may not enter production"), "{comment}");
        assert!(comment.contains("status 500"), "{comment}");
        assert!(comment.contains("No release of cart is made of this commit."), "{comment}");
        let waits = answer(vec![("shop", Stands::NoRelease)]);
        let comment = rule_comment(&waits, RuleVerdict::Waiting, None, &reader());
        assert!(comment.starts_with("This deployment waits"), "{comment}");
    }
}
