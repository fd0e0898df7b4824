//! Every command that a document shows can be given.

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::Cli;

/// The commands that a text shows: lines of blocks, whole.
fn shown_in_blocks(text: &str) -> Vec<String> {
    let mut parts = text.split("\\\n");
    let first = parts.next().unwrap_or_default().trim_end().to_owned();
    let joined = parts.fold(first, |all, part| format!("{} {}", all.trim_end(), part.trim_start()));
    joined
        .lines()
        .filter_map(|line| {
            let inside = line.trim_start().trim_start_matches("$ ").trim_start_matches("→ ");
            let indented = line.starts_with("  ") || line.starts_with("$ ");
            let command = inside.strip_prefix("bin/").unwrap_or(inside);
            indented.then_some(command).filter(|command| command.starts_with("plimsoll "))
        })
        .map(without_comment)
        .collect()
}

/// The commands that a text names in passing: they need not be whole.
fn named_in_passing(text: &str) -> Vec<String> {
    let outside_blocks: String =
        text.split("```").step_by(2).flat_map(|part| [part, "\n"]).collect();
    outside_blocks
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|span| span.starts_with("plimsoll "))
        .map(|span| {
            span.split_whitespace().filter(|word| *word != "…").collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// The command without what is said about it: after two spaces or `#`, and without pipes.
fn without_comment(command: &str) -> String {
    let end = ["  ", " # ", " > ", " | ", " || ", " && ", "\t"]
        .iter()
        .filter_map(|sign| command.find(sign))
        .min()
        .unwrap_or(command.len());
    command[..end].to_owned()
}

/// Splits as a shell does, as far as the documents need it.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (_, '$') => {}
            (_, c) => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn wrong(command: &str, whole: bool) -> Option<String> {
    let error = Cli::try_parse_from(words(command)).err()?;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => None,
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            if !whole =>
        {
            None
        }
        _ => Some(format!("{command}\n{error}")),
    }
}

#[test]
fn every_command_in_the_documents_is_one() {
    let mut seen = 0;
    let mut bad = Vec::new();
    // docs/cli.md is made from the command line and shows forms, not commands.
    for (path, text) in super::documents().into_iter().filter(|(path, _)| !path.ends_with("cli.md"))
    {
        for (commands, whole) in [(shown_in_blocks(&text), true), (named_in_passing(&text), false)]
        {
            for command in commands {
                seen += 1;
                bad.extend(wrong(&command, whole).map(|why| format!("{}: {why}", path.display())));
            }
        }
    }
    assert!(seen > 60, "only {seen} commands were found");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_command_in_the_help_is_one() {
    fn collect(command: &clap::Command, bad: &mut Vec<String>, seen: &mut usize) {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for shown in shown_in_blocks(&after) {
            *seen += 1;
            bad.extend(wrong(&shown, true));
        }
        command.get_subcommands().for_each(|inner| collect(inner, bad, seen));
    }
    let (mut bad, mut seen) = (Vec::new(), 0);
    collect(&Cli::tree(), &mut bad, &mut seen);
    assert!(seen > 20, "only {seen} commands were found");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_command_of_the_demo_is_one() {
    let path = super::root().join("examples/line/demo.sh");
    let script = std::fs::read_to_string(path).expect("readable");
    let commands: Vec<_> = script
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("run "))
        .filter_map(|line| line.split_once(' ').map(|(_, command)| command))
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    let bad: Vec<_> = commands.iter().filter_map(|command| wrong(command, true)).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn a_command_that_is_none_is_found() {
    assert!(wrong("plimsoll promte shop@1.1 --to production", true).is_some());
    assert!(wrong("plimsoll gate shop@1.1", true).is_some());
    assert!(wrong("plimsoll gate", false).is_none());
    assert!(wrong("plimsoll gate --frm x", false).is_some());
    let text = "    plimsoll gate a@1 \\\n      --to b      says no\n`plimsoll check` and\n";
    assert_eq!(shown_in_blocks(text), ["plimsoll gate a@1 --to b"]);
    assert_eq!(named_in_passing(text), ["plimsoll check"]);
}
