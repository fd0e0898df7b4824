//! docs/recipes and docs/api.md: what stands there is run against a real server, as far as it can be
//! without the systems themselves.

mod api;
mod controllers;
mod document;
mod pipelines;
mod yaml;

use crate::bed::{Bed, Line, Output, Running, Server, line};

/// What the suite of the recipes reports.
const GREEN: &str =
    r#"<testsuite name="s"><testcase name="one"/><testcase name="two"/></testsuite>"#;

/// The shop of the recipes: 1.0 runs everywhere; 1.1 is on staging and waits for the suite that others
/// run. Its server lets nobody ask without a token.
struct Shop {
    bed: Bed,
    server: Server,
}

impl Shop {
    fn open() -> Self {
        let bed = line(Line::default());
        bed.running_everywhere("1.0");
        let configuration = bed.read("plimsoll.yaml");
        let suite = "    checks:\n      suite: { reported: { from: the CI, junit: true }, only: { environments: [staging], targets: [nl] } }\n";
        bed.write("plimsoll.yaml", configuration.replace("    checks:\n", suite));
        bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
        bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
        bed.run(&["verify", "shop@1.1", "--on", "staging"]).expect(11);
        bed.script("run-tests", &format!("printf '%s' '{GREEN}' > junit.xml"));
        let server = Server::start_closed(&bed);
        Self { bed, server }
    }

    /// What the suite found is reported, so that the gate allows.
    fn allowed(&self) {
        self.bed.write("green.xml", GREEN);
        let args =
            ["report", "shop/staging/nl", "suite", "--version", "1.1", "--junit", "green.xml"];
        self.bed.ok(&args);
    }
}

/// Lines of a shell, with `plimsoll` on its path and these variables.
fn shell(bed: &Bed, flags: &str, script: &str, variables: &[(&str, &str)]) -> Output {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_plimsoll"));
    let folder = binary.parent().expect("it lies in a folder").display();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = std::process::Command::new("bash");
    command.args([flags, "-c", script]).current_dir(bed.root()).env_clear();
    command.env("PATH", path).env("HOME", bed.root()).env("LANG", "C.UTF-8");
    command.env("USER", "tester").env("TZ", "UTC").envs(variables.iter().copied());
    Running::start(command, &["…", script]).wait()
}
