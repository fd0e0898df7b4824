//! X.2: green before and green after can hide a gap in between.

use super::shop::{Layout, PAGE, Shop};

/// After the switch of nl-vm in production something is away for a while: with release 2 nl-vm
/// itself for five seconds, with 3 for less than one, with 4 the other target; 5 mends what is away.
const AFTER: &str = r#"
[ "$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET" = production/nl-vm ] || exit 0
case $PLIMSOLL_RELEASE in
    2) target=nl-vm away=5 ;; 3) target=nl-vm away=0.7 ;; 4) target=in-vm away=5 ;;
    5) rm -f "$ROOT"/away-*; exit 0 ;;
    *) exit 0 ;;
esac
touch "$ROOT/away-$target"; sleep $away; rm "$ROOT/away-$target"
"#;

fn shop() -> Shop {
    let platform = r#"{ deploy: { files: { root: "world/{{ environment.name }}/{{ target.name }}", after: [./after] } } }"#;
    let mut shop = Shop::open(&Layout {
        platforms: &[("vm", platform)],
        promotion: "{ waves: [[nl-vm], rest], soak: 1s, probe-every: 200ms, max-gap: 2500ms }",
        ..Layout::default()
    });
    let root = shop.bed.root().display().to_string();
    shop.bed.script("after", &AFTER.replace("$ROOT", &root));
    // Closes the connection without a word, as a machine does that is being restarted.
    let away = |target: &str| {
        format!(
            "location /production/{target}/ {{ if (-f {root}/away-{target}) {{ return 444; }} }}"
        )
    };
    shop.serve_with(&(away("nl-vm") + &away("in-vm")));
    shop.add("1", PAGE);
    shop.staged("1");
    shop.adopt("1");
    shop
}

/// Goes back for the page of this target, before the second wave begins.
#[track_caller]
fn goes_back(shop: &Shop, version: &str, target: &str) {
    shop.add(version, PAGE);
    shop.staged(version);
    let ended = shop.promote(version).expect(20);
    let said = ended.json();
    assert_eq!(said["state"], "rolled-back", "{}", ended.whole());
    let summary = said["summary"].as_str().expect("text");
    assert!(summary.contains(&format!("{target} did not answer page")), "{summary}");
    for target in ["nl-vm", "in-vm"] {
        assert_eq!(shop.runs("production", target), "1");
    }
    let history = shop.history();
    assert!(history.contains("wave 1 began") && !history.contains("wave 2 began"), "{history}");
}

#[test]
fn a_gap_in_the_middle_of_a_wave_goes_back_though_it_was_green_before_and_after() {
    goes_back(&shop(), "2", "nl-vm");
}

#[test]
fn a_gap_on_a_target_that_the_wave_does_not_touch_goes_back_as_well() {
    goes_back(&shop(), "4", "in-vm");
}

#[test]
fn a_gap_that_is_shorter_than_what_is_allowed_is_written_down_and_no_fault() {
    let shop = shop();
    shop.add("3", PAGE);
    shop.staged("3");
    let ended = shop.promote("3").expect(0);
    assert_eq!(ended.json()["state"], "verified-good", "{}", ended.whole());
    let history = shop.history();
    assert!(history.contains("gap seen") && history.contains("page red for"), "{history}");
}

#[test]
fn a_target_that_was_away_before_is_not_held_against_the_release_that_mends_it() {
    let shop = shop();
    shop.add("5", PAGE);
    shop.staged("5");
    shop.bed.write("away-nl-vm", "");
    let ended = shop.promote("5").expect(0);
    assert_eq!(ended.json()["state"], "verified-good", "{}", ended.whole());
}
