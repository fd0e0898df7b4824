//! X.2: green before and green after can hide a gap in between.

use super::shop::{Layout, PAGE, Shop};

/// After the switch to release 2 or 3 the target is away for a while: 2 for five seconds, 3 for a
/// part of one.
const AFTER: &str = r#"
[ "$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET" = production/nl-vm ] || exit 0
case $PLIMSOLL_RELEASE in 2) away=5 ;; 3) away=0.7 ;; *) exit 0 ;; esac
touch "$PLIMSOLL_ROOT/away"; sleep $away; rm "$PLIMSOLL_ROOT/away"
"#;

fn shop() -> Shop {
    let platform = r#"{ deploy: { files: { root: "world/{{ environment.name }}/{{ target.name }}", after: [./after] } } }"#;
    let mut shop = Shop::open(&Layout {
        platforms: &[("vm", platform)],
        promotion: "{ waves: [[nl-vm], rest], soak: 1s, probe-every: 200ms, max-gap: 2500ms }",
        ..Layout::default()
    });
    let away = shop.bed.path("away");
    let root = shop.bed.root().display().to_string();
    shop.bed.script("after", &AFTER.replace("$PLIMSOLL_ROOT", &root));
    // Closes the connection without a word, as a machine does that is being restarted.
    shop.serve_with(&format!(
        "location /production/nl-vm/ {{ if (-f {}) {{ return 444; }} }}",
        away.display()
    ));
    shop.add("1", PAGE);
    shop.staged("1");
    shop.adopt("1");
    shop
}

#[test]
fn a_gap_in_the_middle_of_a_wave_goes_back_though_it_was_green_before_and_after() {
    let shop = shop();
    shop.add("2", PAGE);
    shop.staged("2");
    let ended = shop.promote("2").expect(20);
    let said = ended.json();
    assert_eq!(said["state"], "rolled-back", "{}", ended.whole());
    let summary = said["summary"].as_str().expect("text");
    assert!(summary.contains("page") && summary.contains("nl-vm"), "{summary}");
    for target in ["nl-vm", "in-vm"] {
        assert_eq!(shop.runs("production", target), "1");
    }
    // The second wave never began.
    assert!(!shop.history().contains("2 on in-vm"), "{}", shop.history());
}

#[test]
fn a_gap_that_is_shorter_than_what_is_allowed_is_written_down_and_no_fault() {
    let shop = shop();
    shop.add("3", PAGE);
    shop.staged("3");
    let ended = shop.promote("3").expect(0);
    assert_eq!(ended.json()["state"], "verified-good", "{}", ended.whole());
    let history = shop.history();
    assert!(history.contains("did not answer") || history.contains("gap"), "{history}");
}
