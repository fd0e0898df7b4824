//! What the browser saw of a page: the facts that the check kept, as a table.

use plimsoll_analyze::page::{ConsoleKind, Failure, PageFacts, Resource, StyleSheet};
use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_core::units::Period;
use serde::Deserialize;

use crate::pages::parts::Badge;

/// Of a kind of fact so many are shown; the rest is counted, and all of it is in the output.
const MOST: usize = 12;

/// A page in one window size.
pub(super) struct View {
    pub name: String,
    pub facts: Vec<Fact>,
}

/// One fact.
pub(super) struct Fact {
    pub what: String,
    pub seen: String,
    pub badge: Badge,
}

/// The output of a page check, as far as it is shown.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct Kept {
    views: Vec<PageFacts>,
}

/// The facts in an output; of several attempts the last one decides.
pub(super) fn views(output: &str) -> Vec<View> {
    let last = output.rsplit("--- attempt ").next().unwrap_or(output);
    let json = last.find('{').map(|at| &last[at..]).unwrap_or_default();
    let kept: Kept = serde_json::from_str(json).unwrap_or_default();
    kept.views.iter().map(view).collect()
}

fn view(page: &PageFacts) -> View {
    let mut facts = vec![document(page)];
    let sheets = page.style_sheets.iter().filter(|sheet| !sheet.unused);
    let sheets: Vec<Fact> = sheets.map(style_sheet).collect();
    limited(&mut facts, sheets, "style sheet");
    let failed = page.resources.iter().filter(|one| one.failure.is_some());
    let is_sheet = |one: &&Resource| one.kind == "Stylesheet";
    let missing: Vec<Fact> = failed.clone().filter(is_sheet).map(resource).collect();
    let others: Vec<Fact> = failed.filter(|one| !is_sheet(one)).map(resource).collect();
    limited(&mut facts, missing, "style sheet");
    limited(&mut facts, others, "resource");
    let fonts = page.fonts.iter().filter(|font| font.status == "error");
    limited(
        &mut facts,
        fonts.map(|font| fact("font", &font.family, State::Failed)).collect(),
        "font",
    );
    let broken = page.broken_images.iter();
    limited(&mut facts, broken.map(|url| fact("picture", url, State::Failed)).collect(), "picture");
    let console = page.console.iter().map(|line| {
        let what = match line.kind {
            ConsoleKind::Exception => "exception",
            ConsoleKind::Error => "script error",
            ConsoleKind::Browser => "browser error",
        };
        let place = line.place.as_deref().map(|place| format!(" ({place})")).unwrap_or_default();
        let state = if line.kind == ConsoleKind::Exception { State::Failed } else { State::Unmet };
        fact(what, &format!("{}{place}", line.text), state)
    });
    limited(&mut facts, console.collect(), "error");
    facts.push(whole(page));
    View { name: say::shorten(&page.viewport, 60), facts }
}

fn fact(what: &str, seen: &str, state: State) -> Fact {
    Fact { what: what.to_owned(), seen: say::shorten(seen, 400), badge: Badge::of(state) }
}

fn limited(facts: &mut Vec<Fact>, more: Vec<Fact>, what: &str) {
    let hidden = more.len().saturating_sub(MOST);
    facts.extend(more.into_iter().take(MOST));
    if hidden > 0 {
        let words = format!("and {}", say::count(hidden, &format!("more {what}")));
        facts.push(Fact {
            what: what.to_owned(),
            seen: words,
            badge: Badge::of(State::NotApplicable),
        });
    }
}

fn document(page: &PageFacts) -> Fact {
    let why = page.document_failure.as_ref().map(Failure::to_string);
    let seen = match (page.status, why) {
        (_, Some(why)) => format!("{} {why}", page.asked),
        (Some(status), None) => format!("{} answers {status}, {}", page.url, page.mime),
        (None, None) => format!("{} did not answer", page.asked),
    };
    let good = page.status.is_some_and(|status| (200..400).contains(&status));
    fact("document", &seen, if good && !page.blank { State::Satisfied } else { State::Failed })
}

fn style_sheet(sheet: &StyleSheet) -> Fact {
    let name = sheet.url.as_deref().unwrap_or("<style> in the page");
    let seen = match (sheet.applied, sheet.rules) {
        (false, _) => format!("{name} is not applied"),
        (true, Some(rules)) => format!("{name}: {}", say::count(rules as usize, "rule")),
        (true, None) => format!("{name}: applied, its rules may not be read"),
    };
    fact("style sheet", &seen, if sheet.applies() { State::Satisfied } else { State::Failed })
}

fn resource(one: &Resource) -> Fact {
    let why = one.failure.as_ref().map(Failure::to_string).unwrap_or_default();
    let what = if one.kind.is_empty() { "resource" } else { one.kind.as_str() };
    fact(&what.to_lowercase(), &format!("{} {why}", one.url), State::Failed)
}

fn whole(page: &PageFacts) -> Fact {
    let ready = page.ready_ms.map_or_else(
        || "it was never ready".to_owned(),
        |ms| format!("ready in {}", Period::from_millis(ms).roughly()),
    );
    let seen = format!(
        "“{}”, {}, {} bytes, {ready}",
        say::shorten(&page.title, 120),
        say::count(page.resources.len() + page.more_resources as usize, "resource"),
        say::thousands(page.bytes)
    );
    let state = if page.ready_ms.is_some() { State::Satisfied } else { State::Unmet };
    fact("the page as a whole", &seen, state)
}
