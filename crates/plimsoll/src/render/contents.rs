//! Content that is not as it was.

use plimsoll_core::event::ContentRole;
use plimsoll_core::say;
use plimsoll_store::{ContentFault, ContentFaultKind, Weight};
use plimsoll_wire::ContentFaultView;

use super::Style;

/// How many lines are shown; the others are in `--format json`.
const SHOWN: usize = 40;

/// For programs: what is not as it was, the heaviest first.
#[must_use]
pub fn content_faults(faults: &[ContentFault]) -> Vec<ContentFaultView> {
    let view = |fault: &ContentFault| ContentFaultView {
        weight: weight(&fault.weight).to_owned(),
        event: fault.seq.0,
        stream: fault.stream.to_string(),
        what: what(fault),
        fault: fault_word(&fault.kind).to_owned(),
        digest: fault.digest.to_string(),
        targets: match &fault.weight {
            Weight::WayBack(targets) => targets.iter().map(ToString::to_string).collect(),
            Weight::Release | Weight::Record => Vec::new(),
        },
    };
    faults.iter().map(view).collect()
}

/// For people: a line each, and what it means.
#[must_use]
pub fn contents(faults: &[ContentFault], style: &Style) -> String {
    let mut text = String::from("\n");
    for fault in faults.iter().take(SHOWN) {
        let line = format!(
            "{:<9} event {} ({}): {} {}, {}; {}",
            weight(&fault.weight),
            fault.seq,
            fault.stream,
            what(fault),
            fault_words(&fault.kind),
            fault.digest.short(),
            meaning(fault),
        );
        text.push_str(&format!("  {}\n", style.text(&line)));
    }
    if faults.len() > SHOWN {
        text.push_str(&format!("  and {} more: --format json\n", faults.len() - SHOWN));
    }
    text
}

const fn weight(weight: &Weight) -> &'static str {
    match weight {
        Weight::WayBack(_) => "way back",
        Weight::Release => "release",
        Weight::Record => "record",
    }
}

fn what(fault: &ContentFault) -> String {
    match (&fault.role, &fault.path) {
        (ContentRole::File { artifact }, _) => artifact.clone(),
        (ContentRole::Directory { artifact }, Some(path)) => format!("{path} of {artifact}"),
        (ContentRole::Directory { artifact }, None) => format!("the list of files of {artifact}"),
        (ContentRole::Output, _) => "an output".to_owned(),
        (ContentRole::Picture { name }, _) => format!("the picture {name}"),
        (ContentRole::Decision, _) => "a decision with its facts".to_owned(),
    }
}

const fn fault_word(kind: &ContentFaultKind) -> &'static str {
    match kind {
        ContentFaultKind::Missing => "missing",
        ContentFaultKind::Changed => "changed",
        ContentFaultKind::Unreadable(_) => "unreadable",
    }
}

fn fault_words(kind: &ContentFaultKind) -> String {
    match kind {
        ContentFaultKind::Missing => "is missing".to_owned(),
        ContentFaultKind::Changed => "was changed".to_owned(),
        ContentFaultKind::Unreadable(why) => format!("cannot be read ({why})"),
    }
}

fn meaning(fault: &ContentFault) -> String {
    match &fault.weight {
        Weight::WayBack(targets) => {
            format!("{} would go back to it", say::list(targets, 3))
        }
        Weight::Release => match fault.release() {
            Some(release) => format!("{release} cannot be deployed from here again"),
            None => "it cannot be deployed from here again".to_owned(),
        },
        Weight::Record => "it can no longer be looked up; nothing depends on it".to_owned(),
    }
}
