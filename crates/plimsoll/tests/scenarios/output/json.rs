//! `--format json` is one JSON document on standard output, whatever the answer.

use crate::bed::{Bed, Line, Output, line};

#[track_caller]
fn one_document(bed: &Bed, args: &[&str]) -> Output {
    let args = [args, &["--format", "json"]].concat();
    let output = bed.run(&args);
    output.json();
    assert!(!output.stdout.contains('\u{1b}'), "{}", output.whole());
    output
}

#[test]
fn every_command_that_answers_gives_one_document() {
    let bed = line(Line::default());
    bed.write("rel/shop-1.0/index.html", "1.0");
    let one = |args: &[&str], code: i32| {
        one_document(&bed, args).expect(code);
    };
    one(&["check"], 0);
    one(&["release", "add", "shop@1.0", "rel/shop-1.0"], 0);
    one(&["release", "list", "shop"], 0);
    one(&["release", "show", "shop@1.0"], 0);
    one(&["deploy", "shop@1.0", "--to", "staging", "--dry-run"], 0);
    one(&["deploy", "shop@1.0", "--to", "staging"], 0);
    one(&["verify", "shop@1.0", "--on", "staging"], 0);
    one(&["rollback", "shop/staging", "--rehearse"], 10);
    bed.running_everywhere("1.0");
    bed.on_staging("1.1");
    one(&["rollback", "shop/staging", "--rehearse"], 0);
    one(&["verify", "shop@1.1", "--on", "staging"], 0);
    one(&["adopt", "shop@1.0", "--on", "production"], 0);
    one(&["gate", "shop@1.1", "--to", "production"], 0);
    one(&["promote", "shop@1.1", "--to", "production", "--dry-run"], 0);
    one(&["promote", "shop@1.1", "--to", "production", "--confirm", "shop/production"], 0);
    one(&["rollback", "shop/production", "--dry-run"], 0);
    one(&["rollback", "shop/production", "--confirm", "shop/production"], 0);
    one(&["resume"], 0);
    for what in ["shop", "shop@1.1", "shop/production/nl", "1", "p-2"] {
        one(&["show", what], 0);
    }
    one(&["status"], 0);
    one(&["status", "shop"], 0);
    one(&["history"], 0);
    one(&["history", "shop", "--all"], 0);
    one(&["waive", "shop@1.1", "--rule", "soak", "--reason", "why", "--until", "7d"], 0);
    one(&["hold", "shop", "--reason", "why"], 0);
    one(&["gate", "shop@1.1", "--to", "production"], 10);
    one(&["promote", "shop@1.1", "--to", "production", "--confirm", "shop/production"], 10);
    one(&["hold", "shop", "--release", "0", "--reason", "why"], 0);
    one(&["freeze", "shop", "--until", "2h", "--reason", "why"], 0);
    one(&["follow-up", "shop"], 0);
    one(&["ledger", "verify"], 0);
    one(&["ledger", "backup", "copy"], 0);
    one(&["schema"], 0);
    one(&["schema", "decision"], 0);
}

#[test]
fn nothing_to_do_is_an_answer() {
    let bed = line(Line::default());
    bed.ready();
    bed.promote("1.1").expect(0);
    let again = ["promote", "shop@1.1", "--to", "production", "--confirm", "shop/production"];
    let view = one_document(&bed, &again).expect(0).json();
    assert!(view.get("error").is_none() && view["state"] == "nothing-to-do", "{view:#}");
    assert_eq!(view["release"], "shop@1.1");
    bed.promote("1.1").expect(0).says("✓ Every target runs shop@1.1 already");
}

/// Keys that are written otherwise than in kebab-case; what the ledger keeps stands under `event`.
fn odd_keys(value: &serde_json::Value, path: &str, odd: &mut Vec<String>) {
    if let Some(map) = value.as_object() {
        for (key, value) in map {
            if key.chars().any(|c| c == '_' || c.is_ascii_uppercase()) {
                odd.push(format!("{path}.{key}"));
            }
            if key != "event" {
                odd_keys(value, &format!("{path}.{key}"), odd);
            }
        }
    }
    for value in value.as_array().into_iter().flatten() {
        odd_keys(value, path, odd);
    }
}

#[test]
fn keys_are_kebab_case_in_every_answer() {
    let bed = line(Line::default());
    bed.ready();
    bed.promote("1.1").expect(0);
    let events = bed.events();
    let last = |kind: &str| {
        let found = events.iter().rev().find(|event| event["kind"].get(kind).is_some());
        found.map(|event| event["seq"].to_string()).expect("it happened")
    };
    let (d, r) =
        (format!("d-{}", last("deployment-started")), format!("r-{}", last("check-finished")));
    let (g, p) =
        (format!("g-{}", last("decision-made")), format!("p-{}", last("promotion-started")));
    let seq = last("release-added");
    let mut odd = Vec::new();
    for args in [
        &["show", &d][..],
        &["show", &r],
        &["show", &g],
        &["show", &p],
        &["show", &seq],
        &["show", "shop"],
        &["show", "shop/production/nl"],
        &["show", "shop/production/nl/page"],
        &["release", "list", "shop"],
        &["status"],
        &["history", "--all"],
        &["hold", "shop", "--reason", "why"],
        &["freeze", "shop", "--until", "2h", "--reason", "why"],
        &["waive", "shop@1.1", "--rule", "soak", "--reason", "why", "--until", "7d"],
        &["follow-up", "shop"],
        &["resume"],
    ] {
        let output = one_document(&bed, args).expect(0);
        odd_keys(&output.json(), &args.join(" "), &mut odd);
    }
    assert!(odd.is_empty(), "{odd:#?}");
}

#[test]
fn errors_are_one_document_too() {
    let bed = line(Line::default());
    bed.ready();
    for (args, code) in [
        (&["status", "nope"][..], 2),
        (&["show", "p-999"], 2),
        (&["deploy", "shop@9", "--to", "staging"], 2),
        (&["gate", "shop@1.0", "--to", "staging"], 2),
        (&["promote", "shop@1.1", "--to", "production"], 2),
        (&["promote", "shop@1.1", "--to", "production", "--confirm", "x"], 2),
        (&["abort", "shop/production", "--reason", "x"], 10),
        (&["hold", "shop", "--reason", ""], 2),
        (&["ledger", "verify", "--ledger", "nowhere"], 2),
        (&["status", "--ledger", "nowhere"], 2),
        (&["hold", "shop", "--reason", "x", "--ledger", "/proc/none"], 69),
        (&["release", "add", "shop@1.0", "nowhere"], 10),
        (&["release", "add", "shop@1.0", "plimsoll.yaml"], 10),
    ] {
        let output = one_document(&bed, args).expect(code);
        let view = output.json();
        assert!(
            view["error"].is_object() || view["error"].is_string() || view["message"].is_string(),
            "{}",
            output.whole()
        );
    }
    // What the command line reader itself refuses.
    one_document(&bed, &["gate", "shop@../x", "--to", "production"]).expect(2);
    one_document(&bed, &["promote", "--nonsense"]).expect(2);
    bed.write("plimsoll.yaml", "services: 7\n");
    let view = one_document(&bed, &["check"]).expect(78).json();
    assert_eq!(view["valid"], false, "{view:#}");
    for args in [&["status"][..], &["status", "--config", "nope.yaml"]] {
        let view = one_document(&bed, args).expect(78).json();
        assert_eq!(view["error"]["code"], "configuration", "{view:#}");
        let message = view["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(".yaml"), "{view:#}");
    }
}

#[test]
fn decision_has_what_the_contract_promises() {
    let bed = line(Line::default());
    bed.ready();
    bed.write("broken-staging-nl", "");
    bed.run(&["verify", "shop@1.1", "--on", "staging"]).expect(10);
    let decision =
        one_document(&bed, &["gate", "shop@1.1", "--to", "production"]).expect(10).json();
    assert_eq!(decision["release"], "shop@1.1");
    assert_eq!(decision["to"], "production");
    assert_eq!(decision["decision"], "refused");
    assert!(decision["at"].is_string() && decision["summary"].is_string());
    let requirements = decision["requirements"].as_array().expect("they are listed");
    let red = requirements.iter().find(|one| one["state"] == "failed").expect("one failed");
    assert_eq!(red["rule"], "evidence");
    assert_eq!(red["check"], "page");
    assert!(red["target"].as_str().is_some_and(|target| target.contains("nl")), "{red}");
    for key in ["reason", "next", "evidence"] {
        assert!(!red[key].is_null(), "{key} in {red}");
    }
}
