//! What nobody writes by accident: it is answered clearly, in bounded time.

use std::fmt::Write;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::{load_one, said};

const GOOD: &str = include_str!("good.yaml");

/// The first thing that is said, within a time that a tester would not notice (unoptimised).
fn first_said(text: &str) -> String {
    let start = Instant::now();
    let errors = load_one(text).expect_err("refused");
    let rendered = plimsoll_config::render_all(&errors, true);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(rendered.len() < 200_000, "{}", rendered.len());
    assert!(
        !rendered.replace("\u{1b}[", "").contains(|c: char| c.is_control() && c != '\n'),
        "{rendered:?}"
    );
    said(&errors).swap_remove(0)
}

#[test]
fn a_file_of_10_mb_is_refused_before_it_is_parsed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plimsoll.yaml");
    std::fs::write(&path, vec![b'a'; 10_000_000]).expect("written");
    let errors = plimsoll_config::load(&path).expect_err("too large");
    assert_eq!(errors[0].message, "the file is larger than 4 MiB");
    assert!(first_said(&"a: 1\n".repeat(2_000_000)).contains("larger than 4 MiB"));
}

#[test]
fn a_billion_laughs_are_counted_and_refused() {
    let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let before = format!("*a{},", level - 1).repeat(9);
        let _ = writeln!(text, "a{level}: &a{level} [{before}]");
    }
    assert!(first_said(&text).contains("more than 300000 values"), "{}", first_said(&text));
    let mut merged = String::from("a0: &a0 {k: x}\n");
    for level in 1..200 {
        let _ = writeln!(
            merged,
            "a{level}: &a{level} {{<<: *a{}, k{level}: [*a0, *a{}]}}",
            level - 1,
            level - 1
        );
    }
    assert!(first_said(&merged).contains("more than 300000 values"), "{}", first_said(&merged));
}

#[test]
fn an_alias_inside_what_it_names_is_refused() {
    assert!(first_said("services: &a { s: *a }\n").contains("alias"));
    assert!(first_said("services: *nothing\n").contains("no anchor before it"));
}

#[test]
fn deep_nesting_is_refused() {
    for text in
        ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(50_000)]
    {
        assert!(first_said(&text).starts_with("plimsoll.yaml:1:"), "{}", first_said(&text));
    }
    let mut block = String::new();
    for depth in 0..2_000 {
        let _ = writeln!(block, "{}a:", " ".repeat(depth));
    }
    assert!(first_said(&block).starts_with("plimsoll.yaml:"), "{}", first_said(&block));
}

#[test]
fn many_errors_and_long_lines_stay_readable() {
    let keys: String = (0..50_000).map(|n| format!("key{n}: 1\n")).collect();
    let said = first_said(&keys);
    assert!(said.contains("more errors are not shown"), "{said}");
    let line: String = (0..50_000).map(|n| format!("key{n}: 1, ")).collect();
    assert!(first_said(&format!("{{ {line} }}")).contains("more errors are not shown"));
}

#[test]
fn every_kind_of_no_text_is_said() {
    for (text, expected) in [
        ("", "this file is empty"),
        ("# nothing\n", "this file is empty"),
        ("a\0b", "the control character \\u{0} cannot stand in YAML"),
        ("services:\n  \u{1b}[31m: 1\n", "the control character \\u{1b}"),
        ("services:\n\ts: 1\n", "tab"),
        ("a: 1\na: 2\n", "`a` is here twice → the first is in line 1"),
        ("--- {}\n--- {}\n", "a second document begins here"),
        ("services: !!map {}\n", "tags"),
        ("%YAML 1.1\n---\n{}\n", "not valid YAML"),
        ("services: [\n", "not valid YAML"),
        (
            "just a text",
            "expected a map (include, services, roles, secrets and 5 more), found a text",
        ),
        ("? [a]\n: b\n", "a key must be a text"),
        ("{}", "there is no service"),
    ] {
        let errors = said(&load_one(text).expect_err("refused")).join("\n");
        assert!(errors.contains(expected), "{text:?}: {errors}");
    }
}

#[test]
fn bytes_that_are_no_text_have_a_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plimsoll.yaml");
    std::fs::write(&path, b"services:\n  a\xff: 1\n").expect("written");
    let error = &plimsoll_config::load(&path).expect_err("no UTF-8")[0];
    assert_eq!((error.line, error.column, error.message.as_str()), (2, 4, "this is not UTF-8"));
}

#[test]
fn a_secret_written_in_place_of_its_name_is_not_shown() {
    let text = GOOD.replace("env:DEPLOY_TOKEN", "hunter2hunter2");
    let shown = plimsoll_config::render_all(&load_one(&text).expect_err("refused"), false);
    assert!(shown.contains("env:NAME") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_thousand_targets_are_read_quickly() {
    let mut text = String::from("services:\n  s:\n    environments:\n");
    for (environment, after) in [("staging", ""), ("production", "        after: staging\n")] {
        let _ = write!(text, "      {environment}:\n{after}        targets:\n");
        for n in 0..1_000 {
            let _ = writeln!(
                text,
                "          t{n}: {{ site: s{n}, platform: p, url: http://t{n}.{environment}.example, vars: {{ host: h{n} }} }}"
            );
        }
    }
    text.push_str("    platforms: { p: { deploy: { command: [./d, \"{{ target.vars.host }}\"] }, observe: { http: /v } } }\n    checks:\n");
    for n in 0..20 {
        let _ = writeln!(text, "      c{n}: {{ http: /{n} }}");
    }
    let start = Instant::now();
    assert_eq!(load_one(&text).expect("valid").warnings.len(), 0);
    eprintln!("2,000 targets: {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        plimsoll_config::fuzz(&bytes);
    }

    #[test]
    fn any_yaml_like_text_has_an_answer(text in "[a-z:{}\\[\\],&*!<|>'\"\\n #?~%@`é\\t-]{0,200}") {
        plimsoll_config::fuzz(text.as_bytes());
    }

    #[test]
    fn a_good_file_with_a_wound_has_an_answer(at in 0..GOOD.len(), cut in 0..40_usize, put in "[a-z0-9:{}\\[\\],&*\" \\n-]{0,6}") {
        let mut bytes = GOOD.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        plimsoll_config::fuzz(&bytes);
    }
}

#[test]
fn what_would_take_time_by_its_square_is_refused_by_its_number() {
    let list = |one: &str, count: usize| {
        (0..count).map(|n| one.replace('#', &n.to_string())).collect::<String>()
    };
    let service = |targets: &str, checks: &str, rules: &str| {
        format!(
            "services: {{ s: {{ environments: {{ e: {{ targets: {{ {targets} }} }} }}, \
             platforms: {{ p: {{ deploy: {{ files: {{ root: '/srv/{{{{ target.name }}}}' }} }} }} }}, \
             checks: {{ {checks} }}, gates: {{ e: [ {rules} ] }} }} }}"
        )
    };
    let pairs = service(&list("t#: {}, ", 20_000), &list("c#: { command: [a] }, ", 10_000), "");
    assert!(first_said(&pairs).contains("200000000 pairs of a check and a target are too many"));
    let rules = service("t: {}", "", &list("{ soak: #s, tiers: leaf }, ", 20_000));
    assert!(
        said(&load_one(&rules).expect_err("refused"))
            .join("\n")
            .contains("20000 rules are too many")
    );
}
