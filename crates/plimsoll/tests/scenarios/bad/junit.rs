//! JUnit files that are none: whatever a suite writes, it is not a pass.

use std::time::Duration;

use crate::bed::{Bed, Output};

const GOOD: &str = r#"<testsuite name="s" tests="2" failures="0"><testcase classname="a" name="one"/><testcase classname="a" name="two"/></testsuite>"#;

fn verified(prepare: &str) -> (Bed, Output) {
    let bed = Bed::new(
        "services:\n  shop:\n    environments: { staging: { targets: { nl: {} } } }\n    \
         platforms: { vm: { deploy: { files: { root: world } } } }\n    checks:\n      \
         suite: { command: { run: [./suite], junit: junit.xml, min-tests: 2, required-tests: [a.two] } }\n",
    );
    bed.write("good.xml", GOOD);
    bed.script("suite", &format!("out=\"$PLIMSOLL_OUT/junit.xml\"\n{prepare}\n"));
    bed.add("shop@1.0", &[("index.html", "1.0")]).expect(0);
    bed.ok(&["deploy", "shop@1.0", "--to", "staging"]);
    let output = bed.run(&["verify", "shop@1.0", "--on", "staging", "--format", "json"]);
    assert!(output.took < Duration::from_secs(30), "{}", output.whole());
    bed.verify_ledger();
    (bed, output)
}

#[track_caller]
fn is_red(prepare: &str) -> String {
    let (_bed, output) = verified(prepare);
    assert!(matches!(output.code, Some(10 | 11)), "{}", output.whole());
    output.json();
    output.stdout
}

#[test]
fn whole_file_passes_and_a_truncated_one_does_not() {
    let (_bed, output) = verified("cp good.xml \"$out\"");
    output.expect(0);
    is_red("head -c 120 good.xml > \"$out\"");
    is_red(": > \"$out\"");
    is_red("true");
    is_red("echo 'not xml at all' > \"$out\"");
}

#[test]
fn file_with_entities_is_not_expanded() {
    let bomb = "printf '%s' '<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\
                <testsuite><testcase classname=\"a\" name=\"one\"/><testcase classname=\"a\" name=\"two\"><failure message=\"&c;\">&b;&c;</failure></testcase></testsuite>' > \"$out\"";
    let answer = is_red(bomb);
    assert!(!answer.contains("root:"), "{answer}");
}

#[test]
fn huge_file_is_bounded() {
    is_red(
        "{ echo '<testsuite>'; yes '<testcase classname=\"a\" name=\"two\"><failure>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</failure></testcase>' | head -n 1500000; echo '</testsuite>'; } > \"$out\"",
    );
}

#[test]
fn test_that_is_required_and_did_not_run_is_not_passed() {
    let answer = is_red("sed 's/name=\"two\"/name=\"three\"/' good.xml > \"$out\"");
    assert!(answer.contains("a.two"), "{answer}");
    is_red("sed 's,name=\"two\"/>,name=\"two\"><skipped/></testcase>,' good.xml > \"$out\"");
    // It says that all is well, and the exit code does not.
    is_red("cp good.xml \"$out\"; exit 3");
}
