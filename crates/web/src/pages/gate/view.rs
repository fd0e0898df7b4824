//! An answer of the gate, as the page has it.

use askama::Template;
use plimsoll_core::catalog::RuleName;
use plimsoll_core::ids::DecisionId;
use plimsoll_core::ledger::PeopleState;
use plimsoll_core::record::{Decision, State, Verdict};
use plimsoll_core::say::{self, Group, InForceKind, Reader};
use plimsoll_engine::desk::Desk;

use crate::pages::link;
use crate::pages::parts::{Badge, Link, Look, Moment};

use super::past::Earlier;

/// Rows that are listed; nobody reads more, and the API has them all.
const MOST: usize = 60;

/// Of which moment an answer is, and what else is known of it.
pub(super) enum Told<'a> {
    Now { id: DecisionId, people: &'a PeopleState },
    Written { id: DecisionId },
    Then { words: String, nearest: Option<Earlier>, people: &'a PeopleState },
}

/// What may be done about it.
pub(super) struct Offers {
    pub promote: Option<String>,
    pub waive: Option<String>,
    pub service: Option<String>,
}

/// One row of what is unmet.
pub(super) struct Row {
    pub badge: Badge,
    pub label: String,
    pub place: String,
    pub sentence: String,
    pub evidence: Vec<Link>,
    pub more: usize,
    pub next: Vec<(String, String, Option<String>)>,
    pub waive: Option<String>,
}

pub(super) struct Force {
    pub look: Look,
    pub title: String,
    pub words: String,
    pub event: Option<Link>,
    pub change: Option<Link>,
}

#[derive(Template)]
#[template(path = "gate.html")]
pub(super) struct View {
    look: Look,
    word: &'static str,
    answer: String,
    counts: String,
    good_until: Option<String>,
    when: Moment,
    number: Option<Link>,
    policy: String,
    again: Option<Link>,
    then: Option<String>,
    nearest: Option<(Link, String)>,
    matrix: Option<Link>,
    sign_off: Option<Link>,
    promote: Option<String>,
    rows: Vec<Row>,
    hidden: usize,
    unmet: usize,
    accepted: Vec<Row>,
    in_force: Vec<Force>,
    met: Vec<(Look, String)>,
    earlier: Vec<(Moment, Badge, Link, String)>,
    commands: Vec<String>,
    gate: String,
    at: String,
    zone: String,
}

impl View {
    pub(super) fn of(
        desk: &Desk,
        decision: &Decision,
        told: Told<'_>,
        earlier: Vec<Earlier>,
        offers: Offers,
        reader: &Reader,
    ) -> Self {
        let (id, to) = (&decision.release, &decision.to);
        let groups = say::groups(decision, reader);
        let service = desk.catalog().services.get(&id.service);
        let before = service
            .and_then(|service| service.environment(to))
            .and_then(|environment| environment.after.clone());
        let allowed = decision.verdict == Verdict::Allowed;
        let (number, people, then, nearest) = match told {
            Told::Now { id, people } => (Some(id), Some(people), None, None),
            Told::Written { id } => (Some(id), None, None, None),
            Told::Then { words, nearest, people } => (None, Some(people), Some(words), nearest),
        };
        let is_now = then.is_none() && people.is_some();
        let gate = link::gate(id, to);
        let asks_signature =
            service.is_some_and(|service| crate::pages::people::sign_off::is_asked(service, to));
        Self {
            look: Look::of(if allowed { State::Satisfied } else { State::Failed })
                .shaped(if allowed { "may-sail" } else { "may-not-sail" }),
            word: say::verdict_word(decision.verdict),
            answer: say::verdict_line(decision, reader),
            counts: say::counts(decision).words(),
            good_until: say::good_until(decision, reader),
            when: Moment::whole(decision.at, reader),
            number: number.map(|id| Link::new(format!("/decisions/{id}"), id.to_string())),
            policy: decision.policy.short(),
            again: (!is_now).then(|| Link::new(gate.clone(), "Ask now")),
            then,
            nearest: nearest.map(|one| (linked(&one), outcome(&one))),
            matrix: before.map(|on| Link::new(link::release_on(id, &on), "See the matrix")),
            sign_off: (asks_signature && !allowed)
                .then(|| Link::new(format!("/sign-off/{id}/{to}"), "Look and sign off")),
            promote: offers.promote.filter(|_| allowed),
            unmet: decision.unmet().count(),
            hidden: groups.len().saturating_sub(MOST),
            rows: groups.iter().take(MOST).map(|g| row(g, offers.waive.as_deref())).collect(),
            accepted: say::accepted(decision, reader).iter().map(|g| row(g, None)).collect(),
            in_force: in_force(people, decision, reader, offers.service.as_deref()),
            met: met(decision, reader),
            earlier: earlier
                .iter()
                .map(|one| {
                    let state = if one.verdict == Verdict::Allowed {
                        State::Satisfied
                    } else {
                        State::Failed
                    };
                    let badge = Badge::says(state, say::verdict_word(one.verdict).to_lowercase());
                    (Moment::clock(one.at, reader), badge, linked(one), outcome(one))
                })
                .collect(),
            commands: vec![
                format!("plimsoll gate {id} --to {to}"),
                format!("curl -i '/api/v1/gate?release={id}&to={to}'"),
            ],
            at: reader.now.to_zoned(reader.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string(),
            zone: reader.now.to_zoned(reader.zone.clone()).strftime("%Z").to_string(),
            gate,
        }
    }
}

fn linked(one: &Earlier) -> Link {
    Link::new(format!("/decisions/{}", one.id), one.id.to_string())
}

fn outcome(one: &Earlier) -> String {
    match one.verdict {
        Verdict::Allowed => "nothing was unmet".to_owned(),
        Verdict::Refused => format!("{} unmet", one.unmet),
    }
}

fn row(group: &Group<'_>, waive: Option<&str>) -> Row {
    let note = crate::pages::release::Note::of(group, None);
    let shown = 6;
    let shape = match group.requirements[0].rule {
        RuleName::Freeze if group.look.mark == say::WAITING => Some("freeze"),
        RuleName::SignOff if group.look.mark == say::WAITING => Some("signed"),
        _ => None,
    };
    let mut badge = Badge::marked(group.look.mark, group.look.word);
    badge.look = shape.map_or(badge.look, |shape| badge.look.shaped(shape));
    let rule = group.requirements[0].rule;
    let label = match rule {
        RuleName::Evidence => format!("evidence: {}", group.label),
        _ => group.label.clone(),
    };
    Row {
        badge,
        label,
        place: group.place.clone(),
        sentence: sentence(group),
        more: note.evidence.len().saturating_sub(shown),
        evidence: note.evidence.into_iter().take(shown).collect(),
        next: note.next,
        waive: waive.filter(|_| can_be_waived(rule)).map(|base| waiver(base, group)),
    }
}

/// What begins with somebody's name is left as it is.
fn sentence(group: &Group<'_>) -> String {
    let names_first = matches!(group.state, State::Waived | State::KnownFailure)
        || matches!(group.requirements[0].rule, RuleName::Hold | RuleName::SignOff);
    match names_first {
        true => format!("{}.", group.sentence),
        false => format!("{}.", say::capital(&group.sentence)),
    }
}

/// Holds are let go, and without a release there is nothing to accept.
const fn can_be_waived(rule: RuleName) -> bool {
    !matches!(rule, RuleName::Release | RuleName::Hold)
}

/// The page that waives exactly this row.
fn waiver(base: &str, group: &Group<'_>) -> String {
    let mut href = format!("{base}?rule={}", group.requirements[0].rule);
    let mut add = |key: &str, value: &str| {
        let pair = format!("&{key}={value}");
        if !href.contains(&pair) {
            href.push_str(&pair);
        }
    };
    for requirement in group.requirements.iter().take(30) {
        if let Some(check) = &requirement.check {
            add("check", check.as_str());
        }
        if let Some(target) = &requirement.target {
            add("target", target.target.as_str());
        }
    }
    href
}

fn in_force(
    people: Option<&PeopleState>,
    decision: &Decision,
    reader: &Reader,
    service: Option<&str>,
) -> Vec<Force> {
    let nobody = PeopleState::default();
    let scope = (&decision.release, &decision.to);
    let all = say::in_force(people.unwrap_or(&nobody), &decision.freezes, scope, reader);
    let force = |one: say::InForce| {
        let look = match one.kind {
            InForceKind::Hold => Look::WAITING,
            InForceKind::Freeze | InForceKind::Window => Look::WAITING.shaped("freeze"),
            InForceKind::Waiver => Look::of(State::Waived),
            InForceKind::KnownFailure => Look::of(State::KnownFailure),
        };
        let change = service.filter(|_| one.seq.is_some()).and_then(|service| match one.kind {
            InForceKind::Hold => Some(Link::new(format!("{service}#holds"), "Let go")),
            InForceKind::Freeze => Some(Link::new(format!("{service}#freezes"), "Lift it")),
            _ => None,
        });
        let event = one.seq.map(|seq| Link::new(format!("/events/{seq}"), format!("event {seq}")));
        Force { look, title: one.title, words: one.words, event, change }
    };
    all.into_iter().map(force).collect()
}

fn met(decision: &Decision, reader: &Reader) -> Vec<(Look, String)> {
    let lines = say::met_lines(decision, reader);
    let first = lines.into_iter().take(1).map(|line| (Look::of(State::Satisfied), line));
    let groups = say::met(decision, reader);
    let rest = groups.iter().map(|group| {
        let words = format!("{}: {} ({})", group.label, group.sentence, group.place);
        (Look::of(group.state), words)
    });
    first.chain(rest).collect()
}
