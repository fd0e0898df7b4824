//! The first ten minutes of docs/hook.md, as they are written there.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bed::Running;

use super::Hubs;

/// The commands of the document's first section.
fn commands() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hook.md");
    let text = fs::read_to_string(path).expect("it is there");
    let section = text.split("\n## ").nth(1).expect("it has sections");
    assert!(section.starts_with("In ten minutes"), "{section:.40}");
    let indented = section.lines().filter_map(|line| line.strip_prefix("    "));
    let command =
        |line: &&str| ["plimsoll ", "git ", "echo "].iter().any(|word| line.starts_with(word));
    indented.filter(command).map(str::to_owned).collect()
}

#[test]
fn the_first_ten_minutes_go_as_they_are_documented() {
    let hubs = Hubs::without_hook();
    let repository = hubs.bed.path("repo.git").display().to_string();
    let binary = Path::new(env!("CARGO_BIN_EXE_plimsoll")).parent().expect("a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let commands = commands();
    let refused = commands.iter().filter(|command| command.ends_with("# refused")).count();
    assert!(commands.len() > 15 && refused == 3, "{commands:#?}");
    for command in commands {
        let line = command.replace("/srv/git/hubs.git", &repository);
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(hubs.bed.path("work")).env_clear();
        shell
            .env("PATH", &path)
            .env("HOME", hubs.bed.root())
            .env("USER", "tester")
            .env("PLIMSOLL_CONFIG", hubs.bed.path("plimsoll.yaml"))
            .env("GIT_AUTHOR_NAME", "tester")
            .env("GIT_AUTHOR_EMAIL", "tester@example.org")
            .env("GIT_COMMITTER_NAME", "tester")
            .env("GIT_COMMITTER_EMAIL", "tester@example.org");
        let code = if line.ends_with("# refused") { 1 } else { 0 };
        Running::start(shell, &[&command]).wait().expect(code);
    }
    assert_eq!(hubs.at("production"), Some(hubs.work(&["rev-parse", "HEAD"])));
}
