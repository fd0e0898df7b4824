//! What was said to a push, as the one who pushes reads it: git puts `remote: ` before each line.

use plimsoll_core::catalog::Catalog;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::push::{AskedService, PushAnswer, Stands, Step, Touched};
use plimsoll_core::record::{Decision, State};
use plimsoll_core::say::{self, Reader, mark};

use super::Style;
use super::table::{paragraph, wrap};

/// How many causes of a refusal are listed for each service; `plimsoll show` has them all.
const MOST_CAUSES: usize = 8;

/// Columns of a page of 100, less `remote: `.
pub const PUSH_WIDTH: usize = 92;

/// What the answer depends on beside itself.
#[derive(Debug, Clone, Copy)]
pub struct PushScene<'a> {
    /// Who reads.
    pub reader: &'a Reader,
    /// How it is shown.
    pub style: &'a Style,
    /// What there is.
    pub catalog: &'a Catalog,
    /// Whether the repository takes push options.
    pub takes_options: bool,
    /// Whether a person wanted to break the glass.
    pub glass: bool,
}

/// The answer, the reasons, and the next step.
#[must_use]
pub fn push(answers: &[PushAnswer], scene: &PushScene<'_>) -> String {
    let allowed = answers.iter().all(PushAnswer::is_allowed);
    let forced = answers.iter().flat_map(|answer| &answer.asked).any(is_forced);
    let state = if allowed && !forced { State::Satisfied } else { State::Failed };
    let mut text = scene.style.answer(mark(state), &say::push_summary(answers));
    for answer in answers {
        if answers.len() > 1 {
            let word = if answer.is_allowed() { "may enter" } else { "may not enter" };
            text.push_str(&paragraph(&format!("{}: {word}", answer.question.branch), scene.style));
        }
        text.push_str(&branch(answer, scene));
    }
    if scene.glass && !forced {
        let words = if allowed {
            "There was no glass to break: nothing keeps this push out."
        } else {
            "The glass stays whole: a push that nobody meant so is named first, also in an emergency."
        };
        text.push_str(&paragraph(words, scene.style));
    }
    text.push_str(&next(answers, scene));
    text
}

fn is_forced(asked: &AskedService) -> bool {
    matches!(asked.stands, Stands::Forced { .. })
}

fn branch(answer: &PushAnswer, scene: &PushScene<'_>) -> String {
    let mut text = String::new();
    let (branch, changed) = (&answer.question.branch, &answer.question.changed);
    if answer.is_unmeant() {
        let words = match answer.question.step {
            Step::Deleted => format!("{branch} is deleted only when that is named."),
            Step::Created | Step::Forward | Step::Forced => format!(
                "{branch} has commits that this push takes away; that is allowed only when it is named."
            ),
        };
        text.push_str(&paragraph(&words, scene.style));
    }
    if answer.question.step == Step::Created {
        let words = format!("{branch} is new, so everything in it counts as changed.");
        text.push_str(&paragraph(&words, scene.style));
    }
    let widest = changed.services.keys().map(|name| name.as_str().len()).max().unwrap_or(0);
    for (name, files) in &changed.services {
        text.push_str(&service(answer, name, files, widest, scene));
    }
    if changed.shared.files > 0 {
        let files = say::touched(&changed.shared);
        let words = format!("Named by no service, so they count for every one: {files}");
        text.push_str(&paragraph(&words, scene.style));
    }
    if changed.not_deployed.files > 0 {
        let words = format!("Not deployed: {}", say::touched(&changed.not_deployed));
        text.push_str(&paragraph(&words, scene.style));
    }
    text
}

fn service(
    answer: &PushAnswer,
    name: &ServiceName,
    files: &Touched,
    widest: usize,
    scene: &PushScene<'_>,
) -> String {
    let mut words = match files.files {
        0 => "changed by what no service names".to_owned(),
        _ => say::touched(files),
    };
    let riding = &answer.riding;
    let to = &answer.question.environment;
    if riding.unnamed.contains(name) {
        words.push_str("; nobody named it");
    } else if riding.free.contains(name) {
        words.push_str(&format!("; {to} has no gate"));
    } else if riding.elsewhere.contains(name) {
        words.push_str(&format!("; it has no {to}"));
    }
    let mut lines = Lines { text: String::new(), indent: widest + 4, scene };
    lines.first(name.as_str(), &words);
    if let Some(asked) = answer.asked.iter().find(|one| one.service == *name) {
        lines.more(&say::stands(answer, asked));
        match &asked.stands {
            Stands::NoRelease => {
                let commands = to_be_released(answer, name, scene.catalog);
                commands.iter().for_each(|command| lines.command(command));
            }
            Stands::Decided { decision, .. } if !asked.stands.lets_pass() => {
                lines.causes(decision);
            }
            Stands::Decided { .. } | Stands::Forced { .. } => {}
        }
    }
    lines.text
}

/// The lines about one service, in a column of their own.
struct Lines<'a> {
    text: String,
    indent: usize,
    scene: &'a PushScene<'a>,
}

impl Lines<'_> {
    fn first(&mut self, name: &str, words: &str) {
        let start = self.text.len();
        self.more(words);
        let head = format!("  {name}");
        self.text.replace_range(start..start + head.len().min(self.indent), &head);
    }

    fn more(&mut self, words: &str) {
        let style = self.scene.style;
        let room = style.width.saturating_sub(self.indent).max(24);
        for line in wrap(&style.text(words), room) {
            self.text.push_str(&format!("{}{line}\n", " ".repeat(self.indent)));
        }
    }

    /// A command, whole, so that it can be copied.
    fn command(&mut self, command: &str) {
        let line = self.scene.style.text(command);
        self.text.push_str(&format!("{}  {line}\n", " ".repeat(self.indent)));
    }

    fn causes(&mut self, decision: &Decision) {
        let groups = say::groups(decision, self.scene.reader);
        for group in groups.iter().take(MOST_CAUSES) {
            let place =
                if group.place.is_empty() { String::new() } else { format!(" on {}", group.place) };
            let shape = self.scene.style.shape(group.look.mark);
            let sentence = &group.sentence;
            self.more(&format!("{shape} {} {}{place}: {sentence}", group.label, group.look.word));
        }
        if groups.len() > MOST_CAUSES {
            self.more(&format!("and {} more", groups.len() - MOST_CAUSES));
        }
    }
}

/// What to do next: name what has to be named, else bring the evidence, else look closer.
fn next(answers: &[PushAnswer], scene: &PushScene<'_>) -> String {
    let style = scene.style;
    let mut text = String::new();
    let refused: Vec<_> = answers.iter().filter(|answer| !answer.is_allowed()).collect();
    let Some(first) = refused.first() else { return style.next(&after(answers)) };
    let options: Vec<String> = refused.iter().flat_map(|one| say::to_be_named(one)).collect();
    if options.is_empty() && !scene.glass {
        let glass = ["break-glass=\"WHY\"".to_owned()];
        let words = format!("In an emergency:  {}", say::push_again(first, &glass));
        text.push_str(&format!("  {}\n", style.text(&words)));
    }
    if !scene.takes_options {
        let words = "This repository takes no push options yet. On its host, in its folder:";
        text.push_str(&paragraph(words, style));
        text.push_str("    git config receive.advertisePushOptions true\n");
    }
    let step = match refused.as_slice() {
        [one] if !options.is_empty() => say::push_again(one, &options),
        several if !options.is_empty() => {
            let named: Vec<_> = options.iter().map(|option| format!("-o {option}")).collect();
            let branches: Vec<_> = several.iter().map(|one| one.question.branch.short()).collect();
            format!("git push {} origin …  (for {})", named.join(" "), branches.join(", "))
        }
        _ => evidence(first, scene),
    };
    text.push_str(&style.next(&step));
    text
}

fn evidence(answer: &PushAnswer, scene: &PushScene<'_>) -> String {
    let open = answer.asked.iter().filter(|one| !one.stands.lets_pass());
    let mut decided = open.clone().filter_map(|one| match &one.stands {
        Stands::Decided { decision, .. } => Some(&decision.release),
        Stands::NoRelease | Stands::Forced { .. } => None,
    });
    let mut unknown = open.filter(|one| matches!(one.stands, Stands::NoRelease));
    if let Some(one) = unknown.next() {
        let commands = to_be_released(answer, &one.service, scene.catalog);
        return commands.into_iter().next().unwrap_or_default();
    }
    match decided.next() {
        Some(release) => format!("plimsoll gate {release} --to {}", answer.question.environment),
        None => "plimsoll status".to_owned(),
    }
}

/// What brings the evidence, on the environment before the one that is entered.
fn to_be_released(answer: &PushAnswer, service: &ServiceName, catalog: &Catalog) -> Vec<String> {
    let entered = catalog
        .services
        .get(service)
        .and_then(|service| service.environment(&answer.question.environment));
    let before = entered.and_then(|environment| environment.after.as_ref());
    before.map_or_else(Vec::new, |before| say::to_be_released(answer, service, before))
}

/// After a push that enters.
fn after(answers: &[PushAnswer]) -> String {
    let asked = answers
        .iter()
        .flat_map(|answer| answer.asked.iter().map(move |one| (&answer.question.environment, one)));
    for (to, one) in asked {
        match &one.stands {
            Stands::Forced { .. } => return format!("plimsoll follow-up {}", one.service),
            Stands::Decided { decision, .. } => {
                return format!("plimsoll promote {} --to {to}", decision.release);
            }
            Stands::NoRelease => {}
        }
    }
    "plimsoll status".to_owned()
}
