//! `docs/cli.md`, made from the command line itself.

use std::fmt::Write as _;

use clap::{Arg, Command};

use crate::cli::Cli;

const INTRODUCTION: &str = "\
# The command line

<!-- Made from the command line itself: make docs -->

Every command takes the options under [everywhere](#everywhere). What is done while a command works
goes to standard error, its answer to standard output; the first line is the answer, the last is what
to do next. With `--format json` the answer is one JSON value, described by `plimsoll schema`.

## Exit codes

CI reads everything but 0 as no. They are stable.

| code | meaning |
|---|---|
";

const JSON: &str = "\
`--format json` gives exactly one JSON value on standard output, whatever the answer; keys are
kebab-case, times RFC 3339 in UTC. A field may be added, none is renamed. Only what stands under
`event` in an event is as the ledger keeps it. `plimsoll schema NAME` prints the JSON Schema.

| schema | who answers with it |
|---|---|
";

fn reference() -> String {
    let cli = Cli::tree();
    let mut text = INTRODUCTION.to_owned();
    for code in plimsoll_wire::ExitCode::ALL {
        let _ = writeln!(text, "| {} | {} |", code.code(), code.meaning());
    }
    text.push_str("\n## Answers as JSON\n\n");
    text.push_str(JSON);
    for shape in plimsoll_wire::SHAPES {
        let _ = writeln!(text, "| `{}` | {} |", shape.name, shape.answers);
    }
    text.push_str("\n## Everywhere\n\n");
    options(&mut text, &cli, true);
    for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
        section(&mut text, command, "plimsoll");
    }
    text
}

fn section(text: &mut String, command: &Command, before: &str) {
    let name = format!("{before} {}", command.get_name());
    let about = command.get_long_about().or_else(|| command.get_about());
    let _ = write!(text, "\n## {name}\n\n{}\n", sentence(about.map(ToString::to_string)));
    if command.has_subcommands() {
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            section(text, inner, &name);
        }
        return;
    }
    let usage = command.clone().render_usage().to_string();
    let _ = write!(text, "\n    {}\n", usage.trim_start_matches("Usage: "));
    let mut inner = String::new();
    options(&mut inner, command, false);
    if !inner.is_empty() {
        let _ = write!(text, "\n{inner}");
    }
    if let Some(after) = command.get_after_help() {
        let _ = write!(text, "\n```text\n{after}\n```\n");
    }
}

/// A table of arguments: those that every command shares, or those of this one.
fn options(text: &mut String, command: &Command, shared: bool) {
    let shown: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| arg.is_global_set() == shared && !arg.is_hide_set())
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
        .collect();
    if shown.is_empty() {
        return;
    }
    text.push_str("| argument | without it | meaning |\n|---|---|---|\n");
    for arg in shown {
        let default: Vec<_> = arg
            .get_default_values()
            .iter()
            .filter(|_| arg.get_action().takes_values())
            .map(|value| value.to_string_lossy())
            .collect();
        let without = match (arg.is_required_set(), default.join(", ")) {
            (true, _) => "an error".to_owned(),
            (false, default) if default.is_empty() => String::new(),
            (false, default) => format!("`{default}`"),
        };
        let values: Vec<_> = arg
            .get_possible_values()
            .iter()
            .filter(|_| arg.get_action().takes_values())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        let values = match values.is_empty() {
            true => String::new(),
            false => format!(" One of {}.", values.join(", ")),
        };
        let variable = arg.get_env().map(|name| format!(" Or `{}`.", name.to_string_lossy()));
        let help = sentence(arg.get_help().map(ToString::to_string));
        let _ = writeln!(
            text,
            "| `{}` | {without} | {help}{values}{} |",
            form(arg),
            variable.unwrap_or_default()
        );
    }
}

/// `--to <ENVIRONMENT>`, `<RELEASE>`.
fn form(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(|names| names.first());
    let value = value.filter(|_| arg.get_action().takes_values()).map(|name| format!("<{name}>"));
    match (arg.get_long(), value) {
        (Some(long), Some(value)) => format!("--{long} {value}"),
        (Some(long), None) => format!("--{long}"),
        (None, value) => value.unwrap_or_else(|| arg.get_id().to_string()),
    }
}

/// The text as a sentence on one line, safe in a table.
fn sentence(text: Option<String>) -> String {
    let text = text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.replace('|', "\\|").replace('<', "&lt;");
    match text.ends_with(['.', '?', '!']) || text.is_empty() {
        true => text,
        false => format!("{text}."),
    }
}

#[test]
fn docs_cli_md_is_what_the_command_line_says() {
    let path = super::root().join("docs/cli.md");
    let made = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "docs/cli.md is not what the command line says; run  make docs");
}
