//! Configurations that are not one.

use std::fmt::Write as _;
use std::time::Duration;

use crate::bed::{Bed, Line, Output, line};

/// Whatever is asked of it, a wrong configuration is 78 in bounded time, and no ledger begins.
#[track_caller]
fn refused(configuration: &str) -> Output {
    let bed = Bed::new(configuration);
    let output = bed.run(&["check"]).expect(78);
    assert!(output.took < Duration::from_secs(20), "{}", output.whole());
    assert!(
        output.stderr.len() + output.stdout.len() < 60_000,
        "it says too much: {}",
        output.stderr.len()
    );
    bed.run(&["status"]).expect(78);
    bed.run(&["status", "--format", "json"]).expect(78).json();
    assert!(!bed.path(".plimsoll").exists(), "a ledger was begun");
    output
}

#[test]
fn malformed_yaml_is_named_with_its_place() {
    refused("services: {\n  shop: [\n").says("plimsoll.yaml:");
    refused("services:\n\tshop: {}\n").says("plimsoll.yaml:2:");
    refused("").says("plimsoll.yaml");
    refused("just a text").says("plimsoll.yaml:1:");
    refused("- a\n- list\n").says("plimsoll.yaml:1:");
    refused("services: \u{0}\n").says("plimsoll.yaml");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let bed = Bed::new("");
    bed.write("plimsoll.yaml", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01");
    bed.run(&["check"]).expect(78).says("plimsoll.yaml");
}

#[test]
fn key_that_stands_twice_is_named_with_both_places() {
    let output = refused("services:\n  shop: {}\n  shop: {}\n").says("plimsoll.yaml:3:");
    assert!(output.whole().contains("shop"), "{}", output.whole());
}

#[test]
fn all_errors_are_reported_at_once_with_a_hint() {
    let bed = line(Line::default());
    let text = bed
        .read("plimsoll.yaml")
        .replace("max-age: 24h", "max-ages: 24h")
        .replace("soak: 0s", "soaks: 0s");
    refused(&text).says("max-ages").says("soaks").says("max-age");
}

#[test]
fn ten_megabytes_are_refused() {
    let mut text = String::from("services:\n");
    while text.len() < 10_000_000 {
        let _ = writeln!(
            text,
            "  # filler filler filler filler filler filler filler filler filler filler"
        );
    }
    refused(&text).says("4 MiB");
    let mut text = String::from("services:\n");
    for number in 0..50_000 {
        let _ = writeln!(text, "  s{number}: {{ }}");
    }
    refused(&text);
}

#[test]
fn alias_bomb_is_refused() {
    let mut text = String::from("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let list = vec![before; 10].join(", ");
        let _ = writeln!(text, "a{level}: &a{level} [{list}]");
    }
    refused(&text);
}

#[test]
fn deep_nesting_does_not_break_the_reader() {
    refused(&format!("services: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)));
    refused(&format!("services: {}", "{ a: ".repeat(50_000)));
}

#[test]
fn configuration_that_is_not_there_says_how_to_begin() {
    let bed = Bed::new("");
    std::fs::remove_file(bed.path("plimsoll.yaml")).expect("it was written");
    bed.run(&["status"]).expect(78).says("plimsoll init");
    bed.run(&["check", "--config", "."]).expect(78);
}

#[test]
fn template_cannot_inject_into_a_shell_line() {
    let bed = line(Line::default());
    let text = bed
        .read("plimsoll.yaml")
        .replace("command: [./look]", "command: { shell: \"echo {{ target.name }}\" }");
    refused(&text).says("shell");
}

#[test]
fn healthy_twin_is_accepted_by_every_command() {
    let bed = line(Line::default());
    bed.ok(&["check"]);
    bed.ok(&["status"]);
}

#[test]
fn a_directory_that_staging_shares_with_production_is_refused_before_anything_moves() {
    let bed = line(Line::default());
    bed.ready();
    let served = std::fs::read_link(bed.path("world/production/nl/current")).expect("a link");
    let right = bed.read("plimsoll.yaml");
    let shared = right.replace(
        "\"world/{{ environment.name }}/{{ target.name }}\" } }",
        "world/production/nl } }",
    );
    assert_ne!(shared, right);
    bed.write("plimsoll.yaml", shared);
    bed.run(&["check"])
        .expect(78)
        .says("staging/nl and production/nl are both deployed to `world/production/nl`")
        .says("{{ environment.name }}");
    bed.run(&["deploy", "shop@1.1", "--to", "staging"]).expect(78);
    let now = std::fs::read_link(bed.path("world/production/nl/current")).expect("a link");
    assert_eq!(now, served);
}
