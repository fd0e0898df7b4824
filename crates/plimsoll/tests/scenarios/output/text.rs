//! Text: plain when piped or when NO_COLOR says so, quiet when nobody reads on, with help that shows
//! how.

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::bed::{Bed, Line, line};

fn bed() -> Bed {
    let bed = line(Line::default());
    bed.ready();
    bed
}

/// Runs a command on a terminal of its own.
fn on_a_terminal(bed: &Bed, no_color: bool, args: &str) -> String {
    let binary = env!("CARGO_BIN_EXE_plimsoll");
    let mut command = Command::new("script");
    command.args(["-qec", &format!("{binary} {args}"), "/dev/null"]).current_dir(bed.root());
    command
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .env("USER", "tester")
        .env_remove("NO_COLOR");
    if no_color {
        command.env("NO_COLOR", "1");
    }
    let output =
        command.stdin(Stdio::null()).output().expect("script runs (apt-get install bsdutils)");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn piped_text_has_no_escape_sequences() {
    let bed = bed();
    for args in [
        &["status"][..],
        &["gate", "shop@1.1", "--to", "production"],
        &["verify", "shop@1.1", "--on", "staging"],
        &["promote", "shop@1.1", "--to", "production", "--confirm", "shop/production"],
        &["history"],
        &["show", "shop@1.1"],
        &["status", "nope"],
        &["--help"],
    ] {
        let output = bed.run(args);
        let text = output.stdout.clone() + &output.stderr;
        assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{}", output.whole());
    }
}

#[test]
fn terminal_has_color_and_no_color_takes_it_away() {
    let bed = bed();
    let verify = "verify shop@1.1 --on staging";
    assert!(on_a_terminal(&bed, false, "status").contains("\u{1b}["), "no colour on a terminal");
    for args in ["status", "gate shop@1.1 --to production", "history", "status nope"] {
        let text = on_a_terminal(&bed, true, args);
        assert!(!text.contains("\u{1b}["), "{text:?}");
        assert!(!text.is_empty());
    }
    // A bar moves the cursor, which is no colour.
    let text = on_a_terminal(&bed, true, verify);
    let colors = text.match_indices("\u{1b}[").filter(|(at, _)| {
        let rest = &text[at + 2..];
        let end = rest.find(|c: char| c.is_ascii_alphabetic());
        end.is_some_and(|end| rest[end..].starts_with('m'))
    });
    assert_eq!(colors.count(), 0, "{text:?}");
}

#[test]
fn reader_that_goes_away_is_no_error() {
    let bed = bed();
    for args in [
        &["history", "--all"][..],
        &["ledger", "export"],
        &["status", "--format", "json"],
        &["schema", "decision"],
        &["--help"],
    ] {
        let mut command = bed.command(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        // Nobody reads: the pipe is closed before anything is written.
        drop(child.stdout.take());
        let status = child.wait().expect("it ends");
        let mut said = String::new();
        child.stderr.take().expect("it was piped").read_to_string(&mut said).expect("text");
        assert!(
            !said.contains("panicked") && !said.to_lowercase().contains("broken pipe"),
            "{args:?}: {said}"
        );
        assert_eq!(status.code(), Some(0), "{args:?}: {said}");
    }
}

/// The commands that a help lists.
fn verbs_in(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect()
}

#[test]
fn help_of_every_command_shows_an_example() {
    let bed = line(Line::default());
    let all = bed.ok(&["--help"]).stdout;
    let verbs = verbs_in(&all);
    assert!(verbs.len() >= 20, "{verbs:?} in {all}");
    let shows = |args: &[&str]| bed.ok(args).stdout.contains("Example");
    let mut without = Vec::new();
    for verb in verbs {
        let help = bed.ok(&[verb, "--help"]).stdout;
        // Where a command only leads to others, theirs do.
        let led_to = verbs_in(&help).into_iter().any(|next| shows(&[verb, next, "--help"]));
        if !help.contains("Example") && !led_to {
            without.push(verb);
        }
    }
    assert!(without.is_empty(), "no example in the help of {without:?}");
}

#[test]
fn answer_comes_first_and_the_next_step_last() {
    let bed = bed();
    for args in [
        &["status"][..],
        &["gate", "shop@1.1", "--to", "production"],
        &["verify", "shop@1.1", "--on", "staging"],
    ] {
        let output = bed.ok(args);
        let lines: Vec<&str> = output.stdout.lines().filter(|line| !line.is_empty()).collect();
        assert!(lines.first().is_some_and(|line| line.starts_with('✓')), "{}", output.whole());
        assert!(lines.last().is_some_and(|line| line.starts_with('→')), "{}", output.whole());
    }
}
