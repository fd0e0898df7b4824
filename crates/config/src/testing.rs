//! Tables of bad inputs: what is written, what is under the caret, what is said.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use crate::{Diagnostic, Loaded, load_texts};

thread_local! {
    static ASKED: RefCell<BTreeSet<(&'static str, &'static str)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Notes that a reader has asked for a key.
pub(crate) fn asked(object: &'static str, key: &'static str) {
    ASKED.with_borrow_mut(|asked| asked.insert((object, key)));
}

/// Every key that a reader of this thread has asked for.
pub(crate) fn all_asked() -> BTreeSet<(&'static str, &'static str)> {
    ASKED.with_borrow(Clone::clone)
}

/// Loads one text.
pub(crate) fn load_one(text: &str) -> Result<Loaded, Vec<Diagnostic>> {
    load_texts(Path::new("plimsoll.yaml"), [("plimsoll.yaml", text)])
}

const WHOLE: [&str; 16] = [
    "services:",
    "  s:",
    "    environments:",
    "      staging: { targets: { a: { platform: vm, url: http://a.example, vars: { host: h } } } }",
    "      production: { after: staging, targets: { a: { platform: vm, url: http://b.example, vars: { host: h } } } }",
    "    platforms:",
    "      vm: { deploy: { command: [./d] }, observe: { http: /v } }",
    "    checks:",
    "      home: { http: / }",
    "    gates: { production: [",
    "      { soak: 1h } ] }",
    "    promotion: { soak: 1m }",
    "roles: { editors: [anna] }",
    "secrets: { token: env:TOKEN }",
    "limits: { per-host: 2 }",
    "# the end",
];

/// The file in which the text takes the place of a line.
pub(crate) fn whole_with(line: usize, text: &str) -> String {
    let mut lines: Vec<&str> = WHOLE.to_vec();
    lines[line - 1] = text;
    lines.join("\n") + "\n"
}

/// A rule in a gate, line 11.
pub(crate) fn in_gate(text: &str) -> String {
    whole_with(11, &format!("{text} ] }}"))
}

/// A check, line 9.
pub(crate) fn in_checks(text: &str) -> String {
    whole_with(9, &format!("      c: {text}"))
}

/// A platform, line 7.
pub(crate) fn in_platforms(text: &str) -> String {
    whole_with(7, &format!("      vm: {text}"))
}

/// A target of staging, line 4; the one of production stays.
pub(crate) fn in_targets(text: &str) -> String {
    whole_with(4, &format!("      staging: {{ targets: {{ a: {text} }} }}"))
}

/// The promotion, line 12.
pub(crate) fn in_promotion(text: &str) -> String {
    whole_with(12, &format!("    promotion: {text}"))
}

/// Compares the errors of each bad input with `line:column [under the caret] message`, one a line.
pub(crate) fn bad(around: fn(&str) -> String, table: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (text, expected) in table {
        let whole = around(text);
        let found = match load_one(&whole) {
            Ok(loaded) => format!("accepted {}", brief(&loaded.warnings)),
            Err(errors) => brief(&errors),
        };
        if found != *expected {
            wrong.push_str(&format!("    ({text:?}, {found:?}),\n"));
        }
    }
    assert!(wrong.is_empty(), "found instead:\n{wrong}");
}

/// Each diagnostic in a line, with its hint.
pub(crate) fn brief(diagnostics: &[Diagnostic]) -> String {
    let lines = diagnostics.iter().map(|one| {
        let under: String = one.line_text.chars().skip(one.caret).take(one.length).collect();
        let hint = one.hint.as_deref().map(|hint| format!(" → {hint}")).unwrap_or_default();
        format!("{}:{} [{under}] {}{hint}", one.line, one.column, one.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The second environment, line 5.
pub(crate) fn in_environments(text: &str) -> String {
    whole_with(5, &format!("      {text}"))
}

/// An observation, line 7.
pub(crate) fn in_observe(text: &str) -> String {
    in_platforms(&format!("{{ deploy: {{ command: [./d] }}, observe: {text} }}"))
}

/// The time of a freeze window, line 11.
pub(crate) fn in_window(text: &str) -> String {
    in_gate(&format!("{{ freeze: {{ name: x, zone: UTC, {text} }} }}"))
}

/// The twins of the service, line 12.
pub(crate) fn in_twins(text: &str) -> String {
    whole_with(12, &format!("    twins: {text}"))
}

/// The roles, line 13.
pub(crate) fn in_roles(text: &str) -> String {
    whole_with(13, &format!("roles: {text}"))
}

/// The secrets, line 14.
pub(crate) fn in_secrets(text: &str) -> String {
    whole_with(14, &format!("secrets: {text}"))
}

/// The limits, line 15.
pub(crate) fn in_limits(text: &str) -> String {
    whole_with(15, &format!("limits: {text}"))
}

/// Another service, line 13.
pub(crate) fn in_services(text: &str) -> String {
    whole_with(13, &format!("{text}\nroles: {{ editors: [anna] }}"))
}

/// A text as JSON, without the reader's table.
pub(crate) fn json_of(text: &str) -> serde_json::Value {
    let mut report = crate::report::Report::default();
    let (file, source) = report.add_file(crate::text::SourceText::new("t.yaml".into(), text));
    let root = crate::text::parse(file, &source, &mut report).expect("valid YAML");
    crate::elements::read_json(&root)
}

/// A whole file around the example of a map.
pub(crate) fn around_example(name: &str, example: &str) -> String {
    match name {
        "environment" => in_environments(&format!("production: {example}")),
        "target" => in_targets(example),
        "platform" => in_platforms(example),
        "deployer" => in_platforms(&format!("{{ deploy: {example}, observe: {{ http: /v }} }}")),
        "command deployer" => in_platforms(&format!(
            "{{ deploy: {{ command: {example} }}, observe: {{ http: /v }} }}"
        )),
        "files deployer" => in_platforms(&format!("{{ deploy: {{ files: {example} }} }}")),
        "observation" => in_observe(example),
        "observation by http" => in_observe(&format!("{{ http: {example} }}")),
        "check" => in_checks(example),
        "http check" => in_checks(&format!("{{ http: {example} }}")),
        "match" => {
            in_checks(&format!("{{ http: {{ path: /, expect-headers: {{ a: {example} }} }} }}"))
        }
        "certificate" => in_checks(&format!("{{ http: {{ path: /, tls: {example} }} }}")),
        "page check" => in_checks(&format!("{{ page: {example} }}")),
        "basic auth" => in_checks(&format!("{{ page: {{ path: /, basic-auth: {example} }} }}")),
        "page step" => in_checks(&format!("{{ page: {{ path: /, steps: [{example}] }} }}")),
        "page field" => {
            in_checks(&format!("{{ page: {{ path: /, steps: [{{ fill: {example} }}] }} }}"))
        }
        "scope" => in_checks(&format!("{{ http: /, only: {example} }}")),
        "command" => in_platforms(&format!(
            "{{ deploy: {{ files: {{ root: '/srv/{{{{ environment.name }}}}', after: {example} }} }} }}"
        )),
        "command check" => in_checks(&format!("{{ command: {example} }}")),
        "twins check" => {
            in_checks(&format!("{{ twins: {example} }}\n    twins: [{{ left: a, right: b }}]"))
        }
        "process check" => in_checks(&format!("{{ process: {example} }}")),
        "reported check" => in_checks(&format!("{{ reported: {example} }}")),
        "JUnit file" => in_checks(&format!(
            "{{ command: {{ run: [t, \"{{{{ out }}}}\"], junit: {example} }} }}"
        )),
        "rule" => in_gate(example),
        "twin pair" => in_twins(&format!("[{example}]")),
        "accepted difference" => {
            in_twins(&format!("[{{ left: a, right: b, accepted: [{example}] }}]"))
        }
        "promotion" => in_promotion(&example.replace("nl-vm", "a")),
        "limits" => in_limits(example),
        "trusted issuer" => in_trust(&format!("{{ forge: {example} }}")),
        "key set" => in_trust(&format!(
            "{{ forge: {{ issuer: i, audience: us, keys: {example}, grants: [{{ when: {{ sub: a }}, services: s, may: read, as: ci }}] }} }}"
        )),
        "grant" => in_trust(&format!(
            "{{ forge: {{ issuer: i, audience: us, keys: {{ file: k }}, grants: [{example}] }} }}"
        )),
        "forge" => in_forges(&format!("{{ f: {example} }}")),
        "forge app" => in_forges(&format!(
            "{{ f: {{ kind: github, app: {example}, repositories: {{ a/b: s }} }} }}"
        )),
        rule => {
            let kind = rule
                .strip_suffix(" rule")
                .unwrap_or_else(|| panic!("no place for the example of {rule}"));
            in_gate(&format!("{{ {kind}: {example} }}"))
        }
    }
}

/// Trusted issuers, line 16.
pub(crate) fn in_trust(text: &str) -> String {
    whole_with(16, &format!("trust: {text}"))
}

/// Forges, line 16.
pub(crate) fn in_forges(text: &str) -> String {
    whole_with(16, &format!("forges: {text}"))
}
