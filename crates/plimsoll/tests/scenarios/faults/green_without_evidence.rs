//! Green that is no evidence, as other tools take it: each case is named after what happened there.

use super::answer::{allows, next, refuses_exactly, requirement, unmet};
use super::shop::{Layout, PAGE, Shop};
use crate::bed::Output;

/// Red wherever a file `broken-ENVIRONMENT-TARGET-RELEASE` is.
const LOOK: &str = r#"[ ! -e "broken-$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_TARGET-$PLIMSOLL_RELEASE" ] || { echo "it is broken"; exit 1; }"#;

const LOOKED_AT: &str = "page: { command: [./look] }";

fn shop() -> Shop {
    with(&Layout { checks: LOOKED_AT, ..Layout::default() })
}

/// Release 1 everywhere, verified good.
fn with(layout: &Layout<'_>) -> Shop {
    let shop = Shop::open(layout);
    shop.bed.script("look", LOOK);
    shop.add("1", PAGE);
    shop.staged("1");
    shop.adopt("1");
    shop
}

fn candidate(shop: &Shop, version: &str) {
    shop.add(version, PAGE);
    shop.staged(version);
}

fn break_(shop: &Shop, environment: &str, target: &str, version: &str) {
    shop.bed.write(&format!("broken-{environment}-{target}-{version}"), "");
}

/// kargo#5144, #6372: what was verified once stays verified.
#[test]
fn a_verification_that_fails_later_takes_the_earlier_pass_away() {
    let shop = shop();
    candidate(&shop, "2");
    allows(&shop.gate("2"));
    break_(&shop, "staging", "in-vm", "2");
    shop.verify("2").expect(10);
    let line = "evidence shop/staging/in-vm page failed";
    refuses_exactly(&shop.gate("2"), 10, &[(line, &["it is broken"], "mend it in a new release")]);
    shop.promote("2").expect(10);
    assert_eq!(shop.runs("production", "in-vm"), "1");
}

/// kargo#5144: promoting the same freight again reuses the old result.
#[test]
fn what_is_deployed_again_needs_evidence_again() {
    let shop = shop();
    candidate(&shop, "2");
    shop.bed.ok(&["deploy", "shop@2", "--to", "staging", "--target", "nl-vm"]);
    let line = "evidence shop/staging/nl-vm page stale";
    let step = "plimsoll verify shop@2 --on staging --target nl-vm";
    refuses_exactly(&shop.gate("2"), 11, &[(line, &["deployed again", "after the check"], step)]);
    // A part of it is enough, as the other target was not touched.
    shop.bed.ok(&["verify", "shop@2", "--on", "staging", "--target", "nl-vm"]);
    allows(&shop.gate("2"));
}

/// Greenwave: a result is looked up by its name, whatever was looked at under that name.
#[test]
fn a_check_that_was_changed_needs_evidence_again() {
    let shop = shop();
    candidate(&shop, "2");
    let text = shop.bed.read("plimsoll.yaml");
    shop.bed.write("plimsoll.yaml", text.replace("[./look]", "[./look, closer]"));
    let line = |target: &str| format!("evidence shop/staging/{target} page stale");
    let (says, step): (&[&str], _) =
        (&["the check was changed"], "plimsoll verify shop@2 --on staging");
    refuses_exactly(
        &shop.gate("2"),
        11,
        &[(&line("nl-vm"), says, step), (&line("in-vm"), says, step)],
    );
    // A check that is new has never run.
    shop.bed.write(
        "plimsoll.yaml",
        text.replace(
            "page: { command: [./look] }",
            "page: { command: [./look] }\n      more: { command: [\"true\"] }",
        ),
    );
    let line = |target: &str| format!("evidence shop/staging/{target} more not-run");
    let says: &[&str] = &["never run for this deployment"];
    refuses_exactly(
        &shop.gate("2"),
        11,
        &[(&line("nl-vm"), says, step), (&line("in-vm"), says, step)],
    );
}

/// Another version runs than the one that the evidence would be about.
#[test]
fn checks_that_ran_on_another_version_say_nothing_about_the_candidate() {
    let shop = shop();
    candidate(&shop, "2");
    let root = shop.bed.path("world/staging/nl-vm");
    std::fs::remove_file(root.join("current")).expect("it is a link");
    std::os::unix::fs::symlink("releases/1", root.join("current")).expect("a link");
    // Somebody went back by hand, and every check is green there.
    shop.verify("2").expect(10);
    let gate = shop.gate("2");
    let lines = unmet(&gate.json());
    assert_eq!(lines, ["evidence shop/staging/nl-vm page wrong-version"], "{}", gate.whole());
    assert_eq!(gate.code, Some(10));
    shop.promote("2").expect(10);
    assert_eq!(shop.runs("production", "nl-vm"), "1");
}

/// WaiverDB: a waiver for one product version hides another's.
#[test]
fn a_waiver_of_one_release_does_not_cover_another_and_ends() {
    let shop = shop();
    for version in ["2", "3"] {
        break_(&shop, "staging", "nl-vm", version);
        shop.add(version, PAGE);
    }
    shop.on_staging("2");
    shop.verify("2").expect(10);
    shop.bed.ok(&[
        "waive",
        "shop@2",
        "--rule",
        "evidence",
        "--check",
        "page",
        "--target",
        "nl-vm",
        "--reason",
        "a known lamp",
        "--until",
        "2s",
    ]);
    let allowed = allows(&shop.gate("2"));
    let waived = requirement(&allowed, "evidence shop/staging/nl-vm page waived");
    assert_eq!(waived["covers"]["state"], "failed", "{waived:#}");
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let line = "evidence shop/staging/nl-vm page failed";
    refuses_exactly(&shop.gate("2"), 10, &[(line, &["it is broken"], "")]);
    shop.bed.ok(&[
        "waive",
        "shop@2",
        "--rule",
        "evidence",
        "--check",
        "page",
        "--target",
        "nl-vm",
        "--reason",
        "a known lamp",
        "--until",
        "7d",
    ]);
    allows(&shop.gate("2"));
    shop.on_staging("3");
    shop.verify("3").expect(10);
    refuses_exactly(&shop.gate("3"), 10, &[(line, &["it is broken"], "")]);
}

/// keptn#2277, Greenwave: nothing is expected, so everything is well.
#[test]
fn nothing_expected_is_refused() {
    let shop = with(&Layout { checks: LOOKED_AT, ..Layout::default() });
    candidate(&shop, "2");
    let text = shop.bed.read("plimsoll.yaml");
    let only = text.replace("[./look] }", "[./look], only: { targets: nl-vm } }");
    shop.bed.write("plimsoll.yaml", only);
    let gate = shop.gate("2");
    assert_eq!(gate.code, Some(10), "{}", gate.whole());
    let lines = unmet(&gate.json());
    assert!(lines.contains(&"coverage shop/production/in-vm - uncovered".to_owned()), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("in-vm")), "{lines:?}");
}

#[test]
fn a_first_promotion_needs_an_adoption_and_has_a_way_back_after_it() {
    let shop = Shop::open(&Layout { checks: LOOKED_AT, ..Layout::default() });
    shop.bed.script("look", LOOK);
    shop.add("1", PAGE);
    shop.staged("1");
    for target in ["nl-vm", "in-vm"] {
        shop.put_by_hand("1", target);
    }
    candidate(&shop, "2");
    shop.promote("2").expect(10);
    let gate = shop.gate("2").json();
    for target in ["nl-vm", "in-vm"] {
        let one = requirement(&gate, &format!("way-back shop/production/{target} - unmet"));
        assert!(next(one).contains("plimsoll adopt shop@"), "{one:#}");
    }
    shop.bed.ok(&["adopt", "shop@1", "--on", "production"]);
    break_(&shop, "production", "in-vm", "2");
    let ended = shop.promote("2").expect(20);
    assert_eq!(ended.json()["state"], "rolled-back");
    assert_eq!(shop.runs("production", "in-vm"), "1");
    std::fs::remove_file(shop.bed.path("broken-production-in-vm-2")).expect("it was there");
    // Nothing about the release is new: a person has to say that it was not the release.
    let failed = "rolled-back - - failed";
    let why: &[&str] = &["it failed there at", "page failed on in-vm"];
    let step = "plimsoll waive shop@2 --to production --rule rolled-back";
    refuses_exactly(&shop.promote("2"), 10, &[(failed, why, step)]);
    shop.bed.ok(&[
        "waive",
        "shop@2",
        "--to",
        "production",
        "--rule",
        "rolled-back",
        "--until",
        "1h",
        "--reason",
        "the host was broken, and is mended",
    ]);
    assert_eq!(shop.promote("2").expect(0).json()["state"], "verified-good");
}

fn break_glass(shop: &Shop, version: &str) -> Output {
    shop.promote_with(version, &["--break-glass", "the shop is down"])
}

/// What runs on staging only is not made up for by production.
const AND_A_SUITE: &str = "page: { command: [./look] }\nsuite: { command: [./look, all], only: { environments: staging } }";

fn forced() -> Shop {
    let shop = with(&Layout { checks: AND_A_SUITE, ..Layout::default() });
    shop.add("2", PAGE);
    shop.on_staging("2");
    // Nothing was checked on staging.
    assert_eq!(shop.gate("2").code, Some(11));
    shop.promote("2").expect(11);
    break_glass(&shop, "2").expect(0);
    assert_eq!(shop.runs("production", "nl-vm"), "2");
    shop
}

#[test]
fn what_a_broken_glass_leaves_open_is_asked_for_at_the_next_gate_until_a_person_lets_it_be() {
    let shop = forced();
    shop.bed.ok(&["status"]).says("break-glass").says("left open").says("plimsoll follow-up shop");
    shop.bed.ok(&["history"]).says("the shop is down");
    shop.bed.ok(&["follow-up", "shop"]).says("suite");
    candidate(&shop, "3");
    let line = |target: &str, check: &str| format!("follow-up shop/staging/{target} {check} unmet");
    let close = "plimsoll follow-up shop --close";
    // The forced promotion has run `page` in production: that is not what was missing.
    let page = "plimsoll verify shop@2 --on production --target nl-vm --check page";
    let says: &[&str] = &["of shop@2 was passed over"];
    refuses_exactly(
        &shop.gate("3"),
        10,
        &[
            (&line("nl-vm", "page"), says, page),
            (&line("in-vm", "page"), says, close),
            (&line("nl-vm", "suite"), &["suite on staging/nl-vm of shop@2 was passed over"], close),
            (&line("in-vm", "suite"), &["suite on staging/in-vm of shop@2 was passed over"], close),
        ],
    );
    shop.bed.ok(&["follow-up", "shop"]).says(page);
    shop.promote("3").expect(10);
    shop.bed.run(&["follow-up", "shop", "--close", "all"]).expect(2);
    shop.bed.ok(&["follow-up", "shop", "--close", "all", "--reason", "looked at by hand"]);
    allows(&shop.gate("3"));
    assert_eq!(shop.promote("3").expect(0).json()["state"], "verified-good");
    shop.bed.ok(&["status"]).lacks("left open");
}

#[test]
fn what_a_broken_glass_left_open_is_made_up_for_by_the_check_on_the_release_that_was_forced() {
    let shop = forced();
    shop.bed.ok(&["verify", "shop@2", "--on", "staging", "--target", "nl-vm"]);
    // Staging moves on before the gate is asked again: what was made up for stays so.
    candidate(&shop, "3");
    let says: &[&str] = &["suite on staging/in-vm of shop@2 was passed over"];
    let line = "follow-up shop/staging/in-vm suite unmet";
    assert_eq!(unmet(&shop.gate("3").json()).len(), 2, "page and suite of in-vm");
    // A person looks at what was forced, where it runs.
    let args = ["verify", "shop@2", "--on", "production", "--target", "in-vm", "--check", "page"];
    shop.bed.ok(&args);
    refuses_exactly(&shop.gate("3"), 10, &[(line, says, "plimsoll follow-up shop --close")]);
    // The check of another release does not make up for it.
    shop.bed.ok(&["verify", "shop@3", "--on", "staging"]);
    assert_eq!(shop.gate("3").code, Some(10));
    shop.on_staging("2");
    shop.bed.ok(&["verify", "shop@2", "--on", "staging", "--target", "in-vm"]);
    candidate_again(&shop, "3");
    allows(&shop.gate("3"));
}

fn candidate_again(shop: &Shop, version: &str) {
    shop.on_staging(version);
    shop.verify(version).expect(0);
}

/// OQ.12: two incidents at once. The emergency of one does not carry the change of the other.
#[test]
fn a_broken_glass_for_one_release_carries_nothing_else() {
    let shop = with(&Layout {
        checks: LOOKED_AT,
        promotion: "{ waves: [[nl-vm], rest], soak: 3s }",
        ..Layout::default()
    });
    shop.add("2", PAGE);
    shop.on_staging("2");
    shop.add("3", PAGE);
    let release = super::shop::promotion("shop@2");
    let forced = [&release[..], &["--break-glass", "incident one"]].concat();
    let mut running = shop.bed.spawn(&forced);
    crate::bed::wait_until("wave 1 is over", std::time::Duration::from_secs(15), || {
        assert!(running.is_running());
        shop.runs("production", "nl-vm") == "2"
    });
    // The second incident's release: neither through the gate, nor beside the first.
    let other = break_glass(&shop, "3");
    assert!(matches!(other.code, Some(10)), "{}", other.whole());
    other.says("under way");
    running.wait().expect(0);
    for target in ["nl-vm", "in-vm"] {
        assert_eq!(shop.runs("production", target), "2");
    }
    // And after it 3 has to answer for itself.
    let gate = shop.gate("3");
    assert_ne!(gate.code, Some(0));
    assert!(
        unmet(&gate.json()).iter().any(|line| line.starts_with("evidence")),
        "{}",
        gate.whole()
    );
    shop.promote("3").expect(gate.code.expect("a code"));
    assert_eq!(shop.runs("production", "nl-vm"), "2");
}

#[test]
fn what_cannot_be_undone_is_refused_unless_accepted_and_then_calls_a_person() {
    let shop = shop();
    shop.bed.write("rel/shop-2/index.html", "<h1>shop</h1>");
    shop.bed.ok(&["release", "add", "shop@2", "rel/shop-2", "--irreversible"]);
    shop.staged("2");
    let step = "plimsoll waive shop@2 --to production --rule way-back";
    refuses_exactly(&shop.gate("2"), 10, &[("way-back - - unmet", &["cannot be undone"], step)]);
    shop.promote("2").expect(10);
    shop.bed.ok(&[
        "waive",
        "shop@2",
        "--rule",
        "way-back",
        "--reason",
        "we go forward only",
        "--until",
        "1d",
    ]);
    allows(&shop.gate("2"));
    break_(&shop, "production", "in-vm", "2");
    let ended = shop.promote("2").expect(21);
    assert_eq!(ended.json()["state"], "needs-person");
    assert!(
        ended.stdout.contains("cannot be undone, so nothing is rolled back"),
        "{}",
        ended.whole()
    );
    for target in ["nl-vm", "in-vm"] {
        assert_eq!(shop.runs("production", target), "2", "it was rolled back");
    }
}

/// Greenwave: `rules: []` is satisfied.
#[test]
fn a_gate_without_rules_asks_for_evidence_all_the_same() {
    let shop = with(&Layout { checks: LOOKED_AT, gate: "[]", ..Layout::default() });
    shop.add("2", PAGE);
    shop.on_staging("2");
    let line = |target: &str| format!("evidence shop/staging/{target} page not-run");
    let (says, step): (&[&str], _) = (&["never run"], "plimsoll verify shop@2 --on staging");
    refuses_exactly(
        &shop.gate("2"),
        11,
        &[(&line("nl-vm"), says, step), (&line("in-vm"), says, step)],
    );
    shop.verify("2").expect(0);
    allows(&shop.gate("2"));
}

/// argo-rollouts#1329: a measurement that was terminated is recorded as successful.
#[test]
fn a_verification_that_was_ended_in_the_middle_has_not_passed() {
    let shop = shop();
    shop.add("2", PAGE);
    shop.on_staging("2");
    let text = shop.bed.read("plimsoll.yaml");
    shop.bed.write("plimsoll.yaml", text.replace("command: [./look]", "command: [sleep, \"3\"]"));
    let began = shop.bed.spawn(&["verify", "shop@2", "--on", "staging"]);
    std::thread::sleep(std::time::Duration::from_millis(700));
    // While it is on its way it is not passed either.
    assert_eq!(shop.gate("2").code, Some(12));
    began.kill();
    let line = |target: &str| format!("evidence shop/staging/{target} page not-run");
    refuses_exactly(&shop.gate("2"), 11, &[(&line("nl-vm"), &[], ""), (&line("in-vm"), &[], "")]);
    shop.promote("2").expect(11);
}
