//! Checks that misbehave: each ends in bounded time with the right state, and nothing of it is left
//! running.

mod commands;
mod servers;

use serde_json::Value;

use crate::bed::{Bed, Output};

/// A bed with one target, on which 1.0 runs, and these checks (as YAML, indented by six).
fn with_checks(url: &str, checks: &str) -> Bed {
    let bed = Bed::new(&format!(
        "services:\n  shop:\n    environments: {{ staging: {{ targets: {{ nl: {{ url: \"{url}\" }} }} }} }}\n    \
         platforms: {{ vm: {{ deploy: {{ files: {{ root: world }} }} }} }}\n    checks:\n{checks}"
    ));
    bed.add("shop@1.0", &[("index.html", "1.0")]).expect(0);
    bed.ok(&["deploy", "shop@1.0", "--to", "staging"]);
    bed
}

/// Verifies, as JSON.
fn verify(bed: &Bed) -> Output {
    bed.run(&["verify", "shop@1.0", "--on", "staging", "--format", "json"])
}

/// The state and the finding of a check in the answer of a verify.
#[track_caller]
fn found(output: &Output, check: &str) -> (String, String) {
    let view = output.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let cells = view["results"].as_array().cloned().unwrap_or_default();
    let cell = cells.iter().find(|cell| cell["check"] == check);
    let cell = cell.unwrap_or_else(|| panic!("no {check} in {}", output.whole()));
    (text(&cell["state"]), text(&cell["finding"]))
}

/// The processes whose arguments hold a mark.
fn processes_with(mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry.file_name().to_string_lossy().into_owned();
        if pid.parse::<u32>().is_err() {
            continue;
        }
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(mark) {
            found.push(format!("{pid} {line}"));
        }
    }
    found
}
