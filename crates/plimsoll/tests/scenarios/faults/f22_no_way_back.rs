//! F22: there is no way back: what it is made of is gone, it was never good, or going back does
//! nothing.

use std::fs;

use super::answer::{allows, refuses_exactly, requirement};
use super::shop::{Layout, PAGE, Shop};
use crate::bed::Bed;

/// Release 2 is deployed to production although its check is red there, and stays: it is never
/// verified good, so 1 is the way back of what comes next.
fn with_a_bad_release_in_between() -> Shop {
    let layout = Layout {
        sites: &["nl", "in"],
        checks: "page: { command: [./look] }",
        promotion: "{ soak: 0s, on-regression: freeze }",
        ..Layout::default()
    };
    let shop = Shop::open(&layout);
    shop.bed.script(
        "look",
        r#"[ "$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_RELEASE" != production-2 ] || { echo "2 is bad in production"; exit 1; }"#,
    );
    shop.add("1", &[("index.html", "<h1>one</h1>")]);
    shop.staged("1");
    shop.adopt("1");
    shop.add("2", &[("index.html", "<h1>two</h1>")]);
    shop.staged("2");
    shop.promote("2").expect(21);
    assert_eq!(shop.runs("production", "nl-vm"), "2");
    shop.configure(&Layout { promotion: "{ soak: 0s, on-regression: roll-back }", ..layout });
    shop
}

/// Removes what plimsoll keeps, and what the target keeps, of everything that says `text`.
fn lose(shop: &Shop, version: &str, text: &str, targets: &[&str]) {
    let mut lost = 0;
    for file in files(&shop.bed.path(".plimsoll/blobs")) {
        if fs::read(&file).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text)) {
            fs::remove_file(&file).expect("it can be removed");
            lost += 1;
        }
    }
    assert!(lost > 0, "no blob holds {text:?}");
    for target in targets {
        let kept = shop.bed.path(&format!("world/production/{target}/releases/{version}"));
        fs::remove_dir_all(kept).expect("the target had kept it");
    }
}

fn files(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(_) | Err(_) => found.push(entry.path()),
        }
    }
    found
}

/// The first digits of a file's SHA-256, worked out by another program.
fn digest_of(file: &std::path::Path) -> String {
    let mut sum = std::process::Command::new("sha256sum");
    let said = sum.arg(file).output().expect("sha256sum runs").stdout;
    String::from_utf8(said).expect("text")[..7].to_owned()
}

#[test]
fn a_way_back_whose_artifact_is_gone_is_refused_by_target_and_digest() {
    let shop = with_a_bad_release_in_between();
    shop.add("3", PAGE);
    shop.staged("3");
    // On one target only: the other has kept its directory.
    lose(&shop, "1", "<h1>one</h1>", &["nl-vm"]);
    let digest = digest_of(&shop.bed.path("rel/shop-1/index.html"));
    let gate = shop.gate("3");
    let line = "way-back shop/production/nl-vm - unmet";
    refuses_exactly(
        &gate,
        10,
        &[(
            line,
            &["the way back, 1: index.html of shop-1 is missing", &digest],
            "plimsoll release add shop@1",
        )],
    );
    let before = shop.history();
    shop.promote("3").expect(10);
    assert_eq!(shop.runs("production", "in-vm"), "2");
    assert_eq!(shop.history().matches("deploying").count(), before.matches("deploying").count());
}

#[test]
fn what_is_gone_from_where_it_came_from_is_still_a_way_back_while_its_digest_is_kept() {
    let shop = with_a_bad_release_in_between();
    shop.add("3", PAGE);
    shop.staged("3");
    fs::remove_dir_all(shop.bed.path("rel/shop-1")).expect("it was there");
    allows(&shop.gate("3"));
    // Gone from the target as well: what plimsoll keeps is enough.
    fs::remove_dir_all(shop.bed.path("world/production/nl-vm/releases/1")).expect("it was there");
    allows(&shop.gate("3"));
    shop.promote("3").expect(0);
    shop.bed.ok(&["rollback", "shop/production", "--to", "1", "--confirm", "shop/production"]);
    assert_eq!(shop.runs("production", "nl-vm"), "1");
    let page = shop.bed.read("world/production/nl-vm/current/index.html");
    assert_eq!(page, "<h1>one</h1>", "it was put back from what is kept");
}

#[test]
fn what_goes_wrong_after_a_bad_release_goes_back_to_the_one_before_it() {
    let shop = with_a_bad_release_in_between();
    shop.bed.script(
        "look",
        r#"[ "$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_RELEASE" != production-3 ] || { echo "3 is bad too"; exit 1; }"#,
    );
    shop.add("3", PAGE);
    shop.staged("3");
    let allowed = allows(&shop.gate("3"));
    let way = requirement(&allowed, "way-back shop/production/nl-vm - satisfied");
    assert!(way["reason"].as_str().expect("text").starts_with("1, verified good"), "{way:#}");
    let ended = shop.promote("3").expect(20);
    assert_eq!(ended.json()["state"], "rolled-back", "{}", ended.whole());
    for target in ["nl-vm", "in-vm"] {
        assert_eq!(shop.runs("production", target), "1", "not 2, which was never good");
    }
}

#[test]
fn a_version_that_was_never_verified_good_is_no_way_back() {
    let shop = Shop::open(&Layout::default());
    shop.add("1", PAGE);
    shop.staged("1");
    // It runs in production, and nobody has ever said so to plimsoll.
    for target in ["nl-vm", "in-vm"] {
        shop.put_by_hand("1", target);
    }
    shop.add("2", PAGE);
    shop.staged("2");
    let line = |target: &str| format!("way-back shop/production/{target} - unmet");
    let says: &[&str] = &["no version was ever verified good there"];
    refuses_exactly(
        &shop.gate("2"),
        10,
        &[
            (&line("nl-vm"), says, "plimsoll adopt shop@"),
            (&line("in-vm"), says, "plimsoll adopt shop@"),
        ],
    );
    shop.promote("2").expect(10);
    assert_eq!(shop.runs("production", "nl-vm"), "1");
    shop.bed.ok(&["adopt", "shop@1", "--on", "production"]);
    allows(&shop.gate("2"));
    shop.promote("2").expect(0);
}

const REHEARSED: &str = "way-back: { rehearsed-within: 30d }";

/// Deployed by a command, with a rollback of its own.
fn by_command(roll_back: &str, rule: &str) -> Bed {
    let bed = Bed::new(&format!(
        r#"
services:
  shop:
    environments:
      staging: {{ targets: {{ nl: {{}} }} }}
      production: {{ after: staging, targets: {{ nl: {{}} }} }}
    platforms:
      vm:
        deploy: {{ command: {{ run: [./put], roll-back: {roll_back}, prove: ["true"] }} }}
        observe: {{ file: "runs-{{{{ environment.name }}}}", within: 300ms }}
    checks:
      page: {{ command: {{ shell: '! [ -e "broken-$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_RELEASE" ]' }} }}
    gates:
      production:
        - evidence: {{ max-age: 24h }}
        - {rule}
"#
    ));
    bed.script("put", r#"printf %s "$PLIMSOLL_RELEASE" > "runs-$PLIMSOLL_ENVIRONMENT""#);
    for version in ["1", "2"] {
        bed.add(&format!("shop@{version}"), &[("app", version)]).expect(0);
    }
    bed.ok(&["deploy", "shop@1", "--to", "staging"]);
    bed.ok(&["verify", "shop@1", "--on", "staging"]);
    bed.write("runs-production", "1");
    bed.ok(&["adopt", "shop@1", "--on", "production"]);
    bed.ok(&["deploy", "shop@2", "--to", "staging"]);
    bed.ok(&["verify", "shop@2", "--on", "staging"]);
    bed
}

fn gate(bed: &Bed) -> crate::bed::Output {
    bed.run(&["gate", "shop@2", "--to", "production", "--format", "json"])
}

#[test]
fn a_rollback_command_that_succeeds_without_effect_fails_its_rehearsal_and_the_gate() {
    let bed = by_command(r#"["true"]"#, REHEARSED);
    let line = "way-back - - unmet";
    let rehearse = "plimsoll rollback --rehearse shop/staging";
    refuses_exactly(&gate(&bed), 10, &[(line, &["never tried on vm"], rehearse)]);
    let tried = bed.run(&["rollback", "--rehearse", "shop/staging"]);
    assert!(matches!(tried.code, Some(20 | 21)), "{}", tried.whole());
    let gate = gate(&bed);
    let says: &[&str] = &["trying it on vm failed", "1 was not observed after going back"];
    let again = "evidence shop/staging/nl page stale";
    refuses_exactly(
        &gate,
        10,
        &[(line, says, rehearse), (again, &["deployed again"], "plimsoll verify")],
    );
    assert_eq!(bed.read("runs-production"), "1");
}

#[test]
fn a_rollback_command_that_works_passes_its_rehearsal_and_the_gate() {
    let bed = by_command("[./put]", REHEARSED);
    bed.ok(&["rollback", "--rehearse", "shop/staging"]);
    assert_eq!(bed.read("runs-staging"), "2", "it came forward again");
    // What was checked before was another deployment.
    assert_eq!(gate(&bed).code, Some(11));
    bed.ok(&["verify", "shop@2", "--on", "staging"]);
    let allowed = allows(&gate(&bed));
    let tried = |one: &&serde_json::Value| {
        one["reason"].as_str().is_some_and(|r| r.starts_with("tried on vm"))
    };
    let way = allowed["requirements"].as_array().expect("a list").iter().find(tried);
    assert_eq!(way.expect("it says so")["state"], "satisfied", "{allowed:#}");
}

#[test]
fn a_rollback_command_without_effect_in_production_calls_a_person_and_nothing_is_taken_for_good() {
    let bed = by_command(r#"["true"]"#, "way-back: {}");
    bed.write("broken-production-2", "");
    let ended = bed.run(&super::shop::promotion("shop@2")).expect(21);
    let said = ended.json();
    assert_eq!(said["state"], "needs-person", "{}", ended.whole());
    assert!(said["summary"].as_str().expect("text").contains("could not take back nl"), "{said:#}");
    assert_eq!(bed.read("runs-production"), "2");
    bed.ok(&["status"]).says("needs a person");
    // What runs there was never verified good, so nothing newer takes it for its way back.
    let status = bed.ok(&["status", "shop", "--format", "json"]).json();
    let target = &status["environments"][1]["targets"][0];
    assert_eq!(target["last-verified-good"], "1", "{target:#}");
}
