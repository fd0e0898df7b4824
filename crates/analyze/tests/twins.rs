//! Twins as others use them: tables a format, properties, and the shape of incident 1.

use jiff::civil::date;
use plimsoll_analyze::twins::{Found, TwinFile, diff, merge};
use plimsoll_core::catalog::{AcceptedDifference, Respelling, TwinPair};
use plimsoll_core::record::{TwinAnswer, TwinState};
use plimsoll_core::say::twin_change;
use proptest::prelude::*;

fn found(text: Option<&str>) -> Found {
    text.map_or(Found::Missing, |text| Found::Bytes(text.as_bytes().to_vec()))
}

fn file(base: Option<&str>, head: Option<&str>) -> TwinFile {
    TwinFile { base: found(base), head: found(head) }
}

fn pair(text: &str) -> TwinPair {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn compare(pair: &TwinPair, left: [&str; 2], right: [&str; 2]) -> Vec<TwinAnswer> {
    let today = date(2026, 11, 21);
    diff(pair, &file(Some(left[0]), Some(left[1])), &file(Some(right[0]), Some(right[1])), today)
}

/// `state change @ place` of each answer, without what was always different.
fn brief(answers: &[TwinAnswer]) -> Vec<String> {
    answers
        .iter()
        .filter(|one| one.state != TwinState::OnlyHere)
        .map(|one| format!("{} {} @ {}", one.state.word(), twin_change(&one.change), one.place))
        .collect()
}

const BEFORE: &str = r#"{ "version": "1.22", "scripts": {
  "site-install": ["@reset:public", "@copy:themes", "@install:search", "@core:style", "@core:js", "@site:custom"],
  "site-update":  ["@copy:themes", "@core:updatedb", "@install:search", "@core:style", "@core:js", "@site:custom"],
  "site:global":  ["@install:search", "@core:style", "@core:js", "@site:custom"] } }"#;
const CHANGED: &str = r#"{ "version": "1.23", "scripts": {
  "site-install": ["@reset:public", "@copy:themes", "@install:search", "@core:style", "@core:style-blocks", "@core:js", "@core:js-blocks", "@site:custom"],
  "site-update":  ["@copy:themes", "@core:updatedb", "@install:search", "@core:style", "@core:style-blocks", "@core:js", "@core:js-blocks", "@site:custom"],
  "site:global":  ["@install:search", "@core:style", "@core:js", "@site:custom"] } }"#;
const MENDED: &str = r#"{ "version": "1.23", "scripts": {
  "site-install": ["@reset:public", "@copy:themes", "@install:search", "@core:style", "@core:style-blocks", "@core:js", "@core:js-blocks", "@site:custom"],
  "site-update":  ["@copy:themes", "@core:updatedb", "@install:search", "@core:style", "@core:style-blocks", "@core:js", "@core:js-blocks", "@site:custom"],
  "site:global":  ["@install:search", "@core:style", "@core:style-blocks", "@core:js", "@core:js-blocks", "@site:custom"] } }"#;

fn incident(base: &str, head: &str) -> Vec<TwinAnswer> {
    let all = ["site-install", "site-update"].iter().flat_map(|left| {
        let pair =
            pair(&format!("composer.json#/scripts/{left} = composer.json#/scripts/site:global"));
        compare(&pair, [base, head], [base, head])
    });
    merge(all.collect())
}

#[test]
fn incident_1_names_the_missing_steps_once_in_spite_of_all_that_always_differed() {
    let answers = incident(BEFORE, CHANGED);
    assert_eq!(
        brief(&answers),
        [
            "missing twin added @core:style-blocks @ composer.json#/scripts/site:global",
            "missing twin added @core:js-blocks @ composer.json#/scripts/site:global",
        ]
    );
    assert_eq!(answers[0].pairs.len(), 2);
    assert!(answers.iter().any(|one| one.state == TwinState::OnlyHere));
}

#[test]
fn the_mend_of_incident_1_is_mirrored_from_before_and_from_after() {
    let mend = incident(BEFORE, MENDED);
    assert!(mend.iter().all(|one| one.state.passes()), "{:?}", brief(&mend));
    assert_eq!(mend.iter().filter(|one| one.state == TwinState::Mirrored).count(), 4);
    let late = incident(CHANGED, MENDED);
    assert_eq!(
        brief(&late),
        [
            "mirrored added @core:style-blocks @ composer.json#/scripts/site:global",
            "mirrored added @core:js-blocks @ composer.json#/scripts/site:global",
        ]
    );
    let caught_up =
        |one: &TwinAnswer| one.reason.as_deref().is_some_and(|why| why.starts_with("caught up"));
    assert_eq!(late.iter().filter(|one| caught_up(one)).count(), 2);
    assert_eq!(brief(&incident(MENDED, MENDED)), [""; 0]);
}

/// Lists of words: left base, left head, right base, right head, and what is said.
#[test]
fn lists_are_compared_as_ordered_multisets() {
    let table: &[(&str, &str, &str, &str, &[&str])] = &[
        ("a b", "a b c", "a b", "a b c", &["mirrored added c"]),
        ("a b", "a b c", "a b", "a b", &["missing twin added c"]),
        ("a b", "a", "a b", "a b", &["missing twin removed b"]),
        ("a b", "a", "a b", "a", &["mirrored removed b"]),
        ("a b", "a b", "a b", "a b c", &["missing twin added c"]),
        ("a b x", "a b x c", "a b y", "a b y c", &["mirrored added c"]),
        // Against a difference that was there before.
        ("a", "a b", "a b", "a b", &["mirrored added b"]),
        ("a x", "a", "a", "a", &["mirrored removed x"]),
        // Both changed.
        ("a b c", "a x c", "a b c", "a y c", &["divergent changed b to x", "mirrored removed b"]),
        ("a b c", "a x c", "a b c", "a x c", &["mirrored added x", "mirrored removed b"]),
        ("a b c", "a x c", "a b c", "a b c", &["missing twin changed b to x"]),
        ("a", "a", "a", "b", &["missing twin changed a to b"]),
        ("a b", "b", "a b", "a a b", &["divergent removed a"]),
        // How often.
        ("a a b", "a b", "a a b", "a a b", &["missing twin removed a"]),
        ("a b", "a a a b", "a b", "a a b", &["missing twin added a", "mirrored added a"]),
        // Order.
        ("a b c", "c a b", "a b c", "c a b", &["mirrored moved c"]),
        ("a b c", "c a b", "a b c", "a b c", &["missing twin moved c"]),
        ("a b c", "c a b", "a b", "a b", &[""; 0]),
        ("a b c d", "d a b c", "a b c d", "a d b c", &["divergent moved d"]),
        ("a b", "b a", "b a", "b a", &["mirrored moved b"]),
        // Nothing.
        ("a b", "a b", "c", "c", &[""; 0]),
        ("", "a", "", "a", &["mirrored added a"]),
        ("", "a", "", "", &["missing twin added a"]),
    ];
    let json = |words: &str| {
        let items: Vec<String> =
            words.split_whitespace().map(|word| format!("\"{word}\"")).collect();
        format!("{{\"l\": [{}]}}", items.join(","))
    };
    let pair = pair("l.json#/l = r.json#/l");
    let mut wrong = String::new();
    for (lb, lh, rb, rh, expected) in table {
        let texts = [lb, lh, rb, rh].map(|words| json(words));
        let answers = compare(&pair, [&texts[0], &texts[1]], [&texts[2], &texts[3]]);
        let mut said: Vec<String> = brief(&answers)
            .iter()
            .map(|line| line.split(" @").next().unwrap_or_default().to_owned())
            .collect();
        let mut expected: Vec<String> = expected.iter().map(|&line| line.to_owned()).collect();
        said.sort();
        expected.sort();
        if said != expected {
            wrong.push_str(&format!("{lb} → {lh} | {rb} → {rh}: {said:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A pair, the left side before and after, the right side, and what is said.
type Row = (&'static str, [&'static str; 2], [&'static str; 2], &'static [&'static str]);

const FORMATS: &[Row] = &[
    (
        "a.yaml#jobs.build = b.yaml#/build",
        [
            "jobs: { build: { image: a:1, steps: [x] } }",
            "jobs: { build: { image: a:2, steps: [x, y] } }",
        ],
        ["build: { image: a:1, steps: [x] }", "build: { image: a:2, steps: [x] }"],
        &[
            "missing twin added y @ b.yaml#/build/steps",
            "mirrored changed a:1 to a:2 @ a.yaml#jobs.build.image",
        ],
    ),
    (
        "Cargo.toml#package.version = package.json#/version",
        ["[package]\nversion = \"1\"", "[package]\nversion = \"2\""],
        ["{\"version\": \"1\"}", "{\"version\": \"1\"}"],
        &["missing twin changed 1 to 2 @ package.json#/version"],
    ),
    (
        "vm/php.ini#[opcache] = k8s/php.ini#[opcache]",
        ["[opcache]\nopcache.enable=1", "[opcache]\nopcache.enable=0\nx=1"],
        ["[opcache]\nopcache.enable=1\nonly=1", "[opcache]\nopcache.enable=2\nonly=1"],
        &[
            "missing twin added 1 @ k8s/php.ini#[opcache]x",
            "divergent changed 1 to 0 @ k8s/php.ini#[opcache]opcache.enable",
        ],
    ),
    (
        "vm/php.ini#opcache.enable = values.yaml#php.opcache",
        ["[opcache]\nopcache.enable=1", "[opcache]\nopcache.enable=0"],
        ["php: { opcache: 1 }", "php: { opcache: 0 }"],
        &["mirrored changed 1 to 0 @ vm/php.ini#opcache.enable"],
    ),
    (
        "Dockerfile#between:# build..# end = build.sh",
        ["FROM x\n# build\nRUN  a\n# end\nCMD z", "FROM y\n# build\nRUN a\nRUN 'b'\n# end\n"],
        ["RUN a\n", "RUN a\n\nRUN b\n"],
        &["mirrored added RUN 'b' @ Dockerfile#between:# build..# end"],
    ),
    (
        "a.yaml#steps = b.yaml#steps",
        [
            "steps: [{name: x, run: a}, {name: y, run: b}]",
            "steps: [{name: x, run: a2}, {name: y, run: b}]",
        ],
        [
            "steps: [{name: y, run: B}, {name: x, run: a}]",
            "steps: [{name: y, run: B}, {name: x, run: a}]",
        ],
        &["missing twin changed a to a2 @ b.yaml#steps.x.run"],
    ),
    (
        "a.yaml#run = b.yaml#run",
        ["run: |\n  make\n  make install\n", "run: |\n  make\n  make test\n  make install\n"],
        ["run: |\n  make -j\n  make install\n", "run: |\n  make -j\n  make install\n"],
        &["missing twin added make test @ b.yaml#run"],
    ),
    (
        "a.json#/s = b.json#/s",
        [
            "{\"s\": \"wp get --version=4.9.6 --path=public\"}",
            "{\"s\": \"wp get --version=4.9.7 --path=public\"}",
        ],
        ["{\"s\": \"wp get --version=4.9.6\"}", "{\"s\": \"wp get   --version=4.9.7\"}"],
        &[
            "mirrored changed wp get --version=4.9.6 --path=public to wp get --version=4.9.7 --path=public @ a.json#/s",
        ],
    ),
    (
        "a.json = b.json",
        ["{\"a\": 1}", "{}"],
        ["{\"a\": 1}", "{\"a\": 1}"],
        &["missing twin removed 1 @ b.json#/a"],
    ),
    (
        "a.json = b.json",
        ["{\"a\": 1}", "{\"a\": \"1\"}"],
        ["{\"a\": 1}", "{\"a\": 1}"],
        &["missing twin changed 1 to 1 @ b.json#/a"],
    ),
    (
        "a.json = b.json",
        ["{}", "{\"a\": {\"b\": [1]}}"],
        ["{}", "{}"],
        &["missing twin added { b: [1] } @ b.json#/a"],
    ),
    (
        "a.json = b.json",
        ["{}", "{\"a\": {\"b\": 1}}"],
        ["{}", "{\"a\": {\"b\": 2}}"],
        &["divergent added 1 @ b.json#/a/b"],
    ),
    ("a.json = b.json", ["[]", "{}"], ["[]", "[]"], &["missing twin changed [] to {  } @ b.json"]),
    (
        "a.json#/a = b.json#/a",
        ["{}", "{\"a\": []}"],
        ["{\"a\": [1]}", "{\"a\": [1]}"],
        &["missing twin added [] @ b.json#/a"],
    ),
];

#[test]
fn every_format_has_maps_by_key_and_scalars_by_value() {
    let mut wrong = String::new();
    for (text, left, right, expected) in FORMATS {
        let said = brief(&compare(&pair(text), *left, *right));
        if said != *expected {
            wrong.push_str(&format!("{text}: {said:#?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_cannot_be_read_or_is_nowhere_never_passes() {
    let same = "{\"x\": 1}";
    for (text, left, why) in [
        ("a.json#/x = b.json#/x", ["{\"x\": 1}", "{\"x\": "], "not valid JSON"),
        ("a.json#/x = b.json#/x", ["", "{\"x\": 1}"], "not valid JSON"),
        ("a.json#/y = b.json#/x", [same, same], "no such part"),
        ("a.json#/x = b.json#/x", ["{\"x\": 1}", "\0"], "binary"),
    ] {
        let answers = compare(&pair(text), left, [same, same]);
        let reason = answers[0].reason.clone().unwrap_or_default();
        assert_eq!(answers[0].state, TwinState::Unparsable, "{text}");
        assert!(reason.contains(why), "{text}: {reason}");
    }
    let refused = TwinFile {
        base: Found::Missing,
        head: Found::Unreadable("a link out of the repository".into()),
    };
    let answers = diff(
        &pair("a.json#/x = b.json#/x"),
        &refused,
        &file(Some(same), Some(same)),
        date(2026, 1, 1),
    );
    assert_eq!(answers[0].reason.as_deref(), Some("a link out of the repository"));
    let nowhere = diff(&pair("a = b"), &file(None, None), &file(None, None), date(2026, 1, 1));
    assert_eq!(nowhere.len(), 2);
    assert!(nowhere.iter().all(|one| one.state == TwinState::Unparsable));
}

#[test]
fn new_files_are_changes() {
    let pair = pair("a.txt = b.txt");
    let today = date(2026, 1, 1);
    let said = |left: TwinFile, right: TwinFile| brief(&diff(&pair, &left, &right, today));
    let new = || file(None, Some("x\ny\n"));
    assert_eq!(said(new(), new()), ["mirrored added [x, y] @ a.txt"]);
    assert_eq!(
        said(new(), file(Some("x\n"), Some("x\n"))),
        ["missing twin added y @ b.txt", "mirrored added x @ a.txt"]
    );
}

#[test]
fn a_file_that_may_be_run_and_one_that_may_not_are_no_twins() {
    let program = |text: &str| Found::Program(text.as_bytes().to_vec());
    let plain = |text: &str| Found::Bytes(text.as_bytes().to_vec());
    let said = |written: &str, left: [Found; 2], right: [Found; 2]| {
        let file = |[base, head]: [Found; 2]| TwinFile { base, head };
        brief(&diff(&pair(written), &file(left), &file(right), date(2026, 1, 1)))
    };
    let same = || [plain("x\n"), plain("x\n")];
    let made = || [plain("x\n"), program("x\n")];
    assert_eq!(
        said("a.sh = b.sh", made(), same()),
        ["missing twin changed no program to a program @ b.sh#/mode"]
    );
    assert_eq!(
        said("a.sh = b.sh", made(), made()),
        ["mirrored changed no program to a program @ a.sh#/mode"]
    );
    assert_eq!(said("a.sh = b.sh", [program("x\n"), program("x\n")], same()), [""; 0]);
    assert_eq!(
        said(
            "a.json#/x = b.json#/x",
            [plain("{\"x\":1}"), program("{\"x\":1}")],
            [plain("{\"x\":1}"), plain("{\"x\":1}")]
        ),
        [""; 0]
    );
}

#[test]
fn a_part_that_was_there_and_is_nowhere_now_never_passes() {
    let today = date(2026, 1, 1);
    let (was, both) = ("{\"x\": 1}", || file(Some("{\"x\": 1}"), Some("{\"x\": 1}")));
    let gone = || file(Some(was), None);
    let emptied = || file(Some(was), Some("{}"));
    for (left, right, refused) in [
        (gone(), gone(), 2),
        (gone(), both(), 1),
        (both(), gone(), 1),
        (emptied(), emptied(), 2),
        (both(), emptied(), 1),
        (gone(), file(None, Some(was)), 1),
    ] {
        let answers = diff(&pair("a.json#/x = b.json#/x"), &left, &right, today);
        let said = brief(&answers);
        assert_eq!(answers.len(), refused, "{said:?}");
        for answer in answers {
            assert_eq!(answer.state, TwinState::Unparsable, "{said:?}");
            let reason = answer.reason.unwrap_or_default();
            assert!(reason.contains("was it moved? Name its new place in  twins:"), "{reason}");
        }
    }
}

#[test]
fn a_mapping_respells_the_left_side() {
    let mut twins = pair("a.json = b.json");
    twins.mapping =
        vec![Respelling::new("/srv/vm", "/srv/k8s"), Respelling::new("re:^vm:(.*)$", "k8s:$1")];
    let left = ["[\"cp /srv/vm/a\"]", "[\"cp /srv/vm/a\", \"vm:b\"]"];
    let right = ["[\"cp /srv/k8s/a\"]", "[\"cp /srv/k8s/a\", \"k8s:b\"]"];
    assert_eq!(brief(&compare(&twins, left, right)), ["mirrored added k8s:b @ a.json"]);
    assert_eq!(
        brief(&compare(&twins, left, [right[0], right[0]])),
        ["missing twin added k8s:b @ b.json"]
    );
    twins.mapping = vec![Respelling::new("re:[ab]", "c")];
    let clash = ["{\"a\": 1, \"b\": 2}", "{\"a\": 1, \"b\": 2}"];
    assert_eq!(compare(&twins, clash, right)[0].state, TwinState::Unparsable);
}

#[test]
fn an_accepted_difference_passes_until_its_day_is_over() {
    let mut twins = pair("a.json = b.json");
    let accepted = |item: &str, until| AcceptedDifference {
        item: item.to_owned(),
        reason: "the cluster migrates by a job".to_owned(),
        until,
    };
    let (left, right) = (["[]", "[\"@core:updatedb\"]"], ["[]", "[]"]);
    twins.accepted = vec![accepted("@core:*", date(2026, 11, 21))];
    let answers = compare(&twins, left, right);
    assert_eq!(answers[0].state, TwinState::Accepted);
    twins.accepted = vec![accepted("@core:updatedb", date(2026, 11, 20))];
    let answers = compare(&twins, left, right);
    assert_eq!(answers[0].state, TwinState::MissingTwin);
    let reason = answers[0].reason.clone().unwrap_or_default();
    assert!(reason.contains("was accepted until 2026-11-20"), "{reason}");
    twins.accepted =
        vec![accepted("/replicas", date(2027, 1, 1)), accepted("other", date(2027, 1, 1))];
    let answers = compare(&twins, ["{}", "{\"replicas\": 3}"], ["{}", "{}"]);
    assert_eq!(answers[0].state, TwinState::Accepted);
}

#[test]
fn very_long_lists_are_compared_in_time() {
    let lines =
        |from: usize, to: usize| (from..to).map(|n| format!("line {n}\n")).collect::<String>();
    let (base, head) = (lines(0, 60_000), lines(30_000, 90_000));
    let pair = pair("a.txt = b.txt");
    let answers = compare(&pair, [&base, &head], [&base, &head]);
    assert!(answers.iter().all(|one| one.state == TwinState::Mirrored));
    let answers = compare(&pair, [&base, &head], [&base, &base]);
    assert_eq!(answers.iter().filter(|one| one.state == TwinState::MissingTwin).count(), 60_000);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        "[a-c]{0,2}".prop_map(serde_json::Value::from),
        (0..3_u8).prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::btree_map("(name|id|x|y)", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn what_both_added_at_different_places_is_no_mirror() {
    let added = |left: &str, right: &str| {
        brief(&compare(&pair("a.txt = b.txt"), ["a\nb\nc\n", left], ["a\nb\nc\n", right]))
    };
    for (left, right) in [
        ("migrate\na\nb\nc\n", "a\nb\nc\nmigrate\n"),
        ("a\nb\nc\nbuild\nupload\n", "a\nb\nc\nupload\nbuild\n"),
        ("a\nexit 0\nb\nc\n", "a\nb\nc\nexit 0\n"),
        ("a\nif false\nb\nfi\nc\n", "if false\nfi\na\nb\nc\n"),
    ] {
        let told = added(left, right);
        assert!(
            told.iter().any(|one| one.starts_with("divergent")),
            "{left:?} {right:?}: {told:?}"
        );
    }
    let told = added("a\nb\nc\nbuild\nupload\n", "a\nb\nc\nbuild\nupload\n");
    assert!(told.iter().all(|one| one.starts_with("mirrored")), "{told:?}");
}

proptest! {
    #[test]
    fn the_same_change_on_both_sides_is_always_mirrored(base in json(), head in json()) {
        let (base, head) = (base.to_string(), head.to_string());
        let answers = compare(&pair("a.json = b.json"), [&base, &head], [&base, &head]);
        prop_assert!(answers.iter().all(|one| one.state == TwinState::Mirrored), "{:?}", brief(&answers));
        prop_assert_eq!(base == head, answers.is_empty());
    }

    #[test]
    fn a_change_on_one_side_always_misses_its_twin(base in json(), head in json()) {
        prop_assume!(base != head);
        let (base, head) = (base.to_string(), head.to_string());
        for sides in [[[&base, &head], [&base, &base]], [[&base, &base], [&base, &head]]] {
            let [left, right] = sides.map(|[base, head]| [base.as_str(), head.as_str()]);
            let answers = compare(&pair("a.json = b.json"), left, right);
            prop_assert!(answers.iter().any(|one| one.state == TwinState::MissingTwin), "{:?}", brief(&answers));
            prop_assert!(answers.iter().all(|one| one.state == TwinState::MissingTwin), "{:?}", brief(&answers));
        }
    }

    #[test]
    fn a_step_added_to_lists_that_always_differed_wants_its_twin(
        left in prop::collection::vec("[a-h]", 0..8),
        // What both have says where something stands; these have nothing.
        right in prop::collection::vec("[i-m]", 0..8),
        at in 0..8_usize,
        both in any::<bool>(),
    ) {
        let add = |list: &[String]| {
            let mut list = list.to_vec();
            list.insert(at.min(list.len()), "NEW".to_owned());
            serde_json::json!(list).to_string()
        };
        let (lb, rb) = (serde_json::json!(left).to_string(), serde_json::json!(right).to_string());
        let (lh, rh) = (add(&left), if both { add(&right) } else { rb.clone() });
        let answers = compare(&pair("a.json = b.json"), [&lb, &lh], [&rb, &rh]);
        let expected = if both { "mirrored added NEW @ a.json" } else { "missing twin added NEW @ b.json" };
        prop_assert_eq!(brief(&answers), [expected]);
    }

    #[test]
    fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200), name in "a\\.(json|yaml|toml|ini|txt)") {
        let odd = TwinFile { base: Found::Bytes(bytes.clone()), head: Found::Bytes(bytes) };
        let _ = diff(&pair(&format!("{name} = b.txt")), &odd, &file(Some("x"), Some("y")), date(2026, 1, 1));
    }
}
