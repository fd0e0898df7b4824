//! Release directories and artifacts that are none.

use std::os::unix::fs::symlink;

use crate::bed::{Bed, Line, line};

fn bed() -> Bed {
    let bed = line(Line::default());
    bed.write("dist/index.html", "hello");
    bed.write("secret.txt", "outside");
    bed
}

#[track_caller]
fn refused(bed: &Bed, artifact: &str, words: &str) {
    let output = bed.run(&["release", "add", "shop@1.0", artifact]).expect(10).says(words);
    assert!(output.took < std::time::Duration::from_secs(10), "{}", output.whole());
    bed.run(&["release", "show", "shop@1.0"]).expect(2);
}

#[test]
fn links_that_leave_the_directory_are_refused() {
    let bed = bed();
    for aim in ["../secret.txt", "/etc/passwd", "..", "../../../etc"] {
        let link = bed.path("dist/link");
        symlink(aim, &link).expect("a link can be made");
        refused(&bed, "dist", "link");
        std::fs::remove_file(link).expect("it was just made");
    }
    symlink("index.html", bed.path("dist/inside")).expect("a link can be made");
    bed.ok(&["release", "add", "shop@1.0", "dist"]);
    bed.ok(&["deploy", "shop@1.0", "--to", "staging"]);
    assert_eq!(bed.read("world/staging/nl/current/inside"), "hello");
}

#[test]
fn fifo_in_the_directory_is_refused_and_not_waited_for() {
    let bed = bed();
    let made = std::process::Command::new("mkfifo").arg(bed.path("dist/pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    refused(&bed, "dist", "pipe");
    refused(&bed, "dist/pipe", "pipe");
}

#[test]
fn what_is_not_there_or_empty_is_refused() {
    let bed = bed();
    refused(&bed, "nowhere", "nowhere");
    std::fs::create_dir(bed.path("empty")).expect("it can be made");
    let output = bed.run(&["release", "add", "shop@1.0", "empty"]);
    assert!(matches!(output.code, Some(0 | 10)), "{}", output.whole());
    let bed = self::bed();
    refused(&bed, "git:nowhere@main", "nowhere");
    for artifact in [
        "image@sha256:xyz",
        "image@md5:d41d8cd98f00b204e9800998ecf8427e",
        "../x/y=dist",
        "=dist",
        "",
    ] {
        let output = bed.run(&["release", "add", "shop@1.0", artifact]);
        assert!(matches!(output.code, Some(2 | 10)), "{}", output.whole());
    }
    bed.run(&["release", "add", "shop@1.0"]).expect(2);
}

#[test]
fn name_that_is_given_again_with_other_content_is_refused() {
    let bed = bed();
    bed.ok(&["release", "add", "shop@1.0", "dist"]);
    bed.ok(&["release", "add", "shop@1.0", "dist"]).says("Known already");
    bed.write("dist/index.html", "other");
    bed.run(&["release", "add", "shop@1.0", "dist"]).expect(10).says("shop@1.0");
    let kinds = bed.kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "release-added").count(), 1, "{kinds:?}");
}

/// Where plimsoll itself puts the link, nothing runs before the first release: to adopt it is no advice.
#[test]
fn a_first_release_is_deployed_and_what_never_ran_is_not_adopted() {
    let bed = Bed::new(
        "services:\n  shop:\n    environments:\n      staging: { targets: { nl: {} } }\n      \
         production: { after: staging, targets: { nl: {} } }\n    platforms:\n      \
         vm: { deploy: { files: { root: 'world/{{ environment.name }}' } } }\n    checks:\n      \
         page: { command: ['true'] }\n    gates: { production: [evidence: { max-age: 24h }] }\n",
    );
    bed.write("dist/index.html", "hello");
    let added = bed.ok(&["release", "add", "shop@1.0", "dist"]);
    added.says("plimsoll deploy shop@1.0 --to staging").lacks("adopt");
    let adopted = bed.run(&["adopt", "shop@1.0", "--on", "production"]).expect(10);
    adopted
        .says("there is nothing to adopt:  plimsoll deploy shop@1.0 --to staging")
        .lacks("--target");
}
