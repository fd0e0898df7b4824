use proptest::prelude::*;

use super::*;
use crate::gate::testing::{World, n};
use crate::ids::EnvironmentName;
use crate::record::Requirement;

fn value(text: &str) -> Result<bool, EvaluationError> {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "404");
    let requirements: Vec<Requirement> = world.decision().requirements;
    let to: EnvironmentName = n("production");
    let live = &world.state.lanes["production"].targets;
    compile(text).expect(text).evaluate(&Inputs {
        release: &world.state.releases["1.23"],
        service: world.service(),
        environment: &to,
        now: world.now,
        current: live.iter().map(|(name, target)| (name, target.version())).collect(),
        requirements: &requirements,
    })
}

#[test]
fn every_variable_can_be_looked_at() {
    for text in [
        "release.version == '1.23' && release.change == \"minor\" && !release.irreversible",
        "release.notes == ''",
        "release.artifacts.all(a, a.kind == 'directory' && a.digest.startsWith('sha256:'))",
        "service.name == 'shop' && service.tier != 'critical'",
        "environment == 'production' && targets == 4",
        "now > timestamp('2026-01-01T00:00:00Z') && now.getDayOfWeek() == 1",
        "now - timestamp('2026-03-01T12:00:00Z') == duration('24h')",
        "current.all(c, c.version in ['1.22', '1.21'])",
        "current.exists(c, c.target == 'nl-vm')",
        "unmet.exists_one(u, u.rule == 'evidence' && u.check == 'check0' && u.state == 'failed')",
        "size(unmet.filter(u, u.target == 'nl-vm')) == 1",
        "counts.failed == 1 && counts.not_run == 0 && counts.satisfied > 0",
        "release.version.matches('^1\\\\.[0-9]+$')",
        "has(release.notes)",
        "// why\nrelease.version == '1.23'",
    ] {
        assert_eq!(value(text), Ok(true), "{text}");
    }
}

#[test]
fn what_has_no_answer_is_an_error() {
    assert!(matches!(value("targets"), Err(EvaluationError::NotBool(_))));
    assert!(matches!(value("release.version"), Err(EvaluationError::NotBool(_))));
    assert!(matches!(value("1 / 0 == 1"), Err(EvaluationError::Broken(_))));
    assert!(matches!(value("unmet[99].rule == ''"), Err(EvaluationError::Broken(_))));
    assert!(matches!(value("unmet.all(u, u.color == '')"), Err(EvaluationError::Broken(_))));
    assert!(matches!(value("timestamp('soon') < now"), Err(EvaluationError::Broken(_))));
}

#[test]
fn what_does_not_exist_is_refused_before_it_is_ever_evaluated() {
    for (text, says) in [
        ("relase.version == ''", "no variable `relase`"),
        ("release.vesion == ''", "no field `vesion`"),
        ("release == 1", "name a field"),
        ("counts == {}", "name a field"),
        ("environment.name == ''", "has no fields"),
        ("release.version.major == 1", "has no fields"),
        ("lower(release.version) == ''", "no function `lower`"),
        ("release.version.trim() == ''", "no function `trim`"),
        ("[1].map(x, x + x) == [2]", "no macro `map`"),
        ("unmet.all(u, unmet.all(v, u == v))", "inside a macro"),
        ("unmet.all(u, size(unmet) > 0)", "cannot be used inside a macro"),
        ("unmet.all(u, u.rule.matches('x'))", "cannot be used inside a macro"),
        ("counts.all(k, k == '')", "a macro goes over"),
        ("{'a': 1}.all(k, k == 'a')", "a macro goes over"),
        ("", "empty"),
        (" \n ", "empty"),
    ] {
        let error = compile(text).expect_err(text);
        assert!(error.message.contains(says), "{text}: {}", error.message);
    }
}

#[test]
fn an_error_names_its_line_and_column() {
    let place = |text: &str| compile(text).map(|_| ()).map_err(|error| (error.line, error.column));
    assert_eq!(place("true &&\n  releas.version == ''"), Err((Some(2), Some(3))));
    assert_eq!(place("true && foo"), Err((Some(1), Some(9))));
    assert_eq!(place("'é' == foo"), Err((Some(1), Some(8))));
    assert_eq!(place("'日本' ==\n 'é' + foo"), Err((Some(2), Some(8))));
    assert_eq!(place("'日本' == == 1"), Err((Some(1), Some(9))));
    let syntax = place("true &&\n  ==").expect_err("no expression");
    assert_eq!(syntax.0, Some(2));
}

#[test]
fn a_syntax_error_is_said_without_the_grammar() {
    let error = compile("release.version == ").expect_err("it breaks off");
    assert_eq!(error.message, "it ends too early");
    let error = compile("release.version = '1'").expect_err("it is no comparison");
    assert!(!error.message.contains("expecting"), "{}", error.message);
}

#[test]
fn texts_that_are_too_long_or_too_deep_are_refused() {
    let around = |open: &str, close: &str, times: usize| {
        format!("{}true{}", open.repeat(times), close.repeat(times))
    };
    assert!(compile(&around("(", ")", 12)).is_ok());
    for bad in [
        around("(", ")", 13),
        around("(", ")", 2_000),
        around("[", "]", 16),
        around("(", "", 30),
        format!("{}true", "!".repeat(3_000)),
        format!("{}1 == 1", "-".repeat(3_000)),
        format!("{}1 == 1", "- ".repeat(300)),
        "true ? ".repeat(100) + "true",
        format!("1{} == 1", "+1".repeat(1_000)),
        format!("release{}", ".a".repeat(1_000)),
        format!("true{}", " || true".repeat(200)),
        " ".repeat(5_000) + "true",
        "true\0".into(),
        format!("unmet == {}[]", "unmet + ".repeat(20)),
    ] {
        let shown: String = bad.chars().take(20).collect();
        assert!(compile(&bad).is_err(), "{shown}…");
    }
}

#[test]
fn the_deepest_that_is_allowed_fits_a_small_stack() {
    let texts = [
        format!("{}true{}", "(".repeat(12), ")".repeat(12)),
        format!("1{} == 95", "+1".repeat(94)),
        format!("true{}", " && true".repeat(90)),
        format!("{}true{}", "(!(".repeat(6), "))".repeat(6)),
        format!("{}true", "true ? true : ".repeat(8)),
        format!("size({}unmet{}) > 0", ".filter(u, true)".repeat(0), ".filter(u, true)".repeat(30)),
        format!("{}1{} == 1", "[".repeat(11), "][0]".repeat(11)),
        format!("{}true{}", "!(true ? !!(".repeat(6), ") : false)".repeat(6)),
        format!("{}1{} == 0", "1 + (-2 * (".repeat(6), "))".repeat(6)),
        format!("{}1{} == {{}}", "{'a': [".repeat(6), "]}".repeat(6)),
        format!("{}true{}", "unmet.all(u, ".repeat(12), ")".repeat(12)),
        format!("{}1{} == 1", "int(uint(".repeat(6), "))".repeat(6)),
    ];
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let run = move || {
        texts.iter().for_each(|text| {
            let _ = value_or_refused(text);
        })
    };
    thread.spawn(run).expect("a thread").join().expect("no overflow");
}

fn value_or_refused(text: &str) -> Option<bool> {
    compile(text).ok()?;
    value(text).ok()
}

const SEEDS: [&str; 6] = [
    "release.version == '1.23' && release.change == \"minor\"",
    "release.artifacts.all(a, a.kind == 'directory' && a.digest.startsWith('sha256:'))",
    "now - timestamp('2026-03-01T12:00:00Z') < duration('24h') || counts.failed > 0",
    "unmet.filter(u, u.state in ['failed', 'stale'])[0].rule.matches('^e.*')",
    "targets > 3 ? service.tier == 'leaf' : !(environment == r'x\\' || b'\\x00' == b'')",
    "{'a': [1, 2u, 3.0e5, null, true], \"b\": '''x'''}.size() == -2 % 7",
];

const BITS: [&str; 24] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "'''",
    "\\",
    "\n",
    "//",
    "?",
    ":",
    ".",
    "!",
    "-",
    ",",
    "999999999999999999999",
    "1e999",
    "\u{202e}",
    "é",
    "`",
    "in",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_mutation_of_a_condition_is_a_panic(
        seed in 0..6_usize,
        edits in proptest::collection::vec((0..90_usize, 0..24_usize, 0..4_usize), 1..5),
    ) {
        let mut text: Vec<char> = SEEDS[seed].chars().collect();
        for (place, bit, removed) in edits {
            let from = place.min(text.len());
            let to = (from + removed).min(text.len());
            text.splice(from..to, BITS[bit].chars());
        }
        let _ = value_or_refused(&text.into_iter().collect::<String>());
    }

    #[test]
    fn no_text_at_all_is_a_panic(text in "\\PC{0,60}") {
        let _ = value_or_refused(&text);
    }
}

#[test]
fn the_costliest_texts_take_no_time_to_speak_of() {
    let aas = "a".repeat(3_900);
    let texts = [
        format!("unmet{}", ".filter(u, u.rule == 'x' || u.state == 'y')".repeat(14)),
        format!("size({}) > 0", ["unmet"; 16].join(" + ")),
        format!("'{aas}'.matches('(a|aa)+$')"),
        "release.version.matches('((a{1000}){1000}){1000}')".to_owned(),
        format!("[{}].exists(x, x == 3)", ["1"; 180].join(",")),
        "a ".repeat(2_000),
        "'''".repeat(1_300),
        "@ ".repeat(2_000),
        "日".repeat(1_300),
    ];
    let start = std::time::Instant::now();
    for text in &texts {
        let _ = value_or_refused(text);
    }
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(2), "{took:?}");
}
