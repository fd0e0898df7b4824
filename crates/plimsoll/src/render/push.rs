//! What was said to a push, as the one who pushes reads it: git puts `remote: ` before each line.

use plimsoll_core::push::Touched;
use plimsoll_core::record::State;
use plimsoll_core::say::{self, WAITING, mark};
use plimsoll_wire::{
    PushCauseView, PushStandsView, PushStepView, PushView, PushedBranchView, PushedServiceView,
    TouchedView,
};

use super::Style;
use super::table::{paragraph, wrap};

/// How many causes of a refusal are listed for each service; `plimsoll show` has them all.
const MOST_CAUSES: usize = 8;

/// Columns of a page of 100, less `remote: `.
pub const PUSH_WIDTH: usize = 92;

/// What the words depend on beside the answer.
#[derive(Debug, Clone, Copy)]
pub struct PushScene<'a> {
    /// How it is shown.
    pub style: &'a Style,
    /// Whether the repository takes push options.
    pub takes_options: bool,
    /// Whether a person wanted to break the glass.
    pub glass: bool,
}

/// The answer, the reasons, and the next step.
#[must_use]
pub fn push(view: &PushView, scene: &PushScene<'_>) -> String {
    let forced = view.is_forced();
    let state = if view.allowed && !forced { State::Satisfied } else { State::Failed };
    let mut text = scene.style.answer(mark(state), &view.summary);
    for one in &view.branches {
        if view.branches.len() > 1 {
            let word = if one.allowed { "may enter" } else { "may not enter" };
            text.push_str(&paragraph(&format!("{}: {word}", short(one)), scene.style));
        }
        text.push_str(&branch(one, scene));
    }
    if scene.glass && !forced {
        let words = if view.allowed {
            "There was no glass to break: nothing keeps this push out."
        } else {
            "The glass stays whole: a push that nobody meant so is named first, also in an emergency."
        };
        text.push_str(&paragraph(words, scene.style));
    }
    text.push_str(&next(view, scene));
    text
}

/// The branch as people say it.
fn short(view: &PushedBranchView) -> &str {
    view.branch.strip_prefix("refs/heads/").unwrap_or(&view.branch)
}

fn touched(view: &TouchedView) -> String {
    say::touched(&Touched::from(view))
}

fn branch(view: &PushedBranchView, scene: &PushScene<'_>) -> String {
    let mut text = String::new();
    let name = short(view);
    if view.unmeant {
        let words = match view.step {
            PushStepView::Deleted => format!("{name} is deleted only when that is named."),
            PushStepView::Created | PushStepView::Forward | PushStepView::Forced => format!(
                "{name} has commits that this push takes away; that is allowed only when it is named."
            ),
        };
        text.push_str(&paragraph(&words, scene.style));
    }
    if view.step == PushStepView::Created {
        let words = format!("{name} is new, so everything in it counts as changed.");
        text.push_str(&paragraph(&words, scene.style));
    }
    let widest = view.services.iter().map(|one| one.service.len()).max().unwrap_or(0);
    for one in &view.services {
        text.push_str(&service(view, one, widest, scene));
    }
    if view.shared.count > 0 {
        let files = touched(&view.shared);
        let words = format!("Named by no service, so they count for every one: {files}");
        text.push_str(&paragraph(&words, scene.style));
    }
    if view.not_deployed.count > 0 {
        let words = format!("Not deployed: {}", touched(&view.not_deployed));
        text.push_str(&paragraph(&words, scene.style));
    }
    text
}

fn service(
    branch: &PushedBranchView,
    view: &PushedServiceView,
    widest: usize,
    scene: &PushScene<'_>,
) -> String {
    let mut words = match view.files.count {
        0 => "changed by what no service names".to_owned(),
        _ => touched(&view.files),
    };
    let to = &branch.environment;
    if branch.unnamed.contains(&view.service) {
        words.push_str("; nobody named it");
    }
    match view.stands {
        PushStandsView::NoGate => words.push_str(&format!("; {to} has no gate")),
        PushStandsView::Elsewhere => words.push_str(&format!("; it has no {to}")),
        PushStandsView::Allowed
        | PushStandsView::Refused
        | PushStandsView::NoRelease
        | PushStandsView::Forced => {}
    }
    let mut lines = Lines { text: String::new(), indent: widest + 4, scene };
    lines.first(&view.service, &words);
    view.words.iter().for_each(|words| lines.more(words));
    view.commands.iter().for_each(|command| lines.command(command));
    lines.causes(&view.causes);
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

    fn causes(&mut self, causes: &[PushCauseView]) {
        for cause in causes.iter().take(MOST_CAUSES) {
            let PushCauseView { word, what, reason, .. } = cause;
            let place =
                if cause.place.is_empty() { String::new() } else { format!(" on {}", cause.place) };
            let look = if cause.waits { WAITING } else { mark(cause.state.into()) };
            let shape = self.scene.style.shape(look);
            self.more(&format!("{shape} {what} {word}{place}: {reason}"));
        }
        if causes.len() > MOST_CAUSES {
            self.more(&format!("and {} more", causes.len() - MOST_CAUSES));
        }
    }
}

/// What to do next: name what has to be named, else bring the evidence, else look closer.
fn next(view: &PushView, scene: &PushScene<'_>) -> String {
    let style = scene.style;
    let mut text = String::new();
    let refused: Vec<_> = view.branches.iter().filter(|branch| !branch.allowed).collect();
    let Some(first) = refused.first() else { return style.next(&after(view)) };
    let options: Vec<_> = refused.iter().flat_map(|one| &one.name).map(String::as_str).collect();
    if options.is_empty() && !scene.glass {
        let words = format!("In an emergency:  {}", again(&first.place, &["break-glass=\"WHY\""]));
        text.push_str(&format!("  {}\n", style.text(&words)));
    }
    if !scene.takes_options {
        let words = "This repository takes no push options yet. On its host, in its folder:";
        text.push_str(&paragraph(words, style));
        text.push_str("    git config receive.advertisePushOptions true\n");
    }
    let step = match refused.as_slice() {
        [one] if !options.is_empty() => again(&one.place, &options),
        several if !options.is_empty() => {
            let branches: Vec<_> = several.iter().map(|one| short(one)).collect();
            format!("{}  (for {})", again("origin …", &options), branches.join(", "))
        }
        _ => evidence(first),
    };
    text.push_str(&style.next(&step));
    text
}

/// The very push again, with options.
fn again(place: &str, options: &[&str]) -> String {
    let options: Vec<_> = options.iter().map(|option| format!("-o {option}")).collect();
    format!("git push {} {place}", options.join(" "))
}

fn evidence(branch: &PushedBranchView) -> String {
    let commands = branch.services.iter().flat_map(|one| &one.commands);
    let refused = |one: &&PushedServiceView| one.stands == PushStandsView::Refused;
    let release = branch.services.iter().find(refused).and_then(|one| one.release.as_ref());
    match (commands.into_iter().next(), release) {
        (Some(command), _) => command.clone(),
        (None, Some(release)) => format!("plimsoll gate {release} --to {}", branch.environment),
        (None, None) => "plimsoll status".to_owned(),
    }
}

/// After a push that enters.
fn after(view: &PushView) -> String {
    let services = view
        .branches
        .iter()
        .flat_map(|branch| branch.services.iter().map(move |one| (branch, one)));
    for (branch, one) in services {
        match (one.stands, &one.release) {
            (PushStandsView::Forced, _) => return format!("plimsoll follow-up {}", one.service),
            (PushStandsView::Allowed, Some(release)) => {
                return format!("plimsoll promote {release} --to {}", branch.environment);
            }
            _ => {}
        }
    }
    "plimsoll status".to_owned()
}
