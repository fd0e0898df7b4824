//! Names on the command line.

use crate::bed::{Bed, Line, line};

/// Nothing may be outside the project's folder, and nothing may have been written down.
#[track_caller]
fn nothing_happened(bed: &Bed) {
    let events = bed.events().len();
    assert_eq!(events, 3, "{:?}", bed.kinds());
}

fn bed() -> Bed {
    let bed = line(Line::default());
    for version in ["1.0", "1.1", "1.2"] {
        bed.add(&format!("shop@{version}"), &[("index.html", version)]).expect(0);
    }
    bed
}

#[test]
fn names_with_slashes_dots_and_control_characters_are_usage_errors() {
    let bed = bed();
    let names = [
        "shop@../../etc",
        "shop@a/b",
        "shop@",
        "@1.0",
        "shop",
        "../shop@1.0",
        "shop@..",
        "shop@.",
        "shop@1.0\n",
        "shop@1\u{1b}[31m0",
        "shop@1.0 ",
        "shop@{{ target.name }}",
        "shop@$(id)",
        "shop@`id`",
        "shop@-rf",
        "sh/op@1.0",
        "shop@1@2",
        "shop@\u{202e}1.0",
    ];
    for name in names {
        for args in [
            vec!["release", "add", name, "rel"],
            vec!["deploy", name, "--to", "staging"],
            vec!["verify", name, "--on", "staging"],
            vec!["gate", name, "--to", "production"],
            vec!["promote", name, "--to", "production", "--confirm", "shop/production"],
            vec!["adopt", name, "--on", "production"],
            vec!["waive", name, "--rule", "evidence", "--reason", "x", "--until", "7d"],
            vec!["sign-off", name],
        ] {
            let output = bed.run(&args).expect(2);
            assert!(
                !output.stderr.contains('\u{1b}') && !output.stderr.contains('\u{202e}'),
                "{:?}",
                output.stderr
            );
            assert!(!output.stderr.is_empty());
        }
    }
    nothing_happened(&bed);
}

#[test]
fn places_that_are_not_one_are_usage_errors() {
    let bed = bed();
    for place in [
        "shop",
        "shop/../x",
        "shop//",
        "/",
        "../..",
        "shop/production/nl/x",
        "shop/prod\u{7}uction",
        "shop/production/..",
        "",
    ] {
        bed.run(&["rollback", place, "--confirm", place]).expect(2);
        bed.run(&["abort", place, "--reason", "x"]).expect(2);
    }
    for name in ["..", "a/b", "nl\u{1b}[0m", "", "nope"] {
        bed.run(&["deploy", "shop@1.0", "--to", "staging", "--target", name]).expect(2);
        bed.run(&["verify", "shop@1.0", "--on", "staging", "--check", name]).expect(2);
        bed.run(&["verify", "shop@1.0", "--on", name]).expect(2);
        bed.run(&["status", name]).expect(2);
        bed.run(&["release", "list", name]).expect(2);
    }
    nothing_happened(&bed);
}

#[test]
fn version_that_looks_like_a_template_never_reaches_a_command() {
    let bed = bed();
    bed.run(&["release", "add", "shop@{{x}}", "rel"]).expect(2);
    bed.run(&["release", "add", "shop@{{ secrets.token }}", "rel"]).expect(2);
    nothing_happened(&bed);
}

#[test]
fn unknown_names_say_what_there_is() {
    let bed = bed();
    bed.run(&["status", "shp"]).expect(2).says("shp");
    bed.run(&["deploy", "shop@9", "--to", "staging"]).expect(2).says("plimsoll release add shop@9");
    bed.run(&["deploy", "shop@1.0", "--to", "stagin"]).expect(2).says("staging").says("production");
    bed.run(&["deploy", "shop@1.0", "--to", "staging", "--target", "de"]).expect(2).says("de");
    bed.run(&["verify", "shop@1.0", "--on", "staging", "--check", "pag"])
        .expect(2)
        .says("pag")
        .says("page");
    bed.run(&["gate", "shop@1.0", "--to", "nowhere"]).expect(2).says("production");
    bed.run(&["gate", "shop@1.0", "--to", "staging"]).expect(2).says("after:");
    bed.run(&["gate", "nope@1.0", "--to", "production"]).expect(2).says("nope");
    for what in [
        "p-999",
        "g-999",
        "d-999",
        "r-999",
        "999",
        "p-x",
        "shop@9",
        "shop/production/de",
        "nope",
        "",
    ] {
        bed.run(&["show", what]).expect(2);
    }
    bed.run(&["show", "p-99999999999999999999999"]).expect(2);
    nothing_happened(&bed);
}

#[test]
fn person_who_cannot_be_one_is_a_usage_error() {
    let bed = bed();
    for person in ["a/b", "\u{1b}[31m", "", "a b\n"] {
        bed.run(&["--as", person, "status"]).expect(2);
    }
    nothing_happened(&bed);
}
